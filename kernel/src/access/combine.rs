//! What all roles and sharing rules of a member give on one object.

use std::collections::BTreeSet;

use guanxi_expr::Predicate;
use uuid::Uuid;

use super::circles::{Standing, covers};
use super::fields::{FieldRights, FieldSource};
use super::filter::fold_condition;
use super::rows::{Asking, Reach, RowRule, ShareLevel, both, either};
use super::{HeldRole, Member, Verb};
use crate::error::Result;
use crate::schema::{Audience, DEPARTMENT_FIELD, ObjectRights, OpenGate, RoleDefinition, RowScope, SharingRule};

/// Rights on one object.
#[derive(Debug, Clone)]
pub struct ObjectAccess {
    pub(super) read: RowRule,
    pub(super) update: RowRule,
    pub(super) delete: RowRule,
    pub(super) restore: RowRule,
    pub(super) share: RowRule,
    pub(super) assign: RowRule,
    pub(super) lock: RowRule,
    pub(super) verbs: BTreeSet<Verb>,
    pub(super) actions: BTreeSet<String>,
    pub(super) refused_actions: BTreeSet<String>,
    pub(super) fields: FieldRights,
    /// Departments new records must belong to, where every role that creates is held within departments.
    pub(super) create_within: Option<Vec<Uuid>>,
}

impl ObjectAccess {
    /// An administrator's, to be limited.
    pub(super) fn everything() -> Self {
        Self {
            read: RowRule::ALL,
            update: RowRule::ALL,
            delete: RowRule::ALL,
            restore: RowRule::ALL,
            share: RowRule::ALL,
            assign: RowRule::ALL,
            lock: RowRule::ALL,
            verbs: Verb::FLAGS.into_iter().collect(),
            actions: BTreeSet::from(["*".to_owned()]),
            refused_actions: BTreeSet::new(),
            fields: FieldRights::default(),
            create_within: None,
        }
    }

    /// The rows a verb reaches.
    pub(super) fn reach(&self, verb: Verb) -> Reach {
        let open = |rules: &[&RowRule]| if self.is_open(verb) { Reach::of(rules) } else { Reach::nothing() };
        match verb {
            Verb::Read => Reach::of(&[&self.read]),
            Verb::Update => Reach::of(&[&self.read, &self.update]),
            Verb::Delete => Reach::of(&[&self.read, &self.delete]),
            Verb::Restore => Reach::of(&[&self.read, &self.restore]),
            Verb::Share => Reach::of(&[&self.read, &self.update, &self.share]),
            Verb::Assign => Reach::of(&[&self.read, &self.update, &self.assign]),
            Verb::Lock => Reach::of(&[&self.read, &self.update, &self.lock]),
            Verb::Create | Verb::Import => open(&[]),
            Verb::Export => open(&[&self.read]),
            Verb::Bulk => open(&[&self.read, &self.update]),
        }
    }

    /// Whether a verb is open on some rows at least.
    pub(super) fn is_open(&self, verb: Verb) -> bool {
        let all = |rules: &[&RowRule]| rules.iter().all(|it| !it.is_nothing());
        match verb {
            Verb::Read => all(&[&self.read]),
            Verb::Update => all(&[&self.read, &self.update]),
            Verb::Delete => all(&[&self.read, &self.delete]),
            Verb::Restore => all(&[&self.read, &self.restore]),
            Verb::Share => all(&[&self.read, &self.update, &self.share]),
            Verb::Assign => all(&[&self.read, &self.update, &self.assign]),
            Verb::Lock => all(&[&self.read, &self.update, &self.lock]),
            Verb::Create | Verb::Import => self.verbs.contains(&verb),
            Verb::Export => self.verbs.contains(&verb) && all(&[&self.read]),
            Verb::Bulk => self.verbs.contains(&verb) && all(&[&self.read, &self.update]),
        }
    }

