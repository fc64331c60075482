//! The departments of the company: which there are, in which order, who leads them.

use std::collections::HashMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::identity::DEPARTMENT_OBJECT;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Most departments of a company.
const MOST: u64 = 100_000;

#[derive(Debug)]
struct Department {
    name: String,
    parent: Option<Uuid>,
    head: Option<Uuid>,
    active: bool,
    /// Its place when the tree is read from the top, departments beside each other by name.
    order: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Departments(HashMap<Uuid, Department>);

impl Departments {
    /// Reads them.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn read(context: &Context, tx: &mut dyn ReadTx) -> Result<Self> {
        let records = known_records(context, tx, DEPARTMENT_OBJECT, |_| Ok(Condition::True), MOST)?;
        let mut all = Self(records.iter().map(|it| (it.id(), of_record(it))).collect());
        all.put_in_order();
        Ok(all)
    }

    fn put_in_order(&mut self) {
        let mut below: HashMap<Option<Uuid>, Vec<Uuid>> = HashMap::new();
        for (id, it) in &self.0 {
            // One whose parent is gone stands at the top.
            below.entry(it.parent.filter(|it| self.0.contains_key(it))).or_default().push(*id);
        }
        let by_name = |ids: &mut Vec<Uuid>| ids.sort_by_key(|id| std::cmp::Reverse((self.0.get(id).map(|it| it.name.clone()), *id)));
        let mut waiting = below.remove(&None).unwrap_or_default();
        by_name(&mut waiting);
        let mut order = Vec::new();
        while let Some(id) = waiting.pop() {
            order.push(id);
            let mut children = below.remove(&Some(id)).unwrap_or_default();
            by_name(&mut children);
            waiting.extend(children);
        }
        for (place, id) in order.into_iter().enumerate() {
            if let Some(it) = self.0.get_mut(&id) {
                it.order = place;
            }
        }
    }

    /// Whether records can come to belong to it: it is there and in use.
    pub fn is_open(&self, id: Uuid) -> bool {
        self.0.get(&id).is_some_and(|it| it.active)
    }

    /// Its place in the tree; behind all others where it is none.
    pub fn order(&self, id: Uuid) -> usize {
        self.0.get(&id).map_or(usize::MAX, |it| it.order)
    }

    /// Who leads it.
    pub fn head(&self, id: Uuid) -> Option<Uuid> {
        self.0.get(&id)?.head
    }

    /// Its name.
    pub fn name(&self, id: Uuid) -> &str {
        self.0.get(&id).map_or("", |it| it.name.as_str())
    }

    /// Its id and name for people.
    pub fn told(&self, id: Uuid) -> Json {
        json!({ "id": id, "label": self.name(id) })
    }

    /// Whether a department is another one or lies below it.
    pub fn is_within(&self, id: Uuid, above: Uuid) -> bool {
        let mut at = Some(id);
        for _ in 0..=self.0.len() {
            match at {
                Some(it) if it == above => return true,
                Some(it) => at = self.0.get(&it).and_then(|it| it.parent),
                None => return false,
            }
        }
        false
    }
}

fn of_record(record: &Record) -> Department {
    Department {
        name: record.title(),
        parent: record.reference("parent"),
        head: record.reference("head"),
        active: record.value("active") != Value::Bool(false),
        order: usize::MAX,
    }
}
