"""Whether anything at all was written: a look at the database past the product."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

import psycopg
from sqlmodel import SQLModel

from tests.databases import plain_url

FREE = frozenset({"login_session", "login_throttle", "stored_answer", "token_family", "token_secret"})
"""Tables that a refused request may touch."""


class Probe:
    """Looks at the database past the product.

    ``known`` is the fingerprint of what the database is a copy of; ``free`` are tables that may change.
    """

    def __init__(self, url: str, known: str = "", *, free: frozenset[str] = FREE) -> None:
        names = sorted(set(SQLModel.metadata.tables) - free)
        self.connection: Any
        if url.startswith("sqlite"):
            self.connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            self.statements = [f'SELECT * FROM "{name}"' for name in names]
            self.mark = "PRAGMA data_version"
        else:
            self.connection = psycopg.connect(plain_url(url), autocommit=True)
            # A row that was written has a newer xmin, one that was deleted is no longer counted.
            self.statements = [
                " UNION ALL ".join(
                    f"SELECT '{name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM \"{name}\"" for name in names
                )
            ]
            self.mark = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
        self.known = known
        self.seen = self.connection.execute(self.mark).fetchall() if known else None

    def fingerprint(self) -> str:
        """Return a hash over every table that a refused request must leave alone."""
        mark = self.connection.execute(self.mark).fetchall()
        # Nothing at all was committed since: most refusals come before the first lock.
        if mark != self.seen:
            digest = hashlib.sha256()
            for statement in self.statements:
                digest.update(repr(self.connection.execute(statement).fetchall()).encode())
            self.seen, self.known = mark, digest.hexdigest()
        return self.known

    def close(self) -> None:
        """Let go of the database."""
        self.connection.close()
