"""Money of the sample: what was published of two items, put on lines; papers, days and shares are made up and say so.

* 温州市 2018, 农村饮水安全提升工程: works for 7856万元 by 20 June, printed as 54.7 % of the year's plan, which was
  therefore 14362万元 (published_targets.csv, 2018-06-20).
* 乐清市 2022, 乡村小而优示范学校: 190万元 of public money (published_targets.csv, 2022-08-31).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.funds import entries, lines, opening
from minsheng.funds.models import FundLine, LedgerEntry
from minsheng.funds.schemas import FundLineIn, FundObligationIn, FundSourceIn, LedgerEntryIn
from minsheng.kernel.access import Session
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.sample.cast import MADE_UP, Cast
from minsheng.targets.models import Target, Task

CITY, COUNTY = "温州市", "乐清市"
WATER, SCHOOLS = "农村饮水安全提升工程", "乡村小而优示范学校"
WAN = 1_000_000
PLANNED, DONE, SCHOOL = 14362 * WAN, 7856 * WAN, 190 * WAN
COUNTED_ON = (6, 20)
"""Up to when the works were counted."""


@dataclass
class _Books:
    """One finance clerk, who writes with papers that are numbered and made up."""

    cast: Cast
    who: str
    papers: int = 0

    @contextmanager
    def writing(self, permission: P, on: date) -> Iterator[Session]:
        with self.cast.acting(self.who, permission, on) as session:
            yield session

    def note(self, line: UUID, kind: str, fen: int, on: date, **more: Any) -> LedgerEntry | None:  # noqa: ANN401
        """Note one event, if its day has come."""
        if on > self.cast.today or fen <= 0:
            return None
        self.papers += 1
        body = LedgerEntryIn(
            line_id=line,
            kind=kind,  # type: ignore[arg-type]
            fen=fen,
            dated_on=on,
            paper=f"{MADE_UP}第{self.papers}号",
            **more,
        )
        with self.writing(P.FUND_POST, on) as session:
            return entries.enter(session, body)


def play(cast: Cast) -> None:
    """Let two finance offices keep their books, and the city's auditor freeze a line."""
    _water(cast)
    _schools(cast)


def _item(cast: Cast, programme: Programme, title: str) -> Item | None:
    return cast.session.exec(
        select(Item).where(Item.programme_id == programme.id, Item.title == title).order_by(col(Item.id))
    ).first()


