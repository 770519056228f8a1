"""The office's ledger of a month: its columns, its order, what its reader may see, and text that stays text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from minsheng.kernel.workers import Worker
from tests.factories.workbooks import tables_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caller, Callers
    from tests.factories.world import World


def test_a_ledger_is_what_its_reader_may_see(app: FastAPI, people: Callers, world: World) -> None:
    worker = Worker(app.state.database, app.state.authenticate)

    def made(who: str, **asked: Any) -> tuple[str, bytes]:
        caller: Caller = people[who]
        body = {"programme_id": str(world["list"]), "period": "2026-11", **asked}
        job = caller.post("/ledgers", body, status=202)
        worker.run_due()
        job = caller.get(f"/jobs/{job['id']}")
        assert job["state"] == "done", job
        file = caller.call("GET", f"/jobs/{job['id']}/files/ledger")
        assert file.status_code == 200
        return job["files"][0]["filename"], file.content

    clerk = people["a1-clerk"]
    roads = clerk.get(f"/reports/{world['november:roads:a1']}")
    values = [{"target_id": roads["cells"][0]["target_id"], "current": "2.5"}]
    body = {"values": values, "note": "=HYPERLINK(1)", "cause_code": "land", "cause_note": "两处点位未签约"}
    clerk.patch(f"/reports/{roads['id']}", body, version=roads["version"])

    # A figure that an official one contradicts is marked in the file as well.
    theirs = {
        "target_id": roads["cells"][0]["target_id"],
        "period": "2026-10",
        "printed": "26",
        "factor": "1",
        "source_name": "省交通运输厅",
    }
    people["office"].post("/external-figures", theirs, status=201)
    doubted = "≠ 与省交通运输厅2026年10月的数 26 不符，待答复"
    name, content = made("office")
    assert name == "温州市2026年民生实事 2026年11月 月报台账.xlsx"
    table = tables_of(content)["台账"]
    assert table[0][0] == "温州市2026年民生实事 2026年11月 月报台账"
    assert table[1] == [
        "序号", "编号", "项目内容", "指标", "计量单位", "目标值", "上期末", "本期", "本期末", "完成率(%)", "责任单位",
        "完成期限", "状态", "最后办理", "滞后原因", "滞后说明", "进展说明", "数据偏差",
    ]  # fmt: skip
    assert [(row[0], row[1], row[10], *row[5:10]) for row in table[2:]] == [
        (1.0, "1.1", "柳市镇", 30.0, 20.0, 2.5, 22.5, 75.0),
        (2.0, "1.1", "虹桥镇", 30.0, 28.0, "", "", ""),
        (3.0, "1.1", "灵溪镇", 40.0, 10.0, "", "", ""),
        (4.0, "1.2", "柳市镇", 95.0, 96.0, "", "", ""),
        (5.0, "1.2", "灵溪镇", 95.0, 80.0, "", "", ""),
    ]
    assert table[2][12:] == ["草稿", "2026-11-22 填写", "用地", "两处点位未签约", "=HYPERLINK(1)", doubted]
    # CSV says the same, and no table program runs what a user wrote.
    name, content = made("office", format="csv")
    assert (name[-4:], content[:3]) == (".csv", b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0] == table[1]
    assert lines[1][5:10] == ["30", "20", "2.5", "22.5", "75"]
    assert (lines[1][11], lines[1][16]) == ("2026-12-31", "'=HYPERLINK(1)")
    assert len(lines) == 6
    # The county's month report: plan, actual, rate, light.
    name, content = made("a-office", layout="county")
    table = tables_of(content)["台账"]
    assert name == "温州市2026年民生实事 2026年11月 县月报.xlsx"
    assert table[1][4] == "11月计划进度"
    assert [row[11] for row in table[2:]] == [doubted, "", ""]
    assert [row[1:9] for row in table[2:]] == [
        ["1.1 农村公路提升", "农村公路提升", "公里", 27.174, 22.5, 75.0, table[2][7], "柳市镇"],
        ["1.1 农村公路提升", "农村公路提升", "公里", 27.174, "", table[3][6], table[3][7], "虹桥镇"],
        ["1.2 公交覆盖率", "公交覆盖率", "%", 86.05, "", table[4][6], table[4][7], "柳市镇"],
    ]
    # By unit, by line, by place: never more than the reader may see.
    units = {row[10] for row in tables_of(made("office", unit_id=str(world["b"]))[1])["台账"][2:]}
    assert units == {"灵溪镇"}
    for who, seen in (("a1-clerk", {"柳市镇"}), ("lead", {"柳市镇", "虹桥镇", "灵溪镇"}), ("a-lead", set())):
        assert {row[10] for row in tables_of(made(who)[1])["台账"][2:]} == seen, who
    problem = people["outsider"].call(
        "POST", "/ledgers", json={"programme_id": str(world["list"]), "period": "2026-11"}
    )
    assert problem.status_code == 404
