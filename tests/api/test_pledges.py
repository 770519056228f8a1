"""Pledges: frozen, sent, signed by both sides, printed, and supplemented when targets change."""

from __future__ import annotations

import io
import json
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import docx
import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from minsheng.pledges import pdf
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Callers
    from tests.factories.world import World


class Papers:
    """The city's list and the pledges made under it."""

    def __init__(self, people: Callers, world: World) -> None:
        self.people, self.world = people, world

    def make(self, unit: str, by: str = "office", giver: str | None = None, **more: Any) -> dict[str, Any]:
        """Make a pledge of a unit."""
        body = {"programme_id": str(self.world["list"]), "unit_id": str(self.world[unit]), **more}
        if giver:
            body["giver_id"] = str(self.world[giver])
        found: dict[str, Any] = self.people[by].post("/pledges", body, status=201)
        return found

    def try_move(self, who: str, pledge: dict[str, Any], verb: str, body: Any = None) -> httpx.Response:
        """Ask for a move at the version that stands."""
        return self.people[who].call("POST", f"/pledges/{pledge['id']}/{verb}", json=body, version=pledge["version"])

    def move(self, who: str, pledge: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
        """Make a move."""
        answer = self.try_move(who, pledge, verb, body)
        assert answer.status_code in {200, 201}, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def in_force(self, unit: str = "a") -> dict[str, Any]:
        """Make a pledge and let both sides sign it."""
        pledge = self.move("office", self.make(unit), "send")
        return self.move("leader", self.move(f"{unit}-office", pledge, "sign"), "countersign")

    def states(self, who: str = "office", **query: Any) -> list[tuple[Any, ...]]:
        """Return who has signed."""
        rows = self.people[who].get(f"/programmes/{self.world['list']}/pledge-states", **query)["rows"]
        return [(row["unit_name"], row["tasks"], row["state"], row["outdated"], row["supplements"]) for row in rows]

    def document(self, pledge: dict[str, Any], kind: str, who: str = "office") -> httpx.Response:
        """Fetch the paper."""
        return self.people[who].call("GET", f"/pledges/{pledge['id']}/document.{kind}")


@pytest.fixture
def papers(people: Callers, world: World) -> Papers:
    """Return the pledges of the city's list."""
    return Papers(people, world)


def adjusted(url: str, target: Any, value: str) -> None:
    """Change an issued target past the product, as an approved adjustment would."""
    engine = sa.create_engine(url)
    table = sa.table("target", sa.column("id", sa.Uuid()), sa.column("value", sa.BigInteger()))
    with engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.id == target).values(value=int(value) * 1_000_000))
    engine.dispose()


def test_both_sides_sign_and_neither_signs_for_the_other(papers: Papers, people: Callers, world: World) -> None:
    made = papers.make("a")
    assert (made["number"], made["title"], made["status"], made["supplement"]) == (
        "民实责〔2026〕1号",
        "温州市2026年民生实事目标责任书",
        "draft",
        0,
    )
    assert [(task["code"], task["title"], task["path"], task["deadline"], task["leads"]) for task in made["tasks"]] == [
        ("1.1", "农村公路提升", ["交通"], "2026-12-31", ["温州市交通运输局"])
    ]
    assert [
        (each["indicator"], each["measure"], each["operator"], each["value"]) for each in made["tasks"][0]["targets"]
    ] == [("农村公路提升", "公里", "ge", "60")]
    assert papers.states() == [
        ("乐清市", 1, "draft", False, 0),
        ("柳市镇", 1, "none", False, 0),
        ("苍南县", 1, "none", False, 0),
        ("灵溪镇", 1, "none", False, 0),
    ]
    path = f"/pledges/{made['id']}"
    problem(people["a-office"].call("GET", path), 404, "not-found")
    problem(papers.try_move("a-office", made, "sign"), 404, "not-found")
    problem(papers.try_move("office", made, "sign"), 409, "wrong-state")
    sent = papers.move("office", made, "send")
    assert [each["verb"] for each in sent["actions"]] == ["recall"]
    seen = people["a-office"].get(path)
    assert [each["verb"] for each in seen["actions"]] == ["sign", "return"]
    assert people["b-office"].call("GET", path).status_code == 404
    # Whoever covers the unit from above does not sign for it; a reader signs nothing.
    problem(papers.try_move("office", sent, "sign"), 403, "forbidden")
    problem(papers.try_move("a-reviewer", sent, "sign"), 403, "forbidden")
    back = papers.move("a-office", sent, "return", {"reason": "期限偏紧，请核对"})
    assert (back["status"], back["returned_reason"], back["sent_at"]) == ("draft", "期限偏紧，请核对", None)
    sent = papers.move("office", people["office"].get(path), "send")
    problem(papers.try_move("office", sent, "countersign"), 409, "wrong-state")
    signed = papers.move("a-office", sent, "sign")
    assert (signed["status"], signed["unit_signer_name"], signed["actions"]) == ("signed", "测试a-office", [])
    problem(papers.try_move("a-office", signed, "countersign"), 403, "forbidden")
    done = papers.move("leader", signed, "countersign")
    assert (done["status"], done["giver_signer_name"], done["intact"], done["actions"]) == (
        "in_force",
        "测试leader",
        True,
        [],
    )
    actions = [entry["action"] for entry in people["auditor"].get("/changes", types="pledge", limit=1000)["items"]]
    assert actions == ["create", "send", "return", "send", "sign", "countersign"]
    assert papers.states()[0] == ("乐清市", 1, "in_force", False, 0)


