"""Serves the real application on the day the test world stands at, once for every test that asks.

Importing the program takes seconds, so this process imports it once and forks: a line of JSON on standard input (the
settings of a server) makes a child, whose process id and port come back as a line on standard output.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from datetime import datetime
from pathlib import Path

import uvicorn

from minsheng.app import create_app
from minsheng.kernel import clock
from minsheng.kernel.settings import Settings
from tests.factories.world import NOW


def serve(settings: dict[str, str], listening: socket.socket) -> None:
    """Run until terminated."""
    clock.fix(NOW)
    signal.signal(signal.SIGUSR1, lambda *_: turn(Path(settings["data_dir"]) / "clock"))
    app = create_app(Settings.model_validate(settings), beside=["jobs"])
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])


def turn(told: Path) -> None:
    """Set the clock to what a test has written down, and say so by taking the note away."""
    clock.fix(datetime.fromisoformat(told.read_text(encoding="utf-8")))
    told.unlink()


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
