//! Whose records what is entered is compared with: those of its own object, and of others that its definition names.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{Object, OwnPart};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use super::plan::{Plan, text_of};
use super::plan_of;

/// Most ways to fill another object's columns that are tried: two names and two telephone numbers are four.
const MOST_WAYS: usize = 8;

/// An object whose records are compared with what is entered.
pub struct Side {
    /// Which.
    pub object: Arc<Object>,
    /// How its records are compared.
    pub plan: Plan,
    /// For each of its columns, what of the object that is entered stands for it.
    parts: Vec<Vec<OwnPart>>,
}

impl Side {
    /// All of an object: itself, and the others of which the caller sees records.
    ///
    /// # Errors
    /// Where nobody looks for duplicates of the object.
    pub fn all(context: &Context, object: &Arc<Object>) -> Result<Vec<Self>> {
        let own = object.compared().iter().map(|it| vec![OwnPart { kind: it.field.definition.kind, column: it.column }]).collect();
        let mut sides = vec![Self { object: object.clone(), plan: plan_of(object)?, parts: own }];
        for across in &object.definition.duplicates_against {
            let other = context.schema.object(&across.object).filter(|it| context.access.may(it, Verb::Read));
            let Some((other, plan)) = other.and_then(|it| Some((it, Plan::of(it)?))) else { continue };
            sides.push(Self { object: other.clone(), plan, parts: object.compared_across(other, across) });
        }
        Ok(sides)
    }

    /// The texts that a row of what is entered would have here, without what the caller may not see of this object: as many
    /// ways as its values allow, none where it says nothing.
    pub fn ways<'a>(&self, context: &Context, row: &'a [Value]) -> Vec<Vec<Cow<'a, str>>> {
        let mut ways: Vec<Vec<Cow<'a, str>>> = vec![Vec::with_capacity(self.parts.len())];
        for parts in &self.parts {
            let mut texts: Vec<Cow<'a, str>> = Vec::new();
            for text in parts.iter().filter_map(|it| Some(text_of(it.kind, row.get(it.column)?))) {
                if !text.is_empty() && !texts.contains(&text) {
                    texts.push(text);
                }
            }
            texts.truncate((MOST_WAYS / ways.len()).max(1));
            if texts.is_empty() {
                texts.push(Cow::Borrowed(""));
            }
            let with = |way: &Vec<Cow<'a, str>>, text: &Cow<'a, str>| -> Vec<Cow<'a, str>> { way.iter().chain([text]).cloned().collect() };
            ways = texts.iter().flat_map(|text| ways.iter().map(|way| with(way, text)).collect::<Vec<_>>()).collect();
        }
        ways.iter_mut().for_each(|it| self.plan.blank(&context.access, &self.object, it));
        ways.sort();
        ways.dedup();
        ways.retain(|it| it.iter().any(|it| !it.is_empty()));
        ways
    }

    /// Records of another object that a row names: what it leads to is no duplicate of it.
    pub fn named(&self, entered: &Object, row: &[Value]) -> HashSet<Uuid> {
        let leads_here = |target: Option<&str>| entered.name != self.object.name && target == Some(&self.object.name);
        let fields = entered.fields.iter().filter(|it| it.is_reference() && leads_here(it.target.as_deref()));
        let cells = fields.filter_map(|it| row.get(it.part("")?.column));
        cells.filter_map(|it| if let Value::Id(id) = it { Some(*id) } else { None }).collect()
    }

    /// Whether a record of another object names the one that is entered: what became of it, or what it came from.
    pub fn leads_to(&self, record: &Record, entered: &Object, own: Uuid) -> bool {
        let leads_there = |target: Option<&str>| entered.name != self.object.name && target == Some(&entered.name);
        let mut fields = self.object.fields.iter().filter(|it| it.is_reference() && leads_there(it.target.as_deref()));
        fields.any(|it| record.reference(it.name()) == Some(own))
    }
}
