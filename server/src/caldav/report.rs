//! `REPORT`: searches in a calendar, single things of it by their addresses, what changed, and when somebody is taken.

use axum::http::StatusCode;
use guanxi_kernel::Result;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;

use super::event::utc;
use super::filter::{Filter, TimeRange};
use super::place::{BASE, Collection, Place, path_of};
use super::propfind::{Asked, add_to, distinct, missing, multistatus, response};
use super::props::{Target, Visit};
use super::refusal::Refusal;
use super::series::unrolled;
use super::shelf::{Content, Resource, Shelf, Which};
use super::sync;
use super::xml::{CALDAV, DAV, Element, dav, told};
use crate::ics::parts::Part;

/// Most resources named in one request.
const MOST_NAMED: usize = 1_000;

/// What a report came to.
pub enum Reported {
    /// `multistatus`.
    Several(String),
    /// A calendar.
    Calendar(String),
}

type Outcome = Result<std::result::Result<Reported, Refusal>>;

/// Answers a report on a calendar.
///
/// # Errors
/// Fails where the database does.
pub fn report(visit: &Visit<'_>, place: &Place, body: &Element, minimal: bool) -> Outcome {
    let Place::Calendar(_, collection) = place else { return Ok(Err(unknown())) };
    match (body.space.as_str(), body.name.as_str()) {
        (CALDAV, "calendar-query") => query(visit, *collection, body, minimal),
        (CALDAV, "calendar-multiget") => multiget(visit, *collection, body, minimal),
        (CALDAV, "free-busy-query") => free_busy(visit, *collection, body),
        (DAV, "sync-collection") if collection.is_own() => changes(visit, *collection, body, minimal),
        _ => Ok(Err(unknown())),
    }
}

fn unknown() -> Refusal {
    Refusal::dav("supported-report", "不支持这种查询", "this report is not one of those that can be asked for here")
}

/// Which properties a report asks for.
fn asked(body: &Element) -> std::result::Result<Asked, Refusal> {
    match (body.find(DAV, "prop"), body.find(DAV, "propname")) {
        (Some(prop), _) => distinct(&prop.elements).map(Asked::These),
        (None, Some(_)) => Ok(Asked::Names),
        (None, None) => Ok(Asked::All(Vec::new())),
    }
}

/// The span within which repeats are to be unrolled, where that is asked for.
fn expansion(body: &Element) -> std::result::Result<Option<TimeRange>, Refusal> {
    let data = body.find(DAV, "prop").and_then(|it| it.find(CALDAV, "calendar-data"));
    data.and_then(|it| it.find(CALDAV, "expand")).map(TimeRange::of).transpose()
}

fn query(visit: &Visit<'_>, collection: Collection, body: &Element, minimal: bool) -> Outcome {
    let (filter, expand, asked) = match (Filter::of(body), expansion(body), asked(body)) {
        (Ok(filter), Ok(expand), Ok(asked)) => (filter, expand, asked),
        (Err(refusal), ..) | (_, Err(refusal), _) | (.., Err(refusal)) => return Ok(Err(refusal)),
    };
    let shelf = visit.context.workspace.store.read_with(|tx| visit.shelf(tx, collection, Which::All))?;
    let Some(mut shelf) = shelf else { return Ok(Err(Refusal::not_found())) };
    shelf.resources.retain(|it| filter.passes(collection, it));
    told_of(visit, collection, &mut shelf, &asked, expand, minimal)
}

