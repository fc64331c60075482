//! What members say to each other about deals and customers.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::calendar::{days_between, moment, plus_days, workday_until, working_moment};
use crate::deals::{Deal, Outcome};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::{MEMBERS, member_of};

/// Threads on deals and accounts.
const THREADS: usize = 90;

/// An opening, `{who}` whom it asks, and answers to it.
const ON_DEALS: [(&str, &[&str]); 10] = [
    ("{who} 客户希望月底前拿到正式报价，交期能压到六周吗？", &["生产那边排到第八周，我再去争取。", "可以，但要先付三成。"]),
    ("{who} 招标文件已上传，技术偏离表麻烦帮忙把关。", &["收到，今天下班前给你。", "第 3.2 条要改，我们达不到。"]),
    ("对方采购提出再降五个点，{who} 看看价格还有没有空间。", &["最多三个点，并换成季度付款。", "不建议，竞品报价比我们还高。"]),
    ("样机试用反馈不错，设备科张工很认可。", &["太好了，趁热打铁约他们总工。"]),
    ("{who} 请安排一次产线踏勘，客户这周四下午方便。", &["周四我有空，和曹工一起过去。", "周五上午行不行？周四要去苏州。"]),
    ("竞争对手昨天也去了现场，带着方案。", &["把我们的节拍数据和售后响应时间准备好。"]),
    ("合同条款法务已回复，主要是质保金比例。", &["质保金百分之五可以接受。", "质保期写十二个月就行。"]),
    ("{who} 客户想去参观我们的示范工厂，下周能接待吗？", &["可以，周二周三都行。"]),
    ("预算还没批下来，估计要拖到下个季度。", &["先把方案定稿，别断了联系。"]),
    ("赢单后请 {who} 提前介入安装排期。", &["好的，机房条件请先发我一份。"]),
];
const ON_ACCOUNTS: [(&str, &[&str]); 6] = [
    ("客户换了采购负责人，联系方式已更新。", &["谢谢，我这边的跟进计划也改了。"]),
    ("{who} 这家上个月有两次报修，拜访前请先了解一下。", &["已处理完，回访满意。"]),
    ("客户问能否开通年度保养。{who} 有没有现成的套餐？", &["有，我把报价单发过去。"]),
    ("展会上和他们总经理聊过，对视觉检测很感兴趣。", &["我来约一次演示。", "市场部可以提供案例。"]),
    ("开票信息有变更，请以新的为准。", &["已同步财务。"]),
    ("{who} 下周去客户那边，要不要一起？", &["一起，正好把合同带上。"]),
];
/// Said to a distributor as well.
const TO_PARTNERS: [(&str, &[&str]); 2] =
    [("报备已通过，保护期三个月，请每两周更新一次进展。", &["收到，本周五前更新。"]), ("样机已发出，请注意查收。", &["已收到，客户下周试用。"])];

/// Days ago, title, text, whether it is to be confirmed.
const NOTICES: [(i64, &str, &str, bool); 5] = [
    (75, "季度销售竞赛启动", "即日起至季度末，新签回款前三名的团队获得团建基金，细则见附件。", false),
    (40, "新版报价审批流程上线", "折扣超过百分之十的报价须由大区经理审批，请先在商机上说明理由。", true),
    (18, "信息安全提醒：请勿外传客户名单", "导出客户资料须填写用途，离职交接由信息部统一办理。请确认已阅读。", true),
    (6, "年度经销商大会报名", "请各大区在本周五前提交拟邀请的经销商名单，市场部统一发函。", false),
    (2, "机器人产线样板间开放预约", "苏州样板间周二至周四接待客户参观，请提前两天在日历中预约。", false),
];

/// Who has not confirmed which of them.
const UNREAD: [(usize, &str); 4] = [(1, "user:caozhiqiang"), (2, "user:caozhiqiang"), (2, "user:matengfei"), (2, "user:zhangyating")];

/// Notices to everyone, oldest first, and who has confirmed them.
pub(crate) fn notices(today: Date) -> Vec<DemoRecord> {
    let notice = |(number, (ago, title, text, must_read)): (usize, &(i64, &str, &str, bool))| {
        let at = moment(workday_until(plus_days(today, -ago)), 9, 0);
        let by = "user:salesmanager";
        DemoRecord::new("notice", format!("notice:{number}"))
            .at(at)
            .owned_by(by, member_of(by).department)
            .set("title", *title)
            .set("body", format!("<p>{text}</p>"))
            .set("everyone", true)
            .set("must_read", *must_read)
            .moment("publish_at", at)
            .moment("published_at", at)
            .set("audience_size", MEMBERS.len() - 1)
    };
    let notices = NOTICES.iter().enumerate().map(notice);
    let confirmed =
        NOTICES.iter().enumerate().filter(|it| it.1.3).flat_map(|it| receipts(it.0, moment(workday_until(plus_days(today, -it.1.0)), 9, 0)));
    notices.chain(confirmed).collect()
}

