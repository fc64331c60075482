//! What hangs on an account goes along with it. While the account lies in a pool its contacts are nobody's too and lie there
//! with it, covered alike; whoever gets the account gets them, and the open deals and activities its former owner has with it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_page, known_records};
use guanxi_kernel::schema::{DELETED_AT, ID, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, StoreExt as _};
use guanxi_kernel::write::{Draft, Unit, in_steps};
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::pool::{POOL, pool_of};
use crate::values::values;

/// The object whose records others hang on.
pub const ACCOUNT: &str = "account";
/// What lies in a pool with its account.
pub const CONTACT: &str = "contact";
/// What is going on with an account, by the field that says whether it still is.
const OPEN_WORK: [(&str, &str); 2] = [("opportunity", "stage"), ("activity", "status")];
/// Records looked at together.
const PAGE: u64 = 500;
/// Accounts whose contacts are laid beside them in one transaction.
const AT_ONCE: usize = 20;

/// Which of some accounts lie in which pool.
///
/// # Errors
/// Fails where the database does.
pub fn lying(context: &Context, tx: &mut dyn ReadTx, accounts: Vec<Uuid>) -> Result<HashMap<Uuid, Uuid>> {
    let most = accounts.len() as u64;
    if most == 0 || context.schema.object(POOL).is_none() || context.schema.object(ACCOUNT).is_none() {
        return Ok(HashMap::new());
    }
    let nobodys = |it: &dyn Fn(&str) -> Result<ColumnRef>| -> Result<Condition> {
        let in_pool = Condition::NotNull(it("pool")?).and(Condition::IsNull(it("owner")?));
        Ok(among(it("id"), accounts)?.and(in_pool))
    };
    let found = known_records(context, tx, ACCOUNT, nobodys, most)?;
    Ok(found.iter().filter_map(|it| Some((it.id(), it.reference("pool")?))).collect())
}

/// After an account came into a pool, went to another one, or became somebody's.
///
/// # Errors
/// Fails where the database does.
pub fn follow(unit: &mut Unit<'_>, account: &Draft) -> Result<()> {
    let before = |name: &str| account.before.as_ref().and_then(|it| it.reference(name));
    match (account.value("owner"), account.value("pool"), before("pool")) {
        (Value::Null, Value::Id(pool), from) if from != Some(pool) => take_in(unit, account.id(), pool),
        (Value::Id(owner), _, Some(from)) => give_out(unit, &account.record(), owner, before("former_owner"), from),
        _ => Ok(()),
    }
}

/// The contacts of an account come to lie where it lies, whoever's they were.
fn take_in(unit: &mut Unit<'_>, account: Uuid, pool: Uuid) -> Result<()> {
    each_page(unit, CONTACT, account, |_, _| Ok(Condition::True), &mut |_, contact| {
        let former = contact.reference("owner").or_else(|| contact.reference("former_owner"));
        Ok(values([("owner", Json::Null), ("department", Json::Null), ("pool", json!(pool)), ("former_owner", json!(former))]))
    })
}

/// A member and his department.
type Home = (Option<Uuid>, Option<Uuid>);

/// Contacts of accounts that lay in a pool before contacts went along come to lie there too.
///
/// # Errors
/// Fails where the database does.
pub fn lay_strays(context: &Context) -> Result<()> {
    let Some(accounts) = context.schema.object(ACCOUNT).filter(|_| context.schema.object(CONTACT).is_some()).cloned() else { return Ok(()) };
    let column = |name: &str| accounts.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
    let (Some(pool), Some(owner)) = (column("pool"), column("owner")) else { return Ok(()) };
    let in_pool = Condition::NotNull(pool).and(Condition::IsNull(owner)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    let pooled = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&accounts.table, in_pool) };
    let strays = |it: &dyn Fn(&str) -> Result<ColumnRef>| -> Result<Condition> {
        Ok(Condition::IsNull(it("pool")?).and(Condition::InSelect(it("account")?, Box::new(pooled.clone()), false)))
    };
    let mut after = None;
    loop {
        let found = context.workspace.store.read_with(|tx| known_page(context, tx, CONTACT, strays, after, PAGE))?;
        let Some(last) = found.last().map(Record::id) else { return Ok(()) };
        let of: BTreeSet<Uuid> = found.iter().filter_map(|it| it.reference("account")).collect();
        in_steps(context, "recycle", &of.into_iter().collect::<Vec<_>>(), AT_ONCE, &lay_contacts)?;
        after = Some(last);
    }
}

