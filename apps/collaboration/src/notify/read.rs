//! From events to news: whom each concerns, whether or not he may see it.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::{Principal, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::read::{Record, load_record, may_be_named};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::shares::SHARED_WITH;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::FOLLOW;
use super::invitations::{self, ACTIVITY, ATTENDANCE};
use super::news::{News, Target};
use super::work::{HANDOVER, OPPORTUNITY, PERSON_REQUEST, PROCESS, SUBMISSION, TASK, is_answer};
use crate::comments::{COMMENT, MENTIONS, REACTION};
use crate::meant;
use crate::notices::{self, NOTICE};
use guanxi_kernel::read::{among, known_records as records};

/// The object of requests for rights.
const REQUEST: &str = "rights_request";
/// Imports are no records; the log tells of their end.
const IMPORT: &str = "import";
/// No more are exports that are made in the background.
const EXPORT: &str = "export";
/// Most followers of the records of one batch.
const MOST_FOLLOWERS: u64 = 5_000;
/// More than so many records assigned to one member in one change are one piece of news.
const FEW: usize = 3;

/// What some events mean.
#[derive(Default)]
pub struct Found {
    /// Who might be told what.
    pub news: Vec<News>,
    /// Who takes part in what, and so follows it from now on: member, record, reason.
    pub follows: Vec<(Uuid, Target, &'static str)>,
}

/// What events mean to members.
///
/// # Errors
/// Fails where the database does.
pub fn news_of(context: &Context, tx: &mut dyn ReadTx, events: &[&Event]) -> Result<Found> {
    let followers = followers_of(context, tx, events)?;
    let mut reading = Reading { context, followers, found: Found::default() };
    for event in events {
        reading.take(tx, event)?;
    }
    gather_assignments(&mut reading.found.news);
    Ok(reading.found)
}

fn followers_of(context: &Context, tx: &mut dyn ReadTx, events: &[&Event]) -> Result<BTreeMap<Uuid, Vec<Uuid>>> {
    let mut ids: BTreeSet<Uuid> = events.iter().filter_map(|it| it.record).collect();
    for event in events.iter().filter(|it| it.object == COMMENT) {
        ids.extend(after(event, "target").and_then(|it| id_of(&it["id"])));
    }
    let found = records(context, tx, FOLLOW, |it| among(it("target"), ids), MOST_FOLLOWERS)?;
    let mut followers: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for follow in found {
        if let (Value::Id(target), Some(member)) = (follow.value("target"), follow.reference("member")) {
            followers.entry(target).or_default().push(member);
        }
    }
    Ok(followers)
}

/// Many records of an object assigned at once are one piece of news, which leads to all of them: it names the first of them.
fn gather_assignments(news: &mut [News]) {
    let mut many: BTreeMap<(Uuid, String, String), usize> = BTreeMap::new();
    let fact = |it: &News, name: &str| it.about.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let key = |it: &News| (it.member, fact(it, "change"), fact(it, "object"));
    for it in news.iter().filter(|it| it.kind == "assigned") {
        *many.entry(key(it)).or_default() += 1;
    }
    for it in news.iter_mut().filter(|it| it.kind == "assigned") {
        let key = key(it);
        if many.get(&key).is_some_and(|it| *it > FEW) {
            it.group = format!("assigned:{}:{}", key.1, key.2);
            let record = it.target.take().map(|it| it.1);
            it.about.insert("records".to_owned(), json!(Vec::from_iter(record)));
        }
    }
}

pub(super) struct Reading<'a> {
    pub(super) context: &'a Context,
    followers: BTreeMap<Uuid, Vec<Uuid>>,
    pub(super) found: Found,
}

