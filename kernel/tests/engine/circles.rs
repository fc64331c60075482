//! Random circles on random records: who sees what lies in one, and what is covered of it, is what a naive model says; and
//! what is covered leaves no trace in anything he receives, nor in what he may ask.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{App, parse_object};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::events::{feed, head};
use guanxi_kernel::history::history;
use guanxi_kernel::read::{self, AggregateRequest, CountMode, ListRequest};
use guanxi_kernel::schema::{FieldRight, Label, ObjectRights, RoleDefinition, RowScope};
use guanxi_kernel::search::{index_all, search};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, plan_only};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, map, on_both_stores_with, on_cases, picks};

const POOL: &str = r#"
name = "pool"
label = { zh-CN = "公海", en = "Pool" }
title_field = "name"
owned = false
circle = { members = "members", departments = "departments", roles = "roles", keepers = "keepers", open_when = "active == true", hidden = "hidden", masked = "masked" }
field = [
  { name = "name", type = "text", label = { zh-CN = "名称", en = "Name" } },
  { name = "active", type = "boolean", label = { zh-CN = "启用", en = "Active" } },
  { name = "members", type = "many_to_many", target = "user", label = { zh-CN = "成员", en = "Members" } },
  { name = "keepers", type = "many_to_many", target = "user", label = { zh-CN = "管理人", en = "Keepers" } },
  { name = "departments", type = "many_to_many", target = "department", label = { zh-CN = "部门", en = "Departments" } },
  { name = "roles", type = "multi_select", options_from = "roles", label = { zh-CN = "角色", en = "Roles" } },
  { name = "hidden", type = "multi_select", label = { zh-CN = "隐藏", en = "Hidden" }, options = [
    { value = "phone", label = { zh-CN = "电话", en = "Phone" } }, { value = "note", label = { zh-CN = "备注", en = "Note" } },
    { value = "score", label = { zh-CN = "分", en = "Score" } }] },
  { name = "masked", type = "multi_select", label = { zh-CN = "掩码", en = "Masked" }, options = [
    { value = "phone", label = { zh-CN = "电话", en = "Phone" } }, { value = "note", label = { zh-CN = "备注", en = "Note" } },
    { value = "score", label = { zh-CN = "分", en = "Score" } }] },
]
"#;

const PROSPECT: &str = r#"
name = "prospect"
label = { zh-CN = "线索", en = "Prospect" }
title_field = "name"
in_circle = { circle = "pool", while_empty = "owner", coverable = ["phone", "note", "score"] }
field = [
  { name = "name", type = "text", label = { zh-CN = "名称", en = "Name" }, searchable = true },
  { name = "pool", type = "reference", target = "pool", label = { zh-CN = "公海", en = "Pool" } },
  { name = "level", type = "text", label = { zh-CN = "级别", en = "Level" } },
  { name = "phone", type = "text", label = { zh-CN = "电话", en = "Phone" }, searchable = true, indexed = true },
  { name = "note", type = "text", label = { zh-CN = "备注", en = "Note" }, searchable = true },
  { name = "score", type = "number", label = { zh-CN = "分", en = "Score" }, indexed = true },
  { name = "twice", type = "formula", result = "number", expression = "score * 2", label = { zh-CN = "倍", en = "Twice" } },
]
"#;

/// A record that leads to one in a circle.
const ERRAND: &str = r#"
name = "errand"
label = { zh-CN = "事项", en = "Errand" }
title_field = "name"
owned = false
field = [
  { name = "name", type = "text", label = { zh-CN = "名称", en = "Name" } },
  { name = "prospect", type = "reference", target = "prospect", label = { zh-CN = "线索", en = "Prospect" } },
]
"#;

const COVERABLE: [&str; 3] = ["phone", "note", "score"];
const FIELDS: [&str; 4] = ["phone", "note", "score", "twice"];
/// Companies of one run on each store; each is looked at by three members.
const CASES: u32 = 14;
const RECORDS: usize = 36;

