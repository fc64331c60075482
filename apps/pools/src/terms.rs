//! What a recycling rule asks for, as a filter of the expression language.

use guanxi_kernel::access::compile_filter;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{FieldGate, OpenGate};
use guanxi_kernel::{FieldError, KernelError, Result};
use serde_json::{Map, Value as Json};

use crate::values::number;

/// The levels of accounts a rule may set days for, with the field that has them.
const LEVELS: [(&str, &str); 4] = [("a", "days_a"), ("b", "days_b"), ("c", "days_c"), ("d", "days_d")];

/// A rule without its names and dates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// An option of `pool_rule.kind`.
    pub kind: String,
    /// After how many days.
    pub days: i64,
    /// Other days by level, where there are.
    pub levels: [Option<i64>; 4],
    /// The expression of a rule of its own.
    pub condition: String,
    /// What is left alone.
    pub unless: String,
    /// How many days before the owner is told.
    pub warn_days: i64,
}

impl Terms {
    /// Of a rule.
    pub fn of_record(rule: &Record) -> Self {
        let text = |name: &str| rule.text(name).unwrap_or_default();
        Self {
            kind: rule.value("kind").as_text().unwrap_or_default().to_owned(),
            days: number(rule, "days").unwrap_or(0),
            levels: LEVELS.map(|(_, field)| number(rule, field)),
            condition: text("condition"),
            unless: text("unless"),
            warn_days: number(rule, "warn_days").unwrap_or(0),
        }
    }

    /// Of what somebody has in mind.
    pub fn of_input(input: &Map<String, Json>) -> Self {
        let text = |name: &str| input.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let whole = |name: &str| input.get(name).and_then(Json::as_i64);
        Self {
            kind: text("kind"),
            days: whole("days").unwrap_or(0),
            levels: LEVELS.map(|(_, field)| whole(field)),
            condition: text("condition"),
            unless: text("unless"),
            warn_days: whole("warn_days").unwrap_or(0),
        }
    }

    /// The records of an object the rule is for. Where `warned` their owners are told first: so many days earlier.
    pub fn filter(&self, object: &str, warned: bool) -> String {
        let base = "owner != null && (protected_until == null || protected_until < now())";
        let open = if object == "lead" { " && !(status in ['converted', 'disqualified'])" } else { "" };
        let when = if self.kind == "custom" { format!("({}\n)", self.condition) } else { self.by_days(object, warned) };
        let unless = if self.unless.trim().is_empty() { String::new() } else { format!(" && !({}\n)", self.unless) };
        format!("{base}{open} && ({when}){unless}")
    }

    fn by_days(&self, object: &str, warned: bool) -> String {
        let early = if warned { self.warn_days } else { 0 };
        let after = |days: i64| self.waited((days - early).max(0));
        if object != "account" || self.levels.iter().all(Option::is_none) {
            return after(self.days);
        }
        let own: Vec<(&str, i64)> = LEVELS.iter().zip(self.levels).filter_map(|((level, _), days)| Some((*level, days?))).collect();
        // Whatever levels a company has beside those goes by the days for all.
        let named = own.iter().map(|(level, _)| format!("'{level}'")).collect::<Vec<_>>().join(", ");
        let others = format!("((level == null || !(level in [{named}])) && {})", after(self.days));
        let by_level = own.iter().map(|(level, days)| format!("(level == '{level}' && {})", after(*days)));
        by_level.chain([others]).collect::<Vec<_>>().join(" || ")
    }

    /// What the kind means after so many days.
    fn waited(&self, days: i64) -> String {
        let ago = format!("now() - days({days})");
        let held = format!("(owned_since < {ago} || (owned_since == null && created_at < {ago}))");
        match self.kind.as_str() {
            "no_opportunity" => format!("({held} && (open_opportunity_count == null || open_opportunity_count == 0))"),
            "not_won" => format!("({held} && (won_amount == null || won_amount == 0))"),
            "not_converted" => held,
            // Whoever got it since has as many days.
            "contract_ended" => format!("({held} && contract_ends_on != null && contract_ends_on < today() - days({days}))"),
            _ => format!("({held} && (last_activity_at == null || last_activity_at < {ago}))"),
        }
    }

