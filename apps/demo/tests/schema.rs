//! The definitions of all apps make one schema; their lists, roles and indexes hold against it; every value of the demo
//! company is understood by its field type.

#![expect(clippy::unwrap_used, reason = "a failed preparation ends the test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guanxi_demo::{demo_records, resolved};
use guanxi_kernel::access::{Access, Member, Verb};
use guanxi_kernel::app::{App, Registry, parse_object};
use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::schema::{ObjectScope, OpenGate, RowScope, Schema};
use guanxi_kernel::workspace::{Customisation, schema_of};
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|it| it.unwrap().path()).collect();
    found.sort();
    found
}

fn schema() -> Schema {
    let apps = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = Vec::new();
    for name in ["org", "customers", "sales", "marketing", "pools", "work", "collaboration", "privacy", "quality", "process"] {
        let folder = apps.join(name);
        let mut app = App { definition: Some(toml::from_str(&read(&folder.join("app.toml"))).unwrap()), ..App::default() };
        // Folders of actions alone are of objects that other apps bring.
        for object in folders(&folder.join("objects")).iter().filter(|it| it.join("object.toml").exists()) {
            let name = object.file_name().unwrap().to_string_lossy().into_owned();
            app.objects.push(parse_object(&name, &read(&object.join("object.toml")), &read(&object.join("views.toml"))).unwrap());
        }
        if name == "org" {
            app.roles = folders(&folder.join("roles")).iter().map(|it| toml::from_str(&read(it)).unwrap()).collect();
        }
        all.push(app);
    }
    schema_of(&Registry::new(all), &Customisation::default()).unwrap_or_else(|error| panic!("{error:#?}"))
}

#[test]
fn the_definitions_make_a_schema() {
    let schema = schema();
    assert_eq!(schema.objects.len(), 81);
    assert_eq!(schema.left_out, [], "a view names what is not there");
    for name in schema.apps.iter().flat_map(|it| it.objects.iter().chain(&it.uses)) {
        assert!(schema.object(name).is_some(), "an app names {name}");
    }
}

#[test]
fn the_filters_of_ready_lists_are_understood() {
    let schema = schema();
    for object in schema.objects.values() {
        for list in &object.definition.views.list {
            let scope = ObjectScope { schema: &schema, object, gate: &OpenGate, follow: true };
            if let Some(filter) = &list.filter {
                let checked = guanxi_expr::check(filter, &scope).unwrap_or_else(|error| panic!("{}.{}: {error}", object.name, list.name));
                assert_eq!(checked.ty, guanxi_expr::Type::Bool, "{}.{}", object.name, list.name);
            }
        }
    }
}

#[test]
fn the_rights_of_every_role_are_understood() {
    let schema = Arc::new(schema());
    let now = "2026-11-22T02:00:00Z".parse().unwrap();
    for (name, role) in &schema.roles {
        let (id, department) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let member = Member::of(id, vec![name.as_str().into()], Some(department), vec![department]);
        let access = Access::of_member(&schema, member, now, &TimeZone::UTC);
        for (object, rights) in role.objects.iter().filter(|(object, _)| *object != "*") {
            let object = schema.object(object).unwrap_or_else(|| panic!("{name} names {object}"));
            // A condition that is not understood gives nothing.
            assert!(rights.read == RowScope::None || access.may(object, Verb::Read), "{name} reads no {}", object.name);
            for field in rights.fields.keys().chain(&rights.masked_in_lists) {
                assert!(object.field(field).is_some(), "{name} names {}.{field}", object.name);
            }
        }
    }
    let roles = schema.object("user").unwrap().field("roles").unwrap();
    let known: Vec<&String> = schema.roles.keys().collect();
    assert!(roles.definition.options.iter().all(|it| known.contains(&&it.value)), "a role without a definition");
    assert_eq!(roles.definition.options.len(), known.len());
}

#[test]
fn the_field_types_accept_every_value_of_the_demo_company() {
    let schema = schema();
    let context = ParseContext {
        region: "CN".into(),
        currency: "CNY".into(),
        now: "2026-11-22T02:00:00Z".parse().unwrap(),
        time_zone: TimeZone::get("Asia/Shanghai").unwrap(),
    };
    let mut problems: BTreeMap<String, String> = BTreeMap::new();
    let mut values = 0;
    for record in demo_records(1, date(2026, 11, 22)) {
        let object = schema.object(record.object).unwrap();
        for (name, value) in record.values.iter().filter(|it| !it.1.is_null()) {
            let Some(field) = object.field(name) else { panic!("{}.{name}", record.object) };
            let ids = with_ids(value);
            values += 1;
            if let Err(problem) = field.kind().parse(&field.definition, &ids, &context) {
                problems.entry(format!("{}.{name}", record.object)).or_insert(format!("{value}: {problem:?}"));
            }
        }
    }
    assert!(values > 40_000, "{values}");
    assert!(problems.is_empty(), "{problems:#?}");
}

/// References as ids, as they arrive at the engine.
fn with_ids(value: &Value) -> Value {
    let known: Result<Value, String> = resolved(value, &mut |_| Ok("01890000-0000-7000-8000-000000000000".into()));
    known.unwrap()
}
