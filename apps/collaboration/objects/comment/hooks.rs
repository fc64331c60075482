//! What follows from the text of a comment: whom it mentions, which pictures hang on it. And what an answer must keep to.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{link_targets, load_record};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use guanxi_text::html;
use serde_json::json;
use uuid::Uuid;

use crate::comments::{COMMENT, INTERNAL, MENTIONS, PARTNERS, is_outside};

/// Characters of the beginning.
const EXCERPT: usize = 100;
/// Most files of one comment.
const MOST_FILES: usize = 20;
/// Most members, teams, departments and roles one comment mentions.
const MOST_MENTIONS: usize = 50;

/// See the module.
pub struct CommentHook;

impl Hook for CommentHook {
    fn object(&self) -> &str {
        COMMENT
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create && is_outside(context, &draft.object) {
            // Who may not choose writes to those he belongs to.
            draft.set(context, "audience", &json!(PARTNERS))?;
        }
        keep_place(draft);
        keep_inside(draft);
        keep_to_parent(context, tx, draft)?;
        if draft.changes("body") {
            take_text(context, tx, draft)?;
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// A comment stays where it was made.
fn keep_place(draft: &mut Draft) {
    if draft.kind == DraftKind::Update {
        for field in ["target", "parent"] {
            if draft.changes(field) {
                draft.problem(field, "rule", "评论不能移到别处，请另写一条", "a comment stays where it was made; write another one");
            }
        }
    }
}

/// What was said among ourselves stays there. Whoever sees a comment sees its earlier versions, too, and what they told.
fn keep_inside(draft: &mut Draft) {
    if draft.kind == DraftKind::Update && draft.changes("audience") && draft.value("audience").as_text() != Some(INTERNAL) {
        let zh = "内部评论（连同它的历史版本）不能改为与伙伴共享，请另写一条";
        draft.problem("audience", "rule", zh, "what is internal, with its earlier versions, is not shared with partners; write another one");
    }
}

/// A reply is on the record of what it replies to, and tells partners nothing about what they cannot see.
fn keep_to_parent(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Value::Id(parent) = draft.value("parent") else { return Ok(()) };
    if !draft.changes("parent") && !draft.changes("audience") {
        return Ok(());
    }
    // One that is not his to see is refused where references are checked.
    let Some(parent) = load_record(context, tx, &draft.object.clone(), parent, Verb::Read, false)? else { return Ok(()) };
    if parent.value("target") != draft.value("target") {
        draft.problem("parent", "rule", "只能回复同一条记录上的评论", "reply to a comment on the same record");
    }
    if parent.value("audience").as_text() == Some(INTERNAL) && draft.value("audience").as_text() != Some(INTERNAL) {
        draft.problem("audience", "rule", "对内部评论的回复也只能是内部的", "a reply to an internal comment is internal too");
    }
    Ok(())
}

fn take_text(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let body = draft.value("body");
    let body = body.as_text().unwrap_or_default();
    let text = html::plain_text(body);
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut excerpt: String = line.chars().take(EXCERPT).collect();
    if excerpt.len() < line.len() {
        excerpt.push('…');
    }
    draft.set(context, "excerpt", &if excerpt.is_empty() { json!("…") } else { json!(excerpt) })?;
    let mentions = html::mentions(body);
    if mentions.len() > MOST_MENTIONS {
        draft.problem("body", "too_long", format!("一条评论最多提及{MOST_MENTIONS}个对象"), format!("a comment mentions {MOST_MENTIONS} at most"));
        return Ok(());
    }
    for (kind, field) in MENTIONS {
        let meant: Vec<&str> = mentions.iter().filter(|it| it.kind == kind).map(|it| it.id).collect();
        draft.set(context, field, &json!(meant))?;
    }
    take_pictures(context, tx, draft, body)?;
    if draft.kind == DraftKind::Update {
        draft.set(context, "edited_at", &json!(context.now.to_string()))?;
    }
    Ok(())
}

/// Pictures in the text hang on the comment, so that whoever may see it may see them.
fn take_pictures(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, body: &str) -> Result<()> {
    let shown: Vec<Uuid> = html::own_files(body).filter_map(|it| Uuid::try_parse(it).ok()).collect();
    let Some(position) = draft.object.field_position("attachments") else { return Ok(()) };
    let named = draft.links.get(&position).cloned();
    let mut files = match (named, &draft.before) {
        (Some(named), _) => named,
        (None, Some(_)) => link_targets(tx, &draft.object.fields[position].clone(), draft.id())?,
        (None, None) => Vec::new(),
    };
    if shown.iter().all(|it| files.contains(it)) && files.len() <= MOST_FILES {
        return Ok(());
    }
    files.extend(shown);
    files.sort_unstable();
    files.dedup();
    if files.len() > MOST_FILES {
        draft.problem("attachments", "too_long", format!("一条评论最多{MOST_FILES}个文件"), format!("a comment holds {MOST_FILES} files at most"));
    }
    draft.set(context, "attachments", &json!(files))
}
