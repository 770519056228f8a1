"""Python's collector of cycles, out of the way while very many objects are made that form none."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_holders = 0


@contextmanager
def settled() -> Iterator[None]:
    """Let nothing be searched for cycles meanwhile: of a hundred thousand rows each search costs a second.

    For jobs, of which one runs at a time, never for requests: overlapping ones would keep the collector away for good.
    """
    global _holders  # noqa: PLW0603 - one collector for the process
    with _lock:
        _holders += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders:
                gc.enable()
