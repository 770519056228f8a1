"""Official figures of the sample: some agree with ours, two do not; one of those cases is answered."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlmodel import col, select

from minsheng.deviations import service
from minsheng.deviations.models import Deviation
from minsheng.deviations.own import own_figures
from minsheng.deviations.policy import DEVIATION
from minsheng.deviations.schemas import DeviationAnswerIn, ExternalFigureIn, ToleranceIn
from minsheng.kernel import quantity
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Indicator, Measure
from minsheng.reports.models import Round
from minsheng.sample.cast import MADE_UP, Cast
from minsheng.targets.models import Target

SHARES = (Decimal(1), Decimal(1), Decimal("0.94"), Decimal("1.06"))
"""What each official figure is of ours: the numbers are made up, and say so."""


def play(cast: Cast) -> None:
    """Let the city's office enter last month's figures of four counties, and one county answer."""
    programme = cast.programme("温州市")
    office = cast.username(cast.units["温州市"], "office")
    if programme is None or office is None:
        return
    entered = max(cast.today.replace(day=12), cast.since(programme, 1))
    with cast.acting(office, P.OFFICIAL_EDIT, entered) as session:
        ended = session.exec(
            select(Round)
            .where(Round.programme_id == programme.id, Round.ends_on < entered.replace(day=1))
            .order_by(col(Round.ends_on).desc())
        ).first()
        if ended is None:
            return
        service.set_tolerance(session, ToleranceIn(programme_id=programme.id, percent=Decimal(2)))
        found = session.exec(
            select(Target, Unit, Measure.decimals)
            .join(Unit, col(Unit.id) == col(Target.unit_id))
            .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
            .join(Measure, col(Measure.id) == col(Indicator.measure_id))
            .where(
                Target.programme_id == programme.id,
                Target.status == "issued",
                Unit.tier == "county",
                Indicator.kind == "count",
                Indicator.accumulation == "cumulative",
            )
            .order_by(col(Target.item_id), col(Unit.sort))
        ).all()
        own = own_figures(session, ((target.id, ended.ends_on) for target, _, _ in found))
        # Figures of some size, whose six per cent are more than a rounding; of each county one.
        chosen = {
            unit.id: (target, decimals)
            for target, unit, decimals in reversed(found)
            if (target.id, ended.ends_on) in own and own[(target.id, ended.ends_on)].value >= 50
        }
        for share, (target, decimals) in zip(SHARES, chosen.values(), strict=False):
            exact = own[(target.id, ended.ends_on)].value * share
            figure = service.enter(
                session,
                ExternalFigureIn(
                    target_id=target.id,
                    period=ended.period,
                    printed=quantity.text(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)),
                    factor=Decimal(1),
                    source_name=f"上级通报（{MADE_UP}）",
                    document=MADE_UP,
                    source_basis="administrative",
                ),
            )
            figure.basis = "generated"
            session.add(figure)
        session.flush()
        cases = session.exec(select(Deviation).order_by(col(Deviation.id))).all()
    if not cases:
        return
    clerk = cast.username(cases[0].unit_id, "clerk") or cast.username(cases[0].unit_id, "office")
    if clerk is None:
        return
    with cast.acting(clerk, P.DEVIATION_ANSWER, cast.today - timedelta(days=1)) as session:
        case = session.get_one(Deviation, cases[0].id)
        answer = DeviationAnswerIn(
            cause_code="cutoff",
            explanation="上级按每月25日截止，我市按月末统计，差在最后几天完工的项目。",
            prevention="以后每月25日另列一数，随报告一并上报。",
        )
        DEVIATION.apply(session, case, "answer", answer)
        session.add(case)
