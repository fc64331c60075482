//! How much room members have for records of an object, looked up once in a transaction for many of them.

use std::collections::HashMap;

use guanxi_kernel::Result;
use guanxi_kernel::access::Member;
use guanxi_kernel::write::Unit;
use uuid::Uuid;

use crate::holding::{Limiting, held_by, take_turns};

/// What members hold of an object and may hold, as far as it was asked in this transaction.
#[derive(Default)]
pub struct Rooms {
    /// The pool that gives, which binds members whether they belong to it or not.
    giving: Option<Uuid>,
    limiting: Option<Limiting>,
    members: HashMap<Uuid, Option<Room>>,
}

/// One member's.
struct Room {
    department: Option<Uuid>,
    /// The tightest cap on all he holds, and on what of it is open, with what he holds of either.
    all: Option<Bound>,
    open: Option<Bound>,
}

#[derive(Clone, Copy)]
struct Bound {
    cap: i64,
    held: i64,
}

impl Bound {
    fn has_room(bound: Option<Self>) -> bool {
        bound.is_none_or(|it| it.held < it.cap)
    }
}

/// How much of an object a member holds, at most, and may still get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToldRoom {
    /// Held now, as the tightest cap counts it; not counted where nothing binds him.
    pub held: Option<i64>,
    /// The tightest cap; none where nothing binds him.
    pub cap: Option<i64>,
    /// What he may still get.
    pub free: Option<i64>,
}

impl Rooms {
    /// Where a pool gives.
    pub fn of_pool(pool: Uuid) -> Self {
        Self { giving: Some(pool), ..Self::default() }
    }

    /// Looks up many members at once: all of them take turns with whoever adds to what they hold, in one order.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn expect(&mut self, unit: &mut Unit<'_>, object: &str, members: &[Uuid]) -> Result<()> {
        let mut new: Vec<Uuid> = members.iter().copied().filter(|it| !self.members.contains_key(it)).collect();
        new.sort_unstable();
        new.dedup();
        let mut caps: Vec<(Uuid, Option<Uuid>, Caps)> = Vec::with_capacity(new.len());
        for id in new {
            match unit.context.workspace.identity(unit.tx, id)? {
                Some(identity) => caps.push((id, identity.member.department, self.caps(unit, object, &identity.member)?)),
                None => {
                    self.members.insert(id, None);
                }
            }
        }
        let bound = |closed: bool| -> Vec<Uuid> { caps.iter().filter(|it| it.2.of(closed).is_some()).map(|it| it.0).collect() };
        for id in caps.iter().filter(|it| it.2 != Caps::default()).map(|it| it.0) {
            take_turns(unit, object, id)?;
        }
        let (all, open) =
            (held_by(unit.context, unit.tx, object, &bound(true), true)?, held_by(unit.context, unit.tx, object, &bound(false), false)?);
        for (id, department, caps) in caps {
            let of = |cap: Option<i64>, held: &HashMap<Uuid, i64>| cap.map(|cap| Bound { cap, held: held.get(&id).copied().unwrap_or(0) });
            self.members.insert(id, Some(Room { department, all: of(caps.all, &all), open: of(caps.open, &open) }));
        }
        Ok(())
    }

    /// Takes room of a member for one record, where he may act and has some; answers his department.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn take(&mut self, unit: &mut Unit<'_>, object: &str, member: Uuid) -> Result<Option<Option<Uuid>>> {
        self.expect(unit, object, &[member])?;
        let Some(Some(room)) = self.members.get_mut(&member) else { return Ok(None) };
        if !Bound::has_room(room.all) || !Bound::has_room(room.open) {
            return Ok(None);
        }
        room.all.iter_mut().chain(&mut room.open).for_each(|it| it.held += 1);
        Ok(Some(room.department))
    }

    /// Forgets what is known of a member: something else changed what he holds.
    pub fn forget(&mut self, member: Uuid) {
        self.members.remove(&member);
    }

    fn caps(&mut self, unit: &mut Unit<'_>, object: &str, member: &Member) -> Result<Caps> {
        let limiting = match self.limiting.take() {
            Some(known) => known,
            None => Limiting::of(unit.context, unit.tx, object)?,
        };
        let mut caps = Caps::default();
        for (its, limits) in limiting.binding(member, self.giving) {
            let Some(cap) = limits.cap else { continue };
            let bound = if its.value("closed_counts").is_true() { &mut caps.all } else { &mut caps.open };
            *bound = Some(bound.map_or(cap, |it: i64| it.min(cap)));
        }
        self.limiting = Some(limiting);
        Ok(caps)
    }

    /// What a member has room for now, where he may act: by the tightest of his caps.
    pub fn told(&self, member: Uuid) -> Option<ToldRoom> {
        let room = self.members.get(&member)?.as_ref()?;
        let tightest = room.all.iter().chain(&room.open).min_by_key(|it| it.cap - it.held);
        Some(match tightest {
            Some(Bound { cap, held }) => ToldRoom { held: Some(*held), cap: Some(*cap), free: Some((cap - held).max(0)) },
            None => ToldRoom::default(),
        })
    }
}

/// The tightest caps of a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Caps {
    all: Option<i64>,
    open: Option<i64>,
}

impl Caps {
    fn of(self, closed: bool) -> Option<i64> {
        if closed { self.all } else { self.open }
    }
}
