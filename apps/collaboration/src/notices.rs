//! Whom notices are for, and when they come out.

use std::collections::BTreeSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, link_targets, load_record};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::shares::shares_of;
use guanxi_kernel::store::{CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::meant;
use guanxi_kernel::read::known_records as records;

/// The object.
pub const NOTICE: &str = "notice";
/// The object of confirmations.
pub const RECEIPT: &str = "notice_receipt";
/// The object of spaces.
const SPACE: &str = "space";
/// Roles of people who are not of the company.
const OUTSIDE: [&str; 2] = ["partner", "customer"];
/// Most members a notice names one by one; whoever means more means everyone.
const MOST_NAMED: usize = 1_000;
/// Most notices that come out in one run.
const MOST: u64 = 50;

/// Whom a notice is for, as its author says.
#[derive(Debug, Clone, Default)]
pub struct Addressed {
    everyone: bool,
    partners: bool,
    departments: Vec<Uuid>,
    roles: Vec<String>,
    space: Option<Uuid>,
}

impl Addressed {
    /// From a notice and the departments it names.
    pub fn read(notice: &Record, departments: Vec<Uuid>) -> Self {
        let roles = match notice.value("roles") {
            Value::Json(json) => json.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
            Value::List(items) => items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let is = |field: &str| notice.value(field) == Value::Bool(true);
        Self { everyone: is("everyone"), partners: is("partners"), departments, roles, space: notice.reference("space") }
    }

    /// Whether it is for nobody.
    pub fn is_nobody(&self) -> bool {
        !self.everyone && !self.partners && self.departments.is_empty() && self.roles.is_empty() && self.space.is_none()
    }

    /// Those it names by department and role.
    fn named(&self, context: &Context, tx: &mut dyn ReadTx) -> Result<BTreeSet<Uuid>> {
        let mut named: BTreeSet<Uuid> = meant::of_roles(context, tx, &self.roles)?.into_iter().collect();
        if !self.departments.is_empty() {
            named.extend(meant::of_departments(context, tx, &self.departments)?);
        }
        Ok(named)
    }

    /// Everybody it is for.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn members(&self, context: &Context, tx: &mut dyn ReadTx) -> Result<BTreeSet<Uuid>> {
        let mut all = self.named(context, tx)?;
        let outside: BTreeSet<Uuid> = meant::of_roles(context, tx, &OUTSIDE.map(str::to_owned))?.into_iter().collect();
        if self.everyone {
            let active = records(context, tx, MEMBER_OBJECT, |it| Ok(Condition::equals(it("active")?, Value::Bool(true))), meant::MOST_MEANT)?;
            all.extend(active.iter().map(Record::id).filter(|it| !outside.contains(it)));
        }
        if let Some(space) = self.space {
            all.extend(of_space(context, tx, space)?);
        }
        if self.partners {
            all.extend(meant::of_roles(context, tx, &[OUTSIDE[0].to_owned()])?);
        }
        Ok(all)
    }
}

/// The members of a space: whose it is, and those it is shared with.
fn of_space(context: &Context, tx: &mut dyn ReadTx, space: Uuid) -> Result<BTreeSet<Uuid>> {
    let system = context.as_system();
    let Some(object) = context.schema.object(SPACE).cloned() else { return Ok(BTreeSet::new()) };
    let Some(record) = load_record(&system, tx, &object, space, Verb::Read, false)? else { return Ok(BTreeSet::new()) };
    let mut members: BTreeSet<Uuid> = record.reference(OWNER_FIELD).into_iter().collect();
    for share in shares_of(&system, tx, &object, space)? {
        members.extend(meant::of_principal(&system, tx, share.principal)?);
    }
    Ok(members)
}

/// The departments a notice names.
///
/// # Errors
/// Fails where the database does.
pub fn addressed(tx: &mut dyn ReadTx, notice: &Record) -> Result<Addressed> {
    let field = notice.object.field("departments").cloned();
    let departments = field.map_or(Ok(Vec::new()), |it| link_targets(tx, &it, notice.id()))?;
    Ok(Addressed::read(notice, departments))
}

/// The values with which a notice comes out now.
///
/// # Errors
/// Invalid where it names too many one by one; fails where the database does.
pub fn publication(context: &Context, tx: &mut dyn ReadTx, addressed: &Addressed) -> Result<Map<String, Json>> {
    let named = addressed.named(context, tx)?;
    if named.len() > MOST_NAMED {
        let (zh, en) =
            (format!("部门和角色合计超过{MOST_NAMED}人，请改为发给全员"), format!("more than {MOST_NAMED} members; address everyone instead"));
        return Err(KernelError::invalid("departments", "too_long", zh, en));
    }
    let size = addressed.members(context, tx)?.len();
    Ok(Map::from_iter([
        ("published_at".to_owned(), json!(context.now.to_string())),
        ("audience".to_owned(), json!(named)),
        ("audience_size".to_owned(), json!(size)),
    ]))
}

/// `collaboration.publish_notices`: lets notices out whose time has come.
pub struct PublishNotices;

impl JobHandler for PublishNotices {
    fn kind(&self) -> &str {
        "collaboration.publish_notices"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(60))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let now = context.now;
        let due = context.workspace.store.read_with(|tx| {
            let waiting = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
                let due = Condition::Compare(it("publish_at")?, CompareOp::Le, Value::DateTime(now));
                Ok(due.and(Condition::IsNull(it("published_at")?)))
            };
            records(context, tx, NOTICE, waiting, MOST)
        })?;
        for notice in due {
            // The hook lets it out: whatever is saved when its time has come is published.
            let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| {
                let context = unit.context;
                let addressed = addressed(unit.tx, &notice)?;
                let values = publication(context, unit.tx, &addressed)?;
                unit.update_as_system(NOTICE, notice.id(), &values).map(drop)
            };
            run_unit(context, context.new_id(), "publish", Box::new(work))?;
        }
        Ok(())
    }
}
