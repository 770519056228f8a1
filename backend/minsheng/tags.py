"""What the groups of the contract are called: the name people read, beside the identifier that never changes."""

TAGS: dict[str, tuple[str, str]] = {
    "login": ("登录", "登录、退出、令牌和自己的密码"),
    "identity": ("人员与授权", "人员、角色和授权：谁在哪里可以做什么"),
    "units": ("机构", "机构的层级，以及常住人口等基础数据"),
    "calendar": ("工作日历", "国家和地方的工作日、节假日，期限由此推算"),
    "programmes": ("计划与指标", "民生实事的清单：大项、小项、指标和计量单位"),
    "cadences": ("填报周期", "每个计划按旬、周、月、季、半年的填报安排"),
    "rule-sets": ("亮灯规则", "亮灯规则的编写、试用、启用和停用"),
    "consultation": ("征求意见", "清单草案送下级征求意见，意见逐条答复"),
    "targets": ("任务与目标", "任务分解、下达、签收，目标的调整和特殊状态"),
    "pledges": ("目标责任书", "责任书的生成、签订、补充和文稿"),
    "plans": ("进度计划", "每个目标的序时进度"),
    "exemptions": ("正当理由", "落后确有正当理由的，申请与批准"),
    "milestones": ("节点与工期", "节点、节点模板、倒排工期和改期"),
    "rounds": ("填报期与结账", "填报期的开放、截止、例外、结账和报送快照"),
    "reports": ("进度报告", "填报、审核、确认、退回、更正，填报表和台账"),
    "chases": ("催报", "谁还没报，催报、催报规则和按时率"),
    "attachments": ("附件", "报告和节点的佐证材料，断点续传"),
    "checks": ("核对规则", "数字报上来之前的核对：规则、试用和查出的数"),
    "deviations": ("数据偏差与核实", "上级口径的数、偏差的答复和裁定、核实与核实系数"),
    "funds": ("资金", "资金来源、额度、下达与到位、配套、捆绑、台账和各项比率"),
    "disbursements": ("拨付", "专户、收款方、拨付单、一卡通批次和拨付规则"),
    "boards": ("驾驶舱", "亮灯矩阵、滞后清单、进度曲线和每盏灯的算法"),
    "jobs": ("后台任务", "导入、导出等慢的工作：进度、结果和取消"),
    "integration": ("对接", "给其他系统的变更流，以及记录的封存与核验"),
}
"""In the order of the work, which is the order of the documentation."""


def described() -> list[dict[str, str]]:
    """Return the groups as the contract lists them."""
    return [{"name": key, "x-displayName": name, "description": said} for key, (name, said) in TAGS.items()]
