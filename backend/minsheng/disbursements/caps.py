"""Caps on payments as pure arithmetic: what the rules of a place say to one payment, on whole fen.

Sources: 晋城 2025 (first payment of projects over 200万 to the leaders' meeting; over 30 % of the contract within three
months again; progress payments at most 80 % of the work done), guide 6.3–6.4.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from minsheng.funds.reasons import yuan

Kind = Literal["amount", "first_payment", "work_share", "contract_share", "milestone", "contract", "dedicated_account"]
Effect = Literal["stop", "leader", "warn"]

NAMES: dict[str, str] = {
    "amount": "单笔金额",
    "first_payment": "首次付款",
    "work_share": "不超过已完工程量的比例",
    "contract_share": "若干月内不超过合同价的比例",
    "milestone": "按节点付款",
    "contract": "须有合同",
    "dedicated_account": "须用专户",
}


@dataclass(frozen=True)
class Rule:
    """One rule as it binds."""

    name: str
    kind: Kind
    effect: Effect
    above_fen: int = 0
    percent: Decimal = Decimal(0)
    months: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of a payment and of what was paid before on its contract; sums leave out what was taken back.

    Attributes:
        earlier: payments of the same contract, or without one of the same task and payee: day and fen.
        milestone_met: ``None`` when it names no milestone.
        work_fen: work measured so far; ``None`` without a contract, or when the contract is settled.
    """

    fen: int
    on: date
    stage: str
    earlier: Sequence[tuple[date, int]] = ()
    contract_fen: int | None = None
    work_fen: int | None = None
    settled: bool = False
    milestone_met: bool | None = None
    dedicated: bool = True


@dataclass(frozen=True)
class Finding:
    """What one rule says to a payment."""

    kind: Kind
    effect: Effect
    message: str


def judge(rules: Sequence[Rule], facts: Facts) -> list[Finding]:
    """Return what every rule that is not kept says, in the order of the rules."""
    return [
        Finding(rule.kind, rule.effect, f"{rule.name}：{said}")
        for rule in rules
        if (said := _against(rule, facts)) is not None
    ]


def _against(rule: Rule, facts: Facts) -> str | None:
    return _ASKED[rule.kind](rule, facts)


def _first(rule: Rule, facts: Facts) -> str | None:
    whole = facts.fen if facts.contract_fen is None else facts.contract_fen
    return None if facts.earlier else _more("首次付款，总额", whole, rule.above_fen)


def _milestone(_rule: Rule, facts: Facts) -> str | None:
    if facts.milestone_met is None:
        # An advance is paid before anything can be accepted.
        return None if facts.stage == "advance" else "没有写明所付的节点"
    return None if facts.milestone_met else "节点还没有通过验收"


def _of_work(rule: Rule, facts: Facts) -> str | None:
    # An advance is paid before there is work; after the settlement the rest is due.
    if facts.contract_fen is None or facts.settled or facts.stage == "advance":
        return None
    paid = sum(fen for _, fen in facts.earlier)
    return _beyond("累计", paid + facts.fen, rule.percent, "已完工程量", facts.work_fen or 0)


def _of_contract(rule: Rule, facts: Facts) -> str | None:
    if facts.contract_fen is None:
        return None
    since = months_before(facts.on, rule.months)
    recent = sum(fen for day, fen in facts.earlier if day > since)
    return _beyond(f"{rule.months}个月内累计", recent + facts.fen, rule.percent, "合同价", facts.contract_fen)


_ASKED: Mapping[Kind, Callable[[Rule, Facts], str | None]] = {
    "amount": lambda rule, facts: _more("本次", facts.fen, rule.above_fen),
    "first_payment": _first,
    "contract": lambda rule, facts: (
        _more("没有合同，本次", facts.fen, rule.above_fen) if facts.contract_fen is None else None
    ),
    "dedicated_account": lambda _rule, facts: None if facts.dedicated else "付款账户不是专户",
    "milestone": _milestone,
    "work_share": _of_work,
    "contract_share": _of_contract,
}


def _more(what: str, fen: int, above: int) -> str | None:
    return f"{what} {yuan(fen)} 元，超过 {yuan(above)} 元" if fen > above else None


def _beyond(what: str, fen: int, percent: Decimal, of: str, base: int) -> str | None:
    # Whole numbers on both sides: no rounding can let a fen through.
    if fen * 100 <= percent * base:
        return None
    return f"{what} {yuan(fen)} 元，超过{of} {yuan(base)} 元的 {percent.normalize():f}%"


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