fn lay_contacts(unit: &mut Unit<'_>, accounts: &[Uuid]) -> Result<()> {
    if let Some(object) = unit.context.schema.object(ACCOUNT).cloned() {
        unit.lock(&object, accounts.to_vec())?;
    }
    let pools = lying(unit.context, unit.tx, accounts.to_vec())?;
    pools.into_iter().try_for_each(|(account, pool)| take_in(unit, account, pool))
}

/// The contacts go with the account to its new owner. Where it goes back to who had it, each goes back to who had that one, if he
/// is still there.
fn give_out(unit: &mut Unit<'_>, account: &Record, owner: Uuid, former: Option<Uuid>, from: Uuid) -> Result<()> {
    let own = (Some(owner), account.reference("department"));
    let mut homes: HashMap<Uuid, Option<Home>> = HashMap::new();
    let lies = |it: &dyn Fn(&str) -> Result<ColumnRef>, _: &Object| -> Result<Condition> { Ok(Condition::NotNull(it("pool")?)) };
    each_page(unit, CONTACT, account.id(), lies, &mut |unit, contact| {
        let mut to = own;
        if let Some(his) = contact.reference("former_owner").filter(|it| former == Some(owner) && *it != owner) {
            let home = match homes.entry(his) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => {
                    let found = unit.context.workspace.identity(unit.tx, his)?;
                    *unknown.insert(found.map(|it| (Some(his), it.member.department)))
                }
            };
            to = home.unwrap_or(own);
        }
        Ok(values([("owner", json!(to.0)), ("department", json!(to.1)), ("pool", Json::Null)]))
    })?;
    let stays = pool_of(unit.context, unit.tx, from).is_ok_and(|it| it.value("leaves_open_work").is_true());
    match former.filter(|it| *it != owner && !stays) {
        Some(former) => pass_on_work(unit, account, former),
        None => Ok(()),
    }
}

/// The open deals and activities that one who had an account has with it go to who has it now.
fn pass_on_work(unit: &mut Unit<'_>, account: &Record, from: Uuid) -> Result<()> {
    let change = values([("owner", json!(account.reference("owner"))), ("department", json!(account.reference("department")))]);
    for (object, state) in OPEN_WORK {
        let open = |it: &dyn Fn(&str) -> Result<ColumnRef>, object: &Object| -> Result<Condition> {
            let options = object.field(state).map(|it| it.definition.options.as_slice()).unwrap_or_default();
            let closed: Vec<Value> = options.iter().filter(|it| it.closed).map(|it| Value::Text(it.value.clone())).collect();
            let his = Condition::equals(it("owner")?, Value::Id(from));
            Ok(if closed.is_empty() { his } else { his.and(Condition::In(it(state)?, closed, true)) })
        };
        each_page(unit, object, account.id(), open, &mut |_, _| Ok(change.clone()))?;
    }
    Ok(())
}

/// What a record becomes.
type Becomes<'a> = &'a mut dyn FnMut(&mut Unit<'_>, &Record) -> Result<Map<String, Json>>;

/// Changes those of an account's records that a condition accepts, page by page, each under its lock.
fn each_page(
    unit: &mut Unit<'_>,
    object: &str,
    account: Uuid,
    which: impl Fn(&dyn Fn(&str) -> Result<ColumnRef>, &Object) -> Result<Condition>,
    becomes: Becomes<'_>,
) -> Result<()> {
    let context = unit.context;
    let Some(of) = context.schema.object(object).cloned() else { return Ok(()) };
    let wanted = |it: &dyn Fn(&str) -> Result<ColumnRef>| -> Result<Condition> {
        Ok(Condition::equals(it("account")?, Value::Id(account)).and(which(it, &of)?))
    };
    let mut after = None;
    loop {
        let found: Vec<Uuid> = known_page(context, unit.tx, object, wanted, after, PAGE)?.iter().map(Record::id).collect();
        let Some(last) = found.last().copied() else { return Ok(()) };
        unit.lock(&of, found.clone())?;
        let held = known_records(context, unit.tx, object, |it| Ok(among(it("id"), found)?.and(wanted(it)?)), PAGE)?;
        let mut changes = Vec::with_capacity(held.len());
        for record in held {
            let change = becomes(unit, &record)?;
            changes.push((record, change));
        }
        unit.carry_as_system(changes)?;
        after = Some(last);
    }
}
