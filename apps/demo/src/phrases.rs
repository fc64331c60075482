//! The parts of which reports are put together; `{who}`, `{account}` and `{product}` are filled in.

use crate::texts::Phase;

/// How a report begins, by the manner of the work.
pub(crate) fn openings(manner: &str) -> &'static [&'static str] {
    match manner {
        "call" => &["与{who}通话，", "{who}在电话里说，", "电话里{who}提到，", "和{who}聊了十几分钟，", "电话联系上{who}，"],
        "door_visit" => &[
            "到{account}拜访{who}，",
            "在{account}现场见到{who}，",
            "与{who}在车间边走边谈，",
            "陪技术支持到{account}，由{who}接待，",
            "在{account}会议室与{who}面谈，",
        ],
        "branch_appointment" => &["{who}来我司展厅洽谈，", "在我司接待{who}一行，", "{who}到示范产线参观，"],
        "salon_event" => &["在产品沙龙上与{who}交流，", "{who}参加了应用沙龙，"],
        "phone" => &["电话拜访{who}，", "按拜访计划致电{who}，"],
        "sms" => &["短信联系{who}，", "短信与{who}确认，"],
        "other" => &["在展会上碰到{who}，", "行业会议间隙与{who}交流，"],
        "message" => &["微信上和{who}沟通，", "{who}在群里说，", "{who}回复消息，", "在项目群里与{who}确认，"],
        "appointment" => &["与{who}及其团队开会，", "{account}项目例会，{who}参加，", "线上会议，{who}主持，"],
        _ => &["按{who}的要求，", "为{account}准备，", "内部协调后，", "{who}催问，"],
    }
}

/// What became of a task.
pub(crate) const TASK_RESULTS: [&str; 10] = [
    "资料已发出，对方确认收到。",
    "与技术支持一起完成，已存档。",
    "比计划晚了半天，客户表示理解。",
    "已完成，等对方反馈。",
    "已提交，主管审核通过。",
    "内容较多，分两次发给{who}。",
    "完成，顺便更新了客户档案。",
    "已办妥，下一步由客户内部推进。",
    "补充了{product}的参数后重新提交。",
    "已转给相关同事并确认时间。",
];

/// What it was about.
pub(crate) fn themes(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => {
            &["{product}需求了解", "现场工况与产能", "项目背景与预算", "采购流程与决策人", "首次交流", "现有设备情况", "试点工位选择", "扩产计划"]
        }
        Phase::Solution => {
            &["{product}技术方案", "布局图与节拍", "样品测试结果", "选型答疑", "方案评审反馈", "与现有系统对接", "安全与认证要求", "示范产线参观"]
        }
        Phase::Commerce => &["{product}报价", "合同条款", "付款方式与账期", "交货周期确认", "招标文件答疑", "折扣申请", "最终价格", "签约安排"],
        Phase::Care => &["近况与新项目", "节日问候", "新品介绍", "行业案例分享", "邀请参加沙龙", "老设备升级意向", "供应商年审", "下季度采购计划"],
        Phase::Training => &["操作培训安排", "维护电工考证", "{product}实操课", "培训需求调研", "学员名单确认", "考核结果反馈"],
        Phase::Market => &["产品沙龙邀请", "标杆案例采访", "工博会跟进", "新品发布会邀约", "行业白皮书寄送", "示范产线开放日"],
        Phase::Service => {
            &["{product}使用回访", "安装调试进度", "故障处理结果", "备件更换", "年度巡检安排", "操作培训反馈", "满意度回访", "质保到期提醒"]
        }
    }
}

