//! Reacting to a comment, and taking a reaction back. One record for each member, so that who clicks for ever leaves no more.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};

use crate::comments::REACTION;
use guanxi_kernel::read::known_records as records;

/// `comment.react`.
pub struct React(pub ActionDefinition);

impl Action for React {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let comment = required_record(record)?;
        let (member, emoji) = (unit.context.actor, input.get("emoji").cloned().unwrap_or_default());
        let mine = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
            let of_comment = Condition::equals(it("comment")?, Value::Id(comment.id()));
            Ok(of_comment.and(Condition::equals(it("member")?, Value::Id(member))))
        };
        let existing = records(unit.context, unit.tx, REACTION, mine, 1)?.pop();
        let mut emojis = existing.as_ref().map(emojis_of).unwrap_or_default();
        if emojis.contains(&emoji) {
            emojis.retain(|it| *it != emoji);
        } else {
            emojis.push(emoji);
        }
        let mut values = Map::from_iter([("emojis".to_owned(), json!(emojis))]);
        match existing {
            Some(it) => unit.update_as_system(REACTION, it.id(), &values)?,
            None => {
                values.insert("comment".to_owned(), json!(comment.id()));
                values.insert("member".to_owned(), json!(member));
                unit.create_as_system(REACTION, &values)?
            }
        };
        Ok(json!({ "id": comment.id(), "emojis": emojis }))
    }
}

fn emojis_of(reaction: &Record) -> Vec<Json> {
    match reaction.value("emojis") {
        Value::Json(json) => json.as_array().cloned().unwrap_or_default(),
        Value::List(items) => items.iter().filter_map(|it| it.as_text().map(|it| json!(it))).collect(),
        _ => Vec::new(),
    }
}