def test_one_person_does_not_sign_for_both_sides(papers: Papers, people: Callers, world: World) -> None:
    body = {
        "user_id": str(world["user:a-office"]),
        "role_id": str(world["role:office"]),
        "unit_id": str(world["city"]),
    }
    people["admin"].post("/grants", body, status=201)
    signed = papers.move("a-office", papers.move("office", papers.make("a"), "send"), "sign")
    assert problem(papers.try_move("a-office", signed, "countersign"), 409, "own-work")["detail"] == (
        "同一人不能代表双方签订。"
    )
    assert papers.move("office", signed, "countersign")["status"] == "in_force"


def test_a_pledge_is_frozen_whatever_happens_to_its_tasks(
    papers: Papers, people: Callers, world: World, url: str
) -> None:
    done = papers.in_force()
    content = {key: done[key] for key in ("tasks", "sha256", "changes", "number")}
    adjusted(url, world["roads:a:target"], "66")
    now = people["office"].get(f"/pledges/{done['id']}")
    assert {key: now[key] for key in content} == content
    assert now["intact"] is True
    assert papers.states()[0] == ("乐清市", 1, "in_force", True, 0)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        (text,) = connection.execute(sa.text("SELECT content FROM pledge")).one()
        frozen = json.loads(text) if isinstance(text, str) else text
        canonical = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert sha256(canonical.encode()).hexdigest() == done["sha256"]
        frozen["tasks"][0]["targets"][0]["value"] = "6"
        connection.execute(sa.text("UPDATE pledge SET content = :text"), {"text": json.dumps(frozen)})
    engine.dispose()
    assert people["office"].get(f"/pledges/{done['id']}")["intact"] is False


def test_a_change_becomes_a_numbered_supplement_with_old_and_new(
    papers: Papers, people: Callers, world: World, url: str
) -> None:
    done = papers.in_force()
    problem(papers.try_move("office", done, "supplement"), 409, "conflict")
    adjusted(url, world["roads:a:target"], "66")
    first = papers.move("office", done, "supplement")
    assert (first["number"], first["title"], first["supplement"], first["base_number"]) == (
        "民实责〔2026〕1号补1",
        "温州市2026年民生实事目标责任书补充责任书（一）",
        1,
        "民实责〔2026〕1号",
    )
    target = str(world["roads:a:target"])
    assert first["changes"] == [
        {
            "kind": "changed",
            "target_id": target,
            "code": "1.1",
            "title": "农村公路提升",
            "indicator": "农村公路提升",
            "measure": "公里",
            "old_operator": "ge",
            "old_value": "60",
            "old_value_max": None,
            "old_stretch": None,
            "old_deadline": "2026-12-31",
            "new_operator": "ge",
            "new_value": "66",
            "new_value_max": None,
            "new_stretch": None,
            "new_deadline": "2026-12-31",
            "effective_on": None,
        }
    ]
    done = people["office"].get(f"/pledges/{done['id']}")
    problem(papers.try_move("office", done, "supplement"), 409, "wrong-state")
    adjusted(url, world["roads:a:target"], "70")
    assert problem(papers.try_move("office", first, "send"), 409, "conflict")["detail"].startswith("制作以来任务")
    papers.move("office", first, "void")
    second = papers.move("office", done, "supplement")
    assert (second["number"], second["changes"][0]["old_value"], second["changes"][0]["new_value"]) == (
        "民实责〔2026〕1号补2",
        "60",
        "70",
    )
    signed = papers.move("a-office", papers.move("office", second, "send"), "sign")
    second = papers.move("leader", signed, "countersign")
    assert papers.states()[0] == ("乐清市", 1, "in_force", False, 1)
    # A further task is new against the last supplement, and that alone.
    task = people["office"].post(
        "/tasks",
        {
            "item_id": str(world["list.cover"]),
            "parent_id": str(world["cover:city"]),
            "unit_id": str(world["a"]),
            "deadline": "2026-11-30",
            "targets": [{"indicator_id": str(world["cover"]), "value": "90"}],
        },
        status=201,
    )
    people["office"].post(f"/tasks/{task['id']}/issue", version=1)
    third = papers.move("office", done, "supplement")
    assert [(each["kind"], each["title"], each["old_value"], each["new_value"]) for each in third["changes"]] == [
        ("new", "公交覆盖率", None, "90")
    ]
    assert places(papers.try_move("office", second, "supplement")) == [("/id", "supplement")]
    word = docx.Document(io.BytesIO(papers.document(second, "docx").content))
    assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == [
        ["序号", "任务与指标", "原目标", "现目标", "原期限", "现期限", "说明"],
        ["1", "1.1 农村公路提升", "≥60公里", "≥70公里", "12月31日", "12月31日", "调整"],
    ]


