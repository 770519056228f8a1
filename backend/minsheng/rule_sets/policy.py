"""Life cycle of rule sets."""

from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.rule_sets import service
from minsheng.rule_sets.models import RuleSet

RULE_SET = Lifecycle(
    RuleSet,
    "draft",
    {
        "activate": Move(
            frozenset({"draft"}),
            "active",
            P.RULE_EDIT,
            "启用",
            "启用规则：从此不能再改，计划可以选用",
            guards=[service.sound],
        ),
        "retire": Move(
            frozenset({"active"}), "retired", P.RULE_EDIT, "停止使用", "停止使用：不再让计划选用，已有的灯照旧"
        ),
        "void": Move(frozenset({"draft"}), "void", P.RULE_EDIT, "作废", "作废草稿"),
    },
    final=frozenset({"retired", "void"}),
)
