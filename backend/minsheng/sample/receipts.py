"""Receipts of the sample: who took note of the tasks handed down; a few are still owed."""

from collections import defaultdict
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlmodel import col, select

from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.sample.cast import Cast
from minsheng.targets import acknowledgements
from minsheng.targets.models import Acknowledgement, Task
from minsheng.targets.policy import ACKNOWLEDGEMENT

OWED = ("龙西乡", "岭底乡", "天成街道")
"""Townships that have not signed at all."""


def play(cast: Cast) -> None:
    """Ask for every receipt, then let each unit sign for what it was given."""
    session = cast.session
    for task in session.exec(select(Task).where(Task.status == "issued").order_by(col(Task.id))).all():
        acknowledgements.ask(session, task, None)
    session.flush()
    owed = {cast.units[name] for name in OWED}
    asked: dict[UUID, dict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for key, programme, by in session.exec(
        select(Acknowledgement.id, Acknowledgement.programme_id, Acknowledgement.by_id)
    ).all():
        if by not in owed:
            asked[by][programme].append(key)
    session.expunge_all()
    issued = {each.id: each.issued_on or each.starts_on for each in session.exec(select(Programme)).all()}
    for unit, by_programme in asked.items():
        signer = cast.username(unit, "clerk") or next(
            (name for name, (_, at, _) in cast.people.items() if at == unit), None
        )
        if signer is None:
            continue
        rng = Random(signer)  # noqa: S311 - a sample
        for programme, keys in by_programme.items():
            with cast.acting(signer, P.TASK_ACKNOWLEDGE, issued[programme] + timedelta(days=rng.randint(1, 9))) as own:
                for row in own.exec(select(Acknowledgement).where(col(Acknowledgement.id).in_(keys))).all():
                    ACKNOWLEDGEMENT.apply(own, row, "acknowledge")
                    own.add(row)