fn apps() -> Vec<App> {
    let objects = [("pool", POOL), ("prospect", PROSPECT), ("errand", ERRAND)];
    let objects = objects.iter().map(|(name, source)| parse_object(name, source, "").unwrap()).collect();
    vec![App { objects, roles: (0..2).map(|n| role(n, &RowScope::Own, &RowScope::None, &[])).collect(), ..App::default() }]
}

fn role(n: usize, read: &RowScope, update: &RowScope, fields: &[(String, FieldRight)]) -> RoleDefinition {
    let all = ObjectRights { read: RowScope::All, ..ObjectRights::default() };
    let own = ObjectRights {
        read: read.clone(),
        update: update.clone(),
        export: true,
        fields: fields.iter().cloned().collect(),
        ..ObjectRights::default()
    };
    let objects =
        [("prospect".to_owned(), own), ("errand".to_owned(), all.clone()), ("pool".to_owned(), all.clone()), ("user".to_owned(), all.clone())];
    RoleDefinition { objects: objects.into(), ..RoleDefinition::new(&format!("r{n}"), Label::new("角色", "Role")) }
}

/// A circle as drawn: people, departments and roles by their places.
#[derive(Debug, Clone)]
struct DrawnCircle {
    active: bool,
    members: Vec<usize>,
    keepers: Vec<usize>,
    departments: Vec<usize>,
    roles: Vec<usize>,
    hidden: Vec<&'static str>,
    masked: Vec<&'static str>,
}

/// Rows a role reads and changes, and what it says of fields.
type DrawnRole = (RowScope, RowScope, Vec<(String, FieldRight)>);

#[derive(Debug, Clone)]
struct Case {
    circles: Vec<DrawnCircle>,
    roles: Vec<DrawnRole>,
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let some = |most: usize| proptest::sample::subsequence(vec![0, 1, 2], 0..=most);
    let names = || proptest::sample::subsequence(COVERABLE.to_vec(), 0..=3);
    let circle = (proptest::bool::weighted(0.8), some(2), some(1), some(1), proptest::sample::subsequence(vec![0, 1], 0..=1), names(), names())
        .prop_map(|(active, members, keepers, departments, roles, hidden, masked)| DrawnCircle {
            active,
            members,
            keepers,
            departments,
            roles,
            hidden,
            masked,
        });
    let scope = || {
        prop_oneof![
            Just(RowScope::None),
            Just(RowScope::Own),
            Just(RowScope::Department),
            Just(RowScope::DepartmentTree),
            Just(RowScope::All),
            Just(RowScope::When("level == 'a'".to_owned())),
        ]
    };
    let less =
        prop_oneof![4 => Just(None), 1 => Just(Some(FieldRight::Hidden)), 1 => Just(Some(FieldRight::Masked)), 1 => Just(Some(FieldRight::Read))];
    let fields = proptest::collection::vec(less, 3).prop_map(|all| {
        let named = COVERABLE.iter().zip(all).filter_map(|(name, right)| Some(((*name).to_owned(), right?)));
        named.collect::<Vec<_>>()
    });
    (proptest::collection::vec(circle, 3), proptest::collection::vec((scope(), scope(), fields), 2), any::<u64>())
        .prop_map(|(circles, roles, seed)| Case { circles, roles, seed })
}

/// A record as the test made it.
struct Row {
    id: Uuid,
    errand: Uuid,
    owner: Option<usize>,
    department: usize,
    pool: Option<usize>,
    level: &'static str,
    number: usize,
}

impl Row {
    fn text(&self, field: &str) -> String {
        let n = self.number;
        match field {
            "phone" => format!("phone{n:03}canary"),
            "note" => format!("note{n:03}canary"),
            "score" => format!("{}", 770_000 + n),
            _ => format!("{}", 2 * (770_000 + n)),
        }
    }
}

/// A company with these circles, and what is known of it without the engine.
struct Company<'a> {
    it: &'a Fixture,
    case: &'a Case,
    people: [Uuid; 3],
    rows: Vec<Row>,
    /// The log before there was any of it.
    head: i64,
}

/// Departments of the three: North One, South, North; the last is above the first.
const PLACES: [usize; 3] = [0, 1, 2];
/// Roles of the three.
const HELD: [usize; 3] = [0, 1, 0];