/// Subjects of tasks.
pub(crate) fn tasks(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => {
            &["整理{account}需求清单", "查{account}工商与信用信息", "准备{product}案例给{who}", "约{who}现场勘察时间", "补全{account}联系人"]
        }
        Phase::Solution => &[
            "输出{account}技术方案初稿",
            "请技术支持算{product}节拍",
            "寄{product}样品给{who}",
            "整理方案评审问题并回复{who}",
            "准备{account}汇报材料",
        ],
        Phase::Commerce => {
            &["制作{account}报价单", "申请{product}折扣审批", "与法务核对{account}合同", "跟进{account}预付款到账", "确认{product}排产与交期"]
        }
        Phase::Care => &["给{who}寄样册", "季度回访{account}", "邀请{who}参加产品沙龙", "更新{account}档案", "查看{account}在用设备清单"],
        Phase::Training => &["准备{product}培训教材", "确认{account}学员名单", "安排{account}实操考核", "批阅{account}结业试卷", "给{who}寄培训证书"],
        Phase::Market => &["邀请{who}参加产品沙龙", "整理{account}案例稿", "给{who}寄工博会门票", "核对沙龙签到名单", "回访{who}活动感受"],
        Phase::Service => &["安排{account}安装人员", "确认{product}备件库存", "回访{who}满意度", "提交{account}验收资料", "安排{account}年度巡检"],
    }
}

/// What was learnt.
pub(crate) fn facts(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => &EXPLORE_FACTS,
        Phase::Solution => &SOLUTION_FACTS,
        Phase::Commerce => &COMMERCE_FACTS,
        Phase::Care => &CARE_FACTS,
        Phase::Training => &TRAINING_FACTS,
        Phase::Market => &MARKET_FACTS,
        Phase::Service => &SERVICE_FACTS,
    }
}

