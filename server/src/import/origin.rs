//! Which row of a file a record came from: kept beside the import, a few bytes per record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, WriteTx};
use guanxi_kernel::system_tables::IMPORT_ORIGIN;
use guanxi_kernel::{Result, Value};
use std::ops::ControlFlow;
use uuid::Uuid;

const CHANGE: usize = 0;
const BATCH: usize = 1;
const FIRST: usize = 2;
const LAST: usize = 3;
const ROWS: usize = 4;

/// Notes the rows of the records that a batch of a change wrote.
///
/// # Errors
/// Fails where the database does.
pub(super) fn note(context: &Context, tx: &mut dyn WriteTx, change: Uuid, mut origins: Vec<(Uuid, u64)>) -> Result<()> {
    origins.sort_unstable();
    // Of several rows that wrote a record the last: its values are those that stand.
    origins.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = later.1;
        }
        same
    });
    let (Some((first, _)), Some((last, _))) = (origins.first(), origins.last()) else { return Ok(()) };
    let row = vec![Value::Id(change), Value::Id(context.new_id()), Value::Id(*first), Value::Id(*last), Value::Text(packed(&origins))];
    let insert = Insert { table: IMPORT_ORIGIN.clone(), columns: (CHANGE..=ROWS).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
    tx.insert(&insert).map(drop)?;
    Ok(())
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

fn find(text: &str, record: Uuid) -> Option<u64> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    let (mut rest, mut id, mut row) = (bytes.iter().copied(), [0_u8; 16], 0_i64);
    while let Some(shared) = rest.next() {
        for place in id.get_mut(usize::from(shared)..)? {
            *place = rest.next()?;
        }
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = rest.next()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let size = i64::try_from(number >> 1).ok()?;
        row += if number & 1 == 1 { -size } else { size };
        if id == *record.as_bytes() {
            return u64::try_from(row).ok();
        }
    }
    None
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
        assert!(text.len() < 3_000 * 18, "{}", text.len());
    }
}
