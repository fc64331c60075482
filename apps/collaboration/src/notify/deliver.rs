//! From news to notifications: only to those who wish and may see them, what belongs together in one line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{self, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::outreach::{push, sms};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value, mail};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::news::{News, Target, merge};
use super::outside::look_soon;
use super::preferences::{Preferences, Way};
use super::{FOLLOW, NOTIFICATION, rules};
use crate::comments::COMMENT;
use guanxi_kernel::read::known_records as records;

/// News as they are written: with when they go outside, the ways they do.
pub struct Told {
    news: News,
    goes: BTreeMap<Way, Timestamp>,
}

impl Told {
    /// Who is told, and the key of the line.
    pub fn line(&self) -> (Uuid, String) {
        (self.news.member, self.news.group.clone())
    }
}

/// A member's rights and wishes, looked up once, and the ways he can be reached.
struct Reader {
    theirs: Context,
    wishes: Preferences,
    ways: Vec<Way>,
}

/// The ways a member can be reached outside the app.
fn ways_to(context: &Context, tx: &mut dyn ReadTx, member: Uuid) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    if mail::is_configured(context) {
        ways.push(Way::Mail);
    }
    if push::is_configured(context) && push::has_any(tx, member)? {
        ways.push(Way::Push);
    }
    if sms::reaches(context, tx, member)? {
        ways.push(Way::Sms);
    }
    Ok(ways)
}

#[derive(Default)]
struct Readers(BTreeMap<Uuid, Option<Arc<Reader>>>);

impl Readers {
    fn of(&mut self, context: &Context, tx: &mut dyn ReadTx, member: Uuid) -> Result<Option<Arc<Reader>>> {
        if let Some(known) = self.0.get(&member) {
            return Ok(known.clone());
        }
        let theirs = access::context_of(context, tx, member)?;
        let reader = match theirs {
            Some(theirs) => Some(Arc::new(Reader { wishes: Preferences::of(tx, member)?, ways: ways_to(context, tx, member)?, theirs })),
            None => None,
        };
        self.0.insert(member, reader.clone());
        Ok(reader)
    }
}

impl Reader {
    /// Whether the member may see what news speak of, now.
    fn may_see(&self, tx: &mut dyn ReadTx, news: &News) -> Result<bool> {
        if let Some(comment) = news.comment {
            return self.sees(tx, COMMENT, comment);
        }
        news.target.as_ref().map_or(Ok(true), |(object, id)| self.sees(tx, object, *id))
    }

    fn sees(&self, tx: &mut dyn ReadTx, object: &str, id: Uuid) -> Result<bool> {
        let object: Option<Arc<Object>> = self.theirs.schema.object(object).cloned();
        let Some(object) = object else { return Ok(false) };
        Ok(load_record(&self.theirs, tx, &object, id, Verb::Read, false)?.is_some())
    }
}

impl Readers {
    /// Who is told some news: nobody who did it himself, is not there, does not wish it or may not see it.
    fn told(&mut self, context: &Context, tx: &mut dyn ReadTx, news: &News) -> Result<Option<Arc<Reader>>> {
        if news.member == news.actor {
            return Ok(None);
        }
        let Some(reader) = self.of(context, tx, news.member)? else { return Ok(None) };
        Ok((reader.wishes.wants(news.kind) && reader.may_see(tx, news)?).then_some(reader))
    }
}

/// Of some news those that are told, and what others are told by rules because of them.
///
/// # Errors
/// Fails where the database does.
pub fn choose(context: &Context, tx: &mut dyn ReadTx, news: Vec<News>) -> Result<Vec<Told>> {
    let mut readers = Readers::default();
    let mut told: Vec<Told> = Vec::new();
    let mut lines: BTreeMap<(Uuid, String), usize> = BTreeMap::new();
    let (mut chosen, mut reached) = (Vec::new(), Vec::new());
    for one in &news {
        let reader = readers.told(context, tx, one)?;
        reached.push(reader.is_some());
        chosen.extend(reader.map(|it| (one.clone(), it)));
    }
    for one in rules::by_rules(context, tx, &news, &reached)? {
        let reader = readers.told(context, tx, &one)?;
        chosen.extend(reader.map(|it| (one, it)));
    }
    for (news, reader) in chosen {
        let key = (news.member, news.group.clone());
        if let Some(line) = lines.get(&key).and_then(|it| told.get_mut(*it)) {
            line.news.take(news);
            continue;
        }
        let at = |way: &Way| Some((*way, reader.wishes.goes_at(*way, news.kind, context.now, &reader.theirs.time_zone)?));
        let goes = reader.ways.iter().filter_map(at).collect();
        lines.insert(key, told.len());
        told.push(Told { news, goes });
    }
    Ok(told)
}

