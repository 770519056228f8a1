"""Invented persons, their accounts and their grants.

Names are drawn from the two lists below and from nowhere else; a likeness to a real
person is chance. Usernames begin with the unit's word in data/account_names.csv.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

from minsheng.sample.shapes import Grant, Person, Unit

PASSWORD = "minsheng-demo-2026"  # noqa: S105 - printed at every start, for sample data only
SURNAMES = (
    "陈林黄周吴徐郑叶张李王潘胡金朱余戴谢夏诸包薛蔡缪项方施章董杜邵倪苏卢"
    "柯温尤池季虞钱麻曾鲍尹管侯洪姜屠颜应阮翁滕蒋谷鲁柳齐韦庄"
)
GIVEN_NAMES = (
    "若溪",
    "启明",
    "雨桐",
    "知远",
    "静姝",
    "承泽",
    "佳禾",
    "思齐",
    "云舒",
    "景行",
    "月盈",
    "书白",
    "晓棠",
    "念慈",
    "一诺",
    "清和",
    "望舒",
    "安澜",
    "以宁",
    "伯言",
    "秋水",
    "乐山",
    "如松",
    "青禾",
    "立夏",
    "朝阳",
    "芷若",
    "长风",
    "嘉树",
    "子衿",
    "映雪",
    "怀瑾",
    "南星",
    "采薇",
    "闻笛",
    "照临",
    "语嫣",
    "亦辰",
    "浩然",
    "梓涵",
    "修远",
    "宛如",
    "春晓",
    "忆安",
    "正清",
    "素心",
    "天佑",
    "小满",
    "海燕",
    "建功",
    "丽君",
    "国栋",
    "秀兰",
    "卫民",
    "玉洁",
    "志成",
    "慧敏",
    "永康",
    "美霞",
    "德厚",
)

# role -> what follows the unit's word in the username
ACCOUNT = {
    "office": "office",
    "clerk": "clerk",
    "reviewer": "review",
    "finance": "finance",
    "payer": "payer",
    "inspector": "inspect",
    "assessor": "assess",
    "leader": "leader",
    "auditor": "audit",
    "administrator": "admin",
}
EVERY_ROLE = tuple(ACCOUNT)
TOWNSHIP_ROLES = ("office", "clerk", "finance", "payer", "leader")

WENZHOU, YUEQING, CANGNAN, LUCHENG = (
    "330300000000",
    "330382000000",
    "330327000000",
    "330302000000",
)
LIUSHI, SHANFU = "330382114000", "330302105000"

# Units whose every role has an account to show; elsewhere accounts only keep the books complete.
SHOWN = {WENZHOU: EVERY_ROLE, YUEQING: EVERY_ROLE, LIUSHI: TOWNSHIP_ROLES, SHANFU: TOWNSHIP_ROLES}
SHOWN_DEPARTMENTS = {"wz-jiaotong", "yq-jiaoyu", "cn-minzheng"}
SHOWN_BESIDES = {"lc-office", "lc-review", "cn-office", "cn-review"}


def _roles(unit: Unit) -> Sequence[str]:
    if unit.key in SHOWN:
        return SHOWN[unit.key]
    return ("office", "clerk", "reviewer") if unit.tier == "county" else ("clerk",)


def _posts(units: Sequence[Unit], slugs: Mapping[str, str]) -> list[tuple[str, Unit, str]]:
    """(username, unit, role) for every unit that has a word for its accounts."""
    posts: list[tuple[str, Unit, str]] = []
    for unit in units:
        word = slugs.get(unit.key)
        if word is None:
            continue
        if unit.kind == "department":
            posts.append((word, unit, "lead_department"))
        else:
            posts += [(f"{word}-{ACCOUNT[role]}", unit, role) for role in _roles(unit)]
    return posts


def people(
    units: Sequence[Unit],
    slugs: Mapping[str, str],
    year: int,
    seed: int,
) -> tuple[list[Person], list[Grant]]:
    """One person per post; nobody holds two roles, so duties are separated by construction."""
    names = [surname + given for surname in SURNAMES for given in GIVEN_NAMES]
    Random(f"{seed}:people").shuffle(names)  # noqa: S311 - a sample, not a secret
    persons: list[Person] = []
    grants: list[Grant] = []
    for (username, unit, role), name in zip(_posts(units, slugs), names, strict=False):
        demo = unit.key in SHOWN or username in SHOWN_DEPARTMENTS | SHOWN_BESIDES
        key = f"person:{username}"
        persons.append(Person(key, username, name, unit.key, demo))
        ends = date(year, 12, 31) if role == "inspector" else None
        grants.append(Grant(f"grant:{username}", key, role, unit.key, date(year, 1, 1), ends))
    return persons, grants
