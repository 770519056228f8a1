"""Alembic, driven from the program: one head, the same on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def config(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return found


def upgrade(url: str) -> None:
    """Bring a database to the newest migration."""
    command.upgrade(config(url), "head")


def pending(engine: Engine) -> bool:
    """Say whether a database is not at the newest migration."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current != ScriptDirectory(str(FOLDER)).get_current_head()
