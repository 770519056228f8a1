"""What was committed is taken back to the last row, also where the database itself refuses changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.databases import Databases, PostgresUnavailableError, plain_url
from tests.missing import missing
from tests.undo import Undo

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = """
    CREATE TABLE county (id int PRIMARY KEY, name text UNIQUE);
    CREATE TABLE town (county_id int REFERENCES county (id), number int, name text, PRIMARY KEY (county_id, number));
    CREATE TABLE record (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, said text);
    CREATE TABLE untouched (id int PRIMARY KEY);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never changed'; END $$;
    CREATE TRIGGER record_stays BEFORE UPDATE OR DELETE ON record FOR EACH ROW EXECUTE FUNCTION refuse();
    INSERT INTO county VALUES (1, '乐清市'), (2, '苍南县');
    INSERT INTO town VALUES (1, 1, '柳市镇'), (1, 2, '虹桥镇'), (2, 1, '灵溪镇');
    INSERT INTO record (said) VALUES ('下达');
    INSERT INTO untouched VALUES (1);
"""
CHANGES = (
    ["INSERT INTO record (said) VALUES ('报送')"],
    ["UPDATE county SET name = '乐清' WHERE id = 1", "INSERT INTO county VALUES (3, '乐清市')"],
    [
        "DELETE FROM town WHERE county_id = 2",
        "DELETE FROM county WHERE id = 2",
        "INSERT INTO county VALUES (2, '平阳县')",
    ],
    ["INSERT INTO county VALUES (4, '永嘉县')", "DELETE FROM county WHERE id = 4"],
    ["UPDATE town SET number = number + 10"],
)
TOUCHED = (["record"], ["county"], ["county", "town"], [], ["town"])


@pytest.fixture
def address() -> Iterator[str]:
    def build(url: str) -> None:
        with psycopg.connect(plain_url(url)) as database:
            database.execute(TABLES)

    with Databases() as databases:
        try:
            template = databases.template("postgresql", "undone", build)
        except PostgresUnavailableError as reason:
            missing(str(reason))
        with template.copy() as url:
            yield url


def rows(database: psycopg.Connection) -> dict[str, list[tuple[object, ...]]]:
    names = ("county", "town", "record", "untouched")
    return {name: sorted(database.execute(f"SELECT * FROM {name}").fetchall()) for name in names}


@pytest.mark.postgresql
def test_everything_is_put_back_again_and_again(address: str) -> None:
    undo = Undo(address)
    with psycopg.connect(plain_url(address), autocommit=True) as database:
        before = rows(database)
        assert undo.restore() == []
        for _ in range(2):
            for statements, touched in zip(CHANGES, TOUCHED, strict=True):
                for statement in statements:
                    database.execute(statement)
                assert undo.changed() == touched
                assert undo.restore() == touched
                assert rows(database) == before
                assert undo.changed() == []
        with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
            database.execute("DELETE FROM record")
    undo.close()


@pytest.mark.postgresql
def test_a_table_without_a_key_is_refused(address: str) -> None:
    with psycopg.connect(plain_url(address), autocommit=True) as database:
        database.execute("CREATE TABLE loose (name text)")
    with pytest.raises(RuntimeError, match="without a primary key"):
        Undo(address)