/// Who has confirmed a notice that came out then: nearly everybody of the company.
fn receipts(number: usize, out: Timestamp) -> impl Iterator<Item = DemoRecord> {
    let meant = MEMBERS.iter().enumerate().filter(|it| it.1.key != "user:partner");
    meant.filter(move |it| !UNREAD.contains(&(number, it.1.key))).map(move |(at, member)| {
        let minutes = i64::try_from(at).unwrap_or_default() * 47 % 700 + 4;
        let read = out + SignedDuration::from_mins(minutes);
        DemoRecord::new("notice_receipt", format!("receipt:{number}:{}", member.key))
            .at(read)
            .by(member.key)
            .link("notice", &format!("notice:{number}"))
            .link("member", member.key)
            .moment("read_at", read)
    })
}

/// All comments, oldest first.
pub(crate) fn records(seed: u64, today: Date, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "talk");
    let mut threads: Vec<Vec<DemoRecord>> = (0..THREADS).map(|number| thread(&mut random, today, number, accounts, deals)).collect();
    threads.sort_by_key(|it| it.first().and_then(|it| it.created_at));
    threads.into_iter().flatten().collect()
}

fn thread(random: &mut Random, today: Date, number: usize, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let open: Vec<&Deal> = deals.iter().filter(|it| it.outcome == Outcome::Open).collect();
    let deal = random.chance(70).then(|| if random.chance(60) { random.pick(&open) } else { random.one_of(deals) });
    let account = deal.map_or_else(|| random.one_of(accounts), |it| &accounts[it.account]);
    let owner = deal.map_or(account.owner, |it| it.owner);
    let (target, begin, end) = match deal {
        Some(deal) => (about("opportunity", &deal.key), deal.days.0, deal.days.1),
        None => (about("account", &account.key), account.created, today),
    };
    let with_partner = owner == "user:partner";
    let (opening, answers) = match (with_partner, deal) {
        (true, _) => random.pick(&TO_PARTNERS),
        (false, Some(_)) => random.pick(&ON_DEALS),
        (false, None) => random.pick(&ON_ACCOUNTS),
    };
    let colleague = colleague_of(random, owner);
    // A third of what is said was said these days, so that whoever looks finds something fresh.
    let last = end.min(plus_days(today, -1));
    let day = if number.is_multiple_of(3) && last >= plus_days(today, -20) {
        plus_days(last, -random.between(0, 4))
    } else {
        plus_days(begin, random.between(1, days_between(begin, last).max(1)))
    };
    let day = workday_until(day.min(last)).max(begin);
    let at = working_moment(random, day).max(account.created_at);
    let audience = if with_partner { "partners" } else { "internal" };
    let (first, second) = if with_partner || random.chance(70) { (colleague, owner) } else { (owner, colleague) };
    let first = if with_partner { "user:luoqian" } else { first };
    let whom = if first == owner { colleague } else { owner };
    let key = format!("comment:{number}");
    let say = |key: String, by: &'static str, text: String| {
        DemoRecord::new("comment", key).by(by).set("target", target.clone()).set("body", text).set("audience", audience)
    };
    let mut said = vec![say(key.clone(), first, paragraph(opening, whom)).at(at)];
    for (index, answer) in answers.iter().enumerate().take(random.between(0, answers.len() as i64) as usize) {
        let by = if index == 0 { second } else { first };
        let later = at + jiff::SignedDuration::from_mins(random.between(7, 150) * (index as i64 + 1));
        said.push(say(format!("{key}:{index}"), if with_partner { owner } else { by }, paragraph(answer, whom)).at(later).link("parent", &key));
    }
    said
}

/// Somebody who may see the record and has something to say about it: the superior most of the time.
fn colleague_of(random: &mut Random, owner: &str) -> &'static str {
    let superior = MEMBERS.iter().find(|it| it.key == owner).and_then(|it| MEMBERS.iter().find(|other| other.key == it.manager));
    match superior.filter(|it| it.key != owner) {
        Some(superior) if random.chance(75) => superior.key,
        _ => "user:service",
    }
}

fn about(object: &str, key: &str) -> Value {
    json!({ "object": object, "id": { "$ref": key } })
}

/// A text with `{who}` as a mention.
fn paragraph(text: &str, whom: &str) -> String {
    let mention = format!("<span data-mention=\"member:ref={whom}\">@{}</span>", member_of(whom).name);
    format!("<p>{}</p>", text.replace("{who}", &mention))
}
