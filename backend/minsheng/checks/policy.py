"""Life cycle of check rules, and where reports meet them."""

from collections.abc import Collection

from minsheng.checks import known, service
from minsheng.checks.judging import Checker
from minsheng.checks.models import CheckRule
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.reports import checking
from minsheng.reports.facts import ReportFacts

CHECK_RULE = Lifecycle(
    CheckRule,
    "draft",
    {
        "activate": Move(
            frozenset({"draft"}),
            "active",
            P.RULE_EDIT,
            "启用",
            "启用核对规则：从此不能再改，本级与下级的填报按它核对",
            guards=[service.sound],
        ),
        "retire": Move(
            frozenset({"active"}), "retired", P.RULE_EDIT, "停止使用", "停止使用：不再核对，写过的说明照旧留存"
        ),
        "void": Move(frozenset({"draft"}), "void", P.RULE_EDIT, "作废", "作废草稿"),
    },
    final=frozenset({"retired", "void"}),
)


def inspect(session: Session, found: Collection[ReportFacts]) -> checking.Inspector:
    """Return who judges these reports by the active checks."""
    return Checker(known.gather(session, found))


checking.inspections.append(inspect)
