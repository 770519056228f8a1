"""The county chases a township; its clerk reads the message and hangs a photo on the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories.corpus import HOSTILE, photo

if TYPE_CHECKING:
    from tests.e2e.conftest import Site


def test_a_silent_township_is_chased_reads_it_and_sends_evidence(site: Site) -> None:
    office = site.visit("a-office")
    page = office.go("/silence")
    row = page.get_by_role("row").filter(has_text="柳市镇").filter(has_text="温州市2026年民生实事")
    expect(row).to_contain_text("还没有催过")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="催报所选 1 个单位").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_contain_text(
        "柳市镇：温州市2026年民生实事2026年11月还有 2 份报告没有提交"
    )
    assert office.faults() == []
    dialog.get_by_role("button", name="发送给 1 个单位").click()
    expect(row).to_contain_text("催过 1 次")
    # Again at once: refused, with the time from which on it may be.
    row.get_by_role("button", name="催报", exact=True).click()
    expect(dialog).to_contain_text("最早 11月23日 10:00 可以再催")
    dialog.get_by_role("button", name="取消").click()

    clerk = site.visit("a1-clerk")
    page = clerk.go("/")
    message = page.get_by_role("listitem").filter(has_text="第 1 次催报")
    expect(message).to_contain_text("乐清市")
    message.get_by_role("button", name="知道了").click()
    expect(message).to_have_count(0)
    page = clerk.go("/reports")
    expect(page.get_by_role("grid")).to_be_visible()
    page.keyboard.press("Control+Enter")
    box = page.locator("input[type=file]")
    box.set_input_files({"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo() + bytes(1_500_000)})
    evidence = page.get_by_role("listitem").filter(has_text="现场.jpg")
    expect(evidence).to_contain_text("拍摄于 2026-11-05 10:20")
    box.set_input_files({"name": "图.jpg", "mimeType": "image/jpeg", "buffer": HOSTILE["SVG"][0]()})
    expect(page.get_by_role("alert")).to_contain_text("网页、SVG 或带标记的文本不能作为附件")
    page.get_by_role("button", name="放弃上传").click()
    assert clerk.faults() == []
    evidence.get_by_role("button", name="去掉“现场.jpg”").click()
    expect(evidence).to_have_count(0)
    clerk.complaints.clear()  # the browser notes the refused file, too

    page = office.go("/silence?view=log")
    expect(page.get_by_role("row").filter(has_text="柳市镇")).to_contain_text("已阅")
    assert office.faults() == []
