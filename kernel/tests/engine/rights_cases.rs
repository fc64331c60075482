//! What the property test of rights draws: roles, where somebody stands in the company, sharing rules, questions.

use guanxi_kernel::access::ShareLevel;
use guanxi_kernel::schema::{DenyRights, FieldRight, FreezeRule, Label, ObjectRights, RoleDefinition, RowScope};
use proptest::prelude::*;

pub const ACCOUNT_SCOPES: [&str; 7] = [
    "level == 'a'",
    "parent.level == 'b'",
    "owner.name == 'Ann'",
    "parent.owner == me.id || level == 'b'",
    "has(parent.parent)",
    "level in ['a', 'b'] && department in me.departments && margin > 1005",
    "level == 'b' && parent.owner in me.selves",
];
pub const DEAL_SCOPES: [&str; 4] =
    ["account.level == 'a'", "stage == 'new' && account.owner == me.id", "account.parent.level == 'a'", "!has(amount)"];
const ACCOUNT_HIDDEN: [&str; 6] = ["margin", "name", "code", "parent", "tags", "owner"];

/// Departments by their place in the fixture: `north`, `north_one` below it, `south`.
pub type Department = usize;

/// A scope as it is drawn; chosen departments get their ids later.
#[derive(Debug, Clone)]
pub enum Scope {
    Plain(RowScope),
    Chosen(Vec<Department>),
}

/// Rights whose scopes have no ids yet.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub read: Scope,
    pub update: Scope,
    pub delete: Scope,
    pub rest: ObjectRights,
}

/// A role, and the departments it is held within; everywhere where absent.
#[derive(Debug, Clone)]
pub struct DrawnRole {
    pub account: Drawn,
    pub deal: Drawn,
    pub rest: RoleDefinition,
    pub within: Option<Vec<Department>>,
}

/// A rule that gives accounts to holders of the first role, or to the member by name.
#[derive(Debug, Clone)]
pub struct DrawnRule {
    pub when: &'static str,
    pub by_role: bool,
    pub write: bool,
    pub paused: bool,
}

/// Who asks and where he stands.
#[derive(Debug, Clone)]
pub struct Place {
    /// Ann, the boss or Bob.
    pub who: usize,
    pub department: Option<Department>,
    pub further: Vec<Department>,
    /// Of the three members.
    pub below: Vec<usize>,
    pub stands_in_for: Vec<usize>,
}

/// A question to a list.
#[derive(Debug, Clone)]
pub struct Question {
    pub object: &'static str,
    pub filter: String,
    pub sort: &'static str,
    pub limit: u32,
    /// The fields its filter and its order name.
    pub names: Vec<&'static str>,
}

/// Everything of one case.
#[derive(Debug, Clone)]
pub struct Case {
    pub roles: Vec<DrawnRole>,
    pub place: Place,
    pub rules: Vec<DrawnRule>,
    pub shares: Vec<(usize, ShareLevel)>,
    pub questions: Vec<Question>,
}

fn scope(when: &'static [&'static str]) -> impl Strategy<Value = Scope> {
    let expression = || proptest::sample::select(when).prop_map(|it| Scope::Plain(RowScope::When(it.to_owned())));
    prop_oneof![
        Just(Scope::Plain(RowScope::None)),
        Just(Scope::Plain(RowScope::Own)),
        Just(Scope::Plain(RowScope::Subordinates)),
        Just(Scope::Plain(RowScope::Department)),
        Just(Scope::Plain(RowScope::DepartmentTree)),
        Just(Scope::Plain(RowScope::All)),
        proptest::sample::subsequence(vec![0, 1, 2], 1..=2).prop_map(Scope::Chosen),
        expression(),
        expression(),
    ]
}

fn plain(when: &'static [&'static str]) -> impl Strategy<Value = RowScope> {
    scope(when).prop_map(|it| if let Scope::Plain(scope) = it { scope } else { RowScope::None })
}

