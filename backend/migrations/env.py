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
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # A table that is copied is dropped under its references: they are checked once, at the end. The driver is told
        # itself, since within a transaction this would be ignored.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        # SQLite can alter little in place; Alembic then copies the table.
        render_as_batch=sqlite,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            message = f"references were lost: {broken[:5]}"
            raise RuntimeError(message)
engine.dispose()
