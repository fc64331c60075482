//! What is written about deals.

/// What is written beside the reason for a loss.
pub(crate) fn loss_note(reason: &str, foreign: bool) -> &'static str {
    match (reason, foreign) {
        ("competitor", false) => "竞品配套更全，客户沿用原品牌。",
        ("price", false) => "我方报价高出约 8%，客户预算压得紧。",
        ("budget", false) => "集团收紧投资，预算未批。",
        ("project_cancelled", false) => "新厂推迟，项目取消。",
        ("need_changed", false) => "客户改用人工加半自动方案。",
        ("decision_chain", false) => "多部门意见不一，迟迟没有定论。",
        (_, false) => "多次联系无回复，先关闭，半年后再访。",
        ("competitor", true) => "They stayed with their installed brand.",
        ("price", true) => "About 8 % above the winning bid.",
        (_, true) => "Capital budget frozen by the group.",
    }
}

/// What customers need.
pub(crate) const NEEDS: [&str; 14] = [
    "计划把两条人工线改为自动线",
    "希望把节拍从 18 秒降到 12 秒",
    "现有设备故障率高，想整体更换",
    "新厂房六月交付，需要整线配套",
    "客户要求追溯到单件，需要数据采集",
    "招工困难，三班改两班",
    "不良率偏高，需要在线检测",
    "能耗考核压力大，想做节能改造",
    "防爆区域需要合规改造",
    "设备分散在三个车间，想统一监控",
    "旺季产能不足，需要增加工位",
    "出口订单要求过程数据留存",
    "老控制柜备件停产，需要替代方案",
    "希望先做一个试点工位，再全面推广",
];
/// What they need in a renewal.
pub(crate) const RENEWAL_NEEDS: [&str; 4] =
    ["质保到期，希望续签年度维保", "要求 4 小时响应和每季度巡检", "备件打包进维保，便于做预算", "原维保供应商响应慢，想换成原厂"];
/// What customers abroad need.
pub(crate) const FOREIGN_NEEDS: [&str; 6] = [
    "Two manual lines are to be automated this year",
    "Cycle time has to come down from 18 to 12 seconds",
    "Traceability of every part is required by their customer",
    "The old line breaks down too often",
    "A pilot cell first, then four more sites",
    "Labour is short for the night shift",
];
/// Who else bids.
pub(crate) const COMPETITORS: [&str; 8] =
    ["进口品牌 A", "进口品牌 B", "本地集成商", "华中某机器人厂", "客户自研", "原有供应商", "低价贸易商", "同城两家集成商"];
/// Who else bids abroad.
pub(crate) const FOREIGN_COMPETITORS: [&str; 4] = ["Incumbent German brand", "Local integrator", "Japanese robot maker", "In-house build"];
/// What comes next.
pub(crate) const NEXT_STEPS: [&str; 16] = [
    "下周三前提交技术方案",
    "约设备部做现场勘察",
    "等客户内部评审结果",
    "补充节拍测算和投资回收表",
    "安排去示范产线参观",
    "与采购确认付款方式",
    "准备第二轮报价",
    "确认防爆等级与认证要求",
    "请技术支持出布局图",
    "邀请客户参加产品沙龙",
    "跟进样品测试结果",
    "确认合同条款与质保期",
    "协助客户写立项报告",
    "与总经理约一次高层会面",
    "确认到货和安装窗口期",
    "整理同行业案例发给客户",
];
/// What comes next abroad.
pub(crate) const FOREIGN_NEXT_STEPS: [&str; 6] = [
    "Send layout and cycle-time study",
    "Video call with engineering",
    "Clarify CE scope",
    "Second quotation",
    "Reference visit in Suzhou",
    "Agree on payment terms",
];
