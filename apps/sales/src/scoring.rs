//! Scores of leads, with what they are made of.

use std::sync::LazyLock;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Conditions, Record, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps};
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// The object that is scored.
pub const LEAD: &str = "lead";
/// The object of the rules.
pub const SCORE_RULE: &str = "score_rule";
/// What a rule changes itself, or by changing anything: one that asks for it would never come to rest.
const OF_ITSELF: [&str; 5] = ["score", "score_reasons", "updated_at", "updated_by", "version"];
/// The job.
pub const SCORE: &str = "sales.score_leads";
/// Most rules.
const MOST_RULES: u64 = 200;
/// Leads looked at together.
const PAGE: u64 = 500;
/// Leads changed in one transaction.
const AT_ONCE: usize = 50;

/// What conditions may not name: what follows from them, and what a pool may cover, since the reasons would tell it.
pub fn refused(context: &Context) -> Vec<&str> {
    let covered = context.schema.object(LEAD).and_then(|it| it.definition.in_circle.as_ref()).map(|it| it.coverable.iter().map(String::as_str));
    OF_ITSELF.into_iter().chain(covered.into_iter().flatten()).collect()
}

/// The rules in use, read once.
pub struct Rules(Vec<Rule>);

struct Rule {
    name: String,
    points: i64,
    condition: ConditionOn,
}

/// What the rules make of a lead.
#[derive(Debug, PartialEq, Eq)]
pub struct Score {
    /// 0 to 100.
    pub points: i64,
    /// The rules that hold, a line each, those that count most first.
    pub reasons: String,
}

impl Rules {
    /// Reads them; one that is not understood any more counts for nothing.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn read(context: &Context, tx: &mut dyn ReadTx) -> Result<Self> {
        static KNOWN: LazyLock<Conditions> = LazyLock::new(Conditions::default);
        let Some(lead) = context.schema.object(LEAD).filter(|_| context.schema.object(SCORE_RULE).is_some()) else { return Ok(Self(Vec::new())) };
        let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
        let rule = |record: &Record| {
            let points = if let Value::Int(points) = record.value("points") { points } else { 0 };
            let condition = KNOWN.read(&context.schema, lead, &record.text("condition")?)?;
            Some(Rule { name: record.title(), points, condition })
        };
        let mut rules: Vec<Rule> = known_records(context, tx, SCORE_RULE, active, MOST_RULES)?.iter().filter_map(rule).collect();
        rules.sort_by(|one, other| other.points.abs().cmp(&one.points.abs()).then_with(|| one.name.cmp(&other.name)));
        Ok(Self(rules))
    }

    /// The score of a lead; nothing where there are no rules: then people say it.
    pub fn score(&self, context: &Context, lead: &Record) -> Option<Score> {
        if self.0.is_empty() {
            return None;
        }
        let zone = context.workspace.time_zone();
        let holding: Vec<&Rule> = self.0.iter().filter(|it| it.condition.holds(lead, context.now, &zone)).collect();
        let points: i64 = holding.iter().map(|it| it.points).sum();
        let reasons: Vec<String> = holding.iter().map(|it| format!("{:+} {}", it.points, it.name)).collect();
        Some(Score { points: points.clamp(0, 100), reasons: reasons.join("\n") })
    }
}

impl Score {
    /// Whether a lead has it already.
    pub fn is_of(&self, lead: &Record) -> bool {
        lead.value("score") == Value::Int(self.points) && lead.text("score_reasons").unwrap_or_default() == self.reasons
    }

    /// As a change of a lead.
    pub fn values(&self) -> Map<String, Json> {
        let reasons = if self.reasons.is_empty() { Json::Null } else { json!(self.reasons) };
        Map::from_iter([("score".to_owned(), json!(self.points)), ("score_reasons".to_owned(), reasons)])
    }
}

/// `sales.score_leads`: what follows from the day, from activities, and from rules that changed.
pub struct ScoreLeads;

impl JobHandler for ScoreLeads {
    fn kind(&self) -> &str {
        SCORE
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("40 5 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let store = &context.workspace.store;
        let rules = store.read_with(|tx| Rules::read(context, tx))?;
        let open = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
            let ended = ["converted", "disqualified"].map(|it| Value::Text(it.to_owned())).to_vec();
            Ok(Condition::In(it("status")?, ended, true))
        };
        let mut after = None;
        loop {
            let page = store.read_with(|tx| known_page(context, tx, LEAD, open, after, PAGE))?;
            let Some(last) = page.last().map(Record::id) else { return Ok(()) };
            let changed: Vec<Uuid> =
                page.iter().filter(|it| rules.score(context, it).is_some_and(|score| !score.is_of(it))).map(Record::id).collect();
            in_steps(context, "score", &changed, AT_ONCE, &take)?;
            after = Some(last);
        }
    }
}

/// The hook of leads works the score out once more, as they are now.
fn take(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<()> {
    let context = unit.context;
    let rules = Rules::read(context, unit.tx)?;
    let wanted = ids.iter().copied().map(Value::Id).collect();
    for lead in known_records(context, unit.tx, LEAD, |it| Ok(Condition::In(it("id")?, wanted, false)), PAGE)? {
        if let Some(score) = rules.score(context, &lead).filter(|it| !it.is_of(&lead)) {
            unit.update_as_system(LEAD, lead.id(), &score.values())?;
        }
    }
    Ok(())
}
