"""Life cycles of programmes and items."""

from minsheng.identity import authority
from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P
from minsheng.programmes import cadences, service
from minsheng.programmes.models import Cadence, Item, ItemListing, Programme
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

CADENCE = Lifecycle(
    Cadence,
    "draft",
    {
        "start": Move(
            frozenset({"draft"}),
            "active",
            P.ROUND_EDIT,
            "启用",
            "启用填报周期：生成各期填报，已下达的任务从此按期填报",
            guards=[cadences.list_issued],
        ),
        "complete": Move(
            frozenset({"active"}),
            "active",
            P.ROUND_EDIT,
            "补齐各期",
            "工作日历补录后，把还没有的填报期生成出来",
            guards=[cadences.incomplete],
        ),
        "end": Move(
            frozenset({"active"}),
            "ended",
            P.ROUND_EDIT,
            "停用",
            "停用填报周期：已开始的各期照旧，未开始的取消",
            takes=ReasonIn,
            effects=[cadences.keep_reason],
        ),
        "void": Move(frozenset({"draft"}), "void", P.ROUND_EDIT, "作废", "作废未启用的填报周期"),
    },
    final=frozenset({"ended", "void"}),
)

authority.subject_sources.append(service.subjects_led)
