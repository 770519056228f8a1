"""The tree of units: who sees what of it, how it changes, and how a file of units is read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.problems import places, problem

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Caller, Callers
    from tests.factories.world import World

HEADING = "code,name,parent_code,kind,tier\n"


def names(caller: Caller, **filters: str) -> list[str]:
    """Return the names of the units a caller sees, in the order given."""
    return [unit["name"] for unit in caller.get("/units", **filters)["items"]]


def load(caller: Caller, content: str | bytes, *, dry_run: bool = False, **headers: str) -> httpx.Response:
    """Import a file."""
    body = content.encode() if isinstance(content, str) else content
    path = "/units/import" + ("?dry_run=true" if dry_run else "")
    return caller.call("POST", path, content=body, headers={"Content-Type": "text/csv", **headers})


# What is seen


def test_each_sees_his_area_and_what_is_above_as_headers(people: Callers) -> None:
    assert names(people["admin"]) == [
        "温州市",
        "温州市交通运输局",
        "乐清市",
        "乐清市教育局",
        "柳市镇",
        "虹桥镇",
        "苍南县",
        "灵溪镇",
    ]
    assert names(people["a-office"]) == ["温州市", "乐清市", "乐清市教育局", "柳市镇", "虹桥镇"]
    assert names(people["a1-clerk"]) == ["温州市", "乐清市", "柳市镇"]
    assert names(people["outsider"]) == ["台州市", "温岭市", "泽国镇"]
    assert names(people["lead"]) == names(people["admin"])
    assert names(people["a-lead"]) == ["温州市", "乐清市", "乐清市教育局", "柳市镇", "虹桥镇"]


def test_a_sibling_is_not_there_and_what_is_above_cannot_be_changed(people: Callers, world: World) -> None:
    clerk, county = people["a1-clerk"], people["a-admin"]
    assert clerk.get(f"/units/{world['city']}")["name"] == "温州市"
    problem(clerk.call("GET", f"/units/{world['a2']}"), 404, "not-found")
    problem(clerk.call("GET", f"/units/{world['b']}"), 404, "not-found")
    problem(clerk.call("PATCH", f"/units/{world['a1']}", json={"name": "x"}, version=1), 403, "forbidden")
    problem(county.call("PATCH", f"/units/{world['city']}", json={"name": "x"}, version=1), 403, "forbidden")
    problem(county.call("PATCH", f"/units/{world['b1']}", json={"name": "x"}, version=1), 404, "not-found")


def test_filters_and_pages_follow_the_order_of_the_tree(people: Callers, world: World) -> None:
    admin = people["admin"]
    assert names(admin, parent_id=str(world["a"])) == ["乐清市教育局", "柳市镇", "虹桥镇"]
    assert names(admin, tier="township") == ["柳市镇", "虹桥镇", "灵溪镇"]
    assert names(admin, q="镇") == ["柳市镇", "虹桥镇", "灵溪镇"]
    assert names(admin, q="%") == []
    assert names(admin, q="_") == []
    first = admin.get("/units", limit=3)
    second = admin.get("/units", limit=3, cursor=first["next"])
    third = admin.get("/units", limit=3, cursor=second["next"])
    assert [unit["name"] for page in (first, second, third) for unit in page["items"]] == names(admin)
    assert third["next"] is None


# Changing the tree


def unit_in(world: World, **changed: Any) -> dict[str, Any]:
    """Return a new township beneath the county."""
    return {
        "parent_id": str(world["a"]),
        "name": "大荆镇",
        "kind": "government",
        "tier": "township",
        "code": "330382107000",
        **changed,
    }


def test_a_new_unit_lies_in_its_parents_area_at_once(people: Callers, world: World) -> None:
    answer = people["a-admin"].call("POST", "/units", json=unit_in(world, valid_from="2026-01-01"))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    made = answer.json()
    assert {**made, "id": None} == {
        **unit_in(world),
        "id": None,
        "version": 1,
        "valid_from": "2026-01-01",
        "valid_to": None,
        "sort": 0,
    }
    assert people["a-office"].get(f"/units/{made['id']}") == made
    problem(people["b-office"].call("GET", f"/units/{made['id']}"), 404, "not-found")
    below = people["a-admin"].post("/units", unit_in(world, parent_id=made["id"], code=None, name="村"), status=201)
    assert below["parent_id"] == made["id"]


WRONG_UNIT_NAMES_ITS_FIELD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, ("/valid_to", "before-start")),
    ({"code": "330382"}, ("/code", "string-pattern-mismatch")),
    ({"code": "０30382107000"}, ("/code", "string-pattern-mismatch")),
    ({"kind": "office"}, ("/kind", "literal-error")),
    ({"tier": "village2"}, ("/tier", "literal-error")),
    ({"name": ""}, ("/name", "string-too-short")),
    ({"name": "长" * 201}, ("/name", "string-too-long")),
    ({"name": " "}, ("/name", "blank")),
    ({"sort": -1}, ("/sort", "greater-than-equal")),
    ({"valid_from": "0001-01-01"}, ("/valid_from", "year-range")),
    ({"valid_from": "2026-02-30"}, ("/valid_from", "date-from-datetime-parsing")),
    ({"valid_from": "1767225600"}, ("/valid_from", "date-form")),
    ({"owner": 1}, ("/owner", "extra-forbidden")),
]


def test_a_wrong_unit_names_its_field(people: Callers, world: World) -> None:
    for changed, place in WRONG_UNIT_NAMES_ITS_FIELD:
        admin = people["a-admin"]
        assert places(admin.call("POST", "/units", json=unit_in(world, **changed))) == [place]
        assert names(admin, parent_id=str(world["a"])) == ["乐清市教育局", "柳市镇", "虹桥镇"]


def test_every_wrong_field_is_named_at_once(people: Callers, world: World) -> None:
    answer = people["a-admin"].call("POST", "/units", json={"name": 1, "kind": "x", "sort": "1"})
    assert places(answer) == [
        ("/parent_id", "missing"),
        ("/name", "string-type"),
        ("/kind", "literal-error"),
        ("/tier", "missing"),
        ("/sort", "int-type"),
    ]


def test_a_code_belongs_to_one_unit_in_the_whole_installation(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    taken = admin.call("POST", "/units", json=unit_in(world, code="330382101000"))
    assert places(taken, 409, "duplicate") == [("/code", "duplicate")]
    # A code of a unit that the caller cannot see is taken all the same.
    unseen = admin.call("POST", "/units", json=unit_in(world, code="331081100000"))
    assert places(unseen, 409, "duplicate") == [("/code", "duplicate")]
    answer = admin.call("PATCH", f"/units/{world['a1']}", json={"code": "330382102000"}, version=1)
    assert places(answer, 409, "duplicate") == [("/code", "duplicate")]


def test_a_foreign_parent_is_not_there_and_a_header_is_no_place_to_build(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    problem(admin.call("POST", "/units", json=unit_in(world, parent_id=str(world["b"]))), 404, "not-found")
    problem(admin.call("POST", "/units", json=unit_in(world, parent_id=str(world["city"]))), 403, "forbidden")
    problem(people["a1-clerk"].call("POST", "/units", json=unit_in(world)), 403, "forbidden")


def test_moving_keeps_a_tree(people: Callers, world: World) -> None:
    admin = people["admin"]
    a, b, a1 = (str(world[name]) for name in ("a", "b", "a1"))
    for target in (a, a1):
        answer = admin.call("PATCH", f"/units/{a}", json={"parent_id": target}, version=1)
        assert places(answer) == [("/parent_id", "cycle")]
    assert places(admin.call("PATCH", f"/units/{a}", json={"parent_id": None}, version=1)) == [("/parent_id", "null")]
    clerk = people["a1-clerk"]
    assert names(clerk) == ["温州市", "乐清市", "柳市镇"]
    moved = admin.patch(f"/units/{a1}", {"parent_id": b}, version=1)
    assert (moved["parent_id"], moved["version"]) == (b, 2)
    assert names(clerk) == ["温州市", "柳市镇", "苍南县"]
    problem(people["a-office"].call("GET", f"/units/{a1}"), 404, "not-found")
    assert people["b-office"].get(f"/units/{a1}")["name"] == "柳市镇"


def test_moving_needs_the_right_at_both_places(people: Callers, world: World) -> None:
    county, a1 = people["a-admin"], str(world["a1"])
    answer = county.call("PATCH", f"/units/{a1}", json={"parent_id": str(world["b"])}, version=1)
    problem(answer, 404, "not-found")
    answer = county.call("PATCH", f"/units/{a1}", json={"parent_id": str(world["city"])}, version=1)
    problem(answer, 403, "forbidden")
    assert people["admin"].get(f"/units/{a1}")["version"] == 1


def test_a_stale_or_missing_version_is_refused_with_both(people: Callers, world: World) -> None:
    admin, path = people["admin"], f"/units/{world['a1']}"
    admin.patch(path, {"name": "柳市"}, version=1)
    body = problem(admin.call("PATCH", path, json={"name": "柳市镇"}, version=1), 412, "stale-version")
    assert (body["your_version"], body["current_version"]) == (1, 2)
    assert [(each["field"], each["old"], each["new"]) for each in body["changed"]] == [("name", "柳市镇", "柳市")]
    problem(admin.call("PATCH", path, json={"name": "x"}), 428, "precondition-required")
    for header in ("*", "3", 'W/"2"', "abc", '"99999999999"', '""'):
        answer = admin.call("PATCH", path, json={"name": "x"}, headers={"If-Match": header})
        if header == "3":
            problem(answer, 412, "stale-version")
        else:
            assert places(answer, 400, "bad-request") == [("If-Match", "format")]
    assert admin.get(path)["name"] == "柳市"


def test_closing_is_giving_a_last_day(people: Callers, world: World) -> None:
    admin, path = people["admin"], f"/units/{world['a2']}"
    closed = admin.patch(path, {"valid_to": "2026-06-30"}, version=1)
    assert closed["valid_to"] == "2026-06-30"
    answer = admin.call("PATCH", path, json={"valid_from": "2026-07-01"}, version=2)
    assert places(answer) == [("/valid_to", "before-start")]
    assert admin.get(path) == closed
    assert admin.patch(path, {"valid_to": None}, version=2)["valid_to"] is None


def test_four_byte_characters_are_kept(people: Callers, world: World) -> None:
    path = f"/units/{world['a1']}"
    assert people["admin"].patch(path, {"name": "𬭎镇𠮷"}, version=1)["name"] == "𬭎镇𠮷"
    assert people["admin"].get(path)["name"] == "𬭎镇𠮷"
    assert names(people["admin"], q="𬭎") == ["𬭎镇𠮷"]


# Import


GOOD = HEADING + (
    "330382103000,北白象镇,330382000000,government,township\n"
    "330382103200,某村,330382103000,village,village\n"
    "330382101000,柳市镇,330382000000,government,township\n"
    ",乐清开发区,330382000000,park,township\n"
)


@pytest.mark.parametrize(
    "encoded",
    [GOOD.encode(), GOOD.encode("utf-8-sig"), GOOD.encode("gb18030"), GOOD.replace("\n", "\r\n").encode("gb18030")],
    ids=["utf-8", "bom", "gb18030", "crlf"],
)
def test_a_file_is_read_in_the_encodings_offices_use(people: Callers, encoded: bytes) -> None:
    admin = people["a-admin"]
    planned = load(admin, encoded, dry_run=True)
    assert planned.status_code == 200, planned.text
    assert names(admin) == ["温州市", "乐清市", "乐清市教育局", "柳市镇", "虹桥镇"]
    done = load(admin, encoded)
    assert done.status_code == 200, done.text
    assert done.json() | {"dry_run": True} == planned.json()
    assert {k: v for k, v in done.json().items() if k != "rows"} == {
        "dry_run": False,
        "total": 4,
        "created": 3,
        "changed": 0,
        "same": 1,
        "wrong": 0,
    }
    assert [(row["row"], row["status"], row["name"]) for row in done.json()["rows"]] == [
        (2, "create", "北白象镇"),
        (3, "create", "某村"),
        (4, "same", "柳市镇"),
        (5, "create", "乐清开发区"),
    ]
    again = load(admin, encoded).json()
    assert (again["created"], again["changed"], again["same"]) == (0, 0, 4)
    village = admin.get("/units", q="某村")["items"][0]
    parent = admin.get("/units", q="北白象镇")["items"][0]
    assert village["parent_id"] == parent["id"]


def test_what_changed_in_the_file_changes_in_the_tree(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    text = (
        "code,name,parent_code,kind,tier,valid_to,sort\n"
        "330382101000,柳市街道,330382000000,government,township,2026-12-31,7\n"
    )
    done = load(admin, text).json()
    assert (done["changed"], done["rows"][0]["status"]) == (1, "change")
    unit = admin.get(f"/units/{world['a1']}")
    assert (unit["name"], unit["valid_to"], unit["sort"], unit["version"]) == ("柳市街道", "2026-12-31", 7, 2)


def test_broken_rows_are_named_and_nothing_is_loaded(people: Callers) -> None:
    admin = people["a-admin"]
    text = HEADING + (
        "330382103000,北白象镇,330382000000,government,township\n"
        "330382104000,清江镇,999999999999,government,township\n"
        "33038210500,芙蓉镇,330382000000,government,town\n"
        "330382106000,,330382000000,government,township\n"
    )
    answer = load(admin, text)
    expected = [
        ("/rows/3/parent_code", "unknown-parent"),
        ("/rows/4/tier", "literal-error"),
        ("/rows/4/code", "string-pattern-mismatch"),
        ("/rows/5/name", "missing"),
    ]
    assert places(answer) == expected
    assert answer.json()["detail"] == "4 行中有 3 行有误，未导入任何一行。"
    assert names(admin) == ["温州市", "乐清市", "乐清市教育局", "柳市镇", "虹桥镇"]
    planned = load(admin, text, dry_run=True).json()
    assert (planned["created"], planned["wrong"]) == (1, 3)
    named = [(error["pointer"], error["code"]) for row in planned["rows"] for error in row["errors"]]
    assert named == expected
    assert [row["status"] for row in planned["rows"]] == ["create", "wrong", "wrong", "wrong"]


def test_one_code_twice_in_a_file_is_wrong(people: Callers) -> None:
    text = HEADING + (
        "330382103000,北白象镇,330382000000,government,township\n"
        "330382103000,清江镇,330382000000,government,township\n"
        ",开发区,330382000000,park,township\n"
        ",开发区,330382000000,park,township\n"
    )
    answer = load(people["a-admin"], text)
    assert places(answer) == [("/rows/3/code", "duplicate"), ("/rows/5/name", "duplicate")]
    assert answer.json()["errors"][0]["message"] == "第 3 行：与第 2 行重复"


def test_a_code_that_somebody_else_has_names_its_row(people: Callers) -> None:
    text = HEADING + "331081100000,泽国镇,330382000000,government,township\n"
    assert places(load(people["a-admin"], text)) == [("/rows/2/code", "duplicate")]


def test_a_file_cannot_make_a_circle_or_take_foreign_units(people: Callers) -> None:
    circle = HEADING + "330382000000,乐清市,330382101000,government,county\n"
    assert places(load(people["admin"], circle)) == [("/rows/2/parent_code", "cycle")]
    above = HEADING + "330382103000,北白象镇,330300000000,government,township\n"
    assert places(load(people["a-admin"], above)) == [("/rows/2", "forbidden")]
    foreign = HEADING + "330382103000,北白象镇,330327000000,government,township\n"
    assert places(load(people["a-admin"], foreign)) == [("/rows/2/parent_code", "unknown-parent")]


def test_an_empty_code_does_not_erase_the_one_that_is_known(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    done = load(admin, HEADING + ",柳市镇,330382000000,government,township\n").json()
    assert (done["same"], done["changed"]) == (1, 0)
    assert admin.get(f"/units/{world['a1']}")["code"] == "330382101000"


HEADING_IS_CHECKED: list[tuple[str, tuple[str, str]]] = [
    ("code,name,kind,tier", ("/rows/1", "missing-column")),
    ("name,parent_code,kind,tier,owner", ("/rows/1", "unknown-column")),
    ("name,parent_code,kind,tier,name", ("/rows/1", "duplicate-column")),
]


def test_the_heading_is_checked(people: Callers) -> None:
    for heading, place in HEADING_IS_CHECKED:
        answer = load(people["a-admin"], heading + "\n" + ",".join("x" for _ in heading.split(",")) + "\n")
        assert places(answer) == [place]


WHAT_IS_NO_TABLE_IS_REFUSED: list[tuple[bytes, tuple[str, str]]] = [
    (b"", ("/rows/1", "missing-column")),
    (HEADING.encode(), ("", "empty")),
    (HEADING.encode() + b"a,b\n", ("/rows/2", "cells")),
    (HEADING.encode() + b"a,b,c,d,e,f\n", ("/rows/2", "cells")),
    (HEADING.encode() + b'"a,b,c,d,e\n', ("", "csv")),
    (HEADING.encode() + b"\x00,b,c,d,e\n", ("", "control-character")),
    (b"\xff\xfe\x00\x81\xff", ("", "encoding")),
    (HEADING.encode() + b"\x81", ("", "encoding")),
]


def test_what_is_no_table_is_refused(people: Callers) -> None:
    for content, place in WHAT_IS_NO_TABLE_IS_REFUSED:
        found = places(load(people["a-admin"], content))
        assert found[0] == place


def test_rows_are_counted_as_the_clerk_sees_them_in_the_file(people: Callers) -> None:
    text = HEADING + (
        "\n"
        '330382103000,"北白象\n镇",330382000000,government,township\n'
        "330382104000,清江镇,330382000000,government,town\n"
    )
    assert places(load(people["a-admin"], text)) == [("/rows/3/name", "line-break"), ("/rows/5/tier", "literal-error")]


def test_text_that_looks_like_a_formula_stays_text(people: Callers) -> None:
    admin = people["a-admin"]
    text = (
        HEADING + ',"=HYPERLINK(""http://evil"",1)",330382000000,park,township\n,+86园区,330382000000,park,township\n'
    )
    assert load(admin, text).json()["created"] == 2
    assert names(admin, q="=HYPER") == ['=HYPERLINK("http://evil",1)']
    assert names(admin, q="+86") == ["+86园区"]


def test_twenty_thousand_rows_and_no_more(people: Callers) -> None:
    admin = people["a-admin"]
    rows = [f",村{number},330382101000,village,village\n" for number in range(20_001)]
    assert places(load(admin, HEADING + "".join(rows))) == [("", "too-long")]
    started = time.monotonic()
    done = load(admin, HEADING + "".join(rows[:-1]), dry_run=True)
    assert done.json()["created"] == 20_000
    assert time.monotonic() - started < 30


def test_an_import_is_done_once_for_one_key(people: Callers) -> None:
    admin, key = people["a-admin"], {"Idempotency-Key": "import-units-1"}
    first = load(admin, GOOD, **key)
    again = load(admin, GOOD, **key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    problem(load(admin, GOOD + "\n", **key), 422, "idempotency-key-reused")


def test_only_who_keeps_units_imports(people: Callers) -> None:
    problem(load(people["a-office"], GOOD), 403, "forbidden")
