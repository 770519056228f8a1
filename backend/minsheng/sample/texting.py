"""A text beside the figures: a county asks its townships for a page each quarter; most have sent the last one."""

from datetime import date, timedelta

from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.permissions import P
from minsheng.programmes import cadences
from minsheng.programmes.cadence_schemas import CadenceIn, CutOffIn
from minsheng.programmes.policy import CADENCE
from minsheng.reports import service
from minsheng.reports.models import Report, Round
from minsheng.reports.policy import REPORT
from minsheng.reports.schemas import ReportPatch
from minsheng.sample.cast import Cast

OWNER = "乐清市"
TITLE = "季度工作小结"
SENTENCES = (
    "本季度各项任务按计划推进；工程类项目抢抓晴好天气，进度快于上季。下季度重点是验收和资料归档。",
    "面上进度正常，有一个项目因管线迁改慢了半个月，已与产权单位商定迁改时间，下季度追回。",
    "补助类事项已全部公示，群众来电咨询较多，增加了两名窗口人员。下季度完成剩余发放。",
    "培训类指标提前完成；公共服务点位选址有两处调整，均已公示无异议。",
)
SILENT_EVERY = 7
"""Of so many townships one has not sent its page."""
WAITING_EVERY = 5
"""Of so many pages one has not been looked at."""


def play(cast: Cast) -> None:
    """Start the quarterly text of one county's list in the quarter before this one, and let townships answer."""
    programme = cast.programme(OWNER)
    giver = cast.units[OWNER]
    office, reviewer = cast.username(giver, "office"), cast.username(giver, "review")
    if programme is None or office is None or reviewer is None:
        return
    this = periods.period_of("quarter", cast.today)
    before = periods.period_of("quarter", this.starts_on - timedelta(days=1))
    begun = max(cast.since(programme, 5), min(before.starts_on, cast.today))
    with cast.acting(office, P.ROUND_EDIT, begun) as session:
        terms = CadenceIn(
            programme_id=programme.id,
            every="quarter",
            content="document",
            title=TITLE,
            tier="township",
            cut_offs=[CutOffIn(after=1, day=15)],
        )
        made = cadences.create(session, terms)
        CADENCE.apply(session, made, "start")
        session.flush()
    rounds = cast.session.exec(
        select(Round).where(Round.cadence_id == made.id, Round.ends_on < cast.today).order_by(col(Round.ends_on))
    ).all()
    for round_ in rounds:
        reports = cast.session.exec(select(Report).where(Report.round_id == round_.id).order_by(col(Report.id))).all()
        for number, report in enumerate(reports, start=1):
            _answer(cast, report, number, round_.ends_on, reviewer)


def _answer(cast: Cast, report: Report, number: int, ends_on: date, reviewer: str) -> None:
    clerk = cast.username(report.unit_id, "clerk")
    sent, looked = ends_on + timedelta(days=3 + number % 9), ends_on + timedelta(days=14)
    if clerk is None or number % SILENT_EVERY == 0 or sent > cast.today:
        return
    with cast.acting(clerk, P.REPORT_EDIT, sent) as session:
        row = session.get_one(Report, report.id)
        service.write(session, row, ReportPatch(note=SENTENCES[number % len(SENTENCES)], values=[]))
        REPORT.apply(session, row, "submit")
        session.add(row)
    if number % WAITING_EVERY and looked <= cast.today:
        with cast.acting(reviewer, P.REPORT_REVIEW, looked) as session:
            row = session.get_one(Report, report.id)
            REPORT.apply(session, row, "review")
            session.add(row)