    /// The same, less what is not named.
    pub(super) fn limited_to(mut self, verbs: &BTreeSet<String>) -> Self {
        let named = |verb: Verb| verbs.contains(verb.name());
        let rules = [
            (Verb::Read, &mut self.read),
            (Verb::Update, &mut self.update),
            (Verb::Delete, &mut self.delete),
            (Verb::Restore, &mut self.restore),
            (Verb::Share, &mut self.share),
            (Verb::Assign, &mut self.assign),
            (Verb::Lock, &mut self.lock),
        ];
        for (_, rule) in rules.into_iter().filter(|it| !named(it.0)) {
            *rule = RowRule::NONE;
        }
        self.verbs.retain(|it| named(*it));
        let acts: BTreeSet<String> = verbs.iter().filter_map(|it| it.strip_prefix("action ").map(str::to_owned)).collect();
        self.actions = if self.actions.contains("*") {
            acts
        } else if acts.contains("*") {
            self.actions
        } else {
            &self.actions & &acts
        };
        if !named(Verb::Update) && !named(Verb::Create) {
            self.fields = self.fields.read_only();
        }
        self
    }
}

/// A role a member holds, with its definition and what it says of the object.
type Held<'a> = (&'a HeldRole, &'a ObjectRights);

/// Whether a member belongs to an audience.
pub(super) fn is_in_audience(audience: &Audience, member: &Member) -> bool {
    audience.members.contains(&member.id)
        || audience.roles.iter().any(|role| member.roles.iter().any(|it| it.name == *role && it.within.is_none()))
        || audience.teams.iter().any(|it| member.teams.contains(it))
        || audience.departments.iter().any(|it| member.departments_above.contains(it))
}

/// What several roles and sharing rules give on one object; `None` where nothing speaks of it.
pub(super) fn combine(asking: &Asking<'_>, roles: &[(&HeldRole, &RoleDefinition)], rules: &[&SharingRule]) -> Result<Option<ObjectAccess>> {
    let object = &asking.object.name;
    let held: Vec<Held<'_>> = roles.iter().filter_map(|(held, role)| Some((*held, role.rights(&asking.object.definition)?))).collect();
    let rules: Vec<&&SharingRule> = rules.iter().filter(|it| it.object == *object).collect();
    let is_shared = asking.member.shared_objects.contains(object);
    if held.is_empty() && rules.is_empty() && !is_shared {
        return Ok(None);
    }
    let shared = |level: ShareLevel| is_shared.then_some(level);
    let mut read = RowRule { shared: shared(ShareLevel::Read), ..rows(asking, &held, true, |it| &it.read)? };
    let mut update = RowRule { shared: shared(ShareLevel::Write), ..rows(asking, &held, false, |it| &it.update)? };
    let mut delete = RowRule { shared: shared(ShareLevel::Manage), ..rows(asking, &held, false, |it| &it.delete)? };
    let restore = rows(asking, &held, false, |it| it.restore.as_ref().unwrap_or(&it.delete))?;
    for rule in &rules {
        let accepted = asking.compile(&rule.when)?;
        read.allowed = either(read.allowed, accepted.clone());
        if rule.write {
            update.allowed = either(update.allowed, accepted);
        }
    }
    // What lies in a circle is for those whose roles show them such records at all.
    let reads = held.iter().any(|it| !it.1.read.is_none());
    let lying = |least| if reads { asking.open_in_circles(least) } else { Predicate::False };
    let kept_by_him = lying(Standing::Keeper);
    read.allowed = either(read.allowed, lying(Standing::Member));
    update.allowed = either(update.allowed, kept_by_him.clone());
    read.kept = kept(asking, &held, |it| &it.read)?;
    update.kept = kept(asking, &held, |it| &it.update)?;
    delete.kept = kept(asking, &held, |it| &it.delete)?;
    let restore = RowRule { kept: delete.kept.clone(), ..restore };
    let verbs = verbs(&held);
    // Who may change a record that is shared with him changes what his roles would let him change of his own.
    let writes = update.shared.is_some() || rules.iter().any(|it| it.write);
    let writes = writes || kept_by_him != Predicate::False;
    let mut fields = FieldRights::of(asking.schema, asking.object, &field_sources(asking, &held, writes)?);
    fields.covers = covers(asking);
    let mut assign = alongside(Verb::Assign, &held, &verbs, &update);
    if !is_denied(&held, Verb::Assign) {
        assign.allowed = either(assign.allowed, kept_by_him);
    }
    Ok(Some(ObjectAccess {
        actions: held.iter().flat_map(|it| it.1.actions.iter().cloned()).collect(),
        refused_actions: held.iter().flat_map(|it| it.1.deny.actions.iter().cloned()).collect(),
        create_within: create_within(asking, &held),
        share: alongside(Verb::Share, &held, &verbs, &update),
        assign,
        // Nobody locks because a record is shared with him: it takes a role.
        lock: RowRule { shared: None, ..alongside(Verb::Lock, &held, &verbs, &update) },
        read,
        update,
        delete,
        restore,
        verbs,
        fields,
    }))
}