impl<'a> Company<'a> {
    fn found(it: &'a Fixture, case: &'a Case) -> Self {
        let admin = it.as_admin();
        let head = it.workspace.store.read_with(|tx| head(tx)).unwrap();
        let departments = [it.north_one, it.south, it.north];
        let people = [it.ann, it.bob, it.boss];
        let changes: Vec<SchemaChange> =
            case.roles.iter().enumerate().map(|(n, (read, update, fields))| SchemaChange::PutRole { role: role(n, read, update, fields) }).collect();
        definition::apply(&admin, &changes, false).unwrap();
        let admin = it.as_admin();
        let named = |all: &[usize], of: &[Uuid]| all.iter().map(|at| json!(of[*at])).collect::<Vec<_>>();
        let pools: Vec<Uuid> = case
            .circles
            .iter()
            .enumerate()
            .map(|(n, circle)| {
                let roles: Vec<String> = circle.roles.iter().map(|it| format!("r{it}")).collect();
                let values = json!({ "name": format!("pool{n}"), "active": circle.active, "members": named(&circle.members, &people),
                    "keepers": named(&circle.keepers, &people), "departments": named(&circle.departments, &departments), "roles": roles,
                    "hidden": circle.hidden, "masked": circle.masked });
                it.create(&admin, "pool", values)
            })
            .collect();
        for (at, id) in people.iter().enumerate() {
            it.update(&admin, "user", *id, json!({ "roles": [format!("r{}", HELD[at])], "department": departments[PLACES[at]] }));
        }
        let mut pick = picks(case.seed);
        let rows = (0..RECORDS)
            .map(|number| {
                let (owner, pool) = ([None, None, Some(pick(3))][pick(3)], [None, Some(pick(3)), Some(pick(3))][pick(3)]);
                let (department, level) = (pick(3), ["a", "b"][pick(2)]);
                let mut row = Row { id: Uuid::nil(), errand: Uuid::nil(), owner, department, pool, level, number };
                row.id = it.create(
                    &admin,
                    "prospect",
                    json!({ "name": format!("lead{number:02}"), "owner": owner.map(|it| people[it]), "department": departments[department],
                        "pool": pool.map(|it| pools[it]), "level": level, "phone": row.text("phone"), "note": row.text("note"), "score": 770_000 + number }),
                );
                row.errand = it.create(&admin, "errand", json!({ "name": format!("errand{number:02}"), "prospect": row.id }));
                row
            })
            .collect();
        Self { it, case, people, rows, head }
    }

    /// Whether somebody is of these departments, or of one below them: North One is below North.
    fn is_of(who: usize, departments: &[usize]) -> bool {
        departments.contains(&PLACES[who]) || (PLACES[who] == 0 && departments.contains(&2))
    }

    fn keeps(&self, who: usize, pool: usize) -> bool {
        self.case.circles[pool].keepers.contains(&who)
    }

    fn belongs(&self, who: usize, pool: usize) -> bool {
        let circle = &self.case.circles[pool];
        circle.active && (circle.members.contains(&who) || circle.roles.contains(&HELD[who]) || Self::is_of(who, &circle.departments))
    }

    fn in_scope(who: usize, scope: &RowScope, row: &Row) -> bool {
        let own = row.owner == Some(who);
        let below = if PLACES[who] == 2 { vec![2, 0] } else { vec![PLACES[who]] };
        match scope {
            RowScope::All => true,
            RowScope::Own => own,
            RowScope::Department => own || row.department == PLACES[who],
            RowScope::DepartmentTree => own || below.contains(&row.department),
            RowScope::When(_) => row.level == "a",
            _ => false,
        }
    }

    /// The circle a record lies in.
    fn circle(row: &Row) -> Option<usize> {
        row.pool.filter(|_| row.owner.is_none())
    }

    fn role(&self, who: usize) -> &DrawnRole {
        &self.case.roles[HELD[who]]
    }

