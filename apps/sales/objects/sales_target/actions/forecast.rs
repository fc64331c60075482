//! What was reached of each target, what open deals promise and what is missing, as far as the caller may see the deals.

use std::collections::{BTreeMap, HashMap, HashSet};

use guanxi_kernel::access::{DepartmentTree, Verb};
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_records, object_of};
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::pipeline::setting::day_of;
use crate::subject::{Subject, departments};
use crate::targets::TARGET;
use crate::targets::counting::{Counted, Counting, Figures};
use crate::targets::target::{Measure, Target, targets};

/// Most targets told at once: each takes some sums of its own.
const MOST_TARGETS: u32 = 300;

/// See the module.
pub struct Forecast(pub ActionDefinition);

impl Action for Forecast {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn answer(&self, context: &Context, input: &Map<String, Json>) -> Option<Result<Json>> {
        let filter = filter_of(context, input);
        Some(filter.and_then(|filter| context.workspace.store.read_with(|tx| forecast(context, tx, filter.clone()))))
    }

    fn run(&self, _unit: &mut Unit<'_>, _record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        Err(KernelError::Internal("sales_target.forecast only reads".into()))
    }
}

/// Which targets are asked for: those whose period has a day in common with the time named.
fn filter_of(context: &Context, input: &Map<String, Json>) -> Result<String> {
    let day = |name: &str| input.get(name).and_then(Json::as_str).and_then(|it| it.parse::<Date>().ok());
    let from = day("from").unwrap_or_else(|| day_of(context, context.now));
    let to = day("to").unwrap_or(from);
    if to < from {
        return Err(KernelError::invalid("to", "rule", "“到”不能早于“从”", "it cannot end before it begins"));
    }
    let within = format!("period_start <= date('{to}') && period_end >= date('{from}')");
    Ok(match input.get("period").and_then(Json::as_str) {
        Some(period) => format!("period == '{period}' && {within}"),
        None => within,
    })
}

fn forecast(context: &Context, tx: &mut dyn ReadTx, filter: String) -> Result<Json> {
    let (targets, mut more) = targets(context, tx, filter, MOST_TARGETS)?;
    let tree = departments(context, tx)?;
    let counting = Counting::new(context, &tree)?;
    let team = Team::of(context, tx, &targets, &tree)?;
    let mut rows = Vec::new();
    for target in &targets {
        let filters = counting.filters(target)?;
        let counted = counting.count(tx, target, &filters)?;
        more |= counted.truncated;
        let mut row = counting.json(target.measure, &counted.whole, Some(target.wanted));
        for name in ["department", "member", "product_line", "measure", "period", "period_start", "period_end", "state"] {
            row.insert(name.to_owned(), target.json[name].clone());
        }
        row.insert("target".to_owned(), json!({ "id": target.json["id"], "label": target.json["name"] }));
        let currency = (target.measure == Measure::Amount).then(|| context.workspace.settings().currency.clone());
        row.insert("currency".to_owned(), json!(currency));
        row.insert("partial".to_owned(), json!(counting.is_partial(tx, &filters)?));
        row.insert("records".to_owned(), filters.json());
        row.insert("members".to_owned(), team.members(&counting, &targets, target, counted).into());
        rows.push(Json::Object(row));
    }
    Ok(json!({ "rows": rows, "more": more }))
}

/// Whose single figures the caller is told within those of a department.
struct Team<'a> {
    context: &'a Context,
    tree: &'a DepartmentTree,
    /// He leads, or sees every target: then everybody's whose deals he sees.
    everybody: bool,
    /// Members with a target he sees.
    named: HashSet<Uuid>,
    /// Their departments.
    departments: HashMap<Uuid, Uuid>,
}

impl<'a> Team<'a> {
    fn of(context: &'a Context, tx: &mut dyn ReadTx, targets: &[Target], tree: &'a DepartmentTree) -> Result<Self> {
        let object = object_of(context, TARGET)?;
        let everybody = context.access.may(&object, Verb::Update) || context.access.reach(&object, Verb::Read).is_everything();
        let named: HashSet<Uuid> = targets.iter().filter_map(|it| if let Subject::Member(id) = it.subject { Some(id) } else { None }).collect();
        let ids = named.iter().copied().map(Value::Id).collect();
        let most = u64::from(MOST_TARGETS);
        let found = known_records(context, tx, MEMBER_OBJECT, |column| Ok(Condition::In(column("id")?, ids, false)), most)?;
        let departments = found.iter().filter_map(|it| Some((it.id(), it.reference("department")?))).collect();
        Ok(Self { context, tree, everybody, named, departments })
    }

    fn may_be_told_of(&self, member: Uuid) -> bool {
        self.everybody || self.named.contains(&member) || self.context.access.member.selves().contains(&member)
    }

    /// Members of a department's target, with their own targets of the same kind; none of a member's.
    fn members(&self, counting: &Counting<'_>, targets: &[Target], target: &Target, counted: Counted) -> Vec<Json> {
        let Subject::Department(department) = target.subject else { return Vec::new() };
        let below = self.tree.below(&[department]);
        let own = targets.iter().filter(|it| it.is_alike(target)).filter_map(|it| match it.subject {
            Subject::Member(member) => Some((member, it)),
            Subject::Department(_) => None,
        });
        let own: BTreeMap<Uuid, &Target> = own.collect();
        let mut all: BTreeMap<Uuid, (Json, Figures)> = counted.members.into_iter().filter(|it| self.may_be_told_of(it.0)).collect();
        // Who has reached nothing yet is told of, too.
        for (member, theirs) in own.iter().filter(|it| self.departments.get(it.0).is_some_and(|it| below.contains(it))) {
            all.entry(*member).or_insert_with(|| (theirs.json["member"]["label"].clone(), Figures::default()));
        }
        let mut members: Vec<(Uuid, Json, Figures)> = all.into_iter().map(|(id, (name, figures))| (id, name, figures)).collect();
        members.sort_by(|left, right| right.2.won.cmp(&left.2.won).then(left.0.cmp(&right.0)));
        let row = |(id, name, figures): (Uuid, Json, Figures)| {
            let theirs = own.get(&id);
            let mut row = counting.json(target.measure, &figures, theirs.map(|it| it.wanted));
            row.insert("member".to_owned(), json!({ "id": id, "label": name }));
            row.insert("target".to_owned(), theirs.map_or(Json::Null, |it| json!({ "id": it.json["id"], "label": it.json["name"] })));
            Json::Object(row)
        };
        members.into_iter().map(row).collect()
    }
}
