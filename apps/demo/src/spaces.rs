//! Two spaces in which several departments work together: topics with answers, folders, what is kept at hand, and whom
//! they are shared with.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::json;

use crate::accounts::Account;
use crate::calendar::{moment, plus_days, workday_until};
use crate::deals::{Deal, Outcome};
use crate::record::DemoRecord;
use crate::staff::member_of;

/// A space shared with a member, with the right to write in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoShare {
    /// Key of the record, such as `space:fair`.
    pub record: &'static str,
    /// Object it is of.
    pub object: &'static str,
    /// Key of the member.
    pub member: &'static str,
}

/// A subject: key, days ago, who begins it, title, paragraphs, whether it is closed, and who answers what.
type Topic = (&'static str, i64, &'static str, &'static str, &'static [&'static str], bool, &'static [(&'static str, &'static str)]);

struct Space {
    key: &'static str,
    name: &'static str,
    purpose: &'static str,
    owner: &'static str,
    /// Days ago.
    begun: i64,
    members: &'static [&'static str],
    topics: &'static [Topic],
    /// Key, name, the folder it lies in.
    folders: &'static [(&'static str, &'static str, &'static str)],
}

const SPACES: [Space; 2] = [
    Space {
        key: "space:fair",
        name: "工博会参展筹备",
        purpose: "工博会的展位、样机、邀约和接待安排。市场、销售、客服三个部门共同使用，展会结束后归档。",
        owner: "user:marketing",
        begun: 26,
        members: &["user:sales", "user:sales2", "user:salesmanager", "user:service", "user:liangwei"],
        topics: &[
            (
                "booth",
                12,
                "user:marketing",
                "展位布置方案",
                &["主展台放 CS-2 控制柜，左侧放机械臂演示，右侧留洽谈区。", "用电 32A 一路，网线两根；请各部门本周内提出修改意见。"],
                false,
                &[
                    ("user:service", "机械臂要提前一天进场调试，我这边安排两位工程师。"),
                    ("user:sales", "洽谈区至少要两张桌子，去年排队等位的客户不少。"),
                    ("user:marketing", "好，平面图改过之后放到“展位”文件夹。"),
                ],
            ),
            (
                "guests",
                9,
                "user:salesmanager",
                "重点客户邀约分工",
                &["每位销售邀请十家，优先在谈的商机和两年内的老客户。", "邀请函统一由市场部寄出，名单请周五前报给梁伟。"],
                false,
                &[("user:sales2", "浙江这边已确认六家，剩下的周四前答复。"), ("user:liangwei", "收到，邀请函下周一寄出。")],
            ),
            (
                "samples",
                20,
                "user:service",
                "参展样机清单",
                &["机械臂一台、CS-2 控制柜两台、压力变送器样品一套，均已通检。"],
                true,
                &[("user:marketing", "清单已确认，运输按周三装车安排。")],
            ),
        ],
        folders: &[("booth", "展位", ""), ("drawings", "平面图与施工图", "booth"), ("leaflets", "宣传资料", ""), ("guests", "邀约名单", "")],
    },
    Space {
        key: "space:quality",
        name: "大客户交付与质量改进",
        purpose: "大客户从签约到验收的问题都在这里提出和跟踪，每周三过一遍未结束的话题。",
        owner: "user:service",
        begun: 64,
        members: &["user:salesmanager", "user:sales", "user:hanxue"],
        topics: &[
            (
                "downtime",
                7,
                "user:hanxue",
                "停机窗口与安装排期",
                &["两班倒的客户只有周日能停机，十二月排期已满三周。", "新签的合同请先问清停机窗口，再承诺安装日期。"],
                false,
                &[("user:sales", "明白，报价时就一并确认。"), ("user:salesmanager", "销售例会上再强调一次。")],
            ),
            (
                "cabinet",
                31,
                "user:service",
                "控制柜散热投诉的处理",
                &["三家客户反映夏季柜内温度偏高，已换大风量风扇并回访。"],
                true,
                &[("user:hanxue", "回访全部完成，最高温度下降八度。"), ("user:service", "关闭，新批次已改设计。")],
            ),
        ],
        folders: &[("minutes", "周会纪要", ""), ("reports", "整改报告", "")],
    },
];

/// With whom the spaces are shared: their members.
pub fn demo_shares() -> impl Iterator<Item = DemoShare> {
    SPACES.iter().flat_map(|space| space.members.iter().map(move |&member| DemoShare { record: space.key, object: "space", member }))
}