const EXPLORE_FACTS: [&str; 22] = [
    "对方正在做明年的设备预算，{product}在清单里。",
    "目前产线靠人工上下料，三班共 24 人，想先替换一班。",
    "现有设备是 2016 年的，停机时间占到 6%。",
    "客户最关心节拍和换型时间，对品牌没有偏好。",
    "技术由设备部把关，价格由采购部谈，最后总经理签字。",
    "项目预计下季度立项，目前还在收集资料。",
    "厂房层高只有 4.2 米，方案要考虑高度。",
    "他们看过同行用{product}的视频，问得很细。",
    "今年招工难，老板要求年底前上自动化。",
    "生产资料暂时不能拍照，只允许手绘示意。",
    "已有两家供应商报过方案，客户觉得改动太大。",
    "客户希望供应商有本地服务人员。",
    "产品换型多，每天要切换六七次。",
    "车间温度高，夏天经常跳闸。",
    "目前良率 96%，目标是 98.5%。",
    "老板去同行参观过，想照着做一条。",
    "集团要求三年内完成数字化改造。",
    "电气图纸不全，需要我们现场测绘。",
    "试点预算 30 万以内可以自己批。",
    "现在的供应商交货总是拖。",
    "夜班没有电工，要求免维护。",
    "新品明年量产，节拍还没最后定。",
];
const SOLUTION_FACTS: [&str; 12] = [
    "方案评审基本通过，夹具部分要改成快换。",
    "{product}样品测试 200 次，合格率 99.5%，客户认可。",
    "客户提出要接入现有 MES，接口文档下周给我们。",
    "节拍测算 11.6 秒，满足要求，但要预留 10% 余量。",
    "安全围栏占地太大，改用区域扫描的方案。",
    "设备部同意用{product}，工艺部还要做一次打样。",
    "布局图改到第三版，主要是物流通道宽度。",
    "客户参观了示范产线，对换型演示印象很好。",
    "视觉误检率在反光件上偏高，需要换光源再测。",
    "防护等级要求提到 IP65，成本增加约 3%。",
    "客户要求提供同行业三家案例和联系人。",
    "技术协议逐条过完，剩两条待确认。",
];
const COMMERCE_FACTS: [&str; 12] = [
    "采购希望在现有报价上再降 5%，我说要请示。",
    "付款方式谈到 3-5-2，质保金缩到 5%。",
    "客户要求交期压到 30 天，已和生产确认可行。",
    "标书下周一开标，技术分占 60%。",
    "合同文本法务已审，罚则一条双方各退一步。",
    "竞品报价比我们低 6%，但不含培训和备件。",
    "客户同意把年度维保写进合同。",
    "总经理点头，等集团采购平台走流程。",
    "要求开 13% 专票，收货地址与注册地不同。",
    "价格确认含税含运费，安装单列。",
    "预付款已安排，财务说三个工作日到账。",
    "客户想分两批交货，第二批价格不变。",
];
const CARE_FACTS: [&str; 12] = [
    "近期没有新项目，下半年可能做仓储改造。",
    "对方换了采购负责人，已加微信。",
    "介绍了{product}新款，对方要了资料。",
    "聊了行业行情，订单比去年好一些。",
    "设备运行稳定，没有抱怨。",
    "愿意作为参考客户接待参观。",
    "明年计划建二期厂房，会提前通知我们。",
    "对培训课程感兴趣，想派两名电工。",
    "反映备件价格偏高，希望签年度协议。",
    "暂时不需要，三个月后再联系。",
    "总部要求做供应商年审，已把资料发过去。",
    "提到隔壁工厂也在找{product}，答应引荐。",
];
const TRAINING_FACTS: [&str; 8] = [
    "六名电工报名，希望周末上课。",
    "{product}实操考核一次通过率 83%。",
    "学员反映点位示教部分讲得太快。",
    "客户想把维护培训做成年度计划。",
    "补考两人，安排在下周。",
    "希望增加故障诊断的案例课。",
    "培训场地用客户会议室，设备由我们带过去。",
    "新员工多，要求从基础安全讲起。",
];
const MARKET_FACTS: [&str; 8] = [
    "确认参加下月沙龙，带两位工程师。",
    "同意做标杆案例，文稿需对方品牌部审核。",
    "在工博会看过{product}演示，想要详细资料。",
    "没空到场，要线上直播链接。",
    "对白皮书里的节能数据感兴趣。",
    "愿意在开放日介绍使用经验。",
    "转介绍了园区里的两家企业。",
    "更换了对接人，重新登记了联系方式。",
];
const SERVICE_FACTS: [&str; 12] = [
    "{product}运行正常，操作工已能独立换型。",
    "报警代码 E-217，远程复位后恢复，原因是气压不足。",
    "安装完成 80%，等客户电源接入。",
    "客户打 9 分，扣分在资料装订不清楚。",
    "更换了接近开关，停机 40 分钟。",
    "培训考核 6 人全部通过。",
    "质保下月到期，介绍了维保方案，客户在考虑。",
    "年度巡检发现皮带磨损，已报备件价格。",
    "客户投诉到场慢，已说明并改派本地工程师。",
    "验收单已签，尾款进入付款流程。",
    "固件升级后节拍提升 4%。",
    "客户希望增加夜班的电话支持。",
];

/// What else there is to say.
pub(crate) const DETAILS: [&str; 20] = [
    "对方态度积极。",
    "时间比较赶。",
    "中间被打断两次，没聊完。",
    "采购也在场。",
    "有顾虑，但不反对。",
    "整体气氛不错。",
    "他马上要开会，长话短说。",
    "要求保密，不要外传。",
    "老板很重视这个项目。",
    "价格仍然敏感。",
    "已记录到会议纪要。",
    "现场照片已存档。",
    "对竞品评价一般。",
    "强调售后要快。",
    "需要我们先给建议。",
    "数据后补。",
    "对交期最担心。",
    "提了三个问题，已当场答复两个。",
    "希望我们派懂工艺的人来。",
    "与上次说法一致。",
];