/// The resources of a shelf, each with what was asked of it.
fn told_of(visit: &Visit<'_>, collection: Collection, shelf: &mut Shelf, asked: &Asked, expand: Option<TimeRange>, minimal: bool) -> Outcome {
    let mut all = String::new();
    if let Some(range) = expand {
        let Shelf { resources, people } = shelf;
        for resource in resources {
            if let Content::Events(rows) = &resource.content {
                resource.text = unrolled(visit.context, &resource.uid, rows, (range.from, range.until), people).write();
            }
        }
    }
    for resource in &shelf.resources {
        if let Err(refusal) = add_to(&mut all, &one(visit, collection, resource, asked, minimal)?) {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(Reported::Several(multistatus(&all))))
}

fn one(visit: &Visit<'_>, collection: Collection, resource: &Resource, asked: &Asked, minimal: bool) -> Result<String> {
    let place = Place::Item(visit.context.actor, collection, resource.name.clone());
    response(visit, &visit.address(&place), &Target::Item(collection, resource), asked, minimal)
}

fn multiget(visit: &Visit<'_>, collection: Collection, body: &Element, minimal: bool) -> Outcome {
    let addresses: Vec<&str> = body.all(DAV, "href").map(|it| it.text.trim()).collect();
    if addresses.len() > MOST_NAMED {
        let (zh_cn, en) = (format!("一次最多{MOST_NAMED}个"), format!("at most {MOST_NAMED} at once"));
        return Ok(Err(Refusal::plain(StatusCode::FORBIDDEN, zh_cn, en)));
    }
    let (expand, asked) = match (expansion(body), asked(body)) {
        (Ok(expand), Ok(asked)) => (expand, asked),
        (Err(refusal), _) | (_, Err(refusal)) => return Ok(Err(refusal)),
    };
    let name = |address: &str| {
        let path = path_of(address).strip_prefix(visit.prefix).filter(|it| it.starts_with(BASE))?;
        match Place::of(path)? {
            Place::Item(owner, of, name) if owner == visit.context.actor && of == collection => Some(name),
            _ => None,
        }
    };
    let names: Vec<(&str, Option<String>)> = addresses.into_iter().map(|it| (it, name(it))).collect();
    let wanted: Vec<String> = names.iter().filter_map(|it| it.1.clone()).collect();
    let shelf = visit.context.workspace.store.read_with(|tx| visit.shelf(tx, collection, Which::Named(&wanted)))?;
    let Some(mut shelf) = shelf else { return Ok(Err(Refusal::not_found())) };
    let lost: String = names.iter().filter(|it| it.1.as_ref().is_none_or(|it| shelf.find(it).is_none())).map(|it| missing(it.0)).collect();
    Ok(told_of(visit, collection, &mut shelf, &asked, expand, minimal)?.map(|it| match it {
        Reported::Several(text) => Reported::Several(text.replacen("</d:multistatus>", &format!("{lost}</d:multistatus>"), 1)),
        other @ Reported::Calendar(_) => other,
    }))
}

fn changes(visit: &Visit<'_>, collection: Collection, body: &Element, minimal: bool) -> Outcome {
    let since = body.find(DAV, "sync-token").map(|it| it.text.clone()).unwrap_or_default();
    let asked = match asked(body) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let changed = visit.context.workspace.store.read_with(|tx| sync::changes(visit.context, tx, collection, &since))?;
    let changed = match changed {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let most = body.find(DAV, "limit").and_then(|it| it.find(DAV, "nresults")).and_then(|it| it.text.trim().parse::<usize>().ok());
    if most.is_some_and(|it| it < changed.there.len() + changed.gone.len()) {
        let refusal =
            Refusal::dav("number-of-matches-within-limits", "变化超过所限条数，请去掉限制", "more changed than was asked for; ask without a limit");
        return Ok(Err(refusal));
    }
    let mut all = String::new();
    for resource in &changed.there {
        if let Err(refusal) = add_to(&mut all, &one(visit, collection, resource, &asked, minimal)?) {
            return Ok(Err(refusal));
        }
    }
    for name in &changed.gone {
        all.push_str(&missing(&visit.address(&Place::Item(visit.context.actor, collection, name.clone()))));
    }
    all.push_str(&dav("sync-token", &told(&changed.token)));
    Ok(Ok(Reported::Several(multistatus(&all))))
}

fn free_busy(visit: &Visit<'_>, collection: Collection, body: &Element) -> Outcome {
    let range = body.find(CALDAV, "time-range").map(TimeRange::of);
    let range = match range {
        Some(Ok(range)) => range,
        Some(Err(refusal)) => return Ok(Err(refusal)),
        None => return Ok(Err(Refusal::caldav("valid-filter", "请给出时间范围", "name a span of time"))),
    };
    let shelf = visit.context.workspace.store.read_with(|tx| visit.shelf(tx, collection, Which::All))?;
    let Some(shelf) = shelf else { return Ok(Err(Refusal::not_found())) };
    let mut lines = vec![format!("DTSTAMP:{}", utc(visit.context.now))];
    if range.from > Timestamp::MIN && range.until < Timestamp::MAX {
        lines.extend([format!("DTSTART:{}", utc(range.from)), format!("DTEND:{}", utc(range.until))]);
    }
    for resource in shelf.resources.iter().filter(|it| !matches!(it.content, Content::Task(..))) {
        for (from, until) in resource.times().into_iter().filter(|it| range.meets(*it)) {
            lines.push(format!("FREEBUSY;FBTYPE={}:{}/{}", kind_of(resource), utc(from.max(range.from)), utc(until.min(range.until))));
        }
    }
    let part = Part { name: "VFREEBUSY".into(), lines, parts: Vec::new() };
    Ok(Ok(Reported::Calendar(super::event::calendar(vec![part]).write())))
}

fn kind_of(resource: &Resource) -> &'static str {
    let tentative = match &resource.content {
        Content::Events(rows) => rows.iter().all(|it| !it.1.own.certain),
        Content::Task(..) | Content::Block(..) => resource.text.contains("STATUS:TENTATIVE"),
    };
    if tentative { "BUSY-TENTATIVE" } else { "BUSY" }
}
