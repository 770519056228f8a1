"""Money through HTTP: lines, papers, the ledger and what it refuses, on both databases."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError

from minsheng.funds import ledger
from minsheng.funds.accounts import Account, Kind
from minsheng.funds.models import FundBalance, FundLine, LedgerEntry, LedgerPosting
from minsheng.kernel.access import Access, find
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.kernel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from minsheng.kernel.access import Session
    from tests.conftest import Caller, Callers
    from tests.factories.world import World

WAN = 1_000_000
"""Ten thousand yuan in fen."""
MOST = 2**53 - 1


class Books:
    """The city's finance office: short words for what it sends."""

    def __init__(self, people: Callers, world: World) -> None:
        self.who: Caller = people["finance"]
        self.world = world
        self.papers = 0

    def source(self, **changed: Any) -> dict[str, Any]:
        body = {
            "programme_id": str(self.world["list"]),
            "unit_id": str(self.world["city"]),
            "kind": "fiscal",
            "tier": "provincial",
            "name": "农村公路补助",
            "document_number": "浙财建〔2026〕21号",
            "amount_fen": 1000 * WAN,
            **changed,
        }
        found: dict[str, Any] = self.who.post("/fund-sources", body, status=201)
        return found

    def line_body(self, source: str, code: str, planned: int, **changed: Any) -> dict[str, Any]:
        return {
            "source_id": source,
            "unit_id": str(self.world["a1"]),
            "item_id": str(self.world["list.roads"]),
            "code": code,
            "name": f"柳市镇公路{code}",
            "purpose": "农村公路路面改造",
            "planned_fen": planned,
            "dated_on": "2026-02-10",
            **changed,
        }

    def line(self, source: str, code: str, planned: int, **changed: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.who.post(
            "/fund-lines", self.line_body(source, code, planned, **changed), status=201
        )
        return found

    def note(self, line: str, kind: str, fen: Any, on: str, *, status: int = 201, **changed: Any) -> dict[str, Any]:
        self.papers += 1
        body = {"line_id": line, "kind": kind, "fen": fen, "dated_on": on, "paper": f"凭证{self.papers}", **changed}
        found: dict[str, Any] = self.who.post("/ledger-entries", body, status=status)
        return found

    def back(self, entry: str, *, on: str = "2026-11-20", status: int = 201) -> dict[str, Any]:
        self.papers += 1
        body = {"entry_id": entry, "dated_on": on, "paper": f"冲销{self.papers}", "reason": "录错金额"}
        found: dict[str, Any] = self.who.post("/ledger-reversals", body, status=status)
        return found

    def facts(self, line: str) -> dict[str, int]:
        """Return the facts of a line that are not nothing, without their ending."""
        found = self.who.get(f"/fund-lines/{line}")["facts"]
        return {name.removesuffix("_fen"): fen for name, fen in found.items() if fen}

    def sound(self) -> None:
        proof = self.who.get("/fund-proof", programme_id=str(self.world["list"]))
        assert (proof["sound"], proof["faults"]) == (True, [])


@pytest.fixture
def books(people: Callers, world: World) -> Books:
    """Return the finance office."""
    return Books(people, world)


@contextmanager
def payments(url: str) -> Iterator[Session]:
    """Open a session that pays: disbursements have a feature of their own."""
    database = Database(url)
    try:
        with open_session(database, Access.system("test"), write=True) as session:
            yield session
            session.commit()
    finally:
        database.dispose()


def pay(url: str, line: str, fen: int, on: date, paper: str, **more: Any) -> UUID:
    """Pay from a line, as an approved disbursement would; return the entry."""
    with payments(url) as session:
        row = find(session, FundLine, UUID(line))
        assert row is not None
        return ledger.post(session, row, Kind.DISBURSEMENT, fen, dated_on=on, paper=paper, **more).id


def test_money_moves_by_its_papers(books: Books, people: Callers, world: World, url: str) -> None:
    source = books.source()
    line = books.line(source["id"], "A01", 500 * WAN, functional_code="2140104")
    assert (line["status"], line["frozen"], line["tier"], line["item_title"]) == (
        "active",
        False,
        "provincial",
        "农村公路提升",
    )
    key = line["id"]
    first = books.note(key, "notice", 300 * WAN, "2026-03-01", due_on="2026-04-30")
    assert [(each["account"], each["fen"]) for each in first["postings"]] == [
        ("allotted", -300 * WAN),
        ("due", 300 * WAN),
    ]
    assert (first["number"], first["label"], first["author_name"]) == (2, "下达", "测试finance")
    early = books.note(key, "receipt", 130 * WAN, "2026-03-11", against_id=first["id"])
    second = books.note(key, "receipt", 20 * WAN, "2026-03-31", against_id=first["id"])
    # More than the notice, and a receipt that names none while one waits.
    over = books.note(key, "receipt", 151 * WAN, "2026-04-01", against_id=first["id"], status=409)
    assert (over["code"], over["available_fen"]) == ("overdraft", 150 * WAN)
    assert books.note(key, "receipt", WAN, "2026-04-01", status=422)["errors"][0]["pointer"] == "/against_id"

    paid = str(pay(url, key, 120 * WAN, date(2026, 4, 20), "拨1"))
    with pytest.raises(Problem, match=r"结存只有300,000\.00元，不能拨付300,000\.01元，差0\.01元"):
        pay(url, key, 30 * WAN + 1, date(2026, 4, 21), "拨2")
    books.note(key, "expenditure", 80 * WAN, "2026-05-10", against_id=paid)
    books.note(key, "investment", 400 * WAN, "2026-05-31")
    books.note(key, "recovery", 10 * WAN, "2026-06-10", against_id=paid)
    books.note(key, "recovery", 5 * WAN, "2026-06-11", against_id=paid, out_of="spent", into="returned")
    books.note(key, "return", 7 * WAN, "2026-07-01")
    books.note(key, "plan", -100 * WAN, "2026-08-01")
    assert books.facts(key) == {
        "planned": 400 * WAN,
        "noticed": 300 * WAN,
        "received": 150 * WAN,
        "due": 150 * WAN,
        "paid": 105 * WAN,
        "recovered": 15 * WAN,
        "spent": 75 * WAN,
        "advanced": 30 * WAN,
        "returned": 12 * WAN,
        "cash": 33 * WAN,
        "invested": 400 * WAN,
    }
    shown = books.who.get(f"/fund-lines/{key}")
    assert {each["name"]: each["percent"] for each in shown["rates"]} == {
        "noticed_of_planned": "75",
        "received_of_noticed": "50",
        "received_of_planned": "37.5",
        "paid_of_received": "70",
        "paid_of_planned": "26.25",
        "spent_of_paid": "71.43",
        "invested_of_planned": "100",
    }
    # Taken back once, by an entry that names it; what others rest on is not.
    assert books.back(first["id"], status=409)["code"] == "entry-in-use"
    assert books.back(early["id"], status=409)["account"] == "cash"
    undone = books.back(second["id"])
    assert (undone["fen"], undone["reversal_of"], undone["kind"]) == (-20 * WAN, second["id"], "receipt")
    for again in (second["id"], undone["id"]):
        assert books.back(again, status=409)["code"] == "already-reversed"
    assert books.who.get(f"/ledger-entries/{second['id']}")["reversed_by"] == undone["id"]
    redone = books.note(key, "receipt", 20 * WAN, "2026-03-31", against_id=first["id"], paper=second["paper"])
    assert books.facts(key)["received"] == 150 * WAN
    numbers = [each["number"] for each in books.who.get("/ledger-entries", line_id=key)["items"]]
    assert numbers == list(range(1, 14))
    assert (redone["number"], len(books.who.get("/ledger-entries", line_id=key, kind="receipt")["items"])) == (13, 4)

    # Everybody sees what lies in his area and nothing else; only the keeper of the books writes.
    sees = {
        "office": 1,
        "a-lead": 0,
        "a1-clerk": 1,
        "a2-clerk": 0,
        "lead": 1,
        "auditor": 1,
        "machine": 1,
        "outsider": 0,
    }
    assert {who: len(people[who].get("/fund-lines")["items"]) for who in sees} == sees
    assert people["admin"].call("GET", "/fund-lines").status_code == 403
    for who in ("office", "auditor", "lead"):
        people[who].post("/ledger-entries", {"line_id": key, "kind": "return", "fen": 1, "dated_on": "2026-11-01",
                                             "paper": "x"}, status=403)  # fmt: skip

    delays = books.who.get("/fund-delays", programme_id=str(world["list"]), idle_after=60)
    (row,) = delays["rows"]
    # 130 waited 10 days and 20 waited 30; 150 is 206 days late. First in, first out: 120 were paid, 7 handed back.
    assert (row["arrival_days"], row["overdue_fen"], row["overdue_days"]) == ("12.7", 150 * WAN, 206)
    assert (row["payment_days"], row["idle_fen"], row["idle_days"]) == ("44", 33 * WAN, 256)
    books.sound()


def test_rates_by_whatever_one_looks_at(books: Books, world: World, url: str) -> None:
    province = books.source(amount_fen=1000 * WAN)["id"]
    own = books.source(kind="self_raised", tier=None, name="村级自筹", document_number=None, amount_fen=100 * WAN)["id"]
    roads = books.line(province, "A01", 600 * WAN, stated_percent="88.3", stated_source="某县2019年11月通报")["id"]
    office = books.line(province, "A02", 40 * WAN, usage="admin", item_id=None, unit_id=str(world["a"]))["id"]
    village = books.line(own, "B01", 60 * WAN, unit_id=str(world["b1"]))["id"]
    books.line(province, "A03", 100 * WAN, confirmed=False, expected_on="2026-12-20")
    for line, noticed, received, paid, month in (
        (roads, 600, 854, 754, 3),
        (office, 40, 40, 10, 5),
        (village, 0, 30, 15, 7),
    ):
        if noticed:
            notice = books.note(line, "notice", noticed * WAN, f"2026-{month:02d}-01")
            books.note(line, "receipt", noticed * WAN, f"2026-{month:02d}-05", against_id=notice["id"])
        if received > noticed:
            books.note(line, "receipt", (received - noticed) * WAN, f"2026-{month:02d}-06")
        pay(url, line, paid * WAN, date(2026, month + 1, 10), "拨1")
    ask = {"programme_id": str(world["list"])}
    found = books.who.get("/fund-rates", **ask, by="source")
    # 22 November is the 326th of 365 days.
    assert (found["on"], found["elapsed_percent"], found["promised_fen"]) == ("2026-11-22", "89.32", 1100 * WAN)
    assert (found["unconfirmed_fen"], found["unconfirmed_percent"]) == (100 * WAN, "12.5")
    assert (found["admin_fen"], found["admin_percent"]) == (10 * WAN, "1.28")

    def table(by: str, **more: Any) -> dict[Any, tuple[int, int, Any]]:
        rows = books.who.get("/fund-rates", **ask, by=by, **more)["rows"]
        percents = lambda row: {each["name"]: each["percent"] for each in row["rates"]}["paid_of_received"]  # noqa: E731
        return {
            row["label"] or row["key"]: (row["facts"]["received_fen"] // WAN, row["facts"]["paid_fen"] // WAN,
                                         percents(row))
            for row in rows
        }  # fmt: skip

    assert table("source") == {"农村公路补助": (894, 764, "85.46"), "村级自筹": (30, 15, "50")}
    assert table("tier") == {"provincial": (894, 764, "85.46"), None: (30, 15, "50")}
    assert table("kind") == {"fiscal": (894, 764, "85.46"), "self_raised": (30, 15, "50")}
    assert table("usage") == {"project": (884, 769, "86.99"), "admin": (40, 10, "25")}
    assert table("unit") == {"柳市镇": (854, 754, "88.29"), "乐清市": (40, 10, "25"), "灵溪镇": (30, 15, "50")}
    assert table("item") == {"1.1 农村公路提升": (884, 769, "86.99"), None: (40, 10, "25")}
    assert table("unit", unit_id=str(world["a"])) == {"柳市镇": (854, 754, "88.29"), "乐清市": (40, 10, "25")}
    assert table("unit", on="2026-03-31") == {
        "柳市镇": (854, 0, "0"),
        "乐清市": (0, 0, None),
        "灵溪镇": (0, 0, None),
    }
    months = books.who.get("/fund-rates", **ask, by="month")["rows"]
    assert [(row["key"], row["label"], row["facts"]["paid_fen"] // WAN) for row in months][:7] == [
        ("2026-02", "2026年2月", 0),
        ("2026-03", "2026年3月", 0),
        ("2026-04", "2026年4月", 754),
        ("2026-05", "2026年5月", 754),
        ("2026-06", "2026年6月", 764),
        ("2026-07", "2026年7月", 764),
        ("2026-08", "2026年8月", 779),
    ]
    assert (months[-1]["key"], months[-1]["facts"]) == ("2026-11", found["total"]["facts"])
    beneath = books.who.get("/fund-rates", **ask, by="month", unit_id=str(world["a"]))["rows"]
    assert beneath[-1]["facts"]["received_fen"] == 894 * WAN
    assert found["total"]["ahead_points"] == "8.06"
    # What was printed stays beside what is worked out here, and says of what it is.
    stated = books.who.get(f"/fund-lines/{roads}")["stated"]
    assert stated == {"percent": "88.3", "source": "某县2019年11月通报", "agrees": ["拨付 ÷ 到位"]}
    books.sound()


def test_what_the_ledger_refuses(books: Books, people: Callers, world: World, url: str) -> None:
    source = books.source()
    key = books.line(source["id"], "A01", 100 * WAN)["id"]
    other = books.line(source["id"], "A02", 100 * WAN, confirmed=False)
    notice = books.note(key, "notice", 50 * WAN, "2026-03-01", paper="浙财建〔2026〕30号")
    books.note(key, "receipt", 50 * WAN, "2026-03-05", against_id=notice["id"])
    before = books.who.get("/ledger-entries")["items"]
    given = {"against_id": notice["id"]}
    for status, code, pointer, arguments, more in (
        (422, "invalid", "/fen", ("notice", 0, "2026-03-02"), {}),
        (422, "invalid", "/fen", ("notice", -1, "2026-03-02"), {}),
        (422, "invalid", "/fen", ("notice", 2**53, "2026-03-02"), {}),
        (422, "invalid", "/fen", ("notice", 2**63, "2026-03-02"), {}),
        (422, "invalid", "/fen", ("notice", 12.345, "2026-03-02"), {}),
        (422, "invalid", "/fen", ("notice", "12.34", "2026-03-02"), {}),
        (422, "invalid", "/fen", ("notice", True, "2026-03-02"), {}),
        (422, "invalid", "/dated_on", ("notice", 1, "2026-11-23"), {}),
        (422, "invalid", "/kind", ("disbursement", 1, "2026-03-02"), {}),
        (422, "invalid", "/due_on", ("return", 1, "2026-03-02"), {"due_on": "2026-04-01"}),
        (422, "invalid", "/into", ("return", 1, "2026-03-02"), {"into": "cash"}),
        (422, "invalid", "/against_id", ("return", 1, "2026-03-02"), given),
        (422, "invalid", "/against_id", ("expenditure", 1, "2026-03-02"), given),
        (422, "invalid", "/fen", ("notice", MOST, "2026-03-02"), {}),
        (409, "duplicate-paper", None, ("notice", 1, "2026-03-02"), {"paper": "浙财建〔2026〕30号"}),
        (409, "overdraft", None, ("return", 50 * WAN + 1, "2026-03-06"), {}),
        (409, "overdraft", None, ("expenditure", 1, "2026-03-06"), {}),
        (409, "overdraft", None, ("recovery", 1, "2026-03-06"), {}),
        (409, "overdraft", None, ("plan", -100 * WAN - 1, "2026-03-06"), {}),
    ):
        found = books.note(key, *arguments, status=status, **more)
        where = found["errors"][0]["pointer"] if found["errors"] else None
        assert (found["code"], where) == (code, pointer), (arguments, found)
    assert books.note(other["id"], "notice", 1, "2026-03-02", status=409)["code"] == "line-unconfirmed"
    assert books.note(str(world["list"]), "notice", 1, "2026-03-02", status=404)["code"] == "not-found"
    assert books.who.get("/ledger-entries")["items"] == before

    for changed, status, pointer in (
        ({"code": "A01"}, 409, "/code"),
        ({"unit_id": str(world["other"])}, 404, None),
        ({"item_id": str(world["county_list.schools"])}, 422, "/item_id"),
        ({"task_id": str(world["roads:a2"])}, 422, "/unit_id"),
        ({"task_id": str(world["roads:a1"]), "item_id": str(world["list.cover"])}, 422, "/item_id"),
        ({"planned_fen": -1}, 422, "/planned_fen"),
        ({"planned_fen": 1.5}, 422, "/planned_fen"),
        ({"code": "一"}, 422, "/code"),
    ):
        answer = books.who.post("/fund-lines", books.line_body(source["id"], "A09", 1) | changed, status=status)
        assert (answer["errors"][0]["pointer"] if answer["errors"] else None) == pointer, (changed, answer)
    # A grant without a tier, a donation with one, somebody else's books.
    for changed, status in (
        ({"tier": None}, 422),
        ({"kind": "donation"}, 422),
        ({"unit_id": str(world["other"])}, 404),
    ):
        base = {"programme_id": str(world["list"]), "unit_id": str(world["city"]), "kind": "fiscal", "tier": "city",
                "name": "某补助", "amount_fen": 1}  # fmt: skip
        books.who.post("/fund-sources", base | changed, status=status)

    # The purpose is fixed by the first money; a stale version changes nothing.
    line = f"/fund-lines/{key}"
    assert books.who.patch(line, {"purpose": "别的"}, version=1, status=409)["code"] == "locked"
    renamed = books.who.patch(line, {"name": "柳市镇公路"}, version=1)
    assert (renamed["name"], renamed["version"]) == ("柳市镇公路", 2)
    assert books.who.patch(line, {"name": "又一名"}, version=1, status=412)["code"] == "stale-version"
    assert books.who.post(f"{line}/close", version=2, status=409)["code"] == "entry-in-use"
    assert books.who.post(f"{line}/void", {"reason": "不要了"}, version=2, status=409)["code"] == "entry-in-use"
    voided = books.who.post(f"/fund-sources/{source['id']}/void", version=1, status=409)
    assert voided["code"] == "entry-in-use"
    with pytest.raises(Problem):
        pay(url, other["id"], 1, date(2026, 5, 1), "拨1")


def test_frozen_closed_and_pooled_lines(books: Books, people: Callers, world: World, url: str) -> None:
    source = books.source()
    due = {
        "programme_id": str(world["list"]),
        "unit_id": str(world["a"]),
        "keeper_id": str(world["city"]),
        "tier": "county",
        "amount_fen": 80 * WAN,
        "due_on": "2026-06-30",
        "basis": "按总投资的20%",
    }
    obligation = books.who.post("/fund-obligations", due, status=201)
    assert (obligation["missing_fen"], obligation["overdue"]) == (80 * WAN, True)
    match = books.source(tier="county", name="县级配套", document_number=None, amount_fen=80 * WAN)
    key = books.line(source["id"], "A01", 100 * WAN, confirmed=False, expected_on="2026-05-01")["id"]
    own = books.line(match["id"], "B01", 80 * WAN, obligation_id=obligation["id"])["id"]
    line = books.who.post(f"/fund-lines/{key}/confirm", {"document_number": "浙财建〔2026〕9号"}, version=1)
    assert (line["status"], line["document_number"], line["expected_on"]) == ("active", "浙财建〔2026〕9号", None)
    for each in (key, own):
        books.note(each, "receipt", 60 * WAN, "2026-03-05")
    (obligation,) = books.who.get("/fund-obligations")["items"]
    assert (obligation["received_fen"], obligation["missing_fen"]) == (60 * WAN, 20 * WAN)

    # Two findings: money stays until both are lifted; what comes in is noted all the while.
    frozen = [people[who].post("/fund-freezes", {"line_id": key, "reason": f"{who}查出票据不符"}, status=201)
              for who in ("auditor", "office")]  # fmt: skip
    books.who.post("/fund-freezes", {"line_id": key, "reason": "自己冻结"}, status=403)
    assert [each["id"] for each in books.who.get("/fund-lines", frozen=True)["items"]] == [key]
    for number, each in enumerate(frozen):
        with pytest.raises(Problem, match="资金已冻结"):
            pay(url, key, WAN, date(2026, 5, 1), f"拨{number}")
        books.note(key, "receipt", WAN, "2026-05-02")
        lifted = people["office"].post(f"/fund-freezes/{each['id']}/lift", {"reason": "已整改"}, version=1)
        assert (lifted["status"], lifted["lifted_name"]) == ("lifted", "测试office")
    assert books.who.get(f"/fund-lines/{key}")["frozen"] is False
    pay(url, key, WAN, date(2026, 5, 1), "拨0")

    _pooled(books, world, url, key, own)
    later = _years(books, people, world, source["id"], key)
    # Closed when nothing is left on it, and open again with a reason.
    rest = books.facts(own)["cash"]
    books.note(own, "return", rest, "2026-11-01")
    shut = books.who.post(f"/fund-lines/{own}/close", version=1)
    assert (shut["status"], shut["facts"]["returned_fen"]) == ("closed", rest)
    assert books.note(own, "receipt", 1, "2026-11-02", status=409)["code"] == "line-closed"
    books.who.post(f"/fund-lines/{own}/reopen", {"reason": "补记尾款"}, version=2)
    books.note(own, "receipt", 1, "2026-11-02")
    gone = books.who.post(f"/fund-lines/{later}/void", {"reason": "重复编制"}, version=1)
    assert gone["status"] == "void"
    books.sound()


def _pooled(books: Books, world: World, url: str, key: str, own: str) -> None:
    # Two lines, one project: each share stays traceable, nothing is promised twice or paid beyond it.
    body = {"programme_id": str(world["list"]), "item_id": str(world["list.roads"]), "unit_id": str(world["a1"]),
            "keeper_id": str(world["city"]), "code": "P01", "name": "柳黄公路"}  # fmt: skip
    project = books.who.post("/fund-projects", body, status=201)["id"]
    assert books.who.post("/fund-projects", body, status=409)["errors"][0]["pointer"] == "/code"
    cover = body | {"code": "P02", "item_id": str(world["list.cover"])}
    elsewhere = books.who.post("/fund-projects", cover, status=201)["id"]
    share = lambda project, line, fen, status=201: books.who.post(  # noqa: E731
        "/fund-shares", {"project_id": project, "line_id": line, "amount_fen": fen}, status=status
    )
    assert share(elsewhere, key, WAN, 409)["code"] == "wrong-purpose"
    assert share(project, key, 100 * WAN + 1, 409)["code"] == "overdraft"
    mine = share(project, key, 40 * WAN)
    assert share(project, key, WAN, 409)["code"] == "duplicate"
    share(project, own, 80 * WAN)
    assert books.note(own, "plan", -1, "2026-06-01", status=409)["code"] == "overdraft"
    pay(url, key, 30 * WAN, date(2026, 6, 1), "拨5", project_id=UUID(project))
    with pytest.raises(Problem, match="份额只剩"):
        pay(url, key, 11 * WAN, date(2026, 6, 2), "拨6", project_id=UUID(project))
    change = lambda fen, version, status=200: books.who.patch(  # noqa: E731
        f"/fund-shares/{mine['id']}", {"amount_fen": fen}, version=version, status=status
    )
    assert change(29 * WAN, 1, 409)["code"] == "overdraft"
    assert change(30 * WAN, 1)["left_fen"] == 0
    shown = books.who.get(f"/fund-projects/{project}")
    assert [(each["line_id"], each["tier"], each["amount_fen"] // WAN, each["paid_fen"] // WAN)
            for each in shown["shares"]] == [(key, "provincial", 30, 30), (own, "county", 80, 0)]  # fmt: skip


def _years(books: Books, people: Callers, world: World, source: str, key: str) -> str:
    # A closed year takes nothing more, not even a reversal dated in it; reopened, it does.
    early = books.note(key, "receipt", WAN, "2025-12-20")
    closing = {"unit_id": str(world["city"]), "year": 2025}
    people["office"].post("/fund-years", closing, status=403)
    year = books.who.post("/fund-years", closing, status=201)
    assert books.who.post("/fund-years", closing, status=409)["code"] == "duplicate"
    assert books.who.post("/fund-years", closing | {"year": 2027}, status=422)["errors"][0]["pointer"] == "/year"
    assert books.note(key, "receipt", WAN, "2025-12-31", status=409)["code"] == "year-closed"
    assert books.back(early["id"], on="2025-12-31", status=409)["code"] == "year-closed"
    later = books.line(source, "A07", 0)["id"]
    assert books.note(later, "receipt", WAN, "2024-06-01", status=409)["code"] == "year-closed"
    books.who.post(f"/fund-years/{year['id']}/reopen", {"reason": "漏记一笔"}, version=1)
    books.note(key, "receipt", WAN, "2025-12-31")
    books.who.post(f"/fund-years/{year['id']}/close", version=2)
    assert books.note(later, "receipt", WAN, "2025-12-31", status=409)["code"] == "year-closed"
    books.back(early["id"])
    return str(later)


MOVES = ("plan", "notice", "receipt", "direct", "pay", "expenditure", "bounce", "recovery", "return", "investment",
         "reverse", "reverse")  # fmt: skip


class Model:
    """The books as plain figures: what each entry did, and what may not fall below nothing."""

    FROM_TO: ClassVar = {
        "plan": ("", "planned"), "notice": ("", "due"), "receipt": ("due", "cash"), "direct": ("", "cash"),
        "pay": ("cash", "advanced"), "expenditure": ("advanced", "spent"), "bounce": ("advanced", "cash"),
        "recovery": ("advanced", "cash"), "return": ("cash", "returned"), "investment": ("", "invested"),
    }  # fmt: skip
    """Where each move takes money from, if from anywhere, and where it puts it."""

    def __init__(self) -> None:
        self.at: dict[str, int] = dict.fromkeys(
            ("planned", "due", "cash", "advanced", "spent", "returned", "invested"), 0
        )
        self.done: list[tuple[str, int]] = []
        self.reversed: set[int] = set()
        self.paid = 0

    def move(self, kind: str, fen: int) -> bool:
        """Move money if there is enough; say whether it did."""
        source, target = self.FROM_TO[kind]
        after = dict(self.at)
        if source:
            after[source] -= fen
        after[target] += fen
        paid = self.paid + (fen if kind == "pay" else -fen if kind == "bounce" else 0)
        if min(after.values()) < 0 or paid < 0:
            return False
        self.at, self.paid = after, paid
        return True


def test_random_moves_agree_with_plain_figures(books: Books, url: str) -> None:
    """Whatever is posted or taken back in whatever order, the ledger and plain figures agree on every step."""
    chance = random.Random(11)
    source = books.source()["id"]
    lines = [books.line(source, f"A{number}", 0)["id"] for number in range(3)]
    models = {line: Model() for line in lines}
    entries: dict[str, list[UUID]] = {line: [] for line in lines}
    outcomes = []
    with payments(url) as session:
        for step in range(200):
            line, kind, fen = chance.choice(lines), chance.choice(MOVES), chance.randint(1, 60)
            model = models[line]
            number = chance.randrange(len(model.done)) if model.done else None
            if kind == "reverse" and number is None:
                continue
            if kind == "reverse":
                assert number is not None
                old, amount = model.done[number]
                wanted = number not in model.reversed and model.move(old, -amount)
                done = took_back(session, entries[line][number], step)
                model.reversed |= {number} if wanted else set()
            else:
                wanted = model.move(kind, fen)
                entry = posted(session, line, kind, fen, step)
                done = entry is not None
                if entry is not None:
                    model.done.append((kind, fen))
                    entries[line].append(entry)
            assert done == wanted, (step, kind, fen)
            outcomes.append(done)
    assert min(outcomes.count(True), outcomes.count(False)) > 20
    for line, model in models.items():
        facts = books.facts(line)
        assert {name: facts.get(name, 0) for name in model.at} == model.at
        assert facts.get("paid", 0) == model.at["advanced"] + model.at["spent"]
    books.sound()


def posted(session: Session, line: str, kind: str, fen: int, step: int) -> UUID | None:
    """Post one event in a savepoint; return its entry, or nothing when it was refused."""
    row = find(session, FundLine, UUID(line))
    assert row is not None
    source = {"receipt": Account.DUE, "direct": Account.DIRECT}.get(kind)
    known = {"pay": Kind.DISBURSEMENT, "direct": Kind.RECEIPT}.get(kind) or Kind(kind)
    try:
        with session.begin_nested():
            return ledger.post(
                session, row, known, fen, dated_on=date(2026, 10, 1), paper=f"凭{step}", source=source
            ).id
    except Problem:
        return None


def took_back(session: Session, entry: UUID, step: int) -> bool:
    """Reverse one entry in a savepoint; say whether it was allowed."""
    try:
        with session.begin_nested():
            row = session.get_one(LedgerEntry, entry)
            ledger.reverse(session, row, dated_on=date(2026, 11, 1), paper=f"冲{step}")
    except Problem:
        return False
    return True


def test_nobody_overdraws_however_many_pay_at_once(books: Books, url: str) -> None:
    """Five pay from one line at the same time, twice as much as it holds: what was acknowledged is what is paid."""
    line = books.line(books.source()["id"], "A01", 0)["id"]
    books.note(line, "receipt", 10 * WAN, "2026-03-01")
    database = Database(url)

    def pay_some(who: int) -> int:
        done = 0
        for turn in range(4):
            with open_session(database, Access.system("test"), write=True) as session:
                row = find(session, FundLine, UUID(line))
                assert row is not None
                try:
                    ledger.post(session, row, Kind.DISBURSEMENT, WAN, dated_on=date(2026, 4, 1), paper=f"{who}-{turn}")
                    session.commit()
                except Problem:
                    continue
                done += 1
        return done

    with ThreadPoolExecutor(5) as pool:
        paid = sum(pool.map(pay_some, range(5)))
    database.dispose()
    assert paid == 10
    assert books.facts(line) == {"received": 10 * WAN, "paid": 10 * WAN, "advanced": 10 * WAN}
    numbers = [each["number"] for each in books.who.get("/ledger-entries", line_id=line)["items"]]
    assert sorted(numbers) == list(range(1, 12))
    books.sound()


def test_the_database_refuses_to_rewrite_the_ledger(books: Books, url: str, world: World) -> None:
    line = books.line(books.source()["id"], "A01", 100 * WAN)["id"]
    books.note(line, "receipt", 10 * WAN, "2026-03-01")
    database = Database(url)
    engine: Engine = database.engine
    statements: list[Any] = [
        sa.update(LedgerEntry).values(fen=1),
        sa.update(LedgerPosting).values(fen=1),
        sa.delete(LedgerPosting),
        sa.delete(LedgerEntry),
    ]
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(statement)
    # The constraints say once more what the guard asks.
    for values in ({"cash": -1}, {"advanced": -1}, {"due": -1}, {"paid": -1}, {"shared": 100 * WAN + 1},
                   {"planned": 2**53}):  # fmt: skip
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(sa.update(FundBalance).values(**values))
    # A control: totals that were bent by one fen are found.
    with engine.begin() as connection:
        connection.execute(sa.update(FundBalance).values(cash=10 * WAN + 1))
    proof = books.who.get("/fund-proof", programme_id=str(world["list"]))
    assert (proof["sound"], proof["faults"]) == (
        False,
        [f"{line}: cash 余额{10 * WAN + 1}，分录合计{10 * WAN}"],
    )
    database.dispose()
