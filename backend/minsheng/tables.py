"""Knows every table: import this before asking the metadata."""

import importlib

_MODULES = (
    "kernel.journal",
    "kernel.idempotency",
    "kernel.jobs",
    "kernel.sealing",
    "org.models",
    "identity.models",
    "calendars.models",
    "rule_sets.models",
    "programmes.models",
    "consultation.models",
    "targets.models",
    "pledges.models",
    "plans.models",
    "exemptions.models",
    "milestones.models",
    "reports.models",
    "reports.settled",
    "chases.models",
    "attachments.models",
    "checks.models",
    "deviations.models",
    "funds.models",
    "disbursements.models",
    "disbursements.batch_models",
    "boards.models",
)


def load() -> None:
    """Import every module that defines tables."""
    for name in _MODULES:
        importlib.import_module(f"minsheng.{name}")
