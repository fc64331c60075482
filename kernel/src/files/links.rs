//! Links that open a file to whoever has them: for a time, under a password, so many times.
//!
//! A link opens no more than its maker may see: each time it is used the file is looked for with his rights as they are then.
//! Whoever leaves, or loses sight of the record a file hangs on, takes his links along. What lies in the bin he may see where
//! he may restore it, and gives to nobody: a link waits until it is back.

use std::sync::Arc;

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::policy::FilePolicy;
use super::versions::{FileVersion, present_version};
use crate::access::{AccessScope, Verb};
use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::read::{load_record, object_of};
use crate::schema::FILE_OBJECT;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx};
use crate::system_tables::FILE_LINK;
use crate::workspace::Workspace;

const ID: usize = 0;
const FILE: usize = 1;
const TOKEN_HASH: usize = 2;
const EXPIRES_AT: usize = 5;
const DOWNLOADS: usize = 8;
const USED_AT: usize = 9;
const REVOKED_AT: usize = 10;
const COLUMNS: usize = 11;
/// Most links of one file that are good at the same time.
const MOST_LINKS: usize = 50;
/// Most times a link may be good for.
const MOST_DOWNLOADS: i64 = 100_000;
/// Most links of one file that are told of: the newest.
const MOST_TOLD: u64 = 500;
/// Links that ended are told of for so long.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A link as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// Its id, by which it is revoked; it opens nothing.
    pub id: Uuid,
    /// The file.
    pub file: Uuid,
    /// Who made it.
    pub created_by: Uuid,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Hash of the password asked for, if any.
    pub password_hash: Option<String>,
    /// How often it may be used, if that is bounded.
    pub max_downloads: Option<i64>,
    /// How often it was.
    pub downloads: i64,
    /// When it was last.
    pub used_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl FileLink {
    /// Why it opens nothing any more, if so.
    fn over(&self, now: Timestamp) -> Option<KernelError> {
        if self.revoked_at.is_some() {
            return Some(gone("此链接已被撤销", "this link was revoked"));
        }
        if self.expires_at <= now {
            return Some(gone("此链接已过期", "this link has expired"));
        }
        self.max_downloads.filter(|it| self.downloads >= *it).map(|_| gone("此链接的下载次数已用完", "this link was used as often as it may be"))
    }

    /// Whether it still opens the file, as far as the link itself goes.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.over(now).is_none()
    }
}

/// A link to be made.
#[derive(Debug, Clone)]
pub struct NewFileLink {
    /// When it ends.
    pub expires_at: Timestamp,
    /// Hash of the password to be asked for.
    pub password_hash: Option<String>,
    /// How often it may be used.
    pub max_downloads: Option<i64>,
}

/// A link somebody came with, and what it opens.
#[derive(Debug, Clone)]
pub struct OpenedLink {
    /// The link.
    pub link: FileLink,
    /// What the file holds now.
    pub version: FileVersion,
}

fn gone(zh_cn: &str, en: &str) -> KernelError {
    KernelError::conflict("link_gone", format!("{zh_cn}，请向分享者索取新的链接"), format!("{en}; ask who sent it for another one"))
}

fn link_of(row: &[Value]) -> Option<FileLink> {
    let [Value::Id(id), Value::Id(file), _, Value::Id(created_by), Value::DateTime(created_at), Value::DateTime(expires_at), rest @ ..] = row else {
        return None;
    };
    let [password, max, Value::Int(downloads), used_at, revoked_at] = rest else { return None };
    let moment = |it: &Value| if let Value::DateTime(at) = it { Some(*at) } else { None };
    Some(FileLink {
        id: *id,
        file: *file,
        created_by: *created_by,
        created_at: *created_at,
        expires_at: *expires_at,
        password_hash: password.as_text().map(str::to_owned),
        max_downloads: if let Value::Int(most) = max { Some(*most) } else { None },
        downloads: *downloads,
        used_at: moment(used_at),
        revoked_at: moment(revoked_at),
    })
}

