"""Serves the real application with its worker, to be killed; ``planted`` makes imports commit piece by piece.

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

import uvicorn

from minsheng.app import create_app
from minsheng.kernel.access import Session
from minsheng.kernel.settings import Settings


def plant() -> None:
    """Commit whatever a writing session of a job has flushed."""
    whole = Session.flush

    def flush(self: Session, *arguments: Any, **named: Any) -> None:
        whole(self, *arguments, **named)
        if self.write and (self.request_id or "").startswith("job-"):
            self.commit()

    Session.flush = flush  # type: ignore[method-assign]


def end_with(parent: int) -> None:
    """End when the test run does, however that ends."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def serve(given: dict[str, Any], listening: socket.socket) -> None:
    """Run until killed."""
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    if given.pop("planted"):
        plant()
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