impl Reading<'_> {
    fn take(&mut self, tx: &mut dyn ReadTx, event: &Event) -> Result<()> {
        let verb = event.kind.rsplit('.').next().unwrap_or_default();
        match event.object.as_str() {
            COMMENT => self.comment(tx, event, verb),
            REACTION => self.reaction(tx, event),
            REQUEST => self.request(tx, event, verb),
            HANDOVER => self.handover(tx, event, verb),
            ATTENDANCE => self.attendance(tx, event, verb),
            IMPORT => {
                self.imported(event);
                Ok(())
            }
            EXPORT => {
                self.exported(event);
                Ok(())
            }
            name => match self.context.schema.object(name).filter(|it| may_be_named(it)).cloned() {
                Some(object) => self.record(tx, event, verb, &object),
                None => Ok(()),
            },
        }
    }

    /// An import that somebody started has ended.
    fn imported(&mut self, event: &Event) {
        let Some(member) = after(event, "member").and_then(id_of).filter(|it| !it.is_nil()) else { return };
        let mut news = News::of(event, member, "imported", None).with("import", event.record.unwrap_or_default().to_string());
        for name in ["object", "file", "state", "written", "rejected"] {
            news = news.with(name, after(event, name).cloned().unwrap_or_default());
        }
        self.found.news.push(news);
    }

    /// An export that somebody asked for is there, or will not come.
    fn exported(&mut self, event: &Event) {
        let Some(member) = after(event, "member").and_then(id_of) else { return };
        let mut news = News::of(event, member, "exported", None).with("export", event.record.unwrap_or_default().to_string());
        for name in ["object", "file", "state", "written"] {
            news = news.with(name, after(event, name).cloned().unwrap_or_default());
        }
        self.found.news.push(news);
    }

    fn comment(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str) -> Result<()> {
        let Some(comment) = self.known(tx, event)? else { return Ok(()) };
        let Some(target) = target_of(&comment) else { return Ok(()) };
        if !matches!(verb, "created" | "updated") {
            return Ok(());
        }
        let mentioned = self.mentioned(tx, event)?;
        for member in &mentioned {
            self.found.news.push(News::of(event, *member, "mention", Some(target.clone())).on(comment.id(), comment.id()));
        }
        for member in added(event, "mentioned_members").iter().filter_map(id_of) {
            self.found.follows.push((member, target.clone(), "mentioned"));
        }
        if verb == "created" {
            self.found.follows.push((event.actor, target.clone(), "commented"));
            self.answer(tx, event, &comment, &target, &mentioned)?;
        }
        Ok(())
    }

    /// Whoever is answered is told so; whoever follows the record, that somebody said something.
    fn answer(&mut self, tx: &mut dyn ReadTx, event: &Event, comment: &Record, target: &Target, mentioned: &BTreeSet<Uuid>) -> Result<()> {
        let mut told = mentioned.clone();
        let parent = comment.reference("parent").map(|it| self.load(tx, COMMENT, it)).transpose()?.flatten();
        if let Some(author) = parent.as_ref().and_then(|it| it.reference("created_by"))
            && told.insert(author)
        {
            let thread = parent.map_or(comment.id(), |it| it.id());
            self.found.news.push(News::of(event, author, "reply", Some(target.clone())).on(comment.id(), thread));
        }
        let owner = self.load(tx, &target.0, target.1)?.and_then(|it| it.reference(OWNER_FIELD));
        for member in self.followers.get(&target.1).into_iter().flatten().copied().chain(owner) {
            if told.insert(member) {
                self.found.news.push(News::of(event, member, "comment", Some(target.clone())).on(comment.id(), target.1));
            }
        }
        Ok(())
    }

    fn mentioned(&self, tx: &mut dyn ReadTx, event: &Event) -> Result<BTreeSet<Uuid>> {
        let mut all = BTreeSet::new();
        for (kind, field) in MENTIONS {
            let added = added(event, field);
            if kind == "role" {
                let roles: Vec<String> = added.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
                all.extend(meant::of_roles(self.context, tx, &roles)?);
                continue;
            }
            for id in added.iter().filter_map(id_of) {
                match kind {
                    "member" => drop(all.insert(id)),
                    "team" => all.extend(meant::of_team(self.context, tx, id)?),
                    _ => all.extend(meant::of_departments(self.context, tx, &[id])?),
                }
            }
        }
        Ok(all)
    }

    fn reaction(&mut self, tx: &mut dyn ReadTx, event: &Event) -> Result<()> {
        let emojis = added(event, "emojis");
        let Some(reaction) = self.known(tx, event)?.filter(|_| !emojis.is_empty()) else { return Ok(()) };
        let comment = reaction.reference("comment").map(|it| self.load(tx, COMMENT, it)).transpose()?.flatten();
        if let Some((comment, target)) = comment.and_then(|it| target_of(&it).map(|target| (it, target)))
            && let Some(author) = comment.reference("created_by")
        {
            let news = News::of(event, author, "reaction", Some(target)).on(comment.id(), comment.id());
            self.found.news.push(news.with("emojis", emojis));
        }
        Ok(())
    }

    /// Whoever decides on a request for rights learns that it waits; whoever asked, what became of it.
    fn request(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str) -> Result<()> {
        let Some(request) = self.known(tx, event)? else { return Ok(()) };
        let text = |field: &str| request.value(field).as_text().unwrap_or_default().to_owned();
        let told: Vec<(Uuid, &'static str)> = match (verb, text("state").as_str()) {
            ("created", "waiting_head") => request.reference("approver").map(|it| (it, "request")).into_iter().collect(),
            ("created" | "endorsed", "waiting_grant") => self.granters(tx, &request)?.into_iter().map(|it| (it, "request")).collect(),
            ("approved" | "refused", _) => request.reference("member").map(|it| (it, "decided")).into_iter().collect(),
            _ => Vec::new(),
        };
        for (member, kind) in told {
            let news = News::of(event, member, kind, None).with("request", json!(request.id())).with("number", request.title());
            self.found.news.push(news.with("state", text("state")));
        }
        Ok(())
    }

    /// Whoever may grant what is asked for: the keeper of a record, holders of a role that gives it, administrators.
    fn granters(&self, tx: &mut dyn ReadTx, request: &Record) -> Result<Vec<Uuid>> {
        if let Some(keeper) = request.reference("keeper") {
            return Ok(vec![keeper]);
        }
        let wanted = request.value("role");
        let gives = |it: &guanxi_kernel::schema::RoleDefinition| wanted.as_text().is_some_and(|role| it.gives.iter().any(|given| given == role));
        let roles = self.context.schema.roles.values().filter(|it| it.administrator || gives(it)).map(|it| it.name.clone());
        meant::of_roles(self.context, tx, &roles.collect::<Vec<_>>())
    }

    /// Whoever is asked to take part learns so; who asked, what he answered.
    fn attendance(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str) -> Result<()> {
        let Some(attendance) = self.known(tx, event)? else { return Ok(()) };
        let activity = attendance.reference("activity").map(|it| self.load(tx, ACTIVITY, it)).transpose()?.flatten();
        self.found.news.extend(activity.iter().flat_map(|it| invitations::of_attendance(event, verb, &attendance, it)));
        Ok(())
    }

    fn record(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str, object: &Object) -> Result<()> {
        let Some(id) = event.record else { return Ok(()) };
        let target = (object.name.clone(), id);
        if object.name == NOTICE {
            self.notice(tx, event, verb, &target)?;
        }
        if object.name == TASK {
            self.task(tx, event, verb, &target)?;
        }
        if object.name == PERSON_REQUEST {
            self.person_request(tx, event, verb, &target)?;
        }
        if object.name == SUBMISSION {
            self.submission(tx, event, verb)?;
        }
        if object.name == OPPORTUNITY {
            self.opportunity(tx, event, verb, &target)?;
        }
        if PROCESS.contains(&object.name.as_str()) {
            self.process(event, verb, &target);
        }
        if ["recycle_warned", "recycled", "response_due", "response_overdue"].contains(&verb) {
            self.recycling(tx, event, verb, &target)?;
        }
        if object.name == ACTIVITY && verb == "updated" {
            let activity = self.known(tx, event)?;
            let told = activity.map(|it| invitations::of_activity(self.context, tx, event, &it)).transpose()?;
            self.found.news.extend(told.into_iter().flatten());
        }
        match verb {
            "converted" => self.became(event),
            "shared" => {
                let Some(principal) = after(event, SHARED_WITH).and_then(Json::as_str).and_then(Principal::from_key) else { return Ok(()) };
                if let (Principal::Member(member), ACTIVITY) = (principal, object.name.as_str())
                    && invitations::is_asked(self.context, tx, id, member)?
                {
                    return Ok(());
                }
                for member in meant::of_principal(self.context, tx, principal)? {
                    self.found.news.push(News::of(event, member, "shared", Some(target.clone())));
                }
            }
            "created" | "updated" => {
                let owner = after(event, OWNER_FIELD).and_then(id_of);
                // What was declined comes back to who gave it, who is told just that.
                if let Some(owner) = owner.filter(|_| !is_answer(event)) {
                    let news = News::of(event, owner, "assigned", Some(target.clone()));
                    self.found.news.push(news.with("object", object.name.clone()).with("change", event.change.simple().to_string()));
                }
                if verb == "updated" {
                    self.changed(tx, event, object, &target, owner)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Who follows a record follows what became of it.
    fn became(&mut self, event: &Event) {
        let followers = event.record.and_then(|id| self.followers.get(&id)).cloned().unwrap_or_default();
        for (object, record) in &event.changes {
            let Some(id) = self.context.schema.object(object).and_then(|_| id_of(record)) else { continue };
            self.found.follows.extend(followers.iter().map(|member| (*member, (object.clone(), id), "chosen")));
        }
    }

    /// Whom a notice that comes out is for, and who is reminded of it.
    fn notice(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str, target: &Target) -> Result<()> {
        let members: BTreeSet<Uuid> = match verb {
            "created" | "updated" if after(event, "published_at").is_some() => match self.known(tx, event)? {
                Some(notice) => notices::addressed(tx, &notice)?.members(self.context, tx)?,
                None => return Ok(()),
            },
            "reminded" => after(event, "members").and_then(Json::as_array).into_iter().flatten().filter_map(id_of).collect(),
            _ => return Ok(()),
        };
        self.found.news.extend(members.into_iter().map(|it| News::of(event, it, "notice", Some(target.clone()))));
        Ok(())
    }

    fn changed(&mut self, tx: &mut dyn ReadTx, event: &Event, object: &Object, target: &Target, new_owner: Option<Uuid>) -> Result<()> {
        let stage = object.definition.views.board.as_ref().map(|it| it.group_by.as_str()).filter(|it| event.changes.contains_key(*it));
        // What the engine notes for itself is no news: that somebody was told of a limit, say.
        let is_news = |name: &&String| object.field(name).is_some_and(|it| !it.is_computed() && !it.definition.read_only);
        let fields: Vec<&String> = event.changes.keys().filter(is_news).collect();
        if fields.is_empty() {
            return Ok(());
        }
        let mut told: BTreeSet<Uuid> = self.followers.get(&target.1).into_iter().flatten().copied().collect();
        told.extend(self.watchers(tx, object, target.1)?);
        if stage.is_some() {
            told.extend(self.load(tx, &target.0, target.1)?.and_then(|it| it.reference(OWNER_FIELD)));
        }
        for member in told.into_iter().filter(|it| Some(*it) != new_owner) {
            let kind = if stage.is_some() { "stage" } else { "changed" };
            self.found.news.push(News::of(event, member, kind, Some(target.clone())).with("fields", json!(fields)));
        }
        Ok(())
    }

    /// The record of an event as the engine knows it, if it is still there.
    pub(super) fn known(&self, tx: &mut dyn ReadTx, event: &Event) -> Result<Option<Record>> {
        event.record.map_or(Ok(None), |id| self.load(tx, &event.object, id))
    }

    pub(super) fn load(&self, tx: &mut dyn ReadTx, object: &str, id: Uuid) -> Result<Option<Record>> {
        let Some(object) = self.context.schema.object(object).cloned() else { return Ok(None) };
        load_record(self.context, tx, &object, id, Verb::Read, false)
    }
}

/// What a record of whatever object names.
fn target_of(record: &Record) -> Option<Target> {
    match (record.value("target.object"), record.value("target")) {
        (Value::Text(object), Value::Id(id)) => Some((object, id)),
        _ => None,
    }
}

/// The new value of a field.
pub(super) fn after<'e>(event: &'e Event, field: &str) -> Option<&'e Json> {
    event.changes.get(field)?.get(1).filter(|it| !it.is_null())
}

/// What a list holds now and did not before.
fn added(event: &Event, field: &str) -> Vec<Json> {
    let before = event.changes.get(field).and_then(|it| it.get(0)).and_then(Json::as_array);
    let now = after(event, field).and_then(Json::as_array);
    now.into_iter().flatten().filter(|it| before.is_none_or(|before| !before.contains(it))).cloned().collect()
}

pub(super) fn id_of(json: &Json) -> Option<Uuid> {
    json.as_str().or_else(|| json.get("id").and_then(Json::as_str)).and_then(|it| Uuid::try_parse(it).ok())
}