def test_tasks_stand_in_the_order_of_the_catalogue(people: Callers, world: World) -> None:
    """Numbers begin anew under each heading, as the client gives them."""
    office = people["a-office"]
    head = {"unit_id": str(world["a"]), "year": 2026, "name": "乐清市2026年水务实事", "starts_on": "2026-01-01"}
    programme = office.post("/programmes", {**head, "ends_on": "2026-12-31"}, status=201)
    of = {"programme_id": programme["id"]}
    headings = {
        code: office.post("/items", {**of, "code": code, "seq": int(code), "title": f"第{code}类"}, status=201)["id"]
        for code in ("2", "1")
    }
    for code in ("2.1", "1.2", "2.2", "1.1"):
        above, _, seq = code.partition(".")
        line = {**of, "parent_id": headings[above], "code": code, "seq": int(seq), "title": f"第{code}项"}
        item = office.post("/items", line, status=201)["id"]
        counted = {"item_id": item, "name": "数量", "measure_id": str(world["所"])}
        indicator = office.post("/indicators", counted, status=201)["id"]
        task = {"item_id": item, "deadline": "2026-12-31", "targets": [{"indicator_id": indicator, "value": "1"}]}
        root = office.post("/tasks", {**task, "unit_id": str(world["a"])}, status=201)
        office.post("/tasks", {**task, "unit_id": str(world["a1"]), "parent_id": root["id"]}, status=201)
    version = office.get(f"/programmes/{programme['id']}")["version"]
    office.post(f"/programmes/{programme['id']}/issue", {"issued_on": "2026-11-02"}, version=version)
    for task in office.get("/tasks", **of, unit_id=str(world["a1"]))["items"]:
        if task["status"] == "draft":
            office.post(f"/tasks/{task['id']}/issue", version=task["version"])
    pledge = office.post("/pledges", {**of, "unit_id": str(world["a1"])}, status=201)
    assert [task["code"] for task in pledge["tasks"]] == ["1.1", "1.2", "2.1", "2.2"]


def test_what_cannot_be_pledged_is_named(papers: Papers, people: Callers, world: World) -> None:
    office, city = people["office"], str(world["list"])

    def ask(unit: str, who: str = "office", **more: Any) -> httpx.Response:
        body = {"programme_id": city, "unit_id": str(world[unit]), **more}
        return people[who].call("POST", "/pledges", json=body)

    problem(ask("a2"), 409, "conflict")
    problem(ask("city"), 409, "conflict")
    problem(ask("other"), 404, "not-found")
    problem(ask("a", "a1-clerk"), 403, "forbidden")
    problem(ask("a", giver_id=str(world["a"])), 403, "forbidden")
    assert places(ask("a", number_pattern="民责{n")) == [("/number_pattern", "string-pattern-mismatch")]
    assert places(ask("a", number_pattern="<b>{n}")) == [("/number_pattern", "string-pattern-mismatch")]
    made = papers.make("a", number_pattern="温民〔{year}〕责字第{n}号")
    assert made["number"] == "温民〔2026〕责字第1号"
    problem(ask("a"), 409, "duplicate")
    assert papers.make("b")["number"] == "民实责〔2026〕2号"
    # A county gives its townships pledges of its own under the same list.
    town = papers.make("a1", "a-office", "a")
    assert (town["number"], town["giver_name"], town["unit_name"]) == ("民实责〔2026〕1号", "乐清市", "柳市镇")
    assert papers.states("a-office", unit_id=str(world["a"])) == [
        ("柳市镇", 1, "draft", False, 0),
        ("虹桥镇", 1, "none", False, 0),
    ]
    sent = papers.move("office", made, "send")
    problem(papers.try_move("office", made, "recall"), 412, "stale-version")
    assert papers.move("office", sent, "recall")["status"] == "draft"
    listed = office.get("/pledges", programme_id=city, status="draft")["items"]
    assert [(row["unit_name"], row["number"]) for row in listed] == [
        ("乐清市", "温民〔2026〕责字第1号"),
        ("苍南县", "民实责〔2026〕2号"),
        ("柳市镇", "民实责〔2026〕1号"),
    ]
    assert people["a1-clerk"].get("/pledges")["items"] == []


