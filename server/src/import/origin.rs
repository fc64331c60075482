//! Which row of a file a record came from: kept beside the import, a few bytes per record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, WriteTx};
use guanxi_kernel::system_tables::IMPORT_ORIGIN;
use guanxi_kernel::{Result, Value};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use uuid::Uuid;

const CHANGE: usize = 0;
const BATCH: usize = 1;
const FIRST: usize = 2;
const LAST: usize = 3;
const ROWS: usize = 4;

/// What an import did with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It made it.
    Created,
    /// It changed it.
    Updated,
    /// It found it, and left it as it is; the nil id for a row that repeats one before.
    Skipped,
}

impl Fate {
    const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Created, "created", "c."), (Self::Updated, "updated", "u."), (Self::Skipped, "skipped", "s.")];

    /// By its name in the API.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.1 == name).map(|it| it.0)
    }

    /// Stands before the rows of such records; before those of earlier versions, which only wrote what was written, nothing does.
    fn mark(self) -> &'static str {
        Self::ALL.into_iter().find(|it| it.0 == self).map_or("", |it| it.2)
    }

    fn of(text: &str) -> (Option<Self>, &str) {
        let marked = Self::ALL.into_iter().find_map(|(fate, _, mark)| text.strip_prefix(mark).map(|rest| (Some(fate), rest)));
        marked.unwrap_or((None, text))
    }
}

/// A record that a row led to, the number of the row, and what became of it.
pub(super) type RowRecord = (Uuid, u64, Fate);

/// Notes the rows of the records that a batch of a change wrote, or left as they are.
///
/// # Errors
/// Fails where the database does.
pub(super) fn note(context: &Context, tx: &mut dyn WriteTx, change: Uuid, origins: &[RowRecord]) -> Result<()> {
    for (fate, ..) in Fate::ALL {
        let mut some: Vec<(Uuid, u64)> = origins.iter().filter(|it| it.2 == fate).map(|it| (it.0, it.1)).collect();
        some.sort_unstable();
        if fate != Fate::Skipped {
            // Of several rows that wrote a record the last: its values are those that stand.
            some.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    earlier.1 = later.1;
                }
                same
            });
        }
        let (Some((first, _)), Some((last, _))) = (some.first(), some.last()) else { continue };
        let text = format!("{}{}", fate.mark(), packed(&some));
        let row = vec![Value::Id(change), Value::Id(context.new_id()), Value::Id(*first), Value::Id(*last), Value::Text(text)];
        let insert = Insert { table: IMPORT_ORIGIN.clone(), columns: (CHANGE..=ROWS).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
        tx.insert(&insert)?;
    }
    Ok(())
}

