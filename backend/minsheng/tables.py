"""Knows every table: import this before asking the metadata."""

import importlib

_MODULES = (
    "kernel.journal",
    "kernel.idempotency",
    "org.models",
    "identity.models",
    "calendars.models",
    "programmes.models",
    "targets.models",
    "plans.models",
    "milestones.models",
    "reports.models",
)


def load() -> None:
    """Import every module that defines tables."""
    for name in _MODULES:
        importlib.import_module(f"minsheng.{name}")
