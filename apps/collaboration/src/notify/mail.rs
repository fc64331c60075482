//! News by mail: what a member has not read when its time has come, all in one message, worded with what he may see then.

use guanxi_kernel::access::{self, Verb};
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::mail::{self, Message};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use super::outside::Channel;
use super::preferences::Way;
use crate::comments::COMMENT;

/// Most lines of one message.
const MOST_LINES: usize = 30;

/// What a member is told at a time.
struct Digest {
    /// His language.
    locale: Locale,
    /// His mail address.
    email: String,
    /// Name of the company.
    company: String,
    /// Sentences with where they lead, newest first.
    lines: Vec<(String, Option<String>)>,
    /// Where he says what he wishes to be told.
    preferences: Option<String>,
}

/// Mail: what is due together is one message.
pub struct ByMail;

impl Channel for ByMail {
    fn way(&self) -> Way {
        Way::Mail
    }

    fn is_configured(&self, context: &Context) -> bool {
        mail::is_configured(context)
    }

    fn send(&self, unit: &mut Unit<'_>, member: Uuid, due: &[Record]) -> Result<()> {
        let context = unit.context;
        let Some(theirs) = access::context_of(context, unit.tx, member)? else { return Ok(()) };
        let Some(identity) = context.workspace.identity(unit.tx, member)? else { return Ok(()) };
        let mut lines = Vec::new();
        for line in due.iter().take(MOST_LINES) {
            let path = format!("/notifications?open={}", line.id());
            lines.extend(worded(&theirs, unit.tx, line)?.map(|it| (it, context.workspace.address(&path))));
        }
        if lines.is_empty() {
            return Ok(());
        }
        lines.reverse();
        let company = context.workspace.settings().name.clone();
        let preferences = context.workspace.address("/profile/notifications");
        let digest = Digest { locale: identity.locale, email: identity.email, company, lines, preferences };
        mail::enqueue(context, unit.tx, &message(&digest))
    }
}

/// A line as a sentence; nothing where the member may no longer see what it speaks of.
pub(super) fn worded(theirs: &Context, tx: &mut dyn ReadTx, line: &Record) -> Result<Option<String>> {
    let title = match (line.value("target.object"), line.value("target")) {
        (Value::Text(object), Value::Id(id)) => {
            let Some(object) = theirs.schema.object(&object).cloned() else { return Ok(None) };
            let Some(record) = load_record(theirs, tx, &object, id, Verb::Read, false)? else { return Ok(None) };
            record.text_for(theirs, object.title_field().name()).unwrap_or_default()
        }
        _ => ["number", "file", "view_name"].into_iter().map(|it| about(line, it)).find(|it| !it.is_empty()).unwrap_or_default(),
    };
    let mut said = None;
    if let Some(id) = line.reference("comment") {
        let Some(object) = theirs.schema.object(COMMENT).cloned() else { return Ok(None) };
        let Some(comment) = load_record(theirs, tx, &object, id, Verb::Read, false)? else { return Ok(None) };
        said = comment.text_for(theirs, "excerpt");
    }
    let actor = named(theirs, tx, line.reference("actor"))?;
    let kind = line.value("kind");
    let kind = kind.as_text().unwrap_or_default();
    let of = if ["told_below", "told_above"].contains(&kind) { about(line, "kind") } else { kind.to_owned() };
    let sentence = sentence(theirs.locale, &of, actor.as_deref(), &title, said.as_deref());
    if of == kind {
        return Ok(Some(sentence));
    }
    let whom = named(theirs, tx, line.reference("concerns"))?.unwrap_or_default();
    let words = match kind {
        "told_above" => Label::new(format!("关于上级{whom}：{sentence}"), format!("About {whom}, your superior: {sentence}")),
        _ => Label::new(format!("关于{whom}：{sentence}"), format!("About {whom}: {sentence}")),
    };
    Ok(Some(theirs.locale.pick(&words).to_owned()))
}

/// What a member is called, as far as the reader may know.
fn named(theirs: &Context, tx: &mut dyn ReadTx, member: Option<Uuid>) -> Result<Option<String>> {
    let (Some(id), Some(users)) = (member, theirs.schema.object("user").cloned()) else { return Ok(None) };
    Ok(load_record(theirs, tx, &users, id, Verb::Read, false)?.and_then(|it| it.text_for(theirs, "name")))
}

