//! The ways into a page: records of mine, of one of nine departments, of a kind that a rule opens, or shared with me.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, IndexRows, Select, Table};

use super::hint;

/// Most values of one column that are ways in of their own.
const MOST_VALUES: usize = hint::MOST_VALUES;
/// Most ways in. Merging more costs more than walking along the order does.
const MOST: usize = 64;

/// One way in.
#[derive(Debug)]
pub(super) enum Arm<'a> {
    /// An index begins with these columns and goes on in the order of the page. The rest is looked at row by row.
    Along(Vec<(ColumnRef, &'a Value)>, Vec<&'a Condition>),
    /// Few rows, which the planner finds by itself.
    Few(&'a Condition),
    /// Any of these is true of rows found by walking along the order.
    Walk(Vec<&'a Condition>),
}

/// What every row of a page must fulfil, and the ways in.
#[derive(Debug)]
pub(super) struct Arms<'a> {
    /// What every row must fulfil.
    pub(super) common: Vec<&'a Condition>,
    /// Two at least.
    pub(super) arms: Vec<Arm<'a>>,
}

impl<'a> Arms<'a> {
    /// The ways into a page, where going in by them pays.
    pub(super) fn of(select: &'a Select, conditions: &[&'a Condition]) -> Option<Self> {
        let in_one_direction = select.order.iter().all(|it| it.column.table == 0 && it.descending == select.order[0].descending);
        if select.limit.is_none() || select.order.is_empty() || !in_one_direction || select.lock {
            return None;
        }
        let table = &*select.table;
        // The key is the last thing a page is ordered by, so that a row that comes by two ways is known again.
        let ends_in_key = select.order.last().and_then(|it| name_of(table, it.column)).is_some_and(|it| table.primary_key == [it]);
        if !ends_in_key || table.identity {
            return None;
        }
        let mut parts = Vec::new();
        conditions.iter().for_each(|it| flatten(it, false, &mut parts));
        let live = parts.iter().any(|it| matches!(it, Condition::IsNull(column) if name_of(table, *column) == Some("deleted_at")));
        // Something that leads to few rows by itself is the best way in.
        if parts.iter().any(|it| hint::is_few(select, it)) {
            return None;
        }
        let (at, arms) = parts.iter().enumerate().find_map(|(at, part)| Some((at, ways_in(select, part, live)?)))?;
        parts.remove(at);
        Some(Self { common: parts, arms })
    }
}

/// The ways into a condition, where at least one of them goes along an index.
fn ways_in<'a>(select: &'a Select, part: &'a Condition, live: bool) -> Option<Vec<Arm<'a>>> {
    let mut alternatives = Vec::new();
    flatten(part, true, &mut alternatives);
    let (mut arms, mut few, mut walk) = (Vec::new(), Vec::new(), Vec::new());
    for one in alternatives {
        match one {
            Condition::False => {}
            one if hint::is_few_from_outside(select, one) => few.push(Arm::Few(one)),
            one => match along(select, one, live) {
                Some(found) => arms.extend(found),
                None if hint::is_few(select, one) => few.push(Arm::Few(one)),
                None => walk.push(one),
            },
        }
    }
    let n = arms.len() + few.len() + usize::from(!walk.is_empty());
    // A single range is what the planner sees anyway.
    if arms.is_empty() || !(2..=MOST).contains(&n) {
        return None;
    }
    arms.append(&mut few);
    if !walk.is_empty() {
        arms.push(Arm::Walk(walk));
    }
    Some(arms)
}

/// The ways along an index into what a conjunction accepts: one, or one for each value of a column.
fn along<'a>(select: &'a Select, condition: &'a Condition, live: bool) -> Option<Vec<Arm<'a>>> {
    let mut parts = Vec::new();
    flatten(condition, false, &mut parts);
    let values = |name: &str| {
        parts.iter().enumerate().find_map(|(at, part)| match part {
            Condition::Compare(column, CompareOp::Eq, value) if name_of(&select.table, *column) == Some(name) => {
                Some((at, *column, std::slice::from_ref(value)))
            }
            Condition::In(column, values, false) if name_of(&select.table, *column) == Some(name) && values.len() <= MOST_VALUES => {
                Some((at, *column, values.as_slice()))
            }
            _ => None,
        })
    };
    let order: Vec<&str> = select.order.iter().filter_map(|it| name_of(&select.table, it.column)).collect();
    let mut best: Vec<(usize, ColumnRef, &'a [Value])> = Vec::new();
    for index in select.table.indexes.iter().filter(|it| holds(it.rows, live)) {
        let Some(at) = index.columns.windows(order.len()).position(|it| it == order.as_slice()) else { continue };
        let Some(begins) = index.columns[..at].iter().map(|it| values(it)).collect::<Option<Vec<_>>>() else { continue };
        // Of several columns at most one has several values: more would be ways without number.
        if begins.len() > best.len() && begins.iter().filter(|it| it.2.len() > 1).count() <= 1 {
            best = begins;
        }
    }
    if best.is_empty() {
        return None;
    }
    let rest: Vec<&'a Condition> = parts.iter().enumerate().filter(|(at, _)| best.iter().all(|it| it.0 != *at)).map(|it| *it.1).collect();
    let ways = best.iter().map(|it| it.2.len()).max().unwrap_or(0);
    // A column of one value has it in every way.
    let of_way = |way: usize| best.iter().filter_map(|it| Some((it.1, it.2.get(way).or_else(|| it.2.first())?))).collect::<Vec<_>>();
    let every = best.iter().all(|it| !it.2.is_empty());
    Some(if every { (0..ways).map(|way| Arm::Along(of_way(way), rest.clone())).collect() } else { Vec::new() })
}

/// The parts of a conjunction, or of a disjunction.
fn flatten<'a>(condition: &'a Condition, any: bool, parts: &mut Vec<&'a Condition>) {
    match (condition, any) {
        (Condition::And(all), false) => all.iter().for_each(|it| flatten(it, any, parts)),
        (Condition::Or(all), true) => all.iter().for_each(|it| flatten(it, any, parts)),
        (Condition::True, false) => {}
        _ => parts.push(condition),
    }
}

fn name_of(table: &Table, column: ColumnRef) -> Option<&str> {
    (column.table == 0).then(|| table.columns.get(usize::from(column.column))).flatten().map(|it| it.name.as_str())
}

/// Whether an index has every row asked for.
fn holds(rows: IndexRows, live: bool) -> bool {
    rows == IndexRows::All || (live && rows == IndexRows::Live)
}

/// Whether an index begins with a column and goes on in the order of the select.
pub(super) fn goes_on_in_order(select: &Select, column: ColumnRef, live: bool) -> bool {
    let table = &*select.table;
    let wanted: Option<Vec<&str>> = std::iter::once(column).chain(select.order.iter().map(|it| it.column)).map(|it| name_of(table, it)).collect();
    let begins = |columns: &[String], names: &[&str]| columns.len() >= names.len() && columns.iter().zip(names).all(|(have, want)| have == want);
    wanted.is_some_and(|wanted| table.indexes.iter().any(|index| holds(index.rows, live) && begins(&index.columns, &wanted)))
}
