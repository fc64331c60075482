//! What the marketing team did: campaigns with their costs, communities, and what sources cost month by month.

/// A campaign. Days count from today; negative ones are past.
pub(super) struct Campaign {
    /// Key of the record.
    pub(super) key: &'static str,
    /// Its name; the month is put before it.
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    /// The source of its leads.
    pub(super) source: &'static str,
    /// First day, and how many days it lasts.
    pub(super) days: (i64, i64),
    /// Key of the member who runs it.
    pub(super) owner: &'static str,
    /// Yuan planned.
    pub(super) budget: i64,
    pub(super) expected_leads: i64,
    pub(super) goal: &'static str,
    /// Research, plan, execution and review.
    pub(super) texts: [&'static str; 4],
    /// What was paid: for what, days from the start, yuan.
    pub(super) costs: &'static [(&'static str, i64, i64)],
    /// Called off before it began.
    pub(super) cancelled: bool,
}

const FAIR_TEXTS: [&str; 4] = [
    "往届观众以设备、工艺和采购负责人为主，六成来自长三角；同行以整线演示吸引客流。",
    "展出机械臂上下料单元与 CS-2 系列控制柜；每天两场演示，销售轮班接待，当天录入线索。",
    "接待登记客户，演示单元运转正常；第二天下午因停电少演示一场。",
    "线索质量好于上届，设备负责人占多数；下次提前一个月邀约老客户，并增加一名工程师。",
];
const SALON_TEXTS: [&str; 4] = [
    "老客户希望看到同行业的改造案例，更愿意参加半天的小型活动。",
    "每场邀请 20 至 30 家企业，上午案例分享，下午参观示范产线。",
    "到场率七成，现场预约上门勘察若干家。",
    "成本低、转化高；每季度办一次，由各大区轮流承办。",
];
const ONLINE_TEXTS: [&str; 4] = [
    "目标客户在公众号和短视频平台上搜索“上下料”“视觉检测”等内容。",
    "每周一篇案例、一条演示视频，留言和私信由市场专员当天回复。",
    "按计划发布，播放量最高的是机械臂换产演示。",
    "留言多、意向参差，需要先由呼叫中心筛选再分给销售。",
];
const MAIL_TEXTS: [&str; 4] = [
    "半年内没有联系的老客户约占三成，多数留有邮箱。",
    "按行业分三批发送，附新品资料和免费检测预约。",
    "打开率两成多，退订不到百分之一。",
    "带来的多是增购咨询，下次由负责销售署名发送。",
];

