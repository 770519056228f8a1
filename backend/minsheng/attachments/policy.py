"""Life cycle of attachments."""

from minsheng.attachments import service
from minsheng.attachments.models import Attachment
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P

ATTACHMENT = Lifecycle(
    Attachment,
    "active",
    {
        "void": Move(
            frozenset({"active"}),
            "void",
            P.REPORT_EDIT,
            "去掉",
            "去掉附件；内容与记录都留着",
            guards=[service.ready_for_change],
        ),
    },
    final=frozenset({"void"}),
)
