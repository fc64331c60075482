//! Working together: comments on any record, whom they mention, who follows what, and what members are told.

#[path = "../objects/comment/actions/check_mentions.rs"]
mod check_mentions;
#[path = "../objects/comment/hooks.rs"]
mod comment_hooks;
mod comments;
#[path = "../objects/follow/hooks.rs"]
mod follow_hooks;
#[path = "../objects/notification/actions/mark_all.rs"]
mod mark_all;
mod meant;
#[path = "../objects/notice/hooks.rs"]
mod notice_hooks;
mod notices;
mod notify;
#[path = "../objects/comment/actions/react.rs"]
mod react;
#[path = "../objects/notice/actions/receipts.rs"]
mod receipts;
#[path = "../objects/comment/actions/settle.rs"]
mod settle;
#[path = "../objects/space_folder/hooks.rs"]
mod space_hooks;

use std::sync::Arc;

use guanxi_kernel::app::{Action, App, JobHandler, parse_action, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

pub use notify::{Outside, OutsideLine, Telling, Way, told_outside};

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let comment = parse_object("comment", include_str!("../objects/comment/object.toml"), include_str!("../objects/comment/views.toml"))?;
    let reaction = include_str!("../objects/comment_reaction/object.toml");
    let reaction = parse_object("comment_reaction", reaction, include_str!("../objects/comment_reaction/views.toml"))?;
    let notification = include_str!("../objects/notification/object.toml");
    let notification = parse_object("notification", notification, include_str!("../objects/notification/views.toml"))?;
    let follow = parse_object("follow", include_str!("../objects/follow/object.toml"), include_str!("../objects/follow/views.toml"))?;
    let mark_all = parse_action(include_str!("../objects/notification/actions/mark_all.toml"), &notification)?;
    let notice = parse_object("notice", include_str!("../objects/notice/object.toml"), include_str!("../objects/notice/views.toml"))?;
    let receipt = include_str!("../objects/notice_receipt/object.toml");
    let receipt = parse_object("notice_receipt", receipt, include_str!("../objects/notice_receipt/views.toml"))?;
    let mut actions = comment_actions(&comment)?;
    actions.push(Arc::new(receipts::Confirm(parse_action(include_str!("../objects/notice/actions/confirm.toml"), &notice)?)));
    actions.push(Arc::new(receipts::Remind(parse_action(include_str!("../objects/notice/actions/remind.toml"), &notice)?)));
    actions.push(Arc::new(receipts::Missing(parse_action(include_str!("../objects/notice/actions/missing.toml"), &notice)?)));
    actions.push(Arc::new(mark_all::MarkAll(mark_all)));
    let rule = include_str!("../objects/notification_rule/object.toml");
    let rule = parse_object("notification_rule", rule, include_str!("../objects/notification_rule/views.toml"))?;
    let mut objects = vec![notice, receipt, comment, reaction, follow, notification, rule];
    objects.extend(spaces()?);
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects,
        hooks: vec![
            Arc::new(comment_hooks::CommentHook),
            Arc::new(follow_hooks::FollowHook),
            Arc::new(notice_hooks::NoticeHook),
            Arc::new(notify::RuleHook),
            Arc::new(space_hooks::FolderHook),
            Arc::new(space_hooks::SharedFileHook),
        ],
        actions,
        jobs: jobs(),
        readers: vec![Arc::new(notify::Notify)],
        ..App::default()
    })
}

/// What is watched and sent beside requests.
fn jobs() -> Vec<Arc<dyn JobHandler>> {
    let mut jobs: Vec<Arc<dyn JobHandler>> = vec![Arc::new(notify::WatchTasks), Arc::new(notices::PublishNotices)];
    jobs.extend(notify::outside().into_iter().map(|it| Arc::new(it) as Arc<dyn JobHandler>));
    jobs
}

/// Spaces and what is in them.
fn spaces() -> Result<Vec<ObjectDefinition>, String> {
    Ok(vec![
        parse_object("space", include_str!("../objects/space/object.toml"), include_str!("../objects/space/views.toml"))?,
        parse_object("space_topic", include_str!("../objects/space_topic/object.toml"), include_str!("../objects/space_topic/views.toml"))?,
        parse_object("space_folder", include_str!("../objects/space_folder/object.toml"), include_str!("../objects/space_folder/views.toml"))?,
        parse_object("space_file", include_str!("../objects/space_file/object.toml"), include_str!("../objects/space_file/views.toml"))?,
        parse_object("space_pin", include_str!("../objects/space_pin/object.toml"), include_str!("../objects/space_pin/views.toml"))?,
    ])
}

/// What is done with comments.
fn comment_actions(comment: &ObjectDefinition) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |text: &str| parse_action(text, comment);
    Ok(vec![
        Arc::new(check_mentions::CheckMentions(of(include_str!("../objects/comment/actions/check_mentions.toml"))?)),
        Arc::new(react::React(of(include_str!("../objects/comment/actions/react.toml"))?)),
        Arc::new(settle::Resolve(of(include_str!("../objects/comment/actions/resolve.toml"))?)),
        Arc::new(settle::Reopen(of(include_str!("../objects/comment/actions/reopen.toml"))?)),
    ])
}