    /// What is wrong with it for an object; what it names must be open to who makes it.
    ///
    /// # Errors
    /// Fails where there is no such object.
    pub fn problems(&self, context: &Context, object: &str) -> Result<Vec<FieldError>> {
        let mut problems = Vec::new();
        let mut say = |field: &str, code: &'static str, zh: &str, en: &str| problems.push(FieldError::new(field, code, zh, en));
        match (self.kind.as_str(), object) {
            ("no_opportunity" | "not_won" | "contract_ended", "lead") => say("kind", "rule", "这个条件只用于客户", "this is for accounts"),
            ("not_converted", "account") => say("kind", "rule", "这个条件只用于线索", "this is for leads"),
            ("custom", _) if self.condition.trim().is_empty() => say("condition", "required", "请填写表达式", "an expression is needed"),
            ("custom", _) => {}
            _ if self.days < 1 => say("days", "required", "请填写天数", "the number of days is needed"),
            _ => {}
        }
        let early = |days: &i64| self.kind != "custom" && *days <= self.warn_days;
        if self.levels.iter().flatten().chain([&self.days]).filter(|it| **it > 0).any(early) {
            say("warn_days", "rule", "提醒天数应少于回收天数", "must be less than the days of the rule");
        }
        for (field, source) in [("condition", &self.condition), ("unless", &self.unless)] {
            let asked = !source.trim().is_empty() && (field == "unless" || self.kind == "custom");
            if asked && let Some(problem) = problem_of(context, object, field, source)? {
                problems.push(problem);
            }
        }
        Ok(problems)
    }
}

/// What would be read otherwise within the brackets of a rule than by itself.
const NOT_HERE: [&str; 3] = ["//", "'''", "\"\"\""];

/// What is wrong with an expression, where something is.
fn problem_of(context: &Context, object: &str, field: &str, source: &str) -> Result<Option<FieldError>> {
    if NOT_HERE.iter().any(|it| source.contains(it)) {
        return Ok(Some(FieldError::new(field, "rule", "这里不能用注释和三重引号", "comments and triple quotes are not for here")));
    }
    let object = context.schema.object(object).ok_or(KernelError::NotFound)?;
    let gate: &dyn FieldGate = if context.access.is_system() { &OpenGate } else { context.access.as_ref() };
    match compile_filter(&context.schema, object, source, gate, &context.access.member, context.now, &context.time_zone) {
        Ok(_) => Ok(None),
        Err(KernelError::BadRequest { message, .. }) => Ok(Some(FieldError::new(field, "rule", message.zh_cn, message.en))),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_by_level_where_a_level_has_its_own() {
        let terms = Terms { kind: "no_follow_up".into(), days: 30, levels: [Some(90), None, None, None], warn_days: 3, ..Terms::default() };
        let filter = terms.filter("account", false);
        assert!(filter.contains("(level == 'a' && ((owned_since < now() - days(90)"), "{filter}");
        assert!(filter.contains("((level == null || !(level in ['a'])) && ((owned_since < now() - days(30)"), "{filter}");
        let warned = terms.filter("account", true);
        assert!(warned.contains("days(87)") && warned.contains("days(27)"), "{warned}");
        assert!(!terms.filter("lead", false).contains("level"), "leads have no level");
    }

    #[test]
    fn an_expression_is_kept_apart_from_what_stands_around_it() {
        let terms = Terms { kind: "custom".into(), condition: "a || b".into(), unless: "c || d".into(), ..Terms::default() };
        let filter = terms.filter("lead", false);
        assert!(filter.ends_with("&& ((a || b\n)) && !(c || d\n)"), "{filter}");
    }
}
