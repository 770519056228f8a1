"""Changes of what was issued in the sample: adjustments approved and waiting, tasks held up or not applicable."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel.lifecycle import DecisionIn, Lifecycle
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.pledges import service as pledges
from minsheng.pledges.models import Pledge
from minsheng.pledges.policy import PLEDGE
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.sample.cast import MADE_UP, Cast
from minsheng.targets import adjustments, states
from minsheng.targets.models import Target, TargetAdjustment, Task, TaskState
from minsheng.targets.policy import ADJUSTMENT, STATE
from minsheng.targets.schemas import AdjustmentIn, StateIn, StateKind


@dataclass(frozen=True)
class Wish:
    """A change that a unit asks for; ``decided`` says whether the tier above has approved it."""

    unit: str
    item: str
    reason: str
    decided: bool
    share: int = 0
    state: StateKind | None = None


WISHES = (
    Wish("乐清市", "新增(优化)城乡公交线路", "新客运枢纽提前投用，增开线路。", decided=True, share=115),
    Wish("虹桥镇", "二次供水改造", "群众要求把相邻小区一并改造。", decided=True, share=120),
    Wish("柳市镇", "回迁安置", "安置房选址调整，申请核增户数。", decided=False, share=105),
    Wish("芙蓉镇", "新增普惠托位", "托育点用地批复未到。", decided=True, state="suspended"),
    Wish("石帆街道", "回迁安置", "辖区内没有待回迁的安置户。", decided=True, state="not_applicable"),
    Wish("淡溪镇", "新增托位", "等待新的设置标准出台。", decided=False, state="waiting_policy"),
)


def play(cast: Cast) -> None:
    """Let units ask and their givers decide; what changed goes into a supplement of the pledge."""
    for wish in WISHES:
        _play(cast, wish)
    _supplement(cast)


def _play(cast: Cast, wish: Wish) -> None:
    found = cast.session.exec(
        select(Target, Task, Programme, Measure.decimals)
        .join(Task, col(Task.id) == col(Target.task_id))
        .join(Item, col(Item.id) == col(Task.item_id))
        .join(Programme, col(Programme.id) == col(Task.programme_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(Unit.name == wish.unit, Item.title == wish.item, Task.status == "issued")
    ).first()
    if found is None:
        return
    target, task, programme, decimals = found
    on = max(cast.today - timedelta(days=26), cast.since(programme, 5))
    asker = cast.username(task.unit_id, "office") or cast.username(task.unit_id, "clerk")
    decider = cast.username(task.giver_id, "office")
    if asker is None or decider is None:
        return
    kind: type[TargetAdjustment | TaskState]
    cycle: Lifecycle[TargetAdjustment] | Lifecycle[TaskState]
    with cast.acting(asker, P.CHANGE_ASK, on) as session:
        key: UUID
        if wish.state:
            asked = StateIn(task_id=task.id, kind=wish.state, from_on=on, reason=wish.reason, document_number=MADE_UP)
            key, kind, cycle = states.ask(session, asked).id, TaskState, STATE
        else:
            step = Decimal(1).scaleb(-decimals)
            value = (target.value or Decimal(0)) * wish.share / 100
            value = max(value.quantize(step, ROUND_HALF_UP), (target.value or Decimal(0)) + step)
            wanted = AdjustmentIn(
                target_id=target.id,
                new_value=value,
                effective_on=on,
                reason=wish.reason,
                document_number=MADE_UP,
                confirmed="below-done",
            )
            key, kind, cycle = adjustments.ask(session, wanted).id, TargetAdjustment, ADJUSTMENT
    if wish.decided:
        with cast.acting(decider, P.CHANGE_DECIDE, on + timedelta(days=3)) as session:
            row = session.get_one(kind, key)
            cycle.apply(session, row, "approve", DecisionIn(decision="情况属实，同意。"))  # type: ignore[arg-type]
            session.add(row)


def _supplement(cast: Cast) -> None:
    """Put what was adjusted into a supplement that waits for the unit's signature."""
    programme = cast.programme("温州市")
    base = cast.session.exec(
        select(Pledge).where(Pledge.unit_id == cast.units["乐清市"], Pledge.status == "in_force")
    ).first()
    office = cast.username(cast.units["温州市"], "office")
    if programme is None or base is None or office is None:
        return
    with cast.acting(office, P.PLEDGE_EDIT, cast.today - timedelta(days=20)) as session:
        made = pledges.supplement(session, session.get_one(Pledge, base.id))
        PLEDGE.apply(session, made, "send")
        session.add(made)
