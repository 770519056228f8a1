"""What SQLite and PostgreSQL do differently, and the column types that mean the same on both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import anyio
import anyio.to_thread
import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, event, text
from sqlalchemy.engine import Connection, create_engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from minsheng.kernel import clock, quantity
from minsheng.kernel.errors import Unavailable
from minsheng.kernel.ids import new_id

WRITER_SECONDS = 10.0
"""How long a write waits for SQLite's single writer before it answers 503."""

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # NORMAL acknowledges commits that a power cut then takes back.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={WRITER_SECONDS * 1000:.0f}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    # Without it a row's own columns could be read through a quoted name that does not exist.
    "PRAGMA trusted_schema=OFF",
)
_POSTGRES_OPTIONS = (
    "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it naive, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: they mean something else on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "naive datetime"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Figure(TypeDecorator[Decimal]):
    """An exact decimal with six places, kept as a whole number of millionths.

    SQLite has no exact decimal type; integers are exact, sum exactly and sort on both databases.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Store millionths; more than six places or twelve digits is an error, never a rounding."""
        return None if value is None else quantity.to_scaled(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002
        """Return the figure; a SUM arrives as int or Decimal depending on the database."""
        return None if value is None else quantity.from_scaled(int(value))


class Row(SQLModel):
    """What every table has."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)


def make_engine(url: str, pool_size: int = 8, *, pool_timeout: float = 1.0) -> Engine:
    """Return an engine with the durability, time limits and foreign keys this product needs."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout,
            connect_args={"check_same_thread": False, "isolation_level": None},
            json_deserializer=orjson.loads,
        )
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_timeout,
        pool_pre_ping=True,
        json_deserializer=orjson.loads,
        connect_args={"options": _POSTGRES_OPTIONS, "prepare_threshold": 5},
    )


def _sqlite_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A write that begins with a read lock can fail half way with "database is locked"; IMMEDIATE asks first.
    immediate = connection.get_execution_options().get("minsheng_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


class Database:
    """The engine and the gate before it.

    Requests wait for their turn as coroutines, never as blocked threads: a thread that waits for a connection could be
    the very one that the holder of that connection needs to finish.
    """

    def __init__(self, url: str, pool_size: int = 8, admission_seconds: float = 1.0) -> None:
        self.engine = make_engine(url, pool_size)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.admission_seconds = admission_seconds
        self._places = anyio.Semaphore(pool_size)
        self._writer = anyio.Semaphore(1)

    @asynccontextmanager
    async def place(self, *, write: bool) -> AsyncIterator[None]:
        """Wait for a connection, and for the single writer on SQLite.

        Raises:
            Unavailable: no place within the admission time.
        """
        writer = self._writer if write and self.sqlite else None
        if writer:
            await _take(writer, WRITER_SECONDS)
        try:
            await _take(self._places, self.admission_seconds)
            try:
                yield
            finally:
                self._places.release()
        finally:
            if writer:
                writer.release()

    def ping(self) -> None:
        """Prove that the database answers.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it does not.
        """
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


async def _take(semaphore: anyio.Semaphore, seconds: float) -> None:
    with anyio.move_on_after(seconds) as scope:
        await semaphore.acquire()
    if scope.cancelled_caught:
        raise Unavailable


__all__ = ["Database", "Figure", "Instant", "PoolTimeout", "Row", "make_engine"]