    fn sees(&self, who: usize, row: &Row) -> bool {
        let (read, ..) = self.role(who);
        let lies = Self::circle(row).is_some_and(|it| self.keeps(who, it) || self.belongs(who, it));
        Self::in_scope(who, read, row) || (*read != RowScope::None && lies)
    }

    fn may_change(&self, who: usize, row: &Row) -> bool {
        let (read, update, _) = self.role(who);
        let kept = *read != RowScope::None && Self::circle(row).is_some_and(|it| self.keeps(who, it));
        self.sees(who, row) && (Self::in_scope(who, update, row) || kept)
    }

    /// What his role says of a field, whatever record it is of.
    fn given(&self, who: usize, field: &str) -> FieldRight {
        self.role(who).2.iter().find(|it| it.0 == field).map_or(FieldRight::Edit, |it| it.1)
    }

    /// How a field of a record is shown to him.
    fn shown(&self, who: usize, row: &Row, field: &str) -> FieldRight {
        let given = self.given(who, field);
        let Some(pool) = Self::circle(row).filter(|it| !self.keeps(who, *it)) else { return given };
        let circle = &self.case.circles[pool];
        let is_covered = |name: &str| circle.hidden.contains(&name) || circle.masked.contains(&name);
        if circle.hidden.contains(&field) || (field == "twice" && is_covered("score")) {
            FieldRight::Hidden
        } else if circle.masked.contains(&field) {
            given.min(FieldRight::Masked)
        } else {
            given
        }
    }

    fn shows_whole(&self, who: usize, row: &Row, field: &str) -> bool {
        self.shown(who, row, field) >= FieldRight::Read
    }

    fn visible(&self, who: usize) -> Vec<&Row> {
        self.rows.iter().filter(|it| self.sees(who, it)).collect()
    }

    fn listed(&self, context: &Context, object: &str, filter: &str, sort: &str) -> guanxi_kernel::Result<BTreeSet<Uuid>> {
        let request =
            ListRequest { filter: Some(filter.into()), sort: Some(sort.into()), limit: 500, count: CountMode::Exact, ..ListRequest::default() };
        let page = self.it.try_list(context, object, &request)?;
        let found = crate::rights::ids(&page.items);
        assert_eq!(page.count.unwrap().value, found.len() as u64, "{filter}");
        Ok(found)
    }

    fn check(&self, who: usize) {
        let context = self.it.signed_in(self.people[who]);
        let visible = self.visible(who);
        let wanted: BTreeSet<Uuid> = visible.iter().map(|it| it.id).collect();
        if !context.access.may(context.schema.object("prospect").unwrap(), Verb::Read) {
            assert!(wanted.is_empty(), "{who} may see some");
            return;
        }
        assert_eq!(self.listed(&context, "prospect", "true", "id").unwrap(), wanted, "{who}");
        self.check_shown(&context, who);
        self.check_asking(&context, who, &visible);
        self.check_measures(&context, who, &visible);
        self.check_traces(&context, who);
        self.check_changing(&context, who);
    }

    /// Of each record the fields are whole, covered or not there.
    fn check_shown(&self, context: &Context, who: usize) {
        for row in &self.rows {
            let record = self.it.get(context, "prospect", row.id);
            assert_eq!(record.is_some(), self.sees(who, row), "{who} {}", row.number);
            let Some(record) = record else { continue };
            for field in FIELDS {
                let told = record.get(field).cloned().unwrap_or_default();
                let plain = told.as_str().map_or_else(|| told.to_string(), str::to_owned);
                let whole = self.shows_whole(who, row, field);
                assert_eq!(plain == row.text(field), whole, "{who} {} {field}: {told}", row.number);
                if self.shown(who, row, field) == FieldRight::Hidden {
                    assert!(told.is_null(), "{who} {} {field}: {told}", row.number);
                }
            }
        }
    }

