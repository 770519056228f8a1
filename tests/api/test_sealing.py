"""The record is sealed as it grows, nobody rewrites it unnoticed, and whoever doubts it checks for himself."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from minsheng import cli
from minsheng.integration import evidence, verifier
from minsheng.kernel import merkle, sealed, sealing
from minsheng.kernel.db import make_engine
from minsheng.kernel.ids import new_id
from minsheng.kernel.sealed import instant_text
from minsheng.kernel.signing import Head, Signer
from minsheng.programmes.models import Measure
from tests.conftest import at
from tests.factories.world import NOW
from tests.unit.test_merkle import goes_on, included

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.conftest import Callers
    from tests.factories.world import World

SIGNER = Signer(bytes(range(32)))
SHA = merkle.hash_of("sha256")
TABLES = ("journal_entry", "journal_order", "sealed_entry", "seal_key", "signed_head")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    found = make_engine(url)
    yield found
    found.dispose()


@pytest.fixture
def measures() -> Iterator[None]:
    """Seal the measures too, whose rows are as small as a posting's."""
    sealed.sealed(Measure)
    yield
    del sealed.TABLES["measure"]


def _heads(engine: Engine) -> list[dict[str, Any]]:
    with sealing.read_only(engine) as connection:
        return evidence.heads(connection)


