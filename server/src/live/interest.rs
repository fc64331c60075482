//! What each listener wants to hear of, and who wants to hear of an event.

use std::collections::{BTreeSet, HashMap, HashSet};

use guanxi_kernel::events::Event;
use uuid::Uuid;

/// What a listener wants to hear of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// Everything.
    pub all: bool,
    /// All records of these objects.
    pub objects: BTreeSet<String>,
    /// Single records, with their objects.
    pub records: BTreeSet<(Uuid, String)>,
}

impl Interest {
    /// All records of some objects, or everything.
    pub fn of_objects(objects: Option<Vec<String>>) -> Self {
        Self { all: objects.is_none(), objects: objects.into_iter().flatten().collect(), records: BTreeSet::new() }
    }

    /// Whether an event is wanted.
    pub fn wants(&self, event: &Event) -> bool {
        self.all || self.objects.contains(&event.object) || event.record.is_some_and(|id| self.records_of(id).any(|it| it.1 == event.object))
    }

    /// What is wanted of the records with this id: one, but for a client that names it under several objects.
    pub fn records_of(&self, id: Uuid) -> impl Iterator<Item = &(Uuid, String)> {
        self.records.range((id, String::new())..).take_while(move |it| it.0 == id)
    }

    /// What is wanted here and was not there.
    pub fn beyond(&self, before: &Self) -> Self {
        Self {
            all: self.all && !before.all,
            objects: &self.objects - &before.objects,
            records: self.records.difference(&before.records).filter(|it| !before.objects.contains(&it.1)).cloned().collect(),
        }
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        !self.all && self.objects.is_empty() && self.records.is_empty()
    }
}

/// Listeners by what they want, so that an event is looked at for those alone who want it.
#[derive(Debug, Default)]
pub struct Index {
    all: HashSet<u64>,
    objects: HashMap<String, HashSet<u64>>,
    records: HashMap<Uuid, HashSet<u64>>,
}

impl Index {
    /// Takes a listener in.
    pub fn add(&mut self, listener: u64, interest: &Interest) {
        if interest.all {
            self.all.insert(listener);
        }
        for object in &interest.objects {
            self.objects.entry(object.clone()).or_default().insert(listener);
        }
        for (record, _) in &interest.records {
            self.records.entry(*record).or_default().insert(listener);
        }
    }

    /// Takes a listener out.
    pub fn remove(&mut self, listener: u64, interest: &Interest) {
        self.all.remove(&listener);
        for object in &interest.objects {
            leave(&mut self.objects, object, listener);
        }
        for (record, _) in &interest.records {
            leave(&mut self.records, record, listener);
        }
    }

    /// By listener, which of some events he wants, in their order.
    pub fn wanted(&self, events: &[Event]) -> HashMap<u64, Vec<usize>> {
        let mut wanted: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, event) in events.iter().enumerate() {
            let of_object = self.objects.get(&event.object).into_iter().flatten();
            let of_record = event.record.and_then(|it| self.records.get(&it)).into_iter().flatten();
            for listener in self.all.iter().chain(of_object).chain(of_record) {
                let list = wanted.entry(*listener).or_default();
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
        wanted
    }
}

fn leave<K: std::hash::Hash + Eq>(map: &mut HashMap<K, HashSet<u64>>, key: &K, listener: u64) {
    if let Some(set) = map.get_mut(key) {
        set.remove(&listener);
        if set.is_empty() {
            map.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64, object: &str, record: u128) -> Event {
        Event {
            seq,
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: Uuid::nil(),
            kind: format!("{object}.updated"),
            object: object.into(),
            record: Some(Uuid::from_u128(record)),
            version: 1,
            change: Uuid::nil(),
            changes: serde_json::Map::new(),
        }
    }

    #[test]
    fn an_event_goes_to_those_who_want_it_and_to_each_once() {
        let one = Interest { records: [(Uuid::from_u128(7), "account".to_owned())].into(), ..Interest::default() };
        let both = Interest { objects: ["account".to_owned()].into(), ..one.clone() };
        let everything = Interest::of_objects(None);
        let mut index = Index::default();
        for (listener, interest) in [(1, &one), (2, &both), (3, &everything)] {
            index.add(listener, interest);
        }
        let events = [event(1, "account", 7), event(2, "account", 8), event(3, "lead", 9)];
        let wanted = index.wanted(&events);
        assert_eq!(wanted, [(1, vec![0]), (2, vec![0, 1]), (3, vec![0, 1, 2])].into());
        for (listener, interest) in [(1, &one), (2, &both), (3, &everything)] {
            assert_eq!(events.iter().filter(|it| interest.wants(it)).count(), wanted[&listener].len());
            index.remove(listener, interest);
        }
        assert!(index.wanted(&events).is_empty() && index.objects.is_empty() && index.records.is_empty());
    }

    #[test]
    fn what_is_new_is_what_was_not_wanted_before_in_any_way() {
        let before = Interest { objects: ["account".to_owned()].into(), ..Interest::default() };
        let records = [(Uuid::from_u128(7), "account".to_owned()), (Uuid::from_u128(8), "lead".to_owned())];
        let after = Interest { objects: ["contact".to_owned()].into(), records: records.into(), all: false };
        let new = after.beyond(&before);
        assert_eq!((new.objects, new.records), (["contact".to_owned()].into(), [(Uuid::from_u128(8), "lead".to_owned())].into()));
        assert!(before.beyond(&before).is_empty());
    }
}
