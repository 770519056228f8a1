"""Life cycle of batches of subsidies: the same separate hands as single payments, once the list was posted."""

from minsheng.disbursements import batches
from minsheng.disbursements.batch_models import SubsidyBatch
from minsheng.disbursements.passing import through_hands
from minsheng.kernel.lifecycle import Lifecycle

SUBSIDY_BATCH = Lifecycle(
    SubsidyBatch,
    "draft",
    through_hands(
        "发放",
        "提交发放批次：名单已公示，人数金额从此不能再改",
        batches.hand_in,
        batches.pay,
        first="公示期满，",
        waits=[batches.posting_over],
        bulk=False,
    ),
    final=frozenset({"cancelled", "paid"}),
)
