"""Life cycles of programmes and items."""

from minsheng.identity import authority
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.programmes import service
from minsheng.programmes.models import Item, Programme
from minsheng.programmes.schemas import IssueIn, RuleChangeIn
from minsheng.rule_sets.policy import RULE_SET

PROGRAMME = Lifecycle(
    Programme,
    "draft",
    {
        "issue": Move(
            frozenset({"draft"}),
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
authority.subject_sources.append(service.subjects_led)
