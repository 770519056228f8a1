"""The words of the printed pledge: one text for the .docx and the PDF."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from minsheng.kernel.signing import Head
from minsheng.pledges.models import Pledge

OPERATORS: Mapping[str, str] = {"ge": "≥", "le": "≤", "eq": "="}
_KINDS: Mapping[str, str] = {"changed": "调整", "new": "新增", "dropped": "取消"}
_STANDS: Mapping[str, str] = {"draft": "草稿", "sent": "送签稿", "signed": "待会签", "void": "已作废"}
_BEIJING = ZoneInfo("Asia/Shanghai")
DASH = "—"


@dataclass(frozen=True)
class Table:
    """A table with its heading, and how wide each column is in hundredths of the text's width."""

    heads: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    figures: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Section:
    """A numbered part: a heading, paragraphs, perhaps a table."""

    heading: str
    paragraphs: Sequence[str]
    table: Table | None = None
    after: Sequence[str] = ()


@dataclass(frozen=True)
class Signature:
    """One side's place to sign, with what was acknowledged in the system."""

    side: str
    unit: str
    signer: str | None
    day: str | None


@dataclass(frozen=True)
class Paper:
    """A whole paper."""

    number: str
    title: str
    heading: Sequence[str]
    mark: str | None
    opening: Sequence[str]
    sections: Sequence[Section]
    signatures: Sequence[Signature]
    proof: str
    made_on: date
    seal: Head | None = None


def paper_of(pledge: Pledge, seal: Head | None = None) -> Paper:
    """Return the paper of a pledge or of a supplement, from its frozen content alone, with the head that covers it."""
    content = pledge.content
    giver, unit, programme = content["giver"]["name"], content["unit"]["name"], content["programme"]["name"]
    parties = f"甲方：{giver}", f"乙方：{unit}"
    if content["base"]:
        opening = [
            *parties,
            f"甲乙双方签订的{content['base']['number']}目标责任书所列部分任务已按规定程序调整，经双方确认，补充如下。",
        ]
        sections = _supplement(content)
    else:
        source = f"根据{content['programme']['source']}，" if content["programme"]["source"] else ""
        opening = [*parties, f"{source}为落实{programme}，明确目标和责任，甲方与乙方签订本责任书。"]
        sections = _pledge(content)
    return Paper(
        number=content["number"],
        title=content["title"],
        heading=_heading(content),
        mark=_STANDS.get(pledge.status),
        opening=opening,
        sections=sections,
        signatures=(
            Signature("甲方", giver, pledge.giver_signer_name, _day_of(pledge.giver_signed_at)),
            Signature("乙方", unit, pledge.unit_signer_name, _day_of(pledge.unit_signed_at)),
        ),
        proof=f"内容校验值（SHA-256）：{pledge.sha256}",
        made_on=date.fromisoformat(content["made_on"]),
        seal=seal,
    )


def _heading(content: Mapping[str, Any]) -> list[str]:
    """Return the title in lines that break where its sense does."""
    title: str = content["title"]
    front, mark, rest = title.rpartition("补充责任书")
    return [front, mark + rest] if content["base"] and front else [title]


def _pledge(content: Mapping[str, Any]) -> list[Section]:
    tasks = content["tasks"]
    return [
        Section(
            "一、目标任务",
            [f"乙方承担以下{len(tasks)}项任务，目标与完成期限如下表。"],
            Table(
                ("序号", "任务", "指标", "目标", "完成期限", "牵头部门"),
                (8, 26, 20, 15, 14, 17),
                list(_task_rows(tasks, content["programme"]["year"])),
                frozenset({3}),
            ),
        ),
        Section(
            "二、乙方责任",
            [
                "（一）对所列任务负总责，层层分解，落实到单位、到人，按期完成。",
                "（二）按月如实填报进展，不虚报、不漏报；发现困难及时报告。",
                "（三）目标、期限确需调整的，按规定程序报批；批准后以补充责任书为准。",
            ],
        ),
        Section(
            "三、甲方责任",
            ["（一）统筹协调，帮助解决实施中的问题。", "（二）督促检查，按规定审核确认并评价完成情况。"],
        ),
        _closing("四、附则", "本责任书"),
    ]


def _closing(heading: str, name: str) -> Section:
    return Section(heading, [f"{name}一式两份，甲乙双方各执一份，自双方确认之日起生效。"])


def _supplement(content: Mapping[str, Any]) -> list[Section]:
    changes = content["changes"]
    return [
        Section(
            "一、调整内容",
            [f"与{content['base']['against']}相比，共调整{len(changes)}处，前后对照如下表。"],
            Table(
                ("序号", "任务与指标", "原目标", "现目标", "原期限", "现期限", "说明"),
                (8, 29, 14, 14, 13, 13, 9),
                [
                    (
                        str(number),
                        f"{change['code']} {_named(change['title'], change['indicator'])}",
                        figure(*_side(change, "old"), change["measure"], change["kind"] != "new"),
                        figure(*_side(change, "new"), change["measure"], change["kind"] != "dropped"),
                        day(change["old_deadline"], content["programme"]["year"]),
                        day(change["new_deadline"], content["programme"]["year"]),
                        _KINDS[change["kind"]] + _since(change, content["programme"]["year"]),
                    )
                    for number, change in enumerate(changes, start=1)
                ],
                frozenset({2, 3}),
            ),
        ),
        Section("二、其他", ["其余任务、目标与期限不变，仍按原责任书执行。"]),
        _closing("三、附则", "本补充责任书"),
    ]


def _task_rows(tasks: Iterable[Mapping[str, Any]], year: int) -> Iterable[Sequence[str]]:
    for number, task in enumerate(tasks, start=1):
        for index, target in enumerate(task["targets"] or [{}]):
            yield (
                str(number) if index == 0 else "",
                f"{task['code']} {task['title']}" if index == 0 else "",
                target.get("indicator", DASH),
                figure(target.get("operator"), target, target.get("measure", ""), bool(target)),
                day(task["deadline"], year) if index == 0 else "",
                "、".join(task["leads"]) or DASH if index == 0 else "",
            )


def _named(title: str, indicator: str) -> str:
    return title if indicator == title else f"{title}：{indicator}"


def _side(change: Mapping[str, Any], side: str) -> tuple[str | None, Mapping[str, Any]]:
    return change[f"{side}_operator"], {
        name: change.get(f"{side}_{name}") for name in ("value", "value_max", "stretch")
    }


def _since(change: Mapping[str, Any], year: int) -> str:
    return f"，{day(change['effective_on'], year)}起" if change.get("effective_on") else ""


def figure(operator: str | None, aimed: Mapping[str, Any], measure: str, there: bool) -> str:  # noqa: FBT001 - one fact a column
    """Return a target as it is printed, with its stretch; work without a yearly target is 常态化."""
    if not there:
        return DASH
    value, bound, stretch = (aimed.get(name) for name in ("value", "value_max", "stretch"))
    if value is None:
        return "常态化"
    if operator == "range":
        said = f"{value}～{bound}" if bound is not None else value
    else:
        said = f"{OPERATORS.get(operator or '', operator or '')}{value}"
    return f"{said}{measure}" + (f"（力争{stretch}{measure}）" if stretch is not None else "")


def day(text: str | None, year: int | None = None) -> str:
    """Return a day as it is printed; without its year where that is the year of the list."""
    if text is None:
        return DASH
    at = date.fromisoformat(text)
    return f"{'' if at.year == year else f'{at.year}年'}{at.month}月{at.day}日"


def _day_of(moment: datetime | None) -> str | None:
    return day(moment.astimezone(_BEIJING).date().isoformat()) if moment else None