/// All of them, the oldest first.
pub(super) const CAMPAIGNS: [Campaign; 13] = [
    Campaign {
        key: "campaign:fair1",
        name: "中国工博会",
        kind: "event",
        source: "event",
        days: (-700, 5),
        owner: "user:marketing",
        budget: 125_000,
        expected_leads: 40,
        goal: "长三角新客户 40 家",
        texts: FAIR_TEXTS,
        costs: &[("展位费", -60, 58_000), ("展台搭建", -12, 36_000), ("样机运输", -4, 8_500), ("差旅与物料", 6, 13_300)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:shenzhen",
        name: "深圳工业自动化展",
        kind: "event",
        source: "event",
        days: (-610, 3),
        owner: "user:liangwei",
        budget: 72_000,
        expected_leads: 25,
        goal: "打开珠三角电子行业",
        texts: FAIR_TEXTS,
        costs: &[("展位费", -45, 32_000), ("展台搭建", -10, 21_000), ("差旅与物料", 4, 16_800)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:salon1",
        name: "机械臂应用沙龙（苏州）",
        kind: "salon",
        source: "event",
        days: (-500, 1),
        owner: "user:liangwei",
        budget: 30_000,
        expected_leads: 12,
        goal: "老客户增购与转介绍",
        texts: SALON_TEXTS,
        costs: &[("场地与茶歇", -3, 12_600), ("讲师费", 1, 6_000), ("礼品", -5, 4_200)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:referral",
        name: "老客户转介绍季",
        kind: "referral",
        source: "referral",
        days: (-420, 90),
        owner: "user:marketing",
        budget: 60_000,
        expected_leads: 20,
        goal: "每个大区 6 家转介绍",
        texts: [
            "转介绍客户的成交率约为其他来源的两倍。",
            "介绍一家新客户并完成首次拜访，赠送一次免费保养。",
            "由负责销售逐家沟通，市场部每周通报。",
            "效果稳定，改为全年执行。",
        ],
        costs: &[("保养服务成本", 40, 18_000), ("礼品与答谢", 85, 9_600)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:fair2",
        name: "中国工博会",
        kind: "event",
        source: "event",
        days: (-345, 5),
        owner: "user:marketing",
        budget: 130_000,
        expected_leads: 50,
        goal: "长三角新客户 50 家，重点食品与医药",
        texts: FAIR_TEXTS,
        costs: &[("展位费", -60, 61_000), ("展台搭建", -12, 38_000), ("样机运输", -4, 8_900), ("差旅与物料", 6, 14_900)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:video",
        name: "短视频与公众号案例",
        kind: "social",
        source: "social",
        days: (-300, 240),
        owner: "user:liangwei",
        budget: 80_000,
        expected_leads: 30,
        goal: "每月 3 条有效咨询",
        texts: ONLINE_TEXTS,
        costs: &[("拍摄与剪辑", 10, 21_000), ("投放", 60, 12_000), ("投放", 120, 12_000), ("拍摄与剪辑", 150, 16_500)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:chengdu",
        name: "成都装备展",
        kind: "event",
        source: "event",
        days: (-190, 3),
        owner: "user:liangwei",
        budget: 64_000,
        expected_leads: 20,
        goal: "西南地区首批客户",
        texts: FAIR_TEXTS,
        costs: &[("展位费", -40, 29_000), ("展台搭建", -9, 18_500), ("差旅与物料", 4, 18_700)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:sms",
        name: "开工季短信提醒",
        kind: "sms",
        source: "other",
        days: (-160, 7),
        owner: "user:liangwei",
        budget: 8_000,
        expected_leads: 10,
        goal: "唤醒沉默客户",
        texts: ["短信退订率高，客户更愿意收到邮件。", "", "", ""],
        costs: &[],
        cancelled: true,
    },
    Campaign {
        key: "campaign:salon2",
        name: "视觉检测沙龙（东莞）",
        kind: "salon",
        source: "event",
        days: (-120, 1),
        owner: "user:liangwei",
        budget: 35_000,
        expected_leads: 15,
        goal: "珠三角电子客户 15 家",
        texts: SALON_TEXTS,
        costs: &[("场地与茶歇", -3, 14_800), ("讲师费", 1, 8_000), ("礼品", -5, 5_100)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:fair3",
        name: "中国工博会",
        kind: "event",
        source: "event",
        days: (-75, 5),
        owner: "user:marketing",
        budget: 140_000,
        expected_leads: 60,
        goal: "新客户 60 家，会后一个月内全部拜访",
        texts: FAIR_TEXTS,
        costs: &[("展位费", -60, 64_000), ("展台搭建", -12, 41_000), ("样机运输", -4, 9_400), ("差旅与物料", 6, 16_800)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:mail",
        name: "新品邮件：CS-2 系列控制柜",
        kind: "email",
        source: "website",
        days: (-40, 21),
        owner: "user:liangwei",
        budget: 12_000,
        expected_leads: 15,
        goal: "预约免费检测 15 家",
        texts: MAIL_TEXTS,
        costs: &[("发送与设计", -2, 6_800)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:ads",
        name: "搜索广告：机械臂上下料",
        kind: "advertisement",
        source: "website",
        days: (-14, 45),
        owner: "user:marketing",
        budget: 50_000,
        expected_leads: 25,
        goal: "单条线索成本低于 2,000 元",
        texts: ["同行在搜索引擎上的投放集中在上午。", "只投“上下料”“码垛”两组关键词，每天限额 1,000 元。", "已投放两周，每周一调整关键词。", ""],
        costs: &[("投放", 6, 6_800), ("投放", 13, 6_900)],
        cancelled: false,
    },
    Campaign {
        key: "campaign:yearend",
        name: "年终答谢沙龙",
        kind: "salon",
        source: "event",
        days: (24, 1),
        owner: "user:marketing",
        budget: 45_000,
        expected_leads: 18,
        goal: "重点客户续约与明年计划",
        texts: ["去年到场的客户中四成在次年一季度下单。", "邀请 40 家重点客户，总经理致辞，现场预约明年改造勘察。", "", ""],
        costs: &[],
        cancelled: false,
    },
];

/// What sources cost without any campaign: source, for what, every so many days, yuan.
pub(super) const RUNNING_COSTS: [(&str, &str, i64, i64); 7] = [
    ("website", "官网维护与推广", 30, 8_000),
    ("phone_inquiry", "400 热线", 30, 1_800),
    ("outreach", "园区走访差旅", 60, 5_600),
    ("partner", "渠道培训与返利", 90, 15_000),
    ("merchant", "商户推荐奖励", 90, 3_000),
    ("community", "村社维护物料", 60, 2_400),
    ("referral", "老客户答谢", 90, 4_500),
];

/// A community: key, name, whether it is virtual, its keeper, city (position in the list of places) or platform, households
/// or members, who is spoken to there.
pub(super) type Community = (&'static str, &'static str, bool, &'static str, &'static str, i64, &'static str);

pub(super) const COMMUNITIES: [Community; 8] = [
    ("community:wujiang", "吴江汾湖产业社区", false, "user:sales", "苏州", 186, "社区服务站 王站长"),
    ("community:songjiang", "松江九亭工业村", false, "user:matengfei", "上海", 240, "村委会 沈主任"),
    ("community:xiaoshan", "萧山衙前村", false, "user:sales2", "杭州", 312, "村委会 钱书记"),
    ("community:changan", "长安镇模具街社区", false, "user:huangjunjie", "东莞", 275, "商会 黎会长"),
    ("community:east_group", "华东设备维护交流群", true, "user:sales", "wechat", 428, "群主 老周"),
    ("community:south_group", "珠三角自动化工程师群", true, "user:chensimin", "wechat", 365, "群主 阿强"),
    ("community:north_group", "京津冀装备采购群", true, "user:limingxuan", "wecom", 152, "群主 孟经理"),
    ("community:forum", "工控人论坛·机器人版", true, "user:liangwei", "forum", 2_960, "版主 工控老张"),
];

/// What was done there.
pub(super) const VISITS: [&str; 6] = [
    "走访三家作坊式工厂，登记两家改造意向。",
    "与对接人确认下月设备保养日的场地。",
    "分发新品资料，解答控制柜选型问题。",
    "回访上次登记的企业，一家约了上门勘察。",
    "参加社区安全生产宣讲，现场咨询五人。",
    "了解本月开工情况，两家计划年后换设备。",
];
pub(super) const MESSAGES: [&str; 4] =
    ["发布换产演示视频，三人私信咨询。", "解答视觉检测光源选型，约一人试样。", "发布保养小知识，群内讨论热烈。", "通知沙龙报名，六人登记。"];