def _water(cast: Cast) -> None:
    programme = cast.programme(CITY)
    item = _item(cast, programme, WATER) if programme else None
    if programme is None or item is None:
        return
    books, begun = _Books(cast, "wz-finance"), cast.since(programme, 20)
    shares = _shares(cast, item)
    with books.writing(P.FUND_EDIT, begun) as session:
        source = lines.create_source(
            session,
            FundSourceIn(
                programme_id=programme.id,
                unit_id=programme.unit_id,
                kind="fiscal",
                tier="city",
                name=f"{WATER}市级资金",
                document_number=f"{MADE_UP}〔{programme.year}〕1号",
                document_on=begun,
                amount_fen=PLANNED,
                approximate=True,
                note="金额由公布的完成投资7856万元与54.7%推算",
            ),
        )
        made = [
            lines.create_line(
                session,
                FundLineIn(
                    source_id=source.id,
                    item_id=item.id,
                    unit_id=unit,
                    code=f"A{number:02d}",
                    name=f"{name}{WATER}",
                    purpose="农村饮水管网与净水设备",
                    planned_fen=fen,
                    dated_on=begun,
                    functional_code="2130335",
                    confirmed=number < len(shares),
                    expected_on=None if number < len(shares) else begun + timedelta(days=120),
                ),
            ).id
            for number, (unit, name, fen) in enumerate(shares, 1)
        ]
        obligation = lines.create_obligation(
            session,
            FundObligationIn(
                programme_id=programme.id,
                item_id=item.id,
                unit_id=cast.units[COUNTY],
                keeper_id=programme.unit_id,
                tier="county",
                amount_fen=200 * WAN,
                basis=MADE_UP,
                due_on=begun + timedelta(days=100),
            ),
        ).id
    noticed, came = begun + timedelta(days=15), begun + timedelta(days=40)
    counted = date(programme.year, *COUNTED_ON)
    for number, (line, (_, _, fen)) in enumerate(zip(made, shares, strict=True), 1):
        if number == len(made):
            continue
        notice = books.note(line, "notice", fen * 2 // 3 // WAN * WAN, noticed, due_on=came)
        if notice is not None:
            # One county waits for the half of it.
            arrived = notice.fen // (2 if number == 1 else 1)
            books.note(line, "receipt", arrived, came + timedelta(days=5 * number), against_id=notice.id)
        books.note(line, "investment", DONE * fen // PLANNED // 100 * 100, counted, note="公布的完成投资按计划分摊")
    _match(cast, programme, item, obligation, begun)
    with cast.acting("wz-audit", P.FUND_FREEZE, came) as session:
        opening.freeze(session, session.get_one(FundLine, made[0]), f"票据与工程量不符（{MADE_UP}）")


def _shares(cast: Cast, item: Item) -> list[tuple[UUID, str, int]]:
    """Return each county's part of the plan, by its target; the last takes what rounding leaves."""
    found = cast.session.exec(
        select(Unit.id, Unit.name, col(Target.value))
        .join(Task, col(Task.unit_id) == col(Unit.id))
        .join(Target, col(Target.task_id) == col(Task.id))
        .where(Task.item_id == item.id, Task.status == "issued", Unit.tier == "county", Unit.kind == "government")
        .order_by(col(Unit.sort), col(Unit.id))
    ).all()
    given = [(unit, name, value) for unit, name, value in found if value]
    total = sum(value for _, _, value in given)
    parts = [(unit, name, int(PLANNED * value / total) // WAN * WAN) for unit, name, value in given]
    rest = PLANNED - sum(fen for _, _, fen in parts)
    return [*parts[:-1], (parts[-1][0], parts[-1][1], parts[-1][2] + rest)] if parts else []


def _match(cast: Cast, programme: Programme, item: Item, obligation: UUID, begun: date) -> None:
    """Let the county put in part of what it has to add."""
    books, unit = _Books(cast, "yq-finance"), cast.units[COUNTY]
    with books.writing(P.FUND_EDIT, begun) as session:
        source = lines.create_source(
            session,
            FundSourceIn(
                programme_id=programme.id,
                unit_id=unit,
                kind="fiscal",
                tier="county",
                name=f"{WATER}{COUNTY}配套（{MADE_UP}）",
                amount_fen=200 * WAN,
            ),
        )
        line = lines.create_line(
            session,
            FundLineIn(
                source_id=source.id,
                item_id=item.id,
                unit_id=unit,
                obligation_id=obligation,
                code="P01",
                name=f"{COUNTY}{WATER}配套",
                purpose="农村饮水管网与净水设备",
                planned_fen=200 * WAN,
                dated_on=begun,
            ),
        ).id
    books.note(line, "receipt", 150 * WAN, begun + timedelta(days=60))


def _schools(cast: Cast) -> None:
    programme = cast.programme(COUNTY)
    item = _item(cast, programme, SCHOOLS) if programme else None
    if programme is None or item is None:
        return
    books, begun = _Books(cast, "yq-finance"), cast.since(programme, 10)
    with books.writing(P.FUND_EDIT, begun) as session:
        source = lines.create_source(
            session,
            FundSourceIn(
                programme_id=programme.id,
                unit_id=programme.unit_id,
                kind="fiscal",
                tier="county",
                name=f"{SCHOOLS}财政资金",
                amount_fen=SCHOOL,
                note="公布的财政资金190万元",
            ),
        )
        line = lines.create_line(
            session,
            FundLineIn(
                source_id=source.id,
                item_id=item.id,
                unit_id=programme.unit_id,
                code="A01",
                name=SCHOOLS,
                purpose="示范学校与特色课程",
                planned_fen=SCHOOL,
                dated_on=begun,
                functional_code="2050202",
            ),
        ).id
    notice = books.note(line, "notice", SCHOOL, begun + timedelta(days=10))
    if notice is not None:
        books.note(line, "receipt", SCHOOL, begun + timedelta(days=25), against_id=notice.id)
