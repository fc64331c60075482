//! `PROPFIND`: what is where, and what is told of it; and `PROPPATCH`, which changes nothing of that.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use guanxi_kernel::Result;
use guanxi_kernel::store::StoreExt as _;

use super::place::Place;
use super::props::{Target, Visit, value};
use super::refusal::Refusal;
use super::shelf::Which;
use super::xml::{DAV, Element, dav, document, element, href};

/// Most properties asked of a thing at once: there are half as many.
const MOST_PROPERTIES: usize = 60;
/// Largest answer, in bytes.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// What is asked of each thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// All properties it has, and these.
    All(Vec<Element>),
    /// The names of all it has.
    Names,
    /// These.
    These(Vec<Element>),
}

impl Asked {
    /// What a body asks; one that is empty asks for all.
    ///
    /// # Errors
    /// A body that asks for nothing.
    pub fn of(body: Option<&Element>) -> std::result::Result<Self, Refusal> {
        let Some(body) = body else { return Ok(Self::All(Vec::new())) };
        if let Some(these) = body.find(DAV, "prop") {
            return distinct(&these.elements).map(Self::These);
        }
        if body.find(DAV, "propname").is_some() {
            return Ok(Self::Names);
        }
        if body.find(DAV, "allprop").is_some() {
            return distinct(body.find(DAV, "include").map(|it| it.elements.as_slice()).unwrap_or_default()).map(Self::All);
        }
        Err(Refusal::plain(StatusCode::BAD_REQUEST, "请求没有说明要哪些属性", "it asks for no properties"))
    }
}

/// Each property once, however often it is asked for: a text told ten thousand times is one that hurts.
///
/// # Errors
/// More than there can be.
pub fn distinct(elements: &[Element]) -> std::result::Result<Vec<Element>, Refusal> {
    let mut names = BTreeSet::new();
    let these: Vec<Element> = elements.iter().filter(|it| names.insert((it.space.as_str(), it.name.as_str()))).cloned().collect();
    if these.len() <= MOST_PROPERTIES {
        return Ok(these);
    }
    let (zh_cn, en) = (format!("一次最多查询{MOST_PROPERTIES}个属性"), format!("at most {MOST_PROPERTIES} properties are asked for at once"));
    Err(Refusal::plain(StatusCode::FORBIDDEN, zh_cn, en))
}

/// Adds to an answer, as long as it stays one that can be sent.
///
/// # Errors
/// An answer that grows too large.
pub fn add_to(answer: &mut String, more: &str) -> std::result::Result<(), Refusal> {
    if answer.len() + more.len() > LARGEST_ANSWER {
        let (zh_cn, en) = ("结果过大，请缩短时间范围或分批读取", "that is more than one answer holds; ask for a shorter span of time, or in parts");
        let refusal = Refusal::dav("number-of-matches-within-limits", zh_cn, en);
        return Err(Refusal { status: StatusCode::INSUFFICIENT_STORAGE, ..refusal });
    }
    answer.push_str(more);
    Ok(())
}

/// One `<d:response>`: a thing and what was asked of it. What it has not is told too, unless the program wants little.
///
/// # Errors
/// Fails where the database does.
pub fn response(visit: &Visit<'_>, address: &str, target: &Target<'_>, asked: &Asked, minimal: bool) -> Result<String> {
    let named = || target.names().into_iter().map(|(space, name)| Element { space: space.into(), name: name.into(), ..Element::default() });
    let these: Vec<Element> = match asked {
        Asked::Names => {
            let names: String = named().map(|it| element(&it.space, &it.name, "")).collect();
            return Ok(dav("response", &format!("{}{}", href(address), status_of(&names, "200 OK"))));
        }
        Asked::These(these) => these.clone(),
        Asked::All(more) => {
            let known: Vec<Element> = named().collect();
            let further = more.iter().filter(|it| !known.iter().any(|known| known.is(&it.space, &it.name))).cloned().collect::<Vec<_>>();
            known.into_iter().chain(further).collect()
        }
    };
    let (mut found, mut missing) = (String::new(), String::new());
    for one in &these {
        match value(visit, target, one)? {
            Some(within) => found.push_str(&element(&one.space, &one.name, &within)),
            None => missing.push_str(&element(&one.space, &one.name, "")),
        }
    }
    let mut stats = String::new();
    if !found.is_empty() || missing.is_empty() || minimal {
        stats.push_str(&status_of(&found, "200 OK"));
    }
    if !missing.is_empty() && matches!(asked, Asked::These(_)) && !minimal {
        stats.push_str(&status_of(&missing, "404 Not Found"));
    }
    Ok(dav("response", &format!("{}{stats}", href(address))))
}

