"""Runs migrations on the database of the settings, or the one given by the program."""

from alembic import context
from sqlmodel import SQLModel

from minsheng.kernel.db import make_engine
from minsheng.kernel.settings import Settings
from minsheng.tables import load

load()
url = context.config.get_main_option("sqlalchemy.url") or Settings().url
engine = make_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        # SQLite can alter little in place; Alembic then copies the table.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
