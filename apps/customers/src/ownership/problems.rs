//! What stands in the way of rules, written on the rules themselves.

use std::collections::BTreeMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, json};
use uuid::Uuid;

use super::RULE;
use super::decide::Broken;

/// Longest text.
const MOST: usize = 500;

/// What a night found.
#[derive(Default)]
pub struct Problems {
    broken: BTreeMap<Uuid, Label>,
    /// Of each rule how many records could not be changed, and why the first could not.
    left: BTreeMap<Uuid, (usize, Label)>,
}

impl Problems {
    /// A rule cannot be asked.
    ///
    /// # Errors
    /// What is wrong with the database or the engine.
    pub fn broke(&mut self, broken: Broken) -> Result<()> {
        let KernelError::BadRequest { message, .. } = broken.error else { return Err(broken.error) };
        self.broken.insert(broken.rule, message);
        Ok(())
    }

    /// A record could not be changed as a rule says.
    pub fn left(&mut self, rule: Uuid, error: &KernelError) {
        self.left.entry(rule).or_insert_with(|| (0, reason(error))).0 += 1;
    }

    fn of(&self, rule: Uuid) -> Option<String> {
        let told = match (self.broken.get(&rule), self.left.get(&rule)) {
            (Some(why), _) => both(why),
            (None, Some((count, why))) => both(&Label::new(
                format!("有{count}条记录没能改变，第一条的原因：{}", why.zh_cn),
                format!("{count} records could not be changed; the first: {}", why.en),
            )),
            (None, None) => return None,
        };
        Some(told.chars().take(MOST).collect())
    }

    /// A rule something stands in the way of says so; any other says nothing any more.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn note(&self, context: &Context, rules: &[Record]) -> Result<()> {
        for rule in rules {
            let problem = self.of(rule.id());
            if rule.text("problem") != problem {
                let (id, noted) = (rule.id(), Map::from_iter([("problem".to_owned(), json!(problem))]));
                run_unit(context, context.new_id(), "ownership", Box::new(move |unit| unit.update_as_system(RULE, id, &noted).map(drop)))?;
            }
        }
        Ok(())
    }
}

/// It is kept as one text, for whoever reads it: in both languages.
fn both(label: &Label) -> String {
    if label.zh_cn == label.en { label.en.clone() } else { format!("{} / {}", label.zh_cn, label.en) }
}

fn reason(error: &KernelError) -> Label {
    match error {
        KernelError::BadRequest { message, .. } | KernelError::Conflict { message, .. } => message.clone(),
        KernelError::Invalid(problems) => problems.first().map(|it| it.message.clone()).unwrap_or_default(),
        KernelError::NotFound | KernelError::Merged { .. } => Label::new("它已不存在", "it is gone"),
        _ => Label::new("它正被占用", "it is in use"),
    }
}
