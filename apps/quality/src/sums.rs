//! Sums over many records, kept for the minute they were worked out in.
//!
//! Whoever looks at a summary of a hundred thousand records has the database go through all of them; those who look again in the
//! same minute, with the same rights and for the same, are told the same. What is kept is how records stand, before any rule is
//! asked: what a rule weighs, or that it is none any more, counts at once. And only so many are worked out at once.

use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError};

use guanxi_kernel::Result;
use guanxi_kernel::access::Access;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Condition, ReadTx};
use uuid::Uuid;

use crate::counts::{Alike, Of, alike};
use crate::plan::Plan;

/// Sums of fewer records are worked out each time.
const MANY: i64 = 20_000;
/// Groups kept of one sum at most.
const MOST_GROUPS: usize = 20_000;
/// Sums kept at most.
const CAPACITY: usize = 128;
/// Sums worked out at once; who comes later waits.
const AT_ONCE: usize = 4;

/// What a sum was worked out of.
#[derive(PartialEq)]
struct Asked {
    run: Uuid,
    is_current: bool,
    keys: Vec<String>,
    filter: Option<String>,
    owners: Option<Vec<Uuid>>,
    departments: Option<Vec<Uuid>>,
    more: Condition,
}

struct Kept {
    minute: i64,
    /// As long as it is held here no other rights have its place in memory.
    access: Arc<Access>,
    asked: Asked,
    sum: Arc<Alike>,
}

/// See the module.
#[derive(Default)]
pub struct Sums {
    kept: Mutex<Vec<Kept>>,
}

impl Sums {
    fn get(&self, minute: i64, access: &Arc<Access>, asked: &Asked) -> Option<Arc<Alike>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|it| it.minute == minute);
        kept.iter().find(|it| Arc::ptr_eq(&it.access, access) && it.asked == *asked).map(|it| it.sum.clone())
    }

    fn put(&self, minute: i64, access: &Arc<Access>, asked: Asked, sum: &Arc<Alike>) {
        if sum.len() > MOST_GROUPS || sum.values().sum::<i64>() < MANY {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CAPACITY {
            kept.clear();
        }
        kept.push(Kept { minute, access: access.clone(), asked, sum: sum.clone() });
    }
}

/// [`alike`], or what it said a moment ago.
///
/// # Errors
/// As [`alike`].
pub fn sum_of(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    plan: Option<&Plan>,
    keys: &[&str],
    of: Of<'_>,
    more: &Condition,
) -> Result<Arc<Alike>> {
    static SUMS: LazyLock<Sums> = LazyLock::new(Sums::default);
    let Some(plan) = plan else { return Ok(Arc::new(alike(context, tx, object, keys, of, more)?)) };
    let minute = context.now.as_second().div_euclid(60);
    let asked = Asked {
        // A run is of one workspace and one object, and each change of the rules' places begins another.
        run: plan.kept.run,
        is_current: plan.kept.is_current,
        keys: keys.iter().map(|it| (*it).to_owned()).collect(),
        filter: of.filter.map(str::to_owned),
        owners: of.owners.map(<[Uuid]>::to_vec),
        departments: of.departments.map(<[Uuid]>::to_vec),
        more: more.clone(),
    };
    if let Some(sum) = SUMS.get(minute, &context.access, &asked) {
        return Ok(sum);
    }
    let sum = Arc::new(alike(context, tx, object, keys, of, more)?);
    SUMS.put(minute, &context.access, asked, &sum);
    Ok(sum)
}

/// Leave to work out sums, given back when it is dropped.
pub struct Turn(&'static Turns);

struct Turns {
    taken: Mutex<usize>,
    given_back: Condvar,
}

/// Waits for leave to work out sums. Whoever waits holds no connection yet.
pub fn turn() -> Turn {
    static TURNS: Turns = Turns { taken: Mutex::new(0), given_back: Condvar::new() };
    let mut taken = TURNS.taken.lock().unwrap_or_else(PoisonError::into_inner);
    while *taken >= AT_ONCE {
        taken = TURNS.given_back.wait(taken).unwrap_or_else(PoisonError::into_inner);
    }
    *taken += 1;
    Turn(&TURNS)
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(run: u128) -> Asked {
        Asked { run: Uuid::from_u128(run), is_current: true, keys: Vec::new(), filter: None, owners: None, departments: None, more: Condition::True }
    }

    #[test]
    fn a_sum_of_many_is_told_again_in_its_minute_to_the_same_rights_alone() {
        let sums = Sums::default();
        let rights = || Arc::new(Access::system(Uuid::nil()));
        let (own, others) = (rights(), rights());
        let sum = |count| Arc::new(Alike::from([((Vec::new(), 1, 0), count)]));
        sums.put(7, &own, asked(1), &sum(MANY));
        sums.put(7, &own, asked(2), &sum(MANY - 1));
        assert!(sums.get(7, &own, &asked(1)).is_some());
        assert!(sums.get(7, &own, &asked(2)).is_none(), "few are counted each time");
        assert!(sums.get(7, &others, &asked(1)).is_none());
        assert!(sums.get(7, &own, &Asked { filter: Some("true".into()), ..asked(1) }).is_none());
        assert!(sums.get(8, &own, &asked(1)).is_none());
    }
}
