"""Differences between two versions of a report, and which version of a round is worked on, against a second opinion."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from minsheng.reports import contents, versions
from minsheng.reports.contents import FIGURES, WORDS, Snapshot
from minsheng.reports.models import Report

TARGETS = [str(UUID(int=n)) for n in (1, 2, 3)]
TEXTS = st.sampled_from([None, "1", "2", "约"])
SNAPSHOTS = st.builds(
    Snapshot,
    words=st.fixed_dictionaries(dict.fromkeys(WORDS, TEXTS)),
    figures=st.dictionaries(st.sampled_from(TARGETS), st.fixed_dictionaries(dict.fromkeys(FIGURES, TEXTS))),
)
BLANK = dict.fromkeys(FIGURES) | {"state": "final", "approx": "false"}


def naively(old: Snapshot, new: Snapshot) -> set[tuple[str | None, str, str | None, str | None]]:
    """Return every field that differs, then leave out what follows from another."""
    found = {(None, name, old.words[name], new.words[name]) for name in WORDS if old.words[name] != new.words[name]}
    for target in TARGETS:
        if target not in old.figures and target not in new.figures:
            continue
        before: Any = old.figures.get(target, BLANK)
        after: Any = new.figures.get(target, BLANK)
        changed = {name for name in FIGURES if before[name] != after[name]}
        if changed & {"numerator", "denominator"}:
            changed -= {"value"}
        elif "value" in changed:
            changed -= {"current"}
        found |= {(target, name, before[name], after[name]) for name in changed}
    return found


@given(SNAPSHOTS, SNAPSHOTS)
def test_differences_name_what_was_changed_and_nothing_that_follows(old: Snapshot, new: Snapshot) -> None:
    found = contents.differences(old, new)
    told = [(str(each.target) if each.target else None, each.field, each.old, each.new) for each in found]
    assert len(told) == len(set(told))
    assert set(told) == naively(old, new)
    assert all(each.label for each in found)
    assert contents.differences(old, old) == []


@given(
    st.lists(st.lists(st.sampled_from(["draft", "submitted", "reviewed", "accepted", "void"]), max_size=4), max_size=4)
)
def test_of_every_task_the_last_version_that_was_not_given_up_is_worked_on(tasks: list[list[str]]) -> None:
    reports, wanted = [], set()
    for statuses in tasks:
        standing: Report | None = None
        for number, status in enumerate(statuses, start=1):
            made = Report(id=uuid4(), revision=number, corrects_id=standing.id if standing else None, status=status)
            reports.append(made)
            if status != "void":
                standing = made
        if standing is not None:
            wanted.add(standing.id)
    assert {each.id for each in versions.newest(reports)} == wanted
