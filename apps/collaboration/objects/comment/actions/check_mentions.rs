//! Telling who writes a comment which of those he mentions may not see it, and will not be told.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::{self, Verb};
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{KernelError, Result};
use guanxi_text::html::{self, Mention};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::comments::{COMMENT, INTERNAL, is_outside};
use crate::meant;

/// Most members looked at one by one; of more, as many as that.
const MOST_ASKED: usize = 100;

/// `comment.check_mentions`.
pub struct CheckMentions(pub ActionDefinition);

impl Action for CheckMentions {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let context = unit.context;
        let (object, id) = target(context, input)?;
        // With the caller's rights: what he may not see himself, he learns nothing about.
        load_record(context, unit.tx, &object, id, Verb::Read, false)?.ok_or_else(no_target)?;
        let internal = input.get("audience").and_then(Json::as_str).unwrap_or(INTERNAL) == INTERNAL;
        let body = html::sanitise(input.get("body").and_then(Json::as_str).unwrap_or_default());
        let mut asking = Asking { object: &object, id, internal, known: BTreeMap::new() };
        let mut unseen = Vec::new();
        for mention in html::mentions(&body) {
            let Some((label, members)) = members_of(context, unit.tx, mention)? else { continue };
            let of = members.len();
            let blind = members.into_iter().take(MOST_ASKED).map(|it| asking.is_blind(context, unit.tx, it)).collect::<Result<Vec<_>>>()?;
            let blind = blind.into_iter().filter(|it| *it).count();
            if blind > 0 {
                unseen.push(json!({ "kind": mention.kind, "id": mention.id, "label": label, "unseen": blind, "of": of }));
            }
        }
        let may_share = match Planner::new(context).reach(unit.tx, &object, id, Verb::Share) {
            Ok(_) => true,
            Err(KernelError::NotFound | KernelError::Forbidden(_)) => false,
            Err(other) => return Err(other),
        };
        Ok(json!({ "unseen": unseen, "may_share": may_share }))
    }
}

fn no_target() -> KernelError {
    KernelError::invalid("target", "no_such_record", "没有这条记录", "there is no such record")
}

fn target(context: &Context, input: &Map<String, Json>) -> Result<(Arc<Object>, Uuid)> {
    let named = input.get("target").ok_or_else(no_target)?;
    let object = named["object"].as_str().and_then(|it| context.schema.object(it)).filter(|it| guanxi_kernel::read::may_be_named(it));
    let id = named["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
    object.cloned().zip(id).ok_or_else(no_target)
}

/// The name of what is mentioned and the members it means; nothing where the caller does not know of it.
fn members_of(context: &Context, tx: &mut dyn ReadTx, mention: Mention<'_>) -> Result<Option<(String, Vec<Uuid>)>> {
    if mention.kind == "role" {
        let Some(role) = context.schema.roles.get(mention.id) else { return Ok(None) };
        let members = meant::of_roles(context, tx, std::slice::from_ref(&role.name))?;
        return Ok(Some((context.locale.pick(&role.label).to_owned(), members)));
    }
    let object = match mention.kind {
        "team" => TEAM_OBJECT,
        "department" => DEPARTMENT_OBJECT,
        _ => MEMBER_OBJECT,
    };
    let (Some(object), Ok(id)) = (context.schema.object(object).cloned(), Uuid::try_parse(mention.id)) else { return Ok(None) };
    let Some(record) = load_record(context, tx, &object, id, Verb::Read, false)? else { return Ok(None) };
    let members = match mention.kind {
        "team" => meant::of_team(context, tx, id)?,
        "department" => meant::of_departments(context, tx, &[id])?,
        _ => vec![id],
    };
    Ok(Some((record.text_for(context, object.title_field().name()).unwrap_or_default(), members)))
}

/// The record that is spoken of, and who is known to see it or not.
struct Asking<'a> {
    object: &'a Arc<Object>,
    id: Uuid,
    internal: bool,
    known: BTreeMap<Uuid, bool>,
}

impl Asking<'_> {
    fn is_blind(&mut self, context: &Context, tx: &mut dyn ReadTx, member: Uuid) -> Result<bool> {
        if let Some(known) = self.known.get(&member) {
            return Ok(*known);
        }
        let comments = context.schema.object(COMMENT).cloned().ok_or(KernelError::NotFound)?;
        let blind = match access::context_of(context, tx, member)? {
            None => true,
            Some(theirs) => {
                let closed = !theirs.access.may(&comments, Verb::Read) || (self.internal && is_outside(&theirs, &comments));
                closed || load_record(&theirs, tx, self.object, self.id, Verb::Read, false)?.is_none()
            }
        };
        self.known.insert(member, blind);
        Ok(blind)
    }
}