/// What comes next.
pub(crate) fn nexts(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => &[
            "约好下周现场勘察。",
            "回去发公司资料和案例。",
            "下次带技术支持一起来。",
            "月底前再确认立项时间。",
            "先把需求表发给{who}填写。",
            "两周后再联系。",
        ],
        Phase::Solution => &[
            "周五前发修改后的方案。",
            "下周安排第二次打样。",
            "请技术支持直接对接。",
            "等对方评审会结果。",
            "补一份投资回收测算。",
            "下次请{who}到公司参观。",
        ],
        Phase::Commerce => {
            &["明天发正式报价。", "请示经理后回复折扣。", "周三前确认合同终稿。", "等采购平台流程。", "盯紧预付款。", "下周签约，准备盖章文件。"]
        }
        Phase::Care => &["下季度再回访。", "把新品样册寄过去。", "邀请参加下月沙龙。", "保持联系。", "年底拜访一次。", "记到跟进计划里。"],
        Phase::Training => &["下周确认课表。", "证书月底寄出。", "把课件发给{who}。", "两周后做效果回访。"],
        Phase::Market => &["名单已交市场部。", "发电子邀请函。", "活动前一天再提醒。", "有意向的转给销售跟进。"],
        Phase::Service => {
            &["一周后再回访。", "备件明天发出。", "已转现场服务组。", "把处理结果写进知识库。", "下月巡检时复查。", "请{who}填写满意度问卷。"]
        }
    }
}

/// What it was about, in English.
pub(crate) fn english_themes(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => &["requirements", "current line and capacity", "budget and timing", "first contact"],
        Phase::Solution => &["technical proposal", "layout and cycle time", "sample test", "CE documents"],
        Phase::Commerce => &["quotation", "terms of payment", "delivery time", "contract"],
        Phase::Care => &["keeping in touch", "new products", "plans for next year", "reference visit"],
        Phase::Training => &["training dates", "examination results"],
        Phase::Market => &["open day", "reference story"],
        Phase::Service => &["commissioning", "spare parts", "yearly inspection", "satisfaction"],
    }
}

/// What was learnt, in English.
pub(crate) fn english_facts(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::Explore => &[
            "They want to automate one shift first.",
            "The {product} is on the budget list for next year.",
            "Engineering decides, purchasing negotiates.",
            "Their line was built in 2014 and stops too often.",
            "Cycle time matters more than the brand.",
            "They need a partner with service in the region.",
        ],
        Phase::Solution => &[
            "The layout is accepted except for the aisle width.",
            "Test of the {product} passed, 99.4 % good parts.",
            "They asked for the interface to their MES.",
            "Safety concept to be changed to area scanners.",
            "{who} wants three references from the same industry.",
            "Declaration of conformity is still missing.",
        ],
        Phase::Commerce => &[
            "Purchasing asks for another 4 %.",
            "Payment 30-60-10 agreed in principle.",
            "Delivery within ten weeks confirmed by production.",
            "A competitor is 6 % cheaper, without training.",
            "Legal checks the liability clause.",
            "The group has to release the budget.",
        ],
        Phase::Care => &[
            "No project at present, maybe a warehouse next year.",
            "{who} liked the new {product}.",
            "Business is slower than last year.",
            "They would receive a reference visit.",
            "A sister plant looks for a similar system.",
            "Asked for training dates.",
        ],
        Phase::Training => &["Six technicians signed up.", "They want a course on the {product}."],
        Phase::Market => &["They accepted the invitation.", "Marketing may write about the {product} there."],
        Phase::Service => &[
            "The {product} runs well, operators change over alone.",
            "Alarm solved remotely, cause was low air pressure.",
            "Installation is 80 % done.",
            "Rated us 9 of 10.",
            "Spare parts should be cheaper, they say.",
            "Warranty ends next month, offered maintenance.",
        ],
    }
}

/// What comes next, in English.
pub(crate) const ENGLISH_NEXTS: [&str; 8] = [
    "Next call in two weeks.",
    "Will send the documents by Friday.",
    "Colleague from engineering joins next time.",
    "Waiting for their answer.",
    "Second quotation next week.",
    "Visit planned for next month.",
    "Minutes sent.",
    "Keep in touch.",
];
