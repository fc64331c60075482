//! Slows down guessing: failed attempts are counted per account and per address, in the database, so that every process
//! counts with the others and a restart forgets nothing.
//!
//! An attempt counts as failed from its beginning and is forgiven when it succeeds: many at the same moment get no more
//! guesses than one after the other. Where a member has signed in before, only failures from there make him wait, so
//! that nobody locks him out of his own desk by guessing from elsewhere. Accounts are kept as digests: people type
//! passwords where their name belongs.

use std::net::{IpAddr, Ipv6Addr};

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::context::Context;
use crate::error::Result;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::ATTEMPT;

const KEY: usize = 0;
const KIND: usize = 1;
const COUNT: usize = 2;
const LAST: usize = 3;
const TOLD: usize = 4;

/// Failures before an account has to wait.
const FREE_PER_ACCOUNT: i64 = 5;
/// Failures before an address has to wait.
const FREE_PER_ADDRESS: i64 = 30;
/// Longest wait in seconds.
const LONGEST: u64 = 900;
/// Failures are forgotten after this long without one.
const MEMORY: SignedDuration = SignedDuration::from_mins(30);
/// Where somebody signed in from is known for this long.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Most rows of either kind; the oldest give way.
pub const MOST_ATTEMPTS: u64 = 20_000;
/// So many of the oldest go together.
const AT_ONCE: u64 = 200;

const FAILURE: &str = "failure";
const KNOWN: &str = "known";

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Seconds until another attempt may be made.
    pub seconds: u64,
    /// Nobody was told so since the last attempt: worth a line in the audit log, which a flood of refusals is not.
    pub first: bool,
}

/// Whose attempt it is.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What is counted by itself; nothing where it is counted with those who sign in.
    apart: &'static str,
    account: String,
    address: IpAddr,
}

impl Attempt {
    /// An attempt to sign in, or to prove something else.
    pub fn new(account: &str, address: IpAddr) -> Self {
        // Bounded: the account's name comes from outside.
        Self { apart: "", account: account.trim().to_lowercase().chars().take(254).collect(), address: network(address) }
    }

    /// An attempt that is counted by itself: however often it fails, nobody who signs in waits for it, from nowhere.
    #[must_use]
    pub fn apart(self, kind: &'static str) -> Self {
        Self { apart: kind, ..self }
    }

    fn account_key(&self) -> String {
        digest(&format!("{}account/{}", self.apart, self.account))
    }
    fn address_key(&self) -> String {
        digest(&format!("{}address/{}", self.apart, self.address))
    }
    /// The account as tried from here; of two kinds, known and failures there.
    fn place_key(&self, kind: &str) -> String {
        digest(&format!("{}{kind}/{}/{}", self.apart, self.address, self.account))
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}

/// Who has one IPv6 address has its whole /64 to try from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

/// What is counted of a key.
#[derive(Debug, Clone, Copy)]
struct Failures {
    count: i64,
    last: Timestamp,
    /// Somebody has been told to wait since the last attempt.
    told: bool,
}

/// One of the two counts an attempt goes into.
struct Counted {
    key: String,
    free: i64,
    failures: Option<Failures>,
}

impl Counted {
    fn read(tx: &mut (impl ReadTx + ?Sized), key: String, free: i64) -> Result<Self> {
        let failures = match tx.first(&Select::all(&ATTEMPT, of_key(&key)))?.as_deref() {
            Some([_, _, Value::Int(count), Value::DateTime(last), Value::Bool(told)]) => Some(Failures { count: *count, last: *last, told: *told }),
            _ => None,
        };
        Ok(Self { key, free, failures })
    }

    /// Seconds to wait; each failure beyond the free ones doubles them.
    fn left(&self, now: Timestamp) -> u64 {
        let Some(failures) = self.failures else { return 0 };
        let Ok(beyond) = u32::try_from(failures.count - self.free) else { return 0 };
        let wait = 1_u64.checked_shl(beyond.min(20)).unwrap_or(LONGEST).min(LONGEST);
        let passed = u64::try_from(now.duration_since(failures.last).as_secs()).unwrap_or(0);
        wait.saturating_sub(passed)
    }

    fn is_untold(&self) -> bool {
        self.failures.is_some_and(|it| !it.told)
    }

