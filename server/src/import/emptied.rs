//! What new versions of records would empty, so that it can be told before.

use std::collections::{BTreeMap, HashSet};

use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

/// Records named in one condition.
const AT_ONCE: usize = 500;

/// How many values and lists of links the new versions among some drafts of one object empty; what the records are linked with is
/// read.
///
/// # Errors
/// Fails where the database does.
pub(super) fn emptied<'d>(tx: &mut dyn ReadTx, drafts: impl Iterator<Item = &'d Draft>) -> Result<u64> {
    let mut count = 0;
    let mut unlinked: BTreeMap<usize, Vec<&Draft>> = BTreeMap::new();
    for draft in drafts {
        let Some(before) = draft.before.as_ref().filter(|_| draft.also_tells.is_some()) else { continue };
        let fields = draft.object.user_fields().filter(|it| it.link.is_none());
        count += fields.filter(|it| !it.is_empty_in(&before.row) && it.is_empty_in(&draft.row)).count() as u64;
        for (position, _) in draft.links.iter().filter(|it| it.1.is_empty()) {
            unlinked.entry(*position).or_default().push(draft);
        }
    }
    for (position, drafts) in unlinked {
        let Some(table) = drafts.first().and_then(|it| it.object.fields.get(position)?.link.clone()) else { continue };
        for some in drafts.chunks(AT_ONCE) {
            let those = Condition::In(ColumnRef::main(0), some.iter().map(|it| Value::Id(it.id())).collect(), false);
            let rows = tx.rows(&Select { columns: vec![ColumnRef::main(0)], ..Select::all(&table, those) })?;
            let linked: HashSet<Uuid> = rows.iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }).collect();
            count += linked.len() as u64;
        }
    }
    Ok(count)
}