/// The spaces with all that is in them, as of a day.
pub(crate) fn records(today: Date, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let mut records = Vec::new();
    for space in &SPACES {
        let begun = moment(workday_until(plus_days(today, -space.begun)), 9, 20);
        let whole = DemoRecord::new("space", space.key).at(begun).owned_by(space.owner, member_of(space.owner).department);
        records.push(whole.set("name", space.name).set("purpose", space.purpose).set("archived", false));
        for (key, name, within) in space.folders {
            let folder = DemoRecord::new("space_folder", folder_key(space, key)).at(begun).by(space.owner).link("space", space.key);
            let parent = if within.is_empty() { String::new() } else { folder_key(space, within) };
            records.push(folder.set("name", *name).link("parent", &parent));
        }
        for topic in space.topics {
            records.extend(talk_of(today, space, topic));
        }
        records.extend(planned(today, space));
        records.extend(pins(space, accounts, deals).into_iter().map(|pin| pin.at(begun).by(space.owner).link("space", space.key)));
    }
    records
}

fn folder_key(space: &Space, key: &str) -> String {
    format!("folder:{}:{key}", space.key)
}

/// A topic and what is said about it.
fn talk_of(today: Date, space: &Space, (key, ago, by, title, text, closed, answers): &Topic) -> Vec<DemoRecord> {
    let at = moment(workday_until(plus_days(today, -ago)), 10, 5);
    let topic_key = format!("topic:{}:{key}", space.key);
    let body: String = text.iter().map(|it| format!("<p>{it}</p>")).collect();
    let topic = DemoRecord::new("space_topic", &topic_key).at(at).by(by).link("space", space.key).set("title", *title);
    let mut said = vec![topic.set("body", body).set("state", if *closed { "closed" } else { "open" })];
    for (index, (who, answer)) in answers.iter().enumerate() {
        let comment = DemoRecord::new("comment", format!("{topic_key}:{index}")).by(who).at(at + SignedDuration::from_mins(35 * (index as i64 + 1)));
        let target = json!({ "object": "space_topic", "id": { "$ref": topic_key } });
        said.push(comment.set("target", target).set("body", format!("<p>{answer}</p>")).set("audience", "internal"));
    }
    said
}

/// What a space has to do and when it meets, and what its members are told.
fn planned(today: Date, space: &Space) -> Vec<DemoRecord> {
    let written = moment(workday_until(plus_days(today, -3)), 11, 0);
    let of_fair: &[(&str, &str, &str, i64)] =
        &[("drawing", "展位平面图定稿", "user:liangwei", 2), ("arm", "机械臂进场调试", "user:service", 5), ("list", "邀约名单汇总", "user:sales", 3)];
    let (tasks, meeting, title, text) = if space.key == "space:fair" {
        (of_fair, "meeting:fair", "进场时间改为周四上午", "场馆通知进场时间提前，运输和调试请相应安排。")
    } else {
        let tasks: &[(&str, &str, &str, i64)] = &[("window", "整理停机窗口清单", "user:hanxue", 4)];
        (tasks, "meeting:complaint", "周三例会改在望江厅", "本周例会改在望江厅，时间不变。")
    };
    let mut records: Vec<DemoRecord> = tasks
        .iter()
        .map(|(key, subject, owner, days)| {
            DemoRecord::new("activity", format!("task:{}:{key}", space.key))
                .at(written)
                .owned_by(owner, member_of(owner).department)
                .set("subject", *subject)
                .set("kind", "task")
                .set("status", "open")
                .set("priority", "normal")
                .set("acceptance", "accepted")
                .moment("due_at", moment(workday_until(plus_days(today, *days)), 18, 0))
                .link("space", space.key)
        })
        .collect();
    records.push(DemoRecord::new("activity", meeting).at(moment(plus_days(today, -2), 9, 30)).by(space.owner).link("space", space.key));
    records.push(
        DemoRecord::new("notice", format!("notice:{}", space.key))
            .at(written)
            .owned_by(space.owner, member_of(space.owner).department)
            .set("title", title)
            .set("body", format!("<p>{text}</p>"))
            .link("space", space.key)
            .moment("publish_at", written)
            .moment("published_at", written)
            .set("audience_size", space.members.len() + 1),
    );
    records
}

/// What a space keeps at hand: a customer it is about, and a deal that is being worked on.
fn pins(space: &Space, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let seller = "user:sales";
    let pin = |name: &str, title: String, object: &str, key: &str| {
        let record = json!({ "object": object, "id": { "$ref": key } });
        DemoRecord::new("space_pin", format!("pin:{}:{name}", space.key)).set("title", title).set("record", record)
    };
    let customer = accounts.iter().find(|it| it.owner == seller);
    let deal = deals.iter().find(|it| it.owner == seller && it.outcome == Outcome::Open);
    let meeting = (space.key == "space:fair").then(|| pin("meeting", "筹备会".to_owned(), "activity", "meeting:fair"));
    let customer = customer.map(|it| pin("account", format!("重点客户：{}", it.short), "account", &it.key));
    let deal = deal.map(|it| pin("deal", "在谈项目".to_owned(), "opportunity", &it.key));
    meeting.into_iter().chain(customer).chain(deal).collect()
}