/// What the roles allow together.
fn rows(asking: &Asking<'_>, held: &[Held<'_>], reading: bool, scope: impl Fn(&ObjectRights) -> &RowScope) -> Result<RowRule> {
    let mut allowed = Predicate::False;
    for (role, rights) in held {
        allowed = either(allowed, asking.scope_of(scope(rights), role, reading)?);
    }
    Ok(RowRule { allowed, ..RowRule::ALL })
}

/// What none of the roles denies.
fn kept(asking: &Asking<'_>, held: &[Held<'_>], scope: impl Fn(&crate::schema::DenyRights) -> &RowScope) -> Result<Predicate> {
    let mut kept = Predicate::True;
    for (_, rights) in held {
        kept = both(kept, asking.scope(scope(&rights.deny), true)?);
    }
    Ok(kept)
}

/// Whether rights give one of the verbs a role has or has not.
pub(super) fn has_flag(rights: &ObjectRights, verb: Verb) -> bool {
    match verb {
        Verb::Create => rights.create,
        Verb::Import => rights.import,
        Verb::Export => rights.export,
        Verb::Bulk => rights.bulk,
        Verb::Share => rights.share,
        Verb::Assign => rights.assign,
        Verb::Lock => rights.lock,
        Verb::Read | Verb::Update | Verb::Delete | Verb::Restore => false,
    }
}

/// The verbs open on some records at least.
fn verbs(held: &[Held<'_>]) -> BTreeSet<Verb> {
    let open = |verb: &Verb| held.iter().any(|it| has_flag(it.1, *verb)) && !is_denied(held, *verb);
    Verb::FLAGS.into_iter().filter(open).collect()
}

/// Rows of a verb that goes along with changing: those that may be changed where a role gives it, and those whose share
/// lets them be managed.
fn alongside(verb: Verb, held: &[Held<'_>], verbs: &BTreeSet<Verb>, update: &RowRule) -> RowRule {
    if is_denied(held, verb) {
        return RowRule::NONE;
    }
    let allowed = if verbs.contains(&verb) { update.allowed.clone() } else { Predicate::False };
    RowRule { allowed, shared: update.shared.map(|_| ShareLevel::Manage), kept: update.kept.clone() }
}

fn is_denied(held: &[Held<'_>], verb: Verb) -> bool {
    held.iter().any(|it| it.1.deny.verbs.contains(verb.name()))
}

fn field_sources<'a>(asking: &Asking<'_>, held: &[Held<'a>], writes: bool) -> Result<Vec<FieldSource<'a>>> {
    let source = |(_, rights): &Held<'a>| {
        let rights: &'a ObjectRights = rights;
        let freeze = rights.freeze.iter().map(|rule| {
            let when = fold_condition(asking.schema, asking.object, &rule.when, &OpenGate, asking.member, asking.now, asking.time_zone)?;
            Ok((rule.fields.clone(), when))
        });
        let writes = writes || rights.create || !rights.update.is_none();
        Ok(FieldSource { reads: !rights.read.is_none(), writes, freeze: freeze.collect::<Result<_>>()?, rights })
    };
    held.iter().map(source).collect()
}

/// Where every role that creates is held within departments, those departments.
fn create_within(asking: &Asking<'_>, held: &[Held<'_>]) -> Option<Vec<Uuid>> {
    asking.object.field(DEPARTMENT_FIELD)?;
    let creating: Vec<&Held<'_>> = held.iter().filter(|it| it.1.create).collect();
    let within: Vec<&Vec<Uuid>> = creating.iter().filter_map(|it| it.0.within.as_ref()).collect();
    (!creating.is_empty() && within.len() == creating.len()).then(|| within.into_iter().flatten().copied().collect())
}
