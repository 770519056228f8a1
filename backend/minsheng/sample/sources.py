"""What the conversion looks for in the shared folder, and how printed names are read."""

# The published lists that become programmes: (region in the source, year) -> owner's code.
LISTS = {
    ("浙江省温州市", "2018"): "330300000000",
    ("浙江省温州市乐清市", "2022"): "330382000000",
    ("浙江省温州市苍南县", "2022"): "330327000000",
    ("浙江省温州市鹿城区山福镇", "2018"): "330302105000",
}

# A line department's own list printed elsewhere: kept in the file, not part of the promise list.
OTHER_LISTS = {"苍南县水利局2022年重点水利工程督考"}

# (owner, name as printed) -> (key, full name). Names are those of the year of the list.
DEPARTMENTS = {
    ("330300000000", "市交运集团"): ("jiaoyun", "温州市交通运输集团有限公司"),
    ("330300000000", "市委农办(市农业局)"): (
        "nongye",
        "中共温州市委农村工作办公室(温州市农业局)",
    ),
    ("330300000000", "市交通运输局"): ("jiaotong", "温州市交通运输局"),
    ("330300000000", "市综合行政执法局"): ("zhifa", "温州市综合行政执法局"),
    ("330300000000", "市发改委"): ("fagai", "温州市发展和改革委员会"),
    ("330300000000", "市卫计委"): ("weiji", "温州市卫生和计划生育委员会"),
    ("330300000000", "市水利局"): ("shuili", "温州市水利局"),
    ("330382000000", "市教育局"): ("jiaoyu", "乐清市教育局"),
    ("330382000000", "市府办"): ("fuban", "乐清市人民政府办公室"),
    ("330382000000", "市水利局"): ("shuili", "乐清市水利局"),
    ("330382000000", "市住建局"): ("zhujian", "乐清市住房和城乡建设局"),
    ("330382000000", "市综合行政执法局"): ("zhifa", "乐清市综合行政执法局"),
    ("330382000000", "市卫健局"): ("weijian", "乐清市卫生健康局"),
    ("330327000000", "县教育局"): ("jiaoyu", "苍南县教育局"),
    ("330327000000", "县交通局"): ("jiaotong", "苍南县交通运输局"),
    ("330327000000", "县卫健局"): ("weijian", "苍南县卫生健康局"),
    ("330327000000", "县住建局"): ("zhujian", "苍南县住房和城乡建设局"),
    ("330327000000", "县民政局"): ("minzheng", "苍南县民政局"),
    ("330327000000", "县水利局"): ("shuili", "苍南县水利局"),
    ("330327000000", "县文广旅体局"): ("wenguang", "苍南县文化和广电旅游体育局"),
}

# Units of measure that are not counted in whole numbers.
DECIMALS = {"%": 2, "公里": 2, "万千瓦": 3, "万人": 2, "万元": 2, "亿元": 2, "万座": 2, "万亩": 2}

# The unit of lines that print a state or a stage and no unit of measure.
UNNAMED = "无单位"

# (words of the note, what the printed rate is a share of): where it is not the target.
RATE_BASES = (
    ("拨付/到位", "到位资金"),
    ("到位率", "计划资金"),
    ("开工率", "计划开工数"),
    ("pct = actual/target rate", "目标投资完成率"),
    ("against budget expenditure schedule", "预算支出进度"),
    ("分配率", "下达资金"),
)

# (trap, region, year, item, indicator): lines that are hard to get right, wherever they are.
TRAPS = (
    ("ceiling", "上海市静安区芷江西路街道", "2023", "失业登记人数控制", "人数"),
    ("ceiling", "安徽省池州市贵池区棠溪镇", "2022", "项目总成本", "成本指标"),
    ("over_100", "湖南省", "2011", "农村危房改造", ""),
    ("over_100", "安徽省安庆市宿松县", "2020", "技能脱贫培训", ""),
    ("printed_differs", "安徽省", "2007", "12项民生工程", "资金拨付"),
    ("printed_differs", "浙江省温州市乐清市", "2022", "教共体组建与活动", "教共体"),
    ("no_target", "贵州省黔东南州凯里经济开发区", "2011", "农村危房改造", "开工户"),
    ("no_target", "浙江省温州市", "2018", "市区公交车移动支付全覆盖", "状态"),
    ("no_target", "河南省", "", "空气优良天数比例", ""),
    ("snapshot_may_fall", "贵州省黔东南州", "2023", "30户以上自然村寨垃圾收运设施覆盖率", "覆盖率"),
    ("total_hides_unit", "天津市", "2020", "改造提升农村户厕", "户厕"),
    ("total_hides_unit", "天津市", "2020", "一产固定资产投资", "完成投资"),
    ("counted_unfinished", "浙江省杭州市临安区", "2022", "新建成保障性住房", "套数"),
    ("suspended", "广东省江门市新会区", "2015", "民生实事十大项35件", "完成年度进度目标"),
    ("zone_without_code", "贵州省黔东南州凯里经济开发区", "2011", "农村危房改造", "开工户"),
)
