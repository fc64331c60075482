//! Who else is told, where a rule says so: those above and below who is told, each under his own rights and wishes.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Record, among, known_records as records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use serde_json::json;
use uuid::Uuid;

use super::news::News;

/// The object of the rules.
const RULE: &str = "notification_rule";
/// Most rules.
const MOST_RULES: u64 = 200;
/// Most members looked up for one batch.
const MOST_MEMBERS: u64 = 5_000;
/// Of somebody below, and of somebody above, who was told something.
const BELOW: &str = "told_below";
const ABOVE: &str = "told_above";
/// So begin the choices that go by who did it, whomever it reached.
const OF_ACTOR: &str = "actor_";

/// Refuses rules about what is told by rules: they would never tell anybody anything.
pub struct RuleHook;

impl Hook for RuleHook {
    fn object(&self) -> &str {
        RULE
    }

    fn before_save(&self, _context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.changes("kind") && [BELOW, ABOVE].contains(&draft.value("kind").as_text().unwrap_or_default()) {
            draft.problem(
                "kind",
                "rule",
                "抄送来的通知不再抄送，请选择原来的通知类型",
                "what is told by a rule is told no further; choose the kind it comes from",
            );
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// Members and departments, as far as the rules ask for them.
struct Known {
    members: BTreeMap<Uuid, Record>,
    heads: BTreeMap<Uuid, Uuid>,
    people: BTreeMap<Uuid, Vec<Uuid>>,
}

impl Known {
    fn of(context: &Context, tx: &mut dyn ReadTx, concerned: &BTreeSet<Uuid>, with_people: bool) -> Result<Self> {
        let found = records(context, tx, MEMBER_OBJECT, |it| among(it("id"), concerned.clone()), MOST_MEMBERS)?;
        let departments: BTreeSet<Uuid> = found.iter().filter_map(|it| it.reference("department")).collect();
        let departments = records(context, tx, DEPARTMENT_OBJECT, |it| among(it("id"), departments), MOST_MEMBERS)?;
        let heads = departments.iter().filter_map(|it| Some((it.id(), it.reference("head")?))).collect();
        let mut people: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        if with_people {
            for one in records(context, tx, MEMBER_OBJECT, |it| among(it("manager"), concerned.clone()), MOST_MEMBERS)? {
                people.entry(one.reference("manager").unwrap_or_default()).or_default().push(one.id());
            }
        }
        Ok(Self { members: found.into_iter().map(|it| (it.id(), it)).collect(), heads, people })
    }

    fn superior(&self, member: Uuid) -> Option<Uuid> {
        self.members.get(&member)?.reference("manager")
    }

    fn head(&self, member: Uuid) -> Option<Uuid> {
        self.heads.get(&self.members.get(&member)?.reference("department")?).copied()
    }

    /// Whom a rule means by some news, and of whom they are told.
    fn meant(&self, tell: &str, news: &News) -> (Vec<Uuid>, Uuid) {
        let one = |it: Option<Uuid>| it.into_iter().collect();
        match tell {
            "subordinates" => (self.people.get(&news.member).cloned().unwrap_or_default(), news.member),
            "department_head" => (one(self.head(news.member)), news.member),
            "actor_superior" => (one(self.superior(news.actor)), news.actor),
            "actor_department_head" => (one(self.head(news.actor)), news.actor),
            _ => (one(self.superior(news.member)), news.member),
        }
    }
}

/// The choice a field holds, as it is stored.
fn choice(rule: &Record, field: &str) -> String {
    if let Value::Text(text) = rule.value(field) { text } else { String::new() }
}

/// What others are told because of some news. Nobody is told of what he is told himself, or did; and of what somebody was told only
/// where it `reached` him, as it says of each of the news: not where he does not wish it, may not see it or is not there any more.
///
/// # Errors
/// Fails where the database does.
pub fn by_rules(context: &Context, tx: &mut dyn ReadTx, news: &[News], reached: &[bool]) -> Result<Vec<News>> {
    if news.is_empty() || context.schema.object(RULE).is_none() {
        return Ok(Vec::new());
    }
    let in_use = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
    let rules: Vec<(String, String)> =
        records(context, tx, RULE, in_use, MOST_RULES)?.iter().map(|it| (choice(it, "kind"), choice(it, "tell"))).collect();
    let concerned: BTreeSet<Uuid> =
        news.iter().filter(|it| rules.iter().any(|rule| rule.0 == it.kind)).flat_map(|it| [it.member, it.actor]).filter(|it| !it.is_nil()).collect();
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    let known = Known::of(context, tx, &concerned, rules.iter().any(|it| it.1 == "subordinates"))?;
    let mut told: BTreeSet<(Uuid, Option<Uuid>, &str)> = news.iter().map(|it| (it.member, it.target.as_ref().map(|it| it.1), it.kind)).collect();
    let mut more = Vec::new();
    for (one, reached) in news.iter().zip(reached) {
        for (_, tell) in rules.iter().filter(|it| it.0 == one.kind && (*reached || it.1.starts_with(OF_ACTOR))) {
            let (members, of) = known.meant(tell, one);
            let fresh: Vec<Uuid> =
                members.into_iter().filter(|it| *it != one.actor && told.insert((*it, one.target.as_ref().map(|it| it.1), one.kind))).collect();
            more.extend(fresh.into_iter().map(|member| also(one, member, of, tell)));
        }
    }
    Ok(more)
}

fn also(news: &News, member: Uuid, of: Uuid, tell: &str) -> News {
    let kind = if tell == "subordinates" { ABOVE } else { BELOW };
    let mut also = news.clone();
    also.member = member;
    also.kind = kind;
    also.concerns = Some(of);
    also.group = format!("{kind}:{}:{}", of.simple(), news.group);
    also.with("kind", json!(news.kind))
}
