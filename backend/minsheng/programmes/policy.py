"""Life cycles of programmes and items."""

from minsheng.identity import authority
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.programmes import service
from minsheng.programmes.models import Item, ItemListing, Programme
from minsheng.programmes.schemas import ConsultIn, IssueIn, RuleChangeIn
from minsheng.rule_sets.policy import RULE_SET

PROGRAMME = Lifecycle(
    Programme,
    "draft",
    {
        "consult": Move(
            frozenset({"draft"}),
            "consultation",
            P.PROGRAMME_EDIT,
            "征求意见",
            "把草稿送有关单位征求意见：期间锁定，被征求单位可见",
            takes=ConsultIn,
            guards=[service.has_items],
        ),
        "revise": Move(
            frozenset({"consultation"}), "draft", P.PROGRAMME_EDIT, "收回修改", "结束征求意见，回到草稿修改"
        ),
        "issue": Move(
            frozenset({"draft", "consultation"}),
            "issued",
            P.PROGRAMME_ISSUE,
            "下达",
            "下达计划：项目、指标、任务与目标从此锁定，填报期随之生成",
            takes=IssueIn,
            guards=[service.items_ready],
            effects=[service.issue],
        ),
        "change-rules": Move(
            frozenset({"issued"}),
            "issued",
            P.PROGRAMME_ISSUE,
            "更换亮灯规则",
            "更换亮灯规则：已关闭月份的灯保持原样，以后按新规则亮灯",
            takes=RuleChangeIn,
            effects=[service.change_rules],
        ),
        "close": Move(frozenset({"issued"}), "closed", P.PROGRAMME_ISSUE, "办结", "办结计划"),
    },
    final=frozenset({"closed"}),
)

ITEM = Lifecycle(
    Item,
    "draft",
    {
        "void": Move(
            frozenset({"draft"}), "void", P.PROGRAMME_EDIT, "作废", "作废草稿中的项目", guards=[service.no_children]
        )
    },
    final=frozenset({"void", "issued"}),
)

RULE_SET.extend("retire", guard=service.rules_unused)
LISTING = Lifecycle(
    ItemListing,
    "draft",
    {"end": Move(frozenset({"draft"}), "ended", P.PROGRAMME_EDIT, "移出", "不再列入这个计划")},
    final=frozenset({"issued", "ended"}),
)

authority.subject_sources.append(service.subjects_led)
