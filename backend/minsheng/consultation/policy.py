"""Life cycle of comments, and what sending a draft round does."""

from minsheng.consultation import service
from minsheng.consultation.models import Comment
from minsheng.consultation.schemas import AnswerIn
from minsheng.identity import authority
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.programmes.policy import PROGRAMME

COMMENT = Lifecycle(
    Comment,
    "open",
    {
        "answer": Move(
            frozenset({"open", "answered"}),
            "answered",
            P.PROGRAMME_EDIT,
            "答复",
            "答复一条意见：采纳、部分采纳或不采纳",
            takes=AnswerIn,
            guards=[service.owners_answer],
            effects=[service.answer],
        ),
        "withdraw": Move(
            frozenset({"open"}), "void", P.COMMENT_EDIT, "撤回", "撤回本单位的意见", guards=[service.own_comment]
        ),
    },
    final=frozenset({"void"}),
)

PROGRAMME.extend("consult", effect=service.invite)
PROGRAMME.extend("revise", effect=service.uninvite)
PROGRAMME.extend("issue", effect=service.uninvite)
authority.guest_sources.append(service.guests)
