"""What the sample makes up about 温州市: days of issue, weights, and where work can lie."""

from decimal import Decimal

from minsheng.sample.people import CANGNAN, LUCHENG, SHANFU, WENZHOU, YUEQING

TAISHUN = "330329000000"

# Owner -> month and day of issue. 山福镇's is the date of its published list, the others are made up.
ISSUED = {WENZHOU: (2, 5), YUEQING: (2, 20), CANGNAN: (2, 18), SHANFU: (4, 16)}
# Lower tiers finish earlier, so that the tier above has days left to check and to accept.
LAST_DAYS = {
    (WENZHOU, "city"): (12, 31),
    (WENZHOU, "county"): (12, 20),
    (WENZHOU, "township"): (12, 10),
    (YUEQING, "county"): (12, 31),
    (YUEQING, "township"): (12, 15),
    (CANGNAN, "county"): (12, 31),
    (CANGNAN, "township"): (12, 15),
    (SHANFU, "township"): (12, 31),
}
COUNTY_WEIGHTS = {
    "鹿城区": 10,
    "龙湾区": 7,
    "瓯海区": 9,
    "洞头区": 2,
    "永嘉县": 9,
    "平阳县": 9,
    "苍南县": 9,
    "文成县": 3,
    "泰顺县": 4,
    "瑞安市": 12,
    "乐清市": 12,
    "龙港市": 5,
}
MOUNTAIN_WEIGHTS = {
    "鹿城区": 2,
    "龙湾区": 1,
    "瓯海区": 3,
    "洞头区": 1,
    "永嘉县": 12,
    "平阳县": 8,
    "苍南县": 10,
    "文成县": 12,
    "泰顺县": 14,
    "瑞安市": 7,
    "乐清市": 8,
    "龙港市": 1,
}
# Done in schools, in term time, and finished within the autumn term's first half.
TERM_TIME = {"学龄儿童免费窝沟封闭"}
UPHILL = {"下山异地搬迁生态搬迁"}
# Dikes stand at the sea and the county town has the county town's streets.
PLACES = {
    "新开工提标加固海塘": (
        "清江镇",
        "雁荡镇",
        "南塘镇",
        "蒲岐镇",
        "南岳镇",
        "湖雾镇",
        "翁垟街道",
        "盐盆街道",
    ),
    "海塘安澜": ("赤溪镇", "马站镇", "炎亭镇", "大渔镇", "霞关镇", "沿浦镇"),
    "打通县城断头路": ("灵溪镇",),
}
# (owner of the list, unit that splits, item) -> sum of the children less the parent, and why.
UNBALANCED = {
    (WENZHOU, WENZHOU, "家庭屋顶光伏"): (Decimal(600), "加压分解：各县合计比市定目标多600户"),
    (WENZHOU, WENZHOU, "农村饮水安全提升工程"): (Decimal("-0.40"), "尚有0.40万人未分解到县"),
    (WENZHOU, LUCHENG, "学龄儿童免费窝沟封闭"): (Decimal(-60), "尚有60名未分解到街镇"),
    (YUEQING, YUEQING, "新增普惠托位"): (Decimal(35), "加压分解：各乡镇合计比市定目标多35个"),
    (WENZHOU, TAISHUN, "家庭屋顶光伏"): (Decimal(-100), "分解草稿：尚有100户未落实到乡镇，未下达"),
}
DRAFTS = {(TAISHUN, "家庭屋顶光伏")}
SPLIT_FURTHER = (YUEQING, LUCHENG)

# Category of a published line -> kind of promise, by which templates of milestones are chosen.
KINDS = {
    **dict.fromkeys(("交通", "公安", "农业", "养老", "地灾", "城建", "文化", "水利", "能源", "住建", "城管"), "works"),
    **dict.fromkeys(("托育", "教育", "卫生", "党建"), "service"),
    "搬迁": "subsidy",
    "社保": "insurance",
}

# Unit of measure -> dimension; "状态" lines have no unit and are counted as one thing done.
DIMENSIONS = {
    "公里": "length",
    "米": "length",
    "平方米": "area",
    "%": "rate",
    "万千瓦": "power",
    "万元": "money",
    "人": "count",
    "名": "count",
    "万人": "count",
}
