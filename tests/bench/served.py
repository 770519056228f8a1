"""Serves the product for measurements as ``minsheng serve`` does, without the thread that freezes lights beside it."""

from __future__ import annotations

import uvicorn

from minsheng.app import create_app
from minsheng.kernel.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)