/// The records of the first rows behind one, of which a change did this: at most so many rows. What earlier versions wrote
/// is among those created and those updated, for it says not which.
///
/// # Errors
/// Fails where the database does.
pub(super) fn records_of(tx: &mut dyn ReadTx, change: Uuid, fate: Fate, after: u64, limit: usize) -> Result<BTreeMap<u64, Vec<Uuid>>> {
    let select = Select::all(&IMPORT_ORIGIN, Condition::equals(ColumnRef::main(CHANGE), Value::Id(change)));
    let select = Select { columns: vec![ColumnRef::main(ROWS)], ..select }.order_by(BATCH, false);
    let mut found: BTreeMap<u64, Vec<Uuid>> = BTreeMap::new();
    tx.select(&select, &mut |row| {
        let (of, text) = Fate::of(row.first().and_then(Value::as_text).unwrap_or_default());
        if of.map_or(fate != Fate::Skipped, |it| it == fate) {
            for (record, number) in Unpacked::of(text).filter(|it| it.1 > after) {
                let beyond = found.len() >= limit && found.last_key_value().is_some_and(|last| *last.0 < number);
                if beyond {
                    continue;
                }
                found.entry(number).or_default().push(record);
                if found.len() > limit {
                    found.pop_last();
                }
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Number of the row that a record came from with a change: of several the last.
///
/// # Errors
/// Fails where the database does.
pub fn row_of(tx: &mut dyn ReadTx, change: Uuid, record: Uuid) -> Result<Option<u64>> {
    let around = |column, op| Condition::Compare(ColumnRef::main(column), op, Value::Id(record));
    let condition = Condition::equals(ColumnRef::main(CHANGE), Value::Id(change)).and(around(FIRST, CompareOp::Le)).and(around(LAST, CompareOp::Ge));
    let select = Select { columns: vec![ColumnRef::main(ROWS)], ..Select::all(&IMPORT_ORIGIN, condition) };
    // The last batch first, for the same reason.
    let select = select.order_by(BATCH, true);
    let mut found = None;
    tx.select(&select, &mut |row| {
        found = row.first().and_then(Value::as_text).and_then(|it| find(it, record));
        if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

/// Ids one after the other without the bytes they share with the one before, each with how far its row is from that one's.
fn packed(origins: &[(Uuid, u64)]) -> String {
    let mut bytes = Vec::with_capacity(origins.len() * 14);
    let (mut id, mut row) = ([0_u8; 16], 0_i64);
    for (next, number) in origins {
        let next = *next.as_bytes();
        let shared = id.iter().zip(&next).take_while(|it| it.0 == it.1).count();
        // At most 16.
        bytes.push(u8::try_from(shared).unwrap_or_default());
        bytes.extend_from_slice(next.get(shared..).unwrap_or_default());
        let number = i64::try_from(*number).unwrap_or_default();
        put(&mut bytes, number - row);
        (id, row) = (next, number);
    }
    STANDARD_NO_PAD.encode(bytes)
}

/// A number in as few bytes as it needs, small ones of either sign in one.
fn put(bytes: &mut Vec<u8>, number: i64) {
    let mut left = number.unsigned_abs() << 1 | u64::from(number < 0);
    loop {
        let low = u8::try_from(left & 0x7f).unwrap_or_default();
        left >>= 7;
        bytes.push(if left == 0 { low } else { low | 0x80 });
        if left == 0 {
            return;
        }
    }
}

/// The row of a record among those that were written.
fn find(text: &str, record: Uuid) -> Option<u64> {
    let (fate, text) = Fate::of(text);
    Unpacked::of(text).find(|it| fate != Some(Fate::Skipped) && it.0 == record).map(|it| it.1)
}

/// Reads what was packed, up to where it cannot be read.
struct Unpacked {
    bytes: std::vec::IntoIter<u8>,
    id: [u8; 16],
    row: i64,
}

impl Unpacked {
    fn of(text: &str) -> Self {
        Self { bytes: STANDARD_NO_PAD.decode(text).unwrap_or_default().into_iter(), id: [0; 16], row: 0 }
    }
}

impl Iterator for Unpacked {
    type Item = (Uuid, u64);

    fn next(&mut self) -> Option<Self::Item> {
        let shared = self.bytes.next()?;
        for place in self.id.get_mut(usize::from(shared)..)? {
            *place = self.bytes.next()?;
        }
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = self.bytes.next()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let size = i64::try_from(number >> 1).ok()?;
        self.row = self.row.checked_add(if number & 1 == 1 { -size } else { size })?;
        Some((Uuid::from_bytes(self.id), u64::try_from(self.row).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_found_again_in_a_few_bytes() {
        let id = |number: u64| Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000_u128 + u128::from(number) * 0x1_0000_0001);
        let mut origins: Vec<(Uuid, u64)> = (0..3_000).map(|it| (id(it), 2 + it * 3 % 7_001)).collect();
        origins.sort_unstable();
        let text = packed(&origins);
        for (id, row) in &origins {
            assert_eq!(find(&text, *id), Some(*row));
        }
        assert_eq!(find(&text, Uuid::nil()), None);
        assert_eq!(find("no such text!", id(1)), None);
        assert_eq!(find("AA", id(1)), None);
        assert!(Unpacked::of(&text).eq(origins.iter().copied()));
        let marked = |fate: Fate| format!("{}{text}", fate.mark());
        assert_eq!(find(&marked(Fate::Updated), id(7)), find(&text, id(7)));
        assert_eq!(find(&marked(Fate::Skipped), id(7)), None, "what was only found did not come from there");
        assert!(text.len() < 3_000 * 18, "{}", text.len());
    }
}
