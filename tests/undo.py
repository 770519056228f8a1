"""Takes back what was committed to a PostgreSQL copy, so that the next request meets what the first one met.

A fresh copy of the template would do the same, but a server process that has just been started for a new database has
everything to learn about it: for the sweeps, which start over after each of a thousand writes, that was two thirds of
their time. Requests commit as ever; only what lies between them differs, and a test compares every row of every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from tests.databases import plain_url

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLES = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname
"""


@dataclass(frozen=True)
class _Table:
    name: str
    key: Sequence[str]
    rows: int


class Undo:
    """Keeps every row of a database beside it, and puts back what differs."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(plain_url(url), autocommit=True, prepare_threshold=1)
        self._run("CREATE SCHEMA kept")
        found = self._connection.execute(_TABLES).fetchall()
        keyless = self._connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)",
            [[name for name, _ in found]],
        ).fetchone()
        if keyless != (0,):
            self.close()
            message = "a table without a primary key cannot be put back"
            raise RuntimeError(message)
        for name, _ in found:
            self._run("CREATE UNLOGGED TABLE kept.{0} AS TABLE public.{0}", name)
        self._tables = [_Table(name, key, self._count(name)) for name, key in found]
        self._mark = self._now()
        self._question = sql.SQL(" UNION ALL ").join(
            sql.SQL(
                "SELECT {text}, count(*), count(*) FILTER (WHERE xmin::text::bigint > %(mark)s) FROM public.{name}"
            ).format(text=sql.Literal(table.name), name=sql.Identifier(table.name))
            for table in self._tables
        )

    def _run(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _one(self, statement: Any) -> int:
        row = self._connection.execute(statement).fetchone()
        assert row is not None
        return int(row[0])

    def _count(self, name: str) -> int:
        return self._one(sql.SQL("SELECT count(*) FROM kept.{}").format(sql.Identifier(name)))

    def _now(self) -> int:
        """Return a transaction number that every later one exceeds."""
        return self._one("SELECT pg_current_xact_id()::text")

    def changed(self) -> list[str]:
        """Return the tables in which a row is new, other or gone."""
        answer = self._connection.execute(self._question, {"mark": self._mark}).fetchall()
        # By name: the server may look through the tables side by side, and answers in any order.
        kept = {table.name: table.rows for table in self._tables}
        return sorted(name for name, rows, newer in answer if newer or rows != kept[name])

    def restore(self) -> list[str]:
        """Put everything back; return the tables in which something was put back."""
        names = self.changed()
        if not names:
            return names
        keys = {table.name: table.key for table in self._tables}
        with self._connection.transaction():
            # Triggers that keep a record from being changed, and foreign keys, are not asked.
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for name in names:
                table = sql.Identifier(name)
                self._connection.execute(
                    sql.SQL("DELETE FROM public.{} WHERE xmin::text::bigint > %s").format(table), [self._mark]
                )
                same = sql.SQL(" AND ").join(
                    sql.SQL("t.{0} = k.{0}").format(sql.Identifier(column)) for column in keys[name]
                )
                self._connection.execute(
                    sql.SQL(
                        "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT k.* FROM kept.{0} k"
                        " WHERE NOT EXISTS (SELECT FROM public.{0} t WHERE {1})"
                    ).format(table, same)
                )
            self._mark = self._now()
        return names

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