    /// One failure more.
    fn count(&self, tx: &mut dyn WriteTx, now: Timestamp) -> Result<()> {
        let before = self.failures.filter(|it| now.duration_since(it.last) < MEMORY).map_or(0, |it| it.count);
        if self.failures.is_none() {
            make_room(tx, FAILURE, now - MEMORY)?;
        }
        put(tx, &self.key, FAILURE, before.saturating_add(1), now)
    }
}

fn of_key(key: &str) -> Condition {
    Condition::equals(ColumnRef::main(KEY), Value::Text(key.to_owned()))
}

fn of_kind(kind: &str) -> Condition {
    Condition::equals(ColumnRef::main(KIND), Value::Text(kind.to_owned()))
}

fn counted(tx: &mut (impl ReadTx + ?Sized), attempt: &Attempt) -> Result<[Counted; 2]> {
    let is_known = tx.count(&Select::all(&ATTEMPT, of_key(&attempt.place_key(KNOWN))), Some(1))? > 0;
    let account = if is_known { attempt.place_key(FAILURE) } else { attempt.account_key() };
    Ok([Counted::read(tx, account, FREE_PER_ACCOUNT)?, Counted::read(tx, attempt.address_key(), FREE_PER_ADDRESS)?])
}

fn put(tx: &mut dyn WriteTx, key: &str, kind: &str, count: i64, now: Timestamp) -> Result<()> {
    let row = vec![Value::Text(key.to_owned()), Value::Text(kind.to_owned()), Value::Int(count), Value::DateTime(now), Value::Bool(false)];
    let on_conflict = OnConflict::Replace(vec![COUNT, LAST, TOLD]);
    tx.insert(&Insert { table: ATTEMPT.clone(), columns: (KEY..=TOLD).collect(), rows: vec![row], on_conflict })?;
    Ok(())
}

/// Holds what an attempt counts until the transaction ends. Accounts before addresses, always, so that no two wait for
/// each other.
fn hold(tx: &mut dyn WriteTx, attempt: &Attempt) -> Result<()> {
    tx.serialise(&format!("attempt/{}", attempt.account_key()))?;
    Ok(tx.serialise(&format!("attempt/{}", attempt.address_key()))?)
}

/// Begins an attempt; it counts as failed until [`succeed_attempt`] forgives it. Answers how long to wait before it may
/// be made, if at all; it is not counted then, and a flood of such writes nothing.
///
/// # Errors
/// Fails where the database does.
pub fn begin_attempt(context: &Context, attempt: &Attempt) -> Result<Option<Wait>> {
    let now = context.now;
    let longest = move |counts: &[Counted; 2]| counts.iter().map(|it| it.left(now)).max().unwrap_or(0);
    let is_untold = move |counts: &[Counted; 2]| counts.iter().any(|it| it.left(now) > 0 && it.is_untold());
    let counts = context.workspace.store.read_with(|tx| counted(tx, attempt))?;
    if longest(&counts) > 0 && !is_untold(&counts) {
        return Ok(Some(Wait { seconds: longest(&counts), first: false }));
    }
    let attempt = attempt.clone();
    context.workspace.store.write_with(move |tx| {
        hold(tx, &attempt)?;
        let counts = counted(tx, &attempt)?;
        let seconds = longest(&counts);
        if seconds == 0 {
            for it in &counts {
                it.count(tx, now)?;
            }
            return Ok(None);
        }
        for it in counts.iter().filter(|it| it.left(now) > 0) {
            tx.update(&Update { table: ATTEMPT.clone(), set: vec![(TOLD, Set::To(Value::Bool(true)))], condition: of_key(&it.key) })?;
        }
        Ok(Some(Wait { seconds, first: is_untold(&counts) }))
    })
}

/// Forgets an account's failures: its owner signed in. The other failures of the address stay, or one good account would
/// open the way to guess at others.
///
/// # Errors
/// Fails where the database does.
pub fn succeed_attempt(context: &Context, attempt: &Attempt) -> Result<()> {
    let (now, attempt) = (context.now, attempt.clone());
    context.workspace.store.write_with(move |tx| {
        hold(tx, &attempt)?;
        let [account, address] = counted(tx, &attempt)?;
        tx.delete(&Delete { table: ATTEMPT.clone(), condition: of_key(&account.key) })?;
        if let Some(failures) = address.failures {
            let set = vec![(COUNT, Set::To(Value::Int((failures.count - 1).max(0))))];
            tx.update(&Update { table: ATTEMPT.clone(), set, condition: of_key(&address.key) })?;
        }
        let place = attempt.place_key(KNOWN);
        if tx.count(&Select::all(&ATTEMPT, of_key(&place)), Some(1))? == 0 {
            make_room(tx, KNOWN, now - KNOWN_FOR)?;
        }
        put(tx, &place, KNOWN, 0, now)
    })
}

/// Makes room for one more where there is none: first what is forgotten anyway goes, then the oldest.
fn make_room(tx: &mut dyn WriteTx, kind: &'static str, over: Timestamp) -> Result<()> {
    let is_full =
        |tx: &mut dyn WriteTx| Ok::<_, crate::KernelError>(tx.count(&Select::all(&ATTEMPT, of_kind(kind)), Some(MOST_ATTEMPTS))? >= MOST_ATTEMPTS);
    if !is_full(tx)? {
        return Ok(());
    }
    forget(tx, kind, over)?;
    if is_full(tx)? {
        let oldest = Select { columns: vec![ColumnRef::main(KEY)], ..Select::all(&ATTEMPT, of_kind(kind)).order_by(LAST, false).limited(AT_ONCE) };
        let keys = tx.rows(&oldest)?.into_iter().filter_map(|mut row| row.pop()).collect();
        tx.delete(&Delete { table: ATTEMPT.clone(), condition: Condition::In(ColumnRef::main(KEY), keys, false) })?;
    }
    Ok(())
}

fn forget(tx: &mut dyn WriteTx, kind: &str, over: Timestamp) -> Result<u64> {
    let old = of_kind(kind).and(Condition::Compare(ColumnRef::main(LAST), CompareOp::Lt, Value::DateTime(over)));
    Ok(tx.delete(&Delete { table: ATTEMPT.clone(), condition: old })?)
}

/// Forgets failures and known places whose time is over.
///
/// # Errors
/// Fails where the database does.
pub fn forget_old_attempts(context: &Context) -> Result<u64> {
    let now = context.now;
    context.workspace.store.write_with(move |tx| Ok(forget(tx, FAILURE, now - MEMORY)? + forget(tx, KNOWN, now - KNOWN_FOR)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::5"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::5"), of("2001:db8:1:3::5"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
