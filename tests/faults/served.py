"""Serves the real application with its worker, to be killed or raced; ``planted`` names a fault to serve it with.

Importing the program takes seconds, so this process imports it once and forks: a line of JSON on standard input (the
settings of a server) makes a child, whose process id and port come back as a line on standard output.

The planted fault is what the product must never do: it proves that the check would see it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

import sqlalchemy as sa
import uvicorn

from minsheng.app import create_app
from minsheng.funds import ledger
from minsheng.funds.accounts import Kind
from minsheng.funds.models import FundBalance
from minsheng.kernel import db
from minsheng.kernel.access import Session
from minsheng.kernel.settings import Settings


def plant_pieces() -> None:
    """Commit whatever a writing session of a job has flushed."""
    whole = Session.flush

    def flush(self: Session, *arguments: Any, **named: Any) -> None:
        whole(self, *arguments, **named)
        if self.write and (self.request_id or "").startswith("job-"):
            self.commit()

    Session.flush = flush  # type: ignore[method-assign]


def plant_no_guard() -> None:
    """Let the ledger take money from a line without asking what is left of it, and the database look away."""

    def take(session: Session, entry: Any, sides: Any) -> int:
        totals = FundBalance.__table__.c  # type: ignore[attr-defined]
        deltas = {str(account): fen for account, fen in sides.items()}
        deltas |= ledger.turnover(Kind(entry.kind), entry.fen)
        statement = (
            sa.update(FundBalance.__table__)  # type: ignore[attr-defined]
            .where(totals.line_id == entry.line_id)
            .values(entries=totals.entries + 1, **{name: totals[name] + fen for name, fen in deltas.items()})
            .returning(totals.entries)
        )
        return int(session.connection().execute(statement).scalar_one())

    ledger._take = take
    db._SQLITE_PRAGMAS = (*db._SQLITE_PRAGMAS, "PRAGMA ignore_check_constraints=ON")  # type: ignore[assignment]


PLANTS = {"pieces": plant_pieces, "no guard": plant_no_guard}


def end_with(parent: int) -> None:
    """End when the test run does, however that ends."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def serve(given: dict[str, Any], listening: socket.socket) -> None:
    """Run until killed."""
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    if planted := given.pop("planted"):
        PLANTS[planted]()
    app = create_app(Settings.model_validate(given), beside=["jobs"])
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listening])


def main() -> None:
    """Fork a server for every line until standard input ends."""
    # Nobody waits for the children, and nobody has to.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        child = os.fork()
        if child == 0:
            serve(json.loads(line), listening)
            os._exit(0)
        print(json.dumps({"pid": child, "port": listening.getsockname()[1]}), flush=True)
        listening.close()


if __name__ == "__main__":
    main()