def test_the_record_is_sealed_as_it_grows(people: Callers, world: World, engine: Engine, measures: None) -> None:
    auditor, clerk = people["auditor"], people["a1-clerk"]
    empty = clerk.call("GET", "/heads/latest")
    assert (empty.status_code, empty.json()["code"], clerk.get("/seal-keys")) == (404, "not-found", {"items": []})
    assert sealing.due(engine)
    # Several processes at once make one tree.
    if engine.dialect.name == "postgresql":
        threads = [threading.Thread(target=sealing.seal, args=(engine, SIGNER)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sealing.seal(engine, SIGNER)
    heads = _heads(engine)
    sizes = [head["size"] for head in heads]
    assert max(new - old for old, new in zip([0, *sizes], sizes, strict=False)) <= sealing.APART
    assert evidence.check(engine) == []
    assert not sealing.due(engine)
    # A change is covered five minutes after the head before it at the latest.
    clerk.patch(f"/reports/{world['november:roads:a1']}", {"note": "封存"}, version=1)
    assert not sealing.due(engine)
    with at(NOW + sealing.EVERY - timedelta(seconds=2 * sealing.LOOK_SECONDS)):
        assert sealing.due(engine)
        assert sealing.seal(engine, SIGNER) == 1
    # A clock that was set back makes no head look older.
    clerk.patch(f"/reports/{world['november:roads:a1']}", {"note": "再封存"}, version=2)
    with at(NOW - timedelta(days=1)):
        sealing.seal(engine, SIGNER)
    assert evidence.check(engine) == []

    latest = clerk.call("GET", "/heads/latest")
    head = latest.json()
    assert head["size"] == sizes[-1] + 2
    again = clerk.call("GET", "/heads/latest", headers={"If-None-Match": latest.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    old = clerk.get("/heads/100")
    assert verifier.parse_head(old["printed"]) | {"signature": old["signature"]} == heads[0]
    assert [key["public"] for key in clerk.get("/seal-keys")["items"]] == [SIGNER.public.hex()]
    assert clerk.call("GET", "/heads/99").status_code == 404

    for to in (None, 100, 200):
        proof = clerk.get("/heads/100/consistency", **({"to": to} if to else {}))
        roots = bytes.fromhex(old["root"]), bytes.fromhex(proof["new"]["root"])
        path = [bytes.fromhex(each) for each in proof["path"]]
        assert goes_on(100, proof["new"]["size"], path, *roots)
    refused = clerk.call("GET", "/heads/200/consistency", params={"to": 100})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "earlier")

    changes = auditor.get("/changes", limit=1000)["items"]
    for change in (changes[0], changes[-1]):
        proof = auditor.get(f"/changes/{change['id']}/inclusion")
        assert (proof["seq"], proof["head"]) == (change["seq"], head)
        leaf = merkle.leaf(SHA, proof["leaf"].encode())
        assert json.loads(json.loads(proof["leaf"])["journal_entry"]["body"])["changes"] == change["changes"]
        path = [bytes.fromhex(each) for each in proof["path"]]
        assert included(leaf, proof["seq"] - 1, head["size"], path, bytes.fromhex(head["root"]))
    last = f"/changes/{changes[-1]['id']}/inclusion"
    assert auditor.call("GET", last, params={"size": 100}).json()["errors"][0]["code"] == "not-covered"
    assert people["outsider"].call("GET", last).status_code in {403, 404}
    assert clerk.call("GET", last).status_code == 403


def test_the_database_refuses_to_rewrite(engine: Engine) -> None:
    """Every sealed table, the journal and the seals: no update, no delete, no replacement, on both databases."""
    # One tree keeps its hash, whatever is set afterwards.
    sealing.seal(engine, SIGNER, "sm3")
    with engine.begin() as connection:
        again = "INSERT INTO journal_entry SELECT :id, at, entity, entity_id, unit_id, subject_id, header, body"
        fresh = {"id": new_id().hex if engine.dialect.name == "sqlite" else new_id()}
        connection.execute(sa.text(f"{again} FROM journal_entry LIMIT 1"), fresh)
        connection.execute(sa.text("INSERT INTO journal_pending VALUES (:id)"), fresh)
    assert sealing.seal(engine, SIGNER, "sha256") == 1
    assert {head["hash"] for head in _heads(engine)} == {"sm3"}
    assert evidence.check(engine) == []
    sqlite = engine.dialect.name == "sqlite"
    for table in (*TABLES, *sealed.TABLES):
        with engine.connect() as connection:
            columns = [each["name"] for each in sa.inspect(engine).get_columns(table)]
            some = f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1"
            tries = [f"UPDATE {table} SET {columns[-1]} = {columns[-1]}", f"DELETE FROM {table}"]
            if sqlite:
                tries += [some.replace("INSERT", "INSERT OR REPLACE"), some.replace("INSERT", "REPLACE")]
            else:
                key = sa.inspect(engine).get_pk_constraint(table)["constrained_columns"][0]
                tries += [
                    f"TRUNCATE {table} CASCADE",
                    f"{some} ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
                ]
            before = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1")).all()
            assert before or table in sealed.TABLES
            if sqlite and not before:
                # Its triggers go row by row: of an empty table they are read instead.
                asked = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
                said = "".join(connection.execute(asked, {"table": table}).scalars())
                assert all(f"BEFORE {event} ON {table}" in said for event in ("UPDATE", "DELETE", "INSERT")), table
                continue
            for statement in tries:
                connection.rollback()
                with pytest.raises(DatabaseError, match="append-only"):
                    connection.execute(sa.text(statement))
            connection.rollback()
            assert connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1")).all() == before


def test_whoever_owns_the_database_is_found_out(  # noqa: PLR0915 - one database, everything that can be done to it
    engine: Engine,
    url: str,
    measures: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each column of a row in turn, in the very form in which it is stored, past triggers and references."""
    sealing.seal(engine, SIGNER)
    with engine.connect() as connection:
        assert list(evidence.findings(connection)) == []
        place, order, entry, measure = connection.exec_driver_sql(
            "SELECT o.seq, o.seq, e.id, e.entity_id FROM journal_order o JOIN journal_entry e ON e.id = o.entry_id "
            "WHERE e.entity = 'measure' ORDER BY o.seq"
        ).first()
    rows = {"journal_entry": ("id", entry), "journal_order": ("seq", order), "measure": ("id", measure)}
    missed, tried = {}, 0
    for table, (key, value) in {**rows, "sealed_entry": ("seq", order)}.items():
        columns = sa.inspect(engine).get_columns(table)
        for column in (each["name"] for each in columns):
            for number in range(4):
                with engine.connect() as connection:
                    _open_up(connection, table)
                    where = sa.text(f"SELECT {column} FROM {table} WHERE {key} = :key")
                    changed = _changed(connection.execute(where, {"key": value}).scalar(), number)
                    if changed is None:
                        continue
                    update = sa.text(f"UPDATE {table} SET {column} = :new WHERE {key} = :key")
                    connection.execute(update, {"new": changed, "key": value})
                    first = next(evidence.findings(connection), "nothing")
                    tried += 1
                    if f"第 {place} 条" not in first:
                        missed[table, column, changed] = first
    assert missed == {}
    assert tried > 30

    # Rows that were put in past the product: an entry in no order, and a row that no entry speaks of.
    for table, columns_, named in (
        ("journal_entry", "at, entity, entity_id, unit_id, subject_id, header, body", entry),
        ("measure", "version, created_at, name || '二', decimals, dimension", measure),
    ):
        with engine.connect() as connection:
            _open_up(connection, table)
            new = "f" * 32 if engine.dialect.name == "sqlite" else "ffffffff-ffff-ffff-ffff-ffffffffffff"
            names = columns_.replace(" || '二'", "")
            connection.exec_driver_sql(
                f"INSERT INTO {table} (id, {names}) SELECT '{new}', {columns_} FROM {table} WHERE id = '{named}'"
            )
            assert [each.partition("：")[0] for each in evidence.findings(connection)] == ["多出一行"]
    # The tail cut off, with the hashes that would tell, and the heads with them: the head kept elsewhere tells.
    with sealing.read_only(engine) as connection:
        head = sealing.latest(connection)
    assert head is not None
    for tables, told in (
        (("journal_order", "sealed_entry"), []),
        (("journal_order", "sealed_entry", "signed_head"), [head.printed]),
    ):
        with engine.connect() as connection:
            for table in tables:
                _open_up(connection, table)
                place_ = "size" if table == "signed_head" else "seq"
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE {place_} > {head.size // 100 * 100}")
            found = list(evidence.findings(connection, told))
            assert [each for each in found if each.startswith("尾部被截断")], found

    # The commands say the same: nothing wrong and 0, or the entry and 1.
    monkeypatch.setenv("MINSHENG_DATABASE_URL", url)
    monkeypatch.setenv("MINSHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MINSHENG_SEALING_KEY", bytes(range(32)).hex())
    cli.main(["export-evidence", str(tmp_path / "out")])
    cli.main(["verify", "--head", head.printed])
    with pytest.raises(SystemExit, match="不是空目录"):
        cli.main(["export-evidence", str(tmp_path / "out")])
    with engine.begin() as connection:
        _open_up(connection, "journal_entry")
        connection.execute(sa.text("UPDATE journal_entry SET body = body || ' ' WHERE id = :id"), {"id": entry})
    capsys.readouterr()
    with pytest.raises(SystemExit, match="发现 1 处问题"):
        cli.main(["verify"])
    assert f"第 {place} 条被改动" in capsys.readouterr().out


def _open_up(connection: sa.Connection, table: str) -> None:
    """Take a table's guards away, for the transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for (name,) in connection.exec_driver_sql(
        f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
    ).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _changed(value: Any, number: int) -> Any:
    """Return a stored value with a little changed, in up to four ways."""
    if isinstance(value, str) and value:
        ways = [_with(value, 0), _with(value, len(value) // 2), _with(value, len(value) - 1), value.upper()]
        return ways[number] if ways[number] != value else None
    if isinstance(value, bytes):
        return [bytes([value[0] ^ 1]) + value[1:], value[:-1] + bytes([value[-1] ^ 1]), value + b"x", value[:-1]][
            number
        ]
    if number or value is None:
        return None
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 1)
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    # Far off, where no other row is in the way.
    return not value if isinstance(value, bool) else value + 1_000_000


def _with(text: str, place: int) -> str:
    """Return a text with one character changed."""
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def _resealed(rows: list[dict[str, Any]], signer: Signer) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return lines and heads for rows as the sealer would make them: what a forger with everything in hand does."""
    lines, heads, peaks = [], [], []
    for size, each in enumerate(rows):
        nodes = merkle.grow(SHA, size, peaks, merkle.leaf(SHA, sealing.leaf_text(each)))
        lines.append({"nodes": b"".join(nodes).hex(), "rows": each})
        if size % 5 == 4 or size == len(rows) - 1:
            head = Head(size + 1, merkle.root(SHA, peaks).hex(), instant_text(NOW), "sha256", signer.key_id)
            heads.append(vars(head) | {"signature": signer.sign(head)})
    return lines, heads


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_single_character_counts(  # noqa: PLR0915 - one journal, everything that can be done to it
    engine: Engine, measures: None, tmp_path: Path
) -> None:
    sealing.seal(engine, SIGNER)
    with sealing.read_only(engine) as connection:
        exported = [line["rows"] for line in evidence.entries(connection)]
        keys = evidence.keys(connection)
    # A small journal of all kinds of entries, each kind once, with the measures' own rows.
    kinds = {rows["journal_entry"]["entity"]: rows for rows in exported if len(rows["journal_entry"]["body"]) < 700}
    small = copy.deepcopy([kinds.pop("measure"), *kinds.values()][:12])
    for seq, rows in enumerate(small, start=1):
        rows["journal_order"]["seq"] = seq
    lines, heads = _resealed(small, SIGNER)
    assert len(lines) > 10
    assert any("measure" in line["rows"] for line in lines)
    # The control: what was not touched is not complained of.
    assert list(verifier.check(lines, heads, keys, [heads[-1]])) == []
    tried, missed = 0, []
    for number, line in enumerate(lines, start=1):
        for table, row in line["rows"].items():
            for column, value in row.items():
                for new in _single_changes(value):
                    row[column] = new
                    # Only what comes before and the line itself: the first thing said must be about it.
                    first = next(verifier.check(lines[:number], heads[-1:], keys), "")
                    tried += 1
                    if f"第 {number} 条" not in first or first.startswith("尾部"):
                        missed.append((number, table, column, new, first))
                row[column] = value
    print(f"{tried} changes")
    assert missed == []
    assert tried > 8_000

    def first(lines: list[dict[str, Any]], heads: list[dict[str, Any]] = heads, **given: Any) -> str:
        return next(verifier.check(lines, heads, keys, **given), "nothing")

    published = [heads[-1]]
    assert first(lines[:-1]).startswith("尾部被截断")
    assert first(lines[:-1], heads[:-1]).startswith("第 ")
    cut = heads[-2]["size"]
    assert first(lines[:cut], heads[:-1]) == "nothing"
    assert first(lines[:cut], heads[:-1], published=published).startswith("尾部被截断")
    assert first([*lines[:3], lines[2], *lines[3:]]).startswith("第 4 条的位置上是第 3 条")
    assert first([*lines[:3], *lines[4:]]).startswith("第 4 条的位置上是第 5 条")
    # One entry with its own hash, but not the head that covers it.
    forged = copy.deepcopy(small)
    forged[1]["journal_entry"]["body"] += " "
    replaced = [*lines[:1], _resealed(forged, SIGNER)[0][1], *lines[2:]]
    assert "第 1—4 条" in first(replaced)
    # Everything anew, with the installation's own key: nothing in it is wrong, and only the head kept elsewhere tells.
    anew, signed = _resealed(forged, SIGNER)
    assert first(anew, signed) == "nothing"
    assert first(anew, signed, published=published).startswith(f"另行保存的校验头 {len(lines)} 对不上")
    assert first(anew, heads).startswith("校验头 5 对不上")
    other = Signer(b"o" * 32)
    foreign = [{"id": other.key_id, "public": other.public.hex()}]
    anew, signed = _resealed(forged, other)
    assert "公钥" in next(verifier.check(anew, signed, keys))
    assert "公钥" in next(verifier.check(anew, signed, foreign, published))
    assert "签名不对" in first(lines, [heads[0] | {"signature": heads[1]["signature"]}, *heads[1:]])
    assert "签名不对" in first(lines, [heads[0] | {"at": "2026-01-01T00:00:00.000000Z"}, *heads[1:]])

    # The program as it is handed out: short, and content with what every Python has.
    assert evidence.export(engine, tmp_path / "out") == len(exported)
    script = tmp_path / "out" / "verify.py"
    source = script.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source, feature_version=(3, 7)))
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, *options[:1], str(script), str(script.parent), *options[1:]]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    with sealing.read_only(engine) as connection:
        newest = sealing.latest(connection)
    assert newest is not None
    clean = run("-I", "--head", newest.printed)
    assert (clean.returncode, clean.stdout.count("✗")) == (0, 0), clean
    bare = run("-S")
    assert (bare.returncode, "签名没有核验" in bare.stdout, "整本重算发现不了" in bare.stdout) == (0, True, True), bare
    journal = script.with_name("journal.ndjson")
    text = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    text[6] = text[6].replace('"header":false', '"header":true ', 1)
    journal.write_text("".join(text), encoding="utf-8")
    caught = run("-I")
    assert (caught.returncode, "第 7 条被改动" in caught.stdout) == (1, True), caught


def _single_changes(value: Any) -> Iterator[Any]:
    """Return every value that differs in one character, one change a place; truth is turned over."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        for place in range(len(str(value))):
            yield int(_with(str(value), place))
    else:
        for place in range(len(value)):
            yield _with(value, place)
        yield value + " "
        yield value[:-1]
