"""What the tests of faults share: the process that servers are forked from."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def nursery() -> Iterator[subprocess.Popen[str]]:
    """Return the process that servers are forked from."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.served"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as found:
        yield found
        assert found.stdin is not None
        found.stdin.close()