fn about(line: &Record, name: &str) -> String {
    match line.value("about") {
        Value::Json(json) => json[name].as_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn sentence(locale: Locale, kind: &str, actor: Option<&str>, title: &str, said: Option<&str>) -> String {
    let system = Label::new("系统", "The system");
    let who = actor.unwrap_or_else(|| locale.pick(&system));
    let (zh, en) = match kind {
        "mention" => (format!("{who}在“{title}”中提到了您"), format!("{who} mentioned you on \"{title}\"")),
        "reply" => (format!("{who}在“{title}”中回复了您"), format!("{who} replied to you on \"{title}\"")),
        "reaction" => (format!("{who}回应了您在“{title}”中的评论"), format!("{who} reacted to what you said on \"{title}\"")),
        "comment" => (format!("{who}评论了“{title}”"), format!("{who} commented on \"{title}\"")),
        "assigned" if title.is_empty() => (format!("{who}把多条记录分配给了您"), format!("{who} assigned several records to you")),
        "assigned" => (format!("{who}把“{title}”分配给了您"), format!("{who} assigned \"{title}\" to you")),
        "changed" => (format!("{who}更改了“{title}”"), format!("{who} changed \"{title}\"")),
        "stage" => (format!("{who}推进了“{title}”的阶段"), format!("{who} moved \"{title}\" to another stage")),
        "shared" => (format!("{who}把“{title}”共享给了您"), format!("{who} shared \"{title}\" with you")),
        "request" => (format!("权限申请 {title} 等待您审批"), format!("Request {title} waits for your decision")),
        "decided" => (format!("您的权限申请 {title} 有了结果"), format!("Your request {title} was decided")),
        "notice" => (format!("公告：{title}"), format!("Notice: {title}")),
        "handover" => (format!("{who}向您交接“{title}”"), format!("{who} hands \"{title}\" over to you")),
        "withdrawn" => (format!("{who}撤回了“{title}”的交接"), format!("{who} withdrew the hand-over of \"{title}\"")),
        "accepted" => (format!("{who}接受了“{title}”"), format!("{who} accepted \"{title}\"")),
        "declined" => (format!("{who}退回了“{title}”"), format!("{who} declined \"{title}\"")),
        "finished" => (format!("{who}完成了“{title}”"), format!("{who} is done with \"{title}\"")),
        "ready" => (format!("“{title}”的前置任务已完成"), format!("\"{title}\" can go on: what it waited for is done")),
        "escalated" => (format!("逾期任务“{title}”上报给您"), format!("The overdue task \"{title}\" is brought before you")),
        "due" => (format!("任务“{title}”即将到期"), format!("The task \"{title}\" is due soon")),
        "overdue" => (format!("任务“{title}”已逾期"), format!("The task \"{title}\" is overdue")),
        "overdue_below" => (format!("下属的任务“{title}”已逾期"), format!("The task \"{title}\" of one of your people is overdue")),
        "stage_due" => (format!("商机“{title}”的阶段即将到期"), format!("\"{title}\" should leave its stage soon")),
        "stage_overdue" => (format!("商机“{title}”在本阶段已超时"), format!("\"{title}\" has stood too long in its stage")),
        "stage_overdue_below" => {
            (format!("下属的商机“{title}”在本阶段已超时"), format!("\"{title}\" of one of your people has stood too long in its stage"))
        }
        "recycle_warned" => {
            (format!("“{title}”即将回到公海，请尽快跟进"), format!("\"{title}\" goes back into the pool soon unless it is followed up"))
        }
        "response_due" => (format!("请尽快首次联系“{title}”"), format!("\"{title}\" waits for a first response")),
        "response_overdue" => (format!("“{title}”首次响应已超时"), format!("The first response to \"{title}\" is late")),
        "response_overdue_below" => {
            (format!("下属的“{title}”首次响应已超时"), format!("The first response to \"{title}\" of one of your people is late"))
        }
        "recycled" => (format!("“{title}”已回到公海"), format!("\"{title}\" went back into the pool")),
        "held" => (format!("表单“{title}”有提交待审核"), format!("Something sent by the form \"{title}\" waits for review")),
        "step_started" => (format!("流程“{title}”有步骤开始"), format!("A step of the process \"{title}\" began")),
        "step_finished" => (format!("流程“{title}”有步骤完成"), format!("A step of the process \"{title}\" is done")),
        "step_overdue" => (format!("流程“{title}”有步骤超时"), format!("A step of the process \"{title}\" is late")),
        "step_back" => (format!("流程“{title}”被退回"), format!("The process \"{title}\" was sent back")),
        "case_waiting" => (format!("流程“{title}”没有人能接手"), format!("The process \"{title}\" waits for somebody to take it")),
        "case_ended" => (format!("流程“{title}”已结束"), format!("The process \"{title}\" is over")),
        "request_due" => (format!("个人请求 {title} 即将到期"), format!("The request {title} of a person is due soon")),
        "request_late" => (format!("个人请求 {title} 已逾期"), format!("The request {title} of a person is late")),
        "imported" => (format!("导入“{title}”已结束"), format!("The import of \"{title}\" has ended")),
        "exported" => (format!("导出“{title}”已结束"), format!("The export of \"{title}\" has ended")),
        "found" => (format!("您关注的视图“{title}”有新记录"), format!("There is something new in the view \"{title}\"")),
        "overdue_handover" => (format!("“{title}”的交接已逾期"), format!("The hand-over of \"{title}\" is overdue")),
        "handover_due" => (format!("“{title}”的交接即将到期"), format!("The hand-over of \"{title}\" is due soon")),
        "handover_waiting" => (format!("“{title}”的交接等待接受"), format!("The hand-over of \"{title}\" waits to be accepted")),
        "invited" => (format!("{who}邀请您参加“{title}”"), format!("{who} invites you to \"{title}\"")),
        "answered" => (format!("{who}答复了“{title}”的邀请"), format!("{who} answered the invitation to \"{title}\"")),
        "moved" => (format!("{who}更改了“{title}”的时间"), format!("{who} moved \"{title}\" to another time")),
        "called_off" => (format!("{who}取消了“{title}”"), format!("{who} called \"{title}\" off")),
        _ => (format!("关于“{title}”的新消息"), format!("News about \"{title}\"")),
    };
    let base = locale.pick(&Label::new(zh, en)).to_owned();
    match said {
        Some(said) => format!("{base}{}{said}", locale.pick(&Label::new("：", ": "))),
        None => base,
    }
}

fn message(digest: &Digest) -> Message {
    let company: String = digest.company.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let count = digest.lines.len();
    let first: String = digest.lines.first().map(|it| it.0.chars().take(80).collect()).unwrap_or_default();
    let first = first.replace(['\n', '\r'], " ");
    let say = |zh: String, en: String| digest.locale.pick(&Label::new(zh, en)).to_owned();
    let subject =
        if count == 1 { first } else { say(format!("{company}：{count}条未读通知"), format!("{company}: {count} unread notifications")) };
    let ending = say("不想再收到这类邮件？在这里设置：".into(), "To choose what is mailed to you:".into());
    let (mut text, mut html) = (String::new(), String::from("<div style=\"font-family:sans-serif;font-size:14px;line-height:1.6\">"));
    for (line, link) in &digest.lines {
        let link = link.as_deref().unwrap_or_default();
        text.push_str(&format!("{line}\n{link}\n\n"));
        let line = escape(line);
        html.push_str(&if link.is_empty() { format!("<p>{line}</p>") } else { format!("<p><a href=\"{}\">{line}</a></p>", escape(link)) });
    }
    if let Some(preferences) = &digest.preferences {
        text.push_str(&format!("--\n{ending} {preferences}\n"));
        html.push_str(&format!("<hr><p style=\"font-size:12px\">{ending} <a href=\"{0}\">{0}</a></p>", escape(preferences)));
    }
    html.push_str("</div>");
    Message { to: digest.email.clone(), subject, text, html: Some(html), unsubscribe: digest.preferences.clone() }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