/// Fields that freeze, and while what of the record is so.
type Freezing = (&'static [&'static str], &'static [&'static str]);
const ACCOUNT_FREEZES: Freezing = (&["level", "margin", "code"], &["level == 'a'", "level == 'b'", "has(parent)", "margin >= 1012"]);
const DEAL_FREEZES: Freezing = (&["amount"], &["stage == 'new'", "!has(amount)", "amount > 110"]);

/// Mostly nothing freezes.
fn freeze((fields, when): Freezing) -> impl Strategy<Value = Vec<FreezeRule>> {
    let rule = (proptest::sample::subsequence(fields, 1..=fields.len()), proptest::sample::select(when))
        .prop_map(|(fields, when)| FreezeRule { fields: fields.into_iter().map(str::to_owned).collect(), when: when.to_owned() });
    proptest::collection::vec(rule, 0..=2)
}

fn rights(when: &'static [&'static str], hidden: &'static [&'static str], freezes: Freezing) -> impl Strategy<Value = Drawn> {
    let named = proptest::sample::subsequence(hidden, 0..=hidden.len().min(3));
    let less = prop_oneof![Just(FieldRight::Hidden), Just(FieldRight::Masked), Just(FieldRight::Read)];
    let fields = (named, proptest::collection::vec(less, 3));
    let scopes = (scope(when), scope(when), scope(when));
    (scopes, fields, deny(when, hidden), freeze(freezes), any::<bool>()).prop_map(|((read, update, delete), (named, less), deny, freeze, export)| {
        let fields = named.into_iter().map(str::to_owned).zip(less).collect();
        Drawn { read, update, delete, rest: ObjectRights { fields, deny, freeze, export, ..ObjectRights::default() } }
    })
}

/// Mostly nothing is denied.
fn deny(when: &'static [&'static str], hidden: &'static [&'static str]) -> impl Strategy<Value = DenyRights> {
    let some = (plain(when), plain(when), plain(when), proptest::sample::select(hidden)).prop_map(|(read, update, delete, field)| DenyRights {
        // Who is denied everything teaches nothing.
        read: if read == RowScope::All { RowScope::None } else { read },
        update,
        delete,
        fields: [(field.to_owned(), FieldRight::Masked)].into(),
        ..DenyRights::default()
    });
    prop_oneof![3 => Just(DenyRights::default()), 1 => some]
}

fn role() -> impl Strategy<Value = DrawnRole> {
    let others = prop_oneof![Just(RowScope::None), Just(RowScope::All)];
    let within = prop_oneof![3 => Just(None), 1 => proptest::sample::subsequence(vec![0, 1, 2], 1..=2).prop_map(Some)];
    (
        rights(&ACCOUNT_SCOPES, &ACCOUNT_HIDDEN, ACCOUNT_FREEZES),
        rights(&DEAL_SCOPES, &["amount", "account"], DEAL_FREEZES),
        others.clone(),
        others,
        within,
    )
        .prop_map(|(account, deal, users, tags, within)| {
            let open = |read: RowScope| ObjectRights { read, ..ObjectRights::default() };
            let objects = [("user".to_owned(), open(users)), ("tag".to_owned(), open(tags))].into();
            DrawnRole { account, deal, rest: RoleDefinition { objects, ..RoleDefinition::new("", Label::new("角色", "Role")) }, within }
        })
}

fn place() -> impl Strategy<Value = Place> {
    let some = || proptest::sample::subsequence(vec![0, 1, 2], 0..=1);
    (0..3_usize, prop_oneof![3 => (0..3_usize).prop_map(Some), 1 => Just(None)], some(), proptest::sample::subsequence(vec![0, 1, 2], 0..=2), some())
        .prop_map(|(who, department, further, below, stands_in_for)| Place { who, department, further, below, stands_in_for })
}

fn rule() -> impl Strategy<Value = DrawnRule> {
    (proptest::sample::select(&ACCOUNT_SCOPES[..]), any::<bool>(), any::<bool>(), proptest::bool::weighted(0.2))
        .prop_map(|(when, by_role, write, paused)| DrawnRule { when, by_role, write, paused })
}

