"""The rows a sample consists of, free of any table.

Every row names itself by `key` and others by `*_key`: stable texts a loader maps
to ids in one pass, in the order of the fields of `Sample` (parents come first).
Figures are `Decimal`, instants are aware UTC, `basis` is "published" where a source
printed exactly this number for exactly this unit, and "generated" otherwise.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

PUBLISHED = "published"
GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the tree; `code` is None for departments."""

    key: str
    parent_key: str | None
    code: str | None
    name: str
    kind: str
    tier: str
    sort: int


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person and his account; `demo` accounts are named in the manual."""

    key: str
    username: str
    name: str
    unit_key: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of a person at a unit; `valid_to` is set where the role is time-boxed."""

    key: str
    person_key: str
    role: str
    unit_key: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure; `decimals` is the finest step any list needs."""

    key: str
    name: str
    decimals: int
    dimension: str


@dataclass(frozen=True, slots=True)
class Programme:
    """One promise list; rounds follow from the cut-off and the span."""

    key: str
    unit_key: str
    year: int
    name: str
    kind: str
    status: str
    issued_on: date
    starts_on: date
    ends_on: date
    level_labels: tuple[str, ...]
    rule_set: str
    cut_off_day: int
    cut_off_hour: int
    close_after_days: int
    source: str
    basis: str


@dataclass(frozen=True, slots=True)
class Item:
    """A node of the catalogue: 大项 have no parent, 小项 hang on one."""

    key: str
    programme_key: str
    parent_key: str | None
    seq: int
    code: str
    title: str
    source: str
    basis: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ItemLead:
    """The unit that leads an item, with its name as the source printed it."""

    key: str
    item_key: str
    unit_key: str
    role: str
    printed_name: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted; rates are snapshots and never summed."""

    key: str
    item_key: str
    name: str
    measure_key: str
    accumulation: str
    aggregation: str


@dataclass(frozen=True, slots=True)
class Task:
    """An item given to a unit; a root task is the promise itself."""

    key: str
    programme_key: str
    item_key: str
    unit_key: str
    giver_key: str
    parent_key: str | None
    deadline: date
    status: str
    is_leaf: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The number to reach; None where the source sets no yearly target."""

    key: str
    task_key: str
    indicator_key: str
    operator: str
    value: Decimal | None
    basis: str
    source_note: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Straight line, or cumulative points that bind from their day on."""

    target_key: str
    kind: str
    points: tuple[tuple[date, Decimal], ...]
    basis: str = GENERATED


@dataclass(frozen=True, slots=True)
class ReportValue:
    """One figure; previous + current = value unless it is a snapshot or still empty."""

    target_key: str
    previous: Decimal | None
    current: Decimal | None
    value: Decimal | None
    basis: str
    source_note: str
    fall_reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit reports for a task in the round of `period` ("2026-11")."""

    key: str
    task_key: str
    period: str
    unit_key: str
    status: str
    returned: bool
    return_reason: str
    note: str
    cause_code: str
    cause_note: str
    submitted_by: str | None
    submitted_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    accepted_by: str | None
    accepted_at: datetime | None
    values: tuple[ReportValue, ...]


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A total the source printed; the leaves of `period` add up to it (rates: average to it)."""

    programme_key: str
    indicator_key: str
    period: str
    printed_as_of: date
    value: Decimal | None
    printed_pct: Decimal | None
    source_title: str
    source_url: str
    basis: str


@dataclass(frozen=True, slots=True)
class SplitNote:
    """A split that deliberately does not balance, and why."""

    parent_task_key: str
    indicator_key: str
    difference: Decimal
    text: str


@dataclass(slots=True)
class Sample:
    """Everything, in the order in which it can be inserted."""

    units: list[Unit] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    programmes: list[Programme] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    leads: list[ItemLead] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    published: list[PublishedFigure] = field(default_factory=list)
    split_notes: list[SplitNote] = field(default_factory=list)