    /// Whoever names a field, here or through a reference, is answered about the records of which he sees it whole.
    fn check_asking(&self, context: &Context, who: usize, visible: &[&Row]) {
        let middle = RECORDS / 2;
        type Holds = fn(&Row, usize) -> bool;
        let questions: [(&str, String, Holds); 6] = [
            ("phone", format!("phone > 'phone{middle:03}'"), |row, middle| row.number >= middle),
            ("phone", "!has(phone)".into(), |_, _| false),
            ("note", format!("note.contains('{middle:03}')"), |row, middle| row.number == middle),
            ("score", format!("score < {}", 770_000 + middle), |row, middle| row.number < middle),
            ("score", format!("!(score < {})", 770_000 + middle), |row, middle| row.number >= middle),
            ("twice", format!("twice >= {}", 2 * (770_000 + middle)), |row, middle| row.number >= middle),
        ];
        for (field, filter, holds) in questions {
            let open = self.given(who, field) >= FieldRight::Read;
            let there = |row: &&&Row| self.shows_whole(who, row, field) && holds(row, middle);
            let found = self.listed(context, "prospect", &filter, "id");
            assert_eq!(found.is_ok(), open, "{who} {filter}");
            if let Ok(found) = found {
                assert_eq!(found, visible.iter().filter(there).map(|it| it.id).collect(), "{who} {filter}");
            }
            // Through a reference what is not seen is empty: what holds of an empty value may hold there.
            if open && !filter.contains('!') {
                let filter = filter.replacen(field, &format!("prospect.{field}"), 1);
                let found = self.listed(context, "errand", &filter, "id").unwrap();
                assert_eq!(found, visible.iter().filter(there).map(|it| it.errand).collect(), "{who} {filter}");
            }
        }
        for field in ["phone", "score"].iter().filter(|it| self.given(who, it) >= FieldRight::Read) {
            for sort in [(*field).to_owned(), format!("-{field}")] {
                let found = self.listed(context, "prospect", "true", &sort).unwrap();
                let whole = visible.iter().filter(|it| self.shows_whole(who, it, field));
                assert_eq!(found, whole.map(|it| it.id).collect(), "{who} by {sort}");
            }
        }
    }

    fn check_measures(&self, context: &Context, who: usize, visible: &[&Row]) {
        let object = self.it.object("prospect");
        let ask = |request: &AggregateRequest| self.it.workspace.store.read_with(|tx| read::aggregate(context, tx, &object, request));
        let counted = ask(&AggregateRequest { measures: vec!["count".into()], ..AggregateRequest::default() }).unwrap();
        assert_eq!(counted.groups[0].values["count"], json!(visible.len()), "{who}");
        let sum = ask(&AggregateRequest { measures: vec!["sum(score)".into()], ..AggregateRequest::default() });
        assert_eq!(sum.is_ok(), self.given(who, "score") >= FieldRight::Read);
        if let Ok(sum) = sum {
            let whole = visible.iter().filter(|it| self.shows_whole(who, it, "score"));
            let wanted: usize = whole.map(|it| 770_000 + it.number).sum();
            let told = sum.groups.first().map(|it| it.values["sum(score)"].clone()).unwrap_or_default();
            let told: f64 = told.as_f64().or_else(|| told.as_str().and_then(|it| it.parse().ok())).unwrap_or(0.0);
            assert!((told - wanted as f64).abs() < 0.5, "{who}: {told} {wanted}");
        }
        let grouped = ask(&AggregateRequest { group_by: vec!["phone".into()], measures: vec!["count".into()], ..AggregateRequest::default() });
        if let Ok(grouped) = grouped {
            let told: BTreeSet<String> = grouped.groups.iter().filter_map(|it| it.keys[0].as_str().map(str::to_owned)).collect();
            let whole = visible.iter().filter(|it| self.shows_whole(who, it, "phone"));
            assert_eq!(told, whole.map(|it| it.text("phone")).collect(), "{who}");
        }
    }