/// Fails unless the caller may give links to this file.
///
/// # Errors
/// Not found where he may not read it; forbidden where he may not share files.
pub fn require_may_link(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<()> {
    let object = object_of(context, FILE_OBJECT)?;
    load_record(context, tx, &object, file, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    // Who may read a file may give a link to it, whoever it was that brought it.
    if context.access.is_given(&object, Verb::Share) { Ok(()) } else { Err(KernelError::Forbidden(format!("share {}", object.name))) }
}

fn of_file(file: Uuid) -> Select {
    Select::all(&FILE_LINK, Condition::equals(ColumnRef::main(FILE), Value::Id(file))).order_by(ID, true)
}

/// The links to a file, the newest first, for those who may make some.
///
/// # Errors
/// As [`require_may_link`].
pub fn links_of(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<Vec<FileLink>> {
    require_may_link(context, tx, file)?;
    Ok(tx.rows(&of_file(file).limited(MOST_TOLD))?.iter().filter_map(|it| link_of(it)).collect())
}

fn problems(context: &Context, policy: &FilePolicy, new: &NewFileLink) -> Vec<FieldError> {
    let mut problems = Vec::new();
    if new.expires_at <= context.now {
        problems.push(FieldError::new("expires_at", "too_small", "到期时间应在将来", "must be in the future"));
    }
    // A minute for clocks that do not agree.
    let latest = SignedDuration::from_hours(24 * i64::from(policy.link_days)) + SignedDuration::from_mins(1);
    if new.expires_at.duration_since(context.now) > latest {
        let days = policy.link_days;
        let (zh_cn, en) = (format!("链接最长有效{days}天"), format!("a link is good for {days} days at most"));
        problems.push(FieldError::new("expires_at", "too_large", zh_cn, en));
    }
    if new.max_downloads.is_some_and(|it| !(1..=MOST_DOWNLOADS).contains(&it)) {
        let (zh_cn, en) = (format!("应在1到{MOST_DOWNLOADS}之间"), format!("must be between 1 and {MOST_DOWNLOADS}"));
        problems.push(FieldError::new("max_downloads", "too_large", zh_cn, en));
    }
    problems
}

/// Makes a link; only the hash of its token is kept.
///
/// # Errors
/// As [`require_may_link`]; `state_conflict` where links are switched off or the file has too many; what is wrong with it.
pub fn make_link(context: &Context, file: Uuid, new: &NewFileLink, token_hash: &str) -> Result<FileLink> {
    context.require_himself()?;
    let (inner, new, token_hash, id) = (context.clone(), new.clone(), token_hash.to_owned(), context.new_id());
    context.workspace.store.write_with(move |tx| {
        require_may_link(&inner, tx, file)?;
        let policy = FilePolicy::load(tx)?;
        if !policy.links {
            return Err(switched_off());
        }
        let problems = problems(&inner, &policy, &new);
        if !problems.is_empty() {
            return Err(KernelError::Invalid(problems));
        }
        let live = Condition::equals(ColumnRef::main(FILE), Value::Id(file))
            .and(Condition::IsNull(ColumnRef::main(REVOKED_AT)))
            .and(Condition::Compare(ColumnRef::main(EXPIRES_AT), CompareOp::Gt, Value::DateTime(inner.now)));
        let good = tx.rows(&Select::all(&FILE_LINK, live))?.iter().filter_map(|it| link_of(it)).filter(|it| it.is_good(inner.now)).count();
        if good >= MOST_LINKS {
            return Err(KernelError::conflict(
                "state_conflict",
                format!("此文件已有{MOST_LINKS}个有效链接，请先撤销不用的"),
                format!("this file has {MOST_LINKS} links already; revoke those nobody needs"),
            ));
        }
        insert(&inner, tx, file, &new, &token_hash, id)
    })
}

fn switched_off() -> KernelError {
    KernelError::conflict(
        "state_conflict",
        "管理员已关闭文件的公开链接",
        "links to files are switched off; an administrator can allow them under Settings, Files",
    )
}

fn insert(context: &Context, tx: &mut dyn WriteTx, file: Uuid, new: &NewFileLink, token_hash: &str, id: Uuid) -> Result<FileLink> {
    let row = vec![
        Value::Id(id),
        Value::Id(file),
        Value::Text(token_hash.to_owned()),
        Value::Id(context.actor),
        Value::DateTime(context.now),
        Value::DateTime(new.expires_at),
        new.password_hash.clone().map_or(Value::Null, Value::Text),
        new.max_downloads.map_or(Value::Null, Value::Int),
        Value::Int(0),
        Value::Null,
        Value::Null,
    ];
    let link = link_of(&row).ok_or_else(|| KernelError::Internal("a link to a file".into()))?;
    tx.insert(&Insert { table: FILE_LINK.clone(), columns: (0..COLUMNS).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
    let detail = json!({ "link": id, "expires_at": new.expires_at, "password": new.password_hash.is_some(), "max_downloads": new.max_downloads });
    audit::append(context, tx, "make_file_link", Some(FILE_OBJECT), Some(file), None, 0, Some(detail))?;
    Ok(link)
}

/// Makes a link void at once.
///
/// # Errors
/// As [`require_may_link`]; not found where the file has no such link that is still good.
pub fn revoke_link(context: &Context, file: Uuid, link: Uuid) -> Result<()> {
    context.require_himself()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        require_may_link(&inner, tx, file)?;
        let condition = Condition::equals(ColumnRef::main(ID), Value::Id(link))
            .and(Condition::equals(ColumnRef::main(FILE), Value::Id(file)))
            .and(Condition::IsNull(ColumnRef::main(REVOKED_AT)));
        let set = vec![(REVOKED_AT, Set::To(Value::DateTime(inner.now)))];
        if tx.update(&Update { table: FILE_LINK.clone(), set, condition })? == 0 {
            return Err(KernelError::NotFound);
        }
        audit::append(&inner, tx, "revoke_file_link", Some(FILE_OBJECT), Some(file), None, 0, Some(json!({ "link": link })))
    })
}

/// The context of who made a link, with what his rights as they are now have to do with it: to read, and to share. Without
/// the right to restore, nothing is reached through what lies in the bin.
fn maker(workspace: &Arc<Workspace>, tx: &mut dyn ReadTx, member: Uuid, request_id: &str) -> Result<Option<Context>> {
    let Some(found) = workspace.identity(tx, member)? else { return Ok(None) };
    let time_zone = found.time_zone.clone().unwrap_or_else(|| workspace.time_zone());
    let context = workspace.member_context(found.member, found.name, found.locale, time_zone, request_id.to_owned());
    let needed = [Verb::Read, Verb::Share].map(|it| it.name().to_owned());
    let scope = AccessScope { objects: [("*".to_owned(), needed.into())].into(), ..AccessScope::default() };
    let access = Arc::new(context.access.limited_to(&context.schema, &scope));
    Ok(Some(Context { access, ..context }))
}

/// What a link opens.
///
/// # Errors
/// Not found where there never was such a link; `link_gone` where it opens nothing any more, and why.
pub fn open_link(workspace: &Arc<Workspace>, tx: &mut dyn ReadTx, token_hash: &str, request_id: &str) -> Result<OpenedLink> {
    let row = tx.first(&Select::all(&FILE_LINK, Condition::equals(ColumnRef::main(TOKEN_HASH), Value::Text(token_hash.to_owned()))))?;
    let link = row.as_deref().and_then(link_of).ok_or(KernelError::NotFound)?;
    if let Some(over) = link.over(workspace.clock.now()) {
        return Err(over);
    }
    if !FilePolicy::load(tx)?.links {
        return Err(gone("公开链接已被关闭", "links to files were switched off"));
    }
    let maker = maker(workspace, tx, link.created_by, request_id)?;
    let maker = maker.ok_or_else(|| gone("分享者已不在此系统中", "who shared the file has left"))?;
    let object = object_of(&maker, FILE_OBJECT)?;
    if !maker.access.is_given(&object, Verb::Share) {
        return Err(gone("分享者已无权分享文件", "who shared the file may not share any more"));
    }
    match present_version(&maker, tx, link.file) {
        Ok(version) => Ok(OpenedLink { link, version }),
        Err(KernelError::NotFound) => Err(gone("此文件已被删除或不再对外分享", "the file was deleted or is no longer shared")),
        Err(error) => Err(error),
    }
}

/// Counts a use of a link, and notes it in the audit log. Of two who come for the last one, one gets it.
///
/// # Errors
/// `link_gone` where it is good no more.
pub fn use_link(workspace: &Arc<Workspace>, link: &FileLink, request_id: &str, address: &str) -> Result<()> {
    let context = workspace.system_context(Uuid::nil(), request_id);
    let (link, address) = (link.clone(), address.to_owned());
    workspace.store.write_with(move |tx| {
        let mut condition = Condition::equals(ColumnRef::main(ID), Value::Id(link.id))
            .and(Condition::IsNull(ColumnRef::main(REVOKED_AT)))
            .and(Condition::Compare(ColumnRef::main(EXPIRES_AT), CompareOp::Gt, Value::DateTime(context.now)));
        if let Some(most) = link.max_downloads {
            condition = condition.and(Condition::Compare(ColumnRef::main(DOWNLOADS), CompareOp::Lt, Value::Int(most)));
        }
        let set = vec![(DOWNLOADS, Set::Add(Value::Int(1))), (USED_AT, Set::To(Value::DateTime(context.now)))];
        if tx.update(&Update { table: FILE_LINK.clone(), set, condition })? == 0 {
            return Err(gone("此链接已失效", "this link is no longer valid"));
        }
        let detail = json!({ "link": link.id, "made_by": link.created_by, "address": address });
        audit::append(&context, tx, "use_file_link", Some(FILE_OBJECT), Some(link.file), None, 1, Some(detail))
    })
}

/// Forgets the links to a file that is erased.
pub(crate) fn forget_links_to(tx: &mut dyn WriteTx, file: Uuid) -> Result<()> {
    tx.delete(&Delete { table: FILE_LINK.clone(), condition: Condition::equals(ColumnRef::main(FILE), Value::Id(file)) })?;
    Ok(())
}

/// Forgets links that ended long ago. To be run once a day.
///
/// # Errors
/// Fails where the database does.
pub fn forget_old_links(context: &Context) -> Result<u64> {
    let old = Condition::Compare(ColumnRef::main(EXPIRES_AT), CompareOp::Lt, Value::DateTime(context.now - TOLD_FOR));
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: FILE_LINK.clone(), condition: old.clone() })?))
}