BODY = [
    "民实责〔2026〕1号",
    "送签稿",
    "温州市2026年民生实事目标责任书",
    "甲方：温州市",
    "乙方：乐清市",
    "为落实温州市2026年民生实事，明确目标和责任，甲方与乙方签订本责任书。",
    "一、目标任务",
    "乙方承担以下1项任务，目标与完成期限如下表。",
    "二、乙方责任",
    "（一）对所列任务负总责，层层分解，落实到单位、到人，按期完成。",
    "（二）按月如实填报进展，不虚报、不漏报；发现困难及时报告。",
    "（三）目标、期限确需调整的，按规定程序报批；批准后以补充责任书为准。",
    "三、甲方责任",
    "（一）统筹协调，帮助解决实施中的问题。",
    "（二）督促检查，按规定审核确认并评价完成情况。",
    "四、附则",
    "本责任书一式两份，甲乙双方各执一份，自双方确认之日起生效。",
]
TABLE = [
    ["序号", "任务", "指标", "目标", "完成期限", "牵头部门"],
    ["1", "1.1 农村公路提升", "农村公路提升", "≥60公里", "12月31日", "温州市交通运输局"],
]


def test_the_paper_says_the_same_in_word_and_pdf(papers: Papers, people: Callers) -> None:
    sent = papers.move("office", papers.make("a"), "send")
    answer = papers.document(sent, "docx", "a-office")
    assert answer.headers["content-type"] == ("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    word = docx.Document(io.BytesIO(answer.content))
    proof = f"内容校验值（SHA-256）：{sent['sha256']}"
    assert [paragraph.text for paragraph in word.paragraphs if paragraph.text] == [*BODY, proof]
    assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == TABLE
    assert [cell.text.splitlines() for cell in word.tables[1].rows[0].cells] == [
        ["甲方：温州市", "签订人：＿＿＿＿＿＿", "　　年　月　日"],
        ["乙方：乐清市", "签订人：＿＿＿＿＿＿", "　　年　月　日"],
    ]
    section = word.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.right_margin)
    assert [round(each.mm) for each in (*sizes, section.bottom_margin, section.left_margin)] == [
        210,
        297,
        37,
        26,
        35,
        28,
    ]
    fonts = {run.font.size.pt: run._element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia"))
             for paragraph in word.paragraphs for run in paragraph.runs if run.text in BODY[2:4]}  # fmt: skip
    assert fonts == {22.0: "方正小标宋简体", 16.0: "仿宋_GB2312"}
    answer = papers.document(sent, "pdf", "a-office")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    reader = PdfReader(io.BytesIO(answer.content))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for line in (*BODY, *(cell for row in TABLE for cell in row), proof, "—1—"):
        assert "".join(line.split()) in text, line
    assert {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in reader.pages} == {
        (595, 842)
    }
    assert papers.document(sent, "pdf").content == answer.content
    signed = papers.move("a-office", sent, "sign")
    after = papers.document(signed, "docx")
    sides = docx.Document(io.BytesIO(after.content)).tables[1].rows[0].cells
    assert sides[1].text.splitlines() == ["乙方：乐清市", "签订人：测试a-office", "2026年11月22日"]
    assert people["b-office"].call("GET", f"/pledges/{sent['id']}/document.pdf").status_code == 404


def test_a_machine_without_pango_still_gives_the_word_file(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = papers.move("office", papers.make("a"), "send")
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    body = problem(papers.document(sent, "pdf"), 503, "pdf-unavailable")
    assert "libpango-1.0-0" in body["detail"]
    assert papers.document(sent, "docx").status_code == 200


def test_the_layout_holds_twenty_two_lines_of_twenty_eight_characters() -> None:
    def page(count: int) -> str:
        return f'<html><body><p style="text-indent:0">{"民" * count}</p></body></html>'

    assert [pdf.pages(page(count)) for count in (22 * 28, 22 * 28 + 1, 44 * 28, 44 * 28 + 1)] == [1, 2, 2, 3]
