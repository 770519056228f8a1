"""Migrations: they make what the models say, on both databases, up, down and up again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from minsheng.kernel import migrations
from minsheng.kernel.db import make_engine
from tests.databases import PostgresUnavailableError
from tests.missing import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import Databases


def _touch(url: str) -> None:
    engine = make_engine(url)
    engine.connect().close()
    engine.dispose()


@pytest.fixture
def empty(engine_name: str, databases: Databases) -> Iterator[str]:
    """Return an empty database."""
    try:
        template = databases.template(engine_name, "empty", _touch)  # type: ignore[arg-type]
    except PostgresUnavailableError as error:
        missing(str(error))
    with template.copy() as url:
        yield url


def _differences(url: str) -> list[object]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()
    return list(found)


def test_upgraded_database_is_what_the_models_say(empty: str) -> None:
    migrations.upgrade(empty)
    assert _differences(empty) == []


def test_comparison_can_go_red(empty: str) -> None:
    assert _differences(empty) != []


def test_down_and_up_again(empty: str) -> None:
    migrations.upgrade(empty)
    command.downgrade(migrations.config(empty), "base")
    engine = make_engine(empty)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()
    migrations.upgrade(empty)
    assert _differences(empty) == []


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(migrations.FOLDER)).get_heads()) == 1


def test_no_migration_imports_the_program() -> None:
    for path in (migrations.FOLDER / "versions").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            name
            for node in ast.walk(tree)
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [each.name for each in node.names]
                if isinstance(node, ast.Import)
                else []
            )
        }
        assert imported <= {"sqlalchemy", "alembic"}, path.name