    /// Nothing he receives holds what is not whole to him: lists, history, events, search.
    fn check_traces(&self, context: &Context, who: usize) {
        let store = &self.it.workspace.store;
        let all = ListRequest { sort: Some("id".into()), limit: 500, ..ListRequest::default() };
        let mut received = vec![self.it.try_list(context, "prospect", &all).unwrap().items];
        received.push(self.it.try_list(context, "errand", &all).unwrap().items);
        for row in self.visible(who) {
            received.push(format!("{:?}", store.read_with(|tx| history(context, tx, "prospect", row.id, None, 50)).unwrap()));
        }
        let mut after = self.head;
        loop {
            let page = store.read_with(|tx| feed(context, tx, after, 1_000, None)).unwrap();
            received.push(format!("{:?}", page.events));
            if page.next == after {
                break;
            }
            after = page.next;
        }
        let received = received.concat();
        for row in &self.rows {
            for field in FIELDS {
                let whole = self.sees(who, row) && self.shows_whole(who, row, field);
                assert!(whole || !received.contains(&row.text(field)), "{who} is told {field} of {}", row.number);
            }
        }
        for row in self.rows.iter().step_by(5) {
            for field in ["phone", "note"] {
                let found = store.read_with(|tx| search(context, tx, &row.text(field), None, 10)).unwrap();
                let whole = self.sees(who, row) && self.shows_whole(who, row, field);
                let is_found = format!("{found:?}").contains(&row.id.to_string());
                assert_eq!(is_found, whole, "{who} looks for {field} of {}", row.number);
            }
        }
    }

    fn check_changing(&self, context: &Context, who: usize) {
        let update = |row: &Row| Operation::Update { id: row.id, values: map(json!({})), options: PlanOptions::default() };
        let operations = self.rows.iter().map(update).collect();
        let batch = Batch { object: self.it.object("prospect"), operations, mode: BatchMode::RowByRow, verb: "update", change: None };
        let plans = plan_only(context, &batch).unwrap();
        let may: BTreeMap<usize, bool> = self.rows.iter().zip(&plans).map(|(row, plan)| (row.number, plan.is_ok())).collect();
        let wanted: BTreeMap<usize, bool> = self.rows.iter().map(|row| (row.number, self.may_change(who, row))).collect();
        assert_eq!(may, wanted, "{who}");
    }
}

#[test]
fn random_circles_open_and_cover_what_the_model_says() {
    on_both_stores_with(apps, |it| {
        on_cases(CASES, &case(), |case| {
            let admin = it.as_admin();
            for object in ["errand", "prospect", "pool"] {
                for record in it.list(&admin, object, "true", "id") {
                    it.delete(&admin, object, record["id"].as_str().unwrap().parse().unwrap()).unwrap();
                }
            }
            let company = Company::found(it, &case);
            index_all(&it.system()).unwrap();
            (0..3).for_each(|who| company.check(who));
        });
    });
}

#[test]
fn claiming_lifts_the_cover_and_giving_back_lowers_it() {
    on_both_stores_with(apps, |it| {
        let circle = DrawnCircle {
            active: true,
            members: vec![0],
            keepers: vec![1],
            departments: Vec::new(),
            roles: Vec::new(),
            hidden: vec!["note"],
            masked: vec!["phone"],
        };
        let closed = DrawnCircle { active: false, ..circle.clone() };
        let scope = (RowScope::Own, RowScope::Own, Vec::new());
        let case = Case { circles: vec![circle, closed.clone(), closed], roles: vec![scope.clone(), scope], seed: 3 };
        let mut company = Company::found(it, &case);
        let (ann, admin) = (it.ann, it.as_admin());
        let at = company.rows.iter().position(|it| Company::circle(it) == Some(0)).unwrap();
        for owner in [Some(0), None, Some(1), None] {
            it.update(&admin, "prospect", company.rows[at].id, json!({ "owner": owner.map(|it: usize| company.people[it]) }));
            company.rows[at].owner = owner;
            let told = it.get(&it.signed_in(ann), "prospect", company.rows[at].id);
            assert_eq!(told.is_some(), owner != Some(1));
            let whole = told.as_ref().is_some_and(|it| it["note"] == json!(company.rows[at].text("note")));
            assert_eq!(whole, owner == Some(0));
            index_all(&it.system()).unwrap();
            (0..2).for_each(|who| company.check(who));
        }
        assert_eq!(Json::Null, it.get(&it.signed_in(ann), "prospect", company.rows[at].id).unwrap().get("note").cloned().unwrap_or_default());
    });
}
