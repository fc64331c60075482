//! Which pipeline a new opportunity goes through: that of the team it belongs to, of its product line, or the default.

use std::collections::HashMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::identity::DEPARTMENT_OBJECT;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Condition, ReadTx, Select};
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use super::setting::choices_of;

/// The object of pipelines.
pub const PIPELINE: &str = "pipeline";
/// Most pipelines of a workspace, and most departments they name.
const MOST: u64 = 1_000;

/// The pipeline a new opportunity begins in where nobody named one; none where none is for it and none is the default.
///
/// A pipeline may be for departments, for product lines, or for both; one that is for what the opportunity is not is passed
/// over. The nearest department goes first, from that of the opportunity upwards; then the product line; then the default.
///
/// # Errors
/// Fails where the database does.
pub fn usual(context: &Context, tx: &mut dyn ReadTx, draft: &Draft) -> Result<Option<Uuid>> {
    if context.schema.object(PIPELINE).is_none() {
        return Ok(None);
    }
    let active = known_records(context, tx, PIPELINE, |it| Ok(Condition::equals(it("active")?, Value::Bool(true))), MOST)?;
    let Some(first) = active.first() else { return Ok(None) };
    let departments = departments_by_pipeline(tx, &first.object)?;
    let is_named = |id: Uuid| departments.values().any(|it| it.contains(&id));
    let above = if departments.is_empty() { Vec::new() } else { chain(context, tx, draft, is_named)? };
    let line = draft.value("product_line");
    let best = active.iter().filter_map(|it| Some((rank(it, departments.get(&it.id()), &above, line.as_text())?, it.id()))).min();
    Ok(best.map(|(_, id)| id))
}

/// How near a pipeline is to an opportunity: smaller is nearer; none where it is not for it.
fn rank(pipeline: &Record, departments: Option<&Vec<Uuid>>, above: &[Uuid], line: Option<&str>) -> Option<(usize, bool, bool)> {
    const FAR: usize = usize::MAX;
    let is_default = pipeline.value("is_default").is_true();
    let lines = choices_of(pipeline, "product_lines");
    let steps = departments.map(|named| above.iter().position(|it| named.contains(it)));
    let is_of_line = line.is_some_and(|line| lines.iter().any(|it| it == line));
    let fits = steps != Some(None) && (lines.is_empty() || is_of_line);
    match (fits && (steps.is_some() || is_of_line), is_default) {
        (true, _) => Some((steps.flatten().unwrap_or(FAR - 1), !is_of_line, !is_default)),
        // Who has none of his own takes the default, whomever that is meant for.
        (false, true) => Some((FAR, true, false)),
        (false, false) => None,
    }
}

/// The departments that pipelines name; only those that name any.
fn departments_by_pipeline(tx: &mut dyn ReadTx, object: &Object) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut named: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let Some(link) = object.field("departments").and_then(|it| it.link.as_ref()) else { return Ok(named) };
    for row in tx.rows(&Select::all(link, Condition::True).limited(MOST))? {
        if let [Value::Id(pipeline), Value::Id(department), ..] = row.as_slice() {
            named.entry(*pipeline).or_default().push(*department);
        }
    }
    Ok(named)
}

/// Of the opportunity's department and those above it, nearest first, those that pipelines name.
fn chain(context: &Context, tx: &mut dyn ReadTx, draft: &Draft, is_named: impl Fn(Uuid) -> bool) -> Result<Vec<Uuid>> {
    let (mut chain, mut next) = (Vec::new(), if let Value::Id(id) = draft.value("department") { Some(id) } else { None });
    while let Some(id) = next.filter(|it| !chain.contains(it)) {
        chain.push(id);
        let found = known_records(context, tx, DEPARTMENT_OBJECT, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?;
        next = found.first().and_then(|it| it.reference("parent"));
    }
    chain.retain(|it| is_named(*it));
    Ok(chain)
}
