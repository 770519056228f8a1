"""What a test does when something that it needs is not on this machine."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skips the test with a plain sentence, or fails it where nothing may be skipped (MINSHENG_TEST_STRICT=1)."""
    if os.environ.get("MINSHENG_TEST_STRICT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
