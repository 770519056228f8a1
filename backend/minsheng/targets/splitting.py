"""The split (任务分解): targets of one unit shared out among the units beneath, as a grid with its balance."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, FieldError, Locked, NotFound, Problem, Refusals, invalid
from minsheng.org.models import BaseFigure, Unit
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.targets import acknowledgements
from minsheng.targets.adjusted import Changes, adjusted, approved
from minsheng.targets.balance import balance, split_suggestion
from minsheng.targets.models import Target, Task
from minsheng.targets.schemas import (
    SplitCell,
    SplitCellIn,
    SplitIn,
    SplitOut,
    SplitResult,
    SplitResults,
    SplitRow,
    SplitUnit,
    SuggestedShare,
    SuggestIn,
    Suggestion,
)
from minsheng.targets.service import check_deadline, give
from minsheng.targets.terms import check_figure, check_indicator


def split_of(session: Session, programme: Programme, unit: Unit) -> SplitOut:
    """Return the split of a unit's tasks among the units beneath: shares, sums and balance."""
    facts = session.exec(
        select(  # type: ignore[call-overload]
            Task, Target, Item, Indicator, Measure
        )
        .join(Target, col(Target.task_id) == col(Task.id))
        .join(Item, col(Item.id) == col(Task.item_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .where(
            Task.programme_id == programme.id,
            Task.unit_id == unit.id,
            Task.status != "void",
            Target.status != "void",
        )
        .order_by(Item.seq, col(Item.id), col(Indicator.id))
    ).all()
    parents = [task.id for task, *_ in facts]
    shares: dict[tuple[UUID, UUID], list[SplitCell]] = defaultdict(list)
    changes = approved(session, programme=programme.id)
    used: set[UUID] = set()
    given = session.exec(
        select(Task, Target)
        .join(Target, col(Target.task_id) == col(Task.id))
        .where(col(Task.parent_id).in_(parents), Task.status != "void", Target.status != "void")
    ).all()
    receipts = acknowledgements.receipts(session, {task.id for task, _ in given if task.status == "issued"})
    for task, target in given:
        assert task.parent_id is not None  # noqa: S101 - the query asked for children
        used.add(task.unit_id)
        shares[(task.parent_id, target.indicator_id)].append(
            SplitCell(
                unit_acknowledged_at=receipts[task.id].unit,
                lead_acknowledged_at=receipts[task.id].lead,
                unit_id=task.unit_id,
                task_id=task.id,
                task_version=task.version,
                target_id=target.id,
                value=target.value,
                original_value=changes.first(target).value,
                deadline=task.deadline,
                adjusted=adjusted(changes, target, task),
                status=task.status,  # type: ignore[arg-type]
            )
        )
    return SplitOut(
        programme_id=programme.id,
        programme_name=programme.name,
        unit_id=unit.id,
        unit_name=unit.name,
        units=_columns(session, unit, used),
        rows=[
            _split_row(task, target, item, indicator, measure, shares[(task.id, target.indicator_id)], changes)
            for task, target, item, indicator, measure in facts
        ],
    )


def _columns(session: Session, unit: Unit, used: Iterable[UUID]) -> list[SplitUnit]:
    """Return governments directly beneath first, then whoever else holds a share."""
    found = session.exec(
        select(Unit)
        .where((col(Unit.parent_id) == unit.id) | col(Unit.id).in_(set(used)))
        .order_by(Unit.sort, col(Unit.id))  # type: ignore[arg-type]
    ).all()
    governing = [each for each in found if each.kind in {"government", "park", "township"} or each.id in used]
    rest = [each for each in found if each not in governing]
    return [SplitUnit(id=each.id, name=each.name) for each in (*governing, *rest)]


def _split_row(
    task: Task,
    target: Target,
    item: Item,
    indicator: Indicator,
    measure: Measure,
    cells: list[SplitCell],
    changes: Changes,
) -> SplitRow:
    # A count per period adds up over places as any count; a rate, a level or a parameter does not.
    sums = balance(target.value, [cell.value for cell in cells], "sum" if indicator.aggregation == "sum" else "none")
    return SplitRow(
        task_id=task.id,
        item_id=item.id,
        item_code=item.code,
        item_title=item.title,
        target_id=target.id,
        indicator_id=indicator.id,
        indicator_name=indicator.name,
        measure_name=measure.name,
        decimals=measure.decimals,
        operator=target.operator,  # type: ignore[arg-type]
        value=target.value,
        original_value=changes.first(target).value,
        deadline=task.deadline,
        adjusted=adjusted(changes, target, task),
        status=task.status,  # type: ignore[arg-type]
        sum=sums.sum,
        difference=sums.difference,
        balance=sums.state,
        balance_reason=sums.reason,
        cells=cells,
    )


def suggest(session: Session, body: SuggestIn) -> Suggestion:
    """Share a target out by a base figure so that it adds up exactly; nothing is saved.

    Raises:
        NotFound: the task is not visible.
        Invalid: the task has no such target, or the units give no basis.
        Conflict: names the units whose figure nobody has noted; none is ever guessed.
    """
    parent = rows.fetch(session, Task, body.parent_id)
    target = session.exec(
        select(Target).where(
            Target.task_id == parent.id, Target.indicator_id == body.indicator_id, Target.status != "void"
        )
    ).first()
    if target is None or target.value is None:
        raise invalid("/indicator_id", "no-target", "被分解的任务没有这个指标的目标值")
    indicator = rows.fetch(session, Indicator, body.indicator_id)
    if indicator.aggregation != "sum":
        raise invalid("/indicator_id", "not-additive", "比率、标准类指标不能按比例分")
    measure = rows.fetch(session, Measure, indicator.measure_id)
    names = unit_names(session, set(body.unit_ids))
    known = _figures(session, body)
    errors = [
        FieldError(
            pointer=f"/unit_ids/{index}", code="no-figure", message=f"“{names.get(key, '未知单位')}”没有{body.kind}"
        )
        for index, key in enumerate(body.unit_ids)
        if key not in known
    ]
    if errors:
        message = f"有 {len(errors)} 个单位没有“{body.kind}”，请先登记基础数据：{errors[0].message}。"
        raise Conflict(message, errors=errors)
    try:
        shares = split_suggestion(target.value, [known[key].value for key in body.unit_ids], measure.decimals)
    except ValueError:
        raise invalid("/unit_ids", "no-basis", "这些单位的基础数据都是零，无从分配") from None
    return Suggestion(
        total=target.value,
        shares=[
            SuggestedShare(
                unit_id=key,
                unit_name=names[key],
                figure=known[key].value,
                year=known[key].year,
                source=known[key].source,
                generated=known[key].basis == "generated",
                value=share,
            )
            for key, share in zip(body.unit_ids, shares, strict=True)
        ],
    )


def _figures(session: Session, body: SuggestIn) -> dict[UUID, BaseFigure]:
    statement = select(BaseFigure).where(col(BaseFigure.unit_id).in_(body.unit_ids), BaseFigure.kind == body.kind)
    if body.year is not None:
        statement = statement.where(BaseFigure.year == body.year)
    return {each.unit_id: each for each in session.exec(statement.order_by(col(BaseFigure.year))).all()}


def save_split(session: Session, body: SplitIn, void: Callable[[Task], None]) -> SplitResults:
    """Save cells of the split grid by the rules of single writes; a share without any figure left is voided.

    Raises:
        Problem: the first refusal, naming every cell, when ``atomic``; nothing is saved then.
    """
    results = []
    refusals = Refusals()
    for index, cell in enumerate(body.cells):
        try:
            with session.begin_nested():
                outcome, task_id = _save_cell(session, cell, void)
            results.append(SplitResult(index=index, outcome=outcome, task_id=task_id, errors=[]))  # type: ignore[arg-type]
        except Problem as problem:
            errors = refusals.add(f"/cells/{index}", problem)
            results.append(SplitResult(index=index, outcome="refused", task_id=None, errors=errors))
        finally:
            session.moving.clear()
    if body.mode == "atomic":
        refusals.refuse()
    if body.dry_run:
        session.rollback()
    return SplitResults(results=results)


def _save_cell(session: Session, cell: SplitCellIn, void: Callable[[Task], None]) -> tuple[str, UUID | None]:
    parent = session.get(Task, cell.parent_id)
    if parent is None:
        raise NotFound
    task = session.exec(
        select(Task).where(Task.parent_id == parent.id, Task.unit_id == cell.unit_id, Task.status != "void")
    ).one_or_none()
    if task is None and cell.value is None:
        return "unchanged", None
    outcome = "changed"
    if task is None:
        item = rows.fetch(session, Item, parent.item_id)
        programme = rows.fetch(session, Programme, parent.programme_id)
        task = give(session, programme, item, parent, cell.unit_id, cell.deadline or parent.deadline)
        outcome = "created"
    target = session.exec(
        select(Target).where(
            Target.task_id == task.id, Target.indicator_id == cell.indicator_id, Target.status != "void"
        )
    ).one_or_none()
    deadline = cell.deadline or task.deadline
    if (target.value if target else None) == cell.value and deadline == task.deadline:
        return "unchanged", task.id
    session.require(task)
    if task.status != "draft":
        message = "这一格已下达，不能直接修改，须走目标调整。"
        raise Locked(message)
    check_figure(session, check_indicator(session, task.item_id, cell.indicator_id, ""), cell.value, "/value")
    if deadline != task.deadline:
        check_deadline(rows.fetch(session, Programme, task.programme_id), parent, deadline)
        task.deadline = deadline
    if target is None:
        target = _share(session, parent, task, cell.indicator_id)
    target.status = "void" if cell.value is None else "draft"
    target.value = cell.value
    session.add_all([task, target])
    session.flush()
    if not session.exec(select(Target.id).where(Target.task_id == task.id, Target.status != "void")).first():
        void(task)
        session.flush()
    return outcome, task.id


def _share(session: Session, parent: Task, task: Task, indicator_id: UUID) -> Target:
    """Return a new target of a share, to be reached the same way as the parent's."""
    given = session.exec(
        select(Target).where(Target.task_id == parent.id, Target.indicator_id == indicator_id, Target.status != "void")
    ).first()
    if given is None:
        raise invalid("/indicator_id", "foreign-indicator", "被分解的任务没有这个指标的目标")
    return Target(
        task_id=task.id,
        indicator_id=indicator_id,
        programme_id=task.programme_id,
        item_id=task.item_id,
        unit_id=task.unit_id,
        giver_id=task.giver_id,
        # The bounds of a range belong to the whole; what a share has is its own least.
        operator="ge" if given.operator == "range" else given.operator,
        baseline=given.baseline,
        origin="handed_down",
    )
