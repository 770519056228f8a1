"""An administrator adds a person, who must choose a password before anything else opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Site

FIRST, OWN = "first-password-2026", "my-own-password-2026"


def test_a_new_person_with_a_grant_must_change_the_password_first(site: Site) -> None:
    admin = site.visit("a-admin")
    page = admin.go("/people")
    page.get_by_role("button", name="新增人员").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("姓名").fill("测试新人")
    dialog.get_by_label("账号").fill("a2-new")
    dialog.get_by_role("combobox", name="所在机构").fill("虹桥")
    page.get_by_role("option", name="虹桥镇").click()
    dialog.get_by_label("初始密码").fill(FIRST)
    assert admin.faults() == []
    admin.picture("person-form")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_contain_text("办好了")
    expect(dialog).to_contain_text(FIRST)
    dialog.get_by_role("button", name="关闭").last.click()
    panel = page.get_by_role("complementary", name="测试新人")
    panel.get_by_role("button", name="新增授权").click()
    panel.get_by_label("角色").select_option(label="填报员")
    admin.picture("person-grant")
    assert admin.faults() == []
    panel.get_by_role("button", name="授权", exact=True).click()
    expect(panel.get_by_role("listitem")).to_contain_text("填报员")
    admin.picture("person")

    person = site.stranger()
    screen = person.go("/login")
    screen.get_by_label("账号").fill("a2-new")
    screen.get_by_label("密码").fill(FIRST)
    screen.get_by_role("button", name="登录").click()
    expect(screen).to_have_url(f"{site.origin}/settings?password=1")
    expect(screen.get_by_text("现在用的是初始密码")).to_be_visible()
    # No way around it.
    person.go("/reports")
    expect(screen).to_have_url(f"{site.origin}/settings?password=1")
    assert person.faults() == []
    person.picture("settings-password")
    screen.get_by_label("原密码").fill(FIRST)
    screen.get_by_label("新密码", exact=True).fill(OWN)
    screen.get_by_label("再输一遍新密码").fill(OWN + "x")
    screen.get_by_role("button", name="修改密码").click()
    expect(screen.get_by_text("两遍新密码不一样。")).to_be_visible()
    screen.get_by_label("再输一遍新密码").fill(OWN)
    screen.get_by_role("button", name="修改密码").click()
    expect(screen.get_by_role("heading", level=1)).to_contain_text("测试新人")
    person.go("/reports")
    expect(screen.get_by_role("heading", level=1)).to_have_text("月度填报")
    expect(screen.get_by_role("grid").get_by_role("row").filter(has_text="农村公路提升")).to_have_count(1)