/// Properties with one status.
fn status_of(props: &str, status: &str) -> String {
    dav("propstat", &format!("<d:prop>{props}</d:prop>{}", dav("status", &format!("HTTP/1.1 {status}"))))
}

/// One `<d:response>` of something that is not there.
pub fn missing(address: &str) -> String {
    dav("response", &format!("{}{}", href(address), dav("status", "HTTP/1.1 404 Not Found")))
}

/// A whole answer.
pub fn multistatus(responses: &str) -> String {
    document(DAV, "multistatus", responses)
}

/// Answers a `PROPFIND`; `deep` asks for what is in it too.
///
/// # Errors
/// Fails where the database does.
pub fn propfind(visit: &Visit<'_>, place: &Place, deep: bool, asked: &Asked, minimal: bool) -> Result<std::result::Result<String, Refusal>> {
    let me = visit.context.actor;
    let mut all = String::new();
    let one = |place: &Place, target: &Target<'_>| response(visit, &visit.address(place), target, asked, minimal);
    let store = &visit.context.workspace.store;
    match place {
        Place::Root => {
            all.push_str(&one(place, &Target::Root)?);
            if deep {
                all.push_str(&one(&Place::Principal(me), &Target::Principal)?);
                all.push_str(&one(&Place::Home(me), &Target::Home)?);
            }
        }
        Place::Principal(_) => all.push_str(&one(place, &Target::Principal)?),
        Place::Home(_) => {
            all.push_str(&one(place, &Target::Home)?);
            if deep {
                for (collection, title) in store.read_with(|tx| visit.calendars(tx))? {
                    all.push_str(&one(&Place::Calendar(me, collection), &Target::Calendar(collection, &title))?);
                }
            }
        }
        Place::Calendar(_, collection) => {
            let Some(title) = store.read_with(|tx| visit.title(tx, *collection))? else { return Ok(Err(Refusal::not_found())) };
            all.push_str(&one(place, &Target::Calendar(*collection, &title))?);
            let shelf = if deep { store.read_with(|tx| visit.shelf(tx, *collection, Which::All))? } else { None };
            for resource in shelf.iter().flat_map(|it| &it.resources) {
                let item = Place::Item(me, *collection, resource.name.clone());
                if let Err(refusal) = add_to(&mut all, &one(&item, &Target::Item(*collection, resource))?) {
                    return Ok(Err(refusal));
                }
            }
        }
        Place::Item(_, collection, name) => {
            let names = [name.clone()];
            let shelf = store.read_with(|tx| visit.shelf(tx, *collection, Which::Named(&names)))?;
            let Some(resource) = shelf.as_ref().and_then(|it| it.find(name)) else { return Ok(Err(Refusal::not_found())) };
            all.push_str(&one(place, &Target::Item(*collection, resource))?);
        }
    }
    Ok(Ok(multistatus(&all)))
}

/// Answers a `PROPPATCH`: names, colours and order are the program's own affair and are not kept here.
pub fn proppatch(visit: &Visit<'_>, place: &Place, body: &Element) -> String {
    let sets = body.elements.iter().filter(|it| it.is(DAV, "set") || it.is(DAV, "remove"));
    let props = sets.filter_map(|it| it.find(DAV, "prop")).flat_map(|it| &it.elements);
    let names: String = props.map(|it| element(&it.space, &it.name, "")).collect();
    let error = dav("error", &dav("cannot-modify-protected-property", ""));
    let status = dav("status", "HTTP/1.1 403 Forbidden");
    let stat = dav("propstat", &format!("<d:prop>{names}</d:prop>{status}{error}"));
    multistatus(&dav("response", &format!("{}{stat}", href(&visit.address(place)))))
}