type Atom = (&'static str, &'static [&'static str]);

const ACCOUNT_ATOMS: [Atom; 14] = [
    ("name.contains('acc1')", &["account.name"]),
    ("name > 'acc07x'", &["account.name"]),
    ("margin >= 1010", &["account.margin"]),
    ("level == 'a'", &["account.level"]),
    ("level in ['b']", &["account.level"]),
    ("has(code)", &["account.code"]),
    ("has(parent)", &["account.parent"]),
    ("owner == me.id", &["account.owner"]),
    ("department in me.departments", &["account.department"]),
    ("owner.name == 'Ann'", &["account.owner", "user.name"]),
    ("parent.name < 'acc12x'", &["account.parent", "account.name"]),
    ("parent.level == 'b'", &["account.parent", "account.level"]),
    ("parent.parent.margin < 1012", &["account.parent", "account.margin"]),
    ("parent.owner == owner", &["account.parent", "account.owner"]),
];
const DEAL_ATOMS: [Atom; 8] = [
    ("name.contains('deal1')", &["deal.name"]),
    ("amount > 110", &["deal.amount"]),
    ("has(amount)", &["deal.amount"]),
    ("owner == me.id", &["deal.owner"]),
    ("account.margin < 1012", &["deal.account", "account.margin"]),
    ("account.level == 'a'", &["deal.account", "account.level"]),
    ("account.owner.name == 'Ann'", &["deal.account", "account.owner", "user.name"]),
    ("account.code > 'code05x'", &["deal.account", "account.code"]),
];
/// A sort and what it names.
type Sort = (&'static str, &'static [&'static str]);
const ACCOUNT_SORTS: [Sort; 8] = [
    ("id", &["account.id"]),
    ("-id", &["account.id"]),
    ("name", &["account.name"]),
    ("-name", &["account.name"]),
    ("-updated_at", &["account.updated_at"]),
    ("-margin", &["account.margin"]),
    ("level", &["account.level"]),
    ("-owner", &["account.owner", "user.name"]),
];
const DEAL_SORTS: [Sort; 6] = [
    ("id", &["deal.id"]),
    ("-close_date", &["deal.close_date"]),
    ("name", &["deal.name"]),
    ("account", &["deal.account", "account.name"]),
    ("-account", &["deal.account", "account.name"]),
    ("account.level", &["deal.account", "account.level"]),
];

fn question(object: &'static str, atoms: &'static [Atom], sorts: &'static [Sort]) -> impl Strategy<Value = Question> {
    let atom = || (proptest::sample::select(atoms), any::<bool>());
    let join = proptest::sample::select(&["&&", "||"][..]);
    (proptest::collection::vec((atom(), join), 1..=3), any::<bool>(), proptest::sample::select(sorts), 3..=12_u32).prop_map(
        move |(parts, turned, (sort, sorted), limit)| {
            let mut names = sorted.to_vec();
            let mut filter = String::new();
            for (((source, of), negated), join) in parts {
                names.extend(of);
                let one = if negated { format!("!({source})") } else { source.to_owned() };
                filter = if filter.is_empty() { one } else { format!("({filter}) {join} {one}") };
            }
            let filter = if turned { format!("!({filter})") } else { filter };
            Question { object, filter, sort, limit, names }
        },
    )
}

/// A case of everything.
pub fn case(questions: usize) -> impl Strategy<Value = Case> {
    let level = proptest::sample::select(&ShareLevel::ALL[..]);
    let asked = prop_oneof![question("account", &ACCOUNT_ATOMS, &ACCOUNT_SORTS), question("deal", &DEAL_ATOMS, &DEAL_SORTS)];
    (
        proptest::collection::vec(role(), 1..=3),
        place(),
        proptest::collection::vec(rule(), 0..=2),
        proptest::collection::vec((0..24_usize, level), 0..4),
        proptest::collection::vec(asked, questions),
    )
        .prop_map(|(roles, place, rules, shares, questions)| Case { roles, place, rules, shares, questions })
}