/// Of those who take part in something, or followed what it was before, those who follow it by that.
///
/// # Errors
/// Fails where the database does.
pub fn choose_follows(
    context: &Context,
    tx: &mut dyn ReadTx,
    follows: Vec<(Uuid, Target, &'static str)>,
) -> Result<Vec<(Uuid, Target, &'static str)>> {
    let mut readers = Readers::default();
    let mut seen = BTreeSet::new();
    let mut chosen = Vec::new();
    for (member, target, reason) in follows {
        if !seen.insert((member, target.1)) {
            continue;
        }
        let Some(reader) = readers.of(context, tx, member)? else { continue };
        // Who chose to follow need not be asked whether taking part is following.
        if (reason == "chosen" || reader.wishes.follows()) && reader.sees(tx, &target.0, target.1)? {
            chosen.push((member, target, reason));
        }
    }
    Ok(chosen)
}

/// Writes them: into the line there is, where that was not read yet.
///
/// # Errors
/// Fails where the database does.
pub fn write(unit: &mut Unit<'_>, told: &[Told]) -> Result<()> {
    for Told { news, goes } in told {
        match line_of(unit, news)? {
            Some(line) => lengthen(unit, &line, news)?,
            None => begin(unit, news, goes)?,
        }
    }
    Ok(())
}

fn line_of(unit: &mut Unit<'_>, news: &News) -> Result<Option<Record>> {
    let context = unit.context;
    let same = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        let is = |column, value| Condition::equals(column, value);
        let line = is(it("member")?, Value::Id(news.member)).and(is(it("group_key")?, Value::Text(news.group.clone())));
        Ok(line.and(is(it("read")?, Value::Bool(false))).and(is(it("archived")?, Value::Bool(false))))
    };
    Ok(records(context, unit.tx, NOTIFICATION, same, 1)?.pop())
}

fn lengthen(unit: &mut Unit<'_>, line: &Record, news: &News) -> Result<()> {
    let mut about = match line.value("about") {
        Value::Json(json) => json.as_object().cloned().unwrap_or_default(),
        _ => Map::new(),
    };
    merge(&mut about, news.about.clone());
    let count = if let Value::Int(count) = line.value("count") { count } else { 1 };
    let mut values = Map::from_iter([
        ("about".to_owned(), Json::Object(about)),
        ("count".to_owned(), json!(count + news.count)),
        ("last_at".to_owned(), json!(news.at.to_string())),
    ]);
    values.extend(actor_of(unit, news));
    values.extend(news.comment.map(|it| ("comment".to_owned(), json!(it))));
    unit.update_as_system(NOTIFICATION, line.id(), &values).map(drop)
}

fn begin(unit: &mut Unit<'_>, news: &News, goes: &BTreeMap<Way, Timestamp>) -> Result<()> {
    let mut values = Map::from_iter([
        ("member".to_owned(), json!(news.member)),
        ("kind".to_owned(), json!(news.kind)),
        ("count".to_owned(), json!(news.count)),
        ("last_at".to_owned(), json!(news.at.to_string())),
        ("group_key".to_owned(), json!(news.group)),
        ("about".to_owned(), Json::Object(news.about.clone())),
    ]);
    values.extend(actor_of(unit, news));
    values.extend(news.target.as_ref().map(|(object, id)| ("target".to_owned(), json!({ "object": object, "id": id }))));
    values.extend(news.comment.map(|it| ("comment".to_owned(), json!(it))));
    values.extend(news.concerns.map(|it| ("concerns".to_owned(), json!(it))));
    values.extend(goes.iter().map(|(way, at)| (way.due_field().to_owned(), json!(at.to_string()))));
    unit.create_as_system(NOTIFICATION, &values)?;
    let context = unit.context;
    goes.iter().filter(|it| *it.0 != Way::Mail).try_for_each(|(way, at)| look_soon(context, unit.tx, way.job(), *at))
}

fn actor_of(_unit: &Unit<'_>, news: &News) -> Option<(String, Json)> {
    (!news.actor.is_nil()).then(|| ("actor".to_owned(), json!(news.actor)))
}

/// Writes down who follows what from now on.
///
/// # Errors
/// Fails where the database does.
pub fn write_follows(unit: &mut Unit<'_>, follows: &[(Uuid, Target, &'static str)]) -> Result<()> {
    for (member, (object, id), reason) in follows {
        let context = unit.context;
        let same = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
            Ok(Condition::equals(it("member")?, Value::Id(*member)).and(Condition::equals(it("target")?, Value::Id(*id))))
        };
        if records(context, unit.tx, FOLLOW, same, 1)?.is_empty() {
            let target = json!({ "object": object, "id": id });
            let values = [("member", json!(member)), ("target", target), ("reason", json!(reason))];
            unit.create_as_system(FOLLOW, &values.into_iter().map(|it| (it.0.to_owned(), it.1)).collect())?;
        }
    }
    Ok(())
}
