//! Problems counted by kind: which field, and what is wrong with it.

use std::collections::BTreeMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RowProblem;

/// Most kinds told.
const MOST: usize = 100;

/// How often each kind of problem was met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kinds(Vec<Kind>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kind {
    part: String,
    field: String,
    code: String,
    message: Label,
    count: u64,
}

/// Problems of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ImportProblemKind")]
pub struct ToldKind {
    /// Key of the further record of the row; empty for the main one.
    part: String,
    /// Field path, or the column's header.
    field: String,
    /// Stable code.
    code: String,
    /// What is wrong with the first of them.
    message: String,
    /// How many there are.
    count: u64,
}

impl Kinds {
    /// Counts a problem.
    pub fn note(&mut self, problem: &RowProblem) {
        let is_same = |it: &&mut Kind| it.part == problem.part && it.field == problem.field && it.code == problem.code;
        let has_room = self.0.len() < MOST;
        match self.0.iter_mut().find(is_same) {
            Some(kind) => kind.count += 1,
            None if has_room => self.0.push(Kind {
                part: problem.part.clone(),
                field: problem.field.clone(),
                code: problem.code.clone(),
                message: problem.message.clone(),
                count: 1,
            }),
            None => {}
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the caller's language, the most frequent first.
    pub fn told(self, context: &Context) -> Vec<ToldKind> {
        let by_count: BTreeMap<(std::cmp::Reverse<u64>, usize), Kind> =
            self.0.into_iter().enumerate().map(|(at, it)| ((std::cmp::Reverse(it.count), at), it)).collect();
        let told = |it: Kind| {
            let message = context.locale.pick(&it.message).to_owned();
            ToldKind { part: it.part, field: it.field, code: it.code, message, count: it.count }
        };
        by_count.into_values().map(told).collect()
    }
}
