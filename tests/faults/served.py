"""Serves the real application with its worker, to be killed; ``PLANTED`` makes imports commit piece by piece.

The planted fault is what the product must never do: it proves that the check would see it.
"""

from __future__ import annotations

import os
from typing import Any

import uvicorn

from minsheng.app import create_app
from minsheng.kernel.access import Session
from minsheng.kernel.settings import Settings


def plant() -> None:
    """Commit whatever a writing session of a clerk has flushed."""
    whole = Session.flush

    def flush(self: Session, *arguments: Any, **named: Any) -> None:
        whole(self, *arguments, **named)
        if self.write and (self.request_id or "").startswith("job-"):
            self.commit()

    Session.flush = flush  # type: ignore[method-assign]


if __name__ == "__main__":
    if os.environ.get("PLANTED"):
        plant()
    settings = Settings()
    app = create_app(settings, running_jobs=True)
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)
