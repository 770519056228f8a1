"""Identifiers: UUIDv7, so that rows made later sort later and an offline client can make them too."""

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """Return a fresh UUIDv7 as a plain UUID, which every database driver knows."""
    return UUID(int=uuid6.uuid7().int)
