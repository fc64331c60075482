//! The demo company against the definitions of the apps: every value fits its field, every reference leads somewhere.

#![expect(clippy::unwrap_used, reason = "a failed preparation ends the test")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use guanxi_demo::{DEMO_LOGINS, DemoRecord, demo_records};
use guanxi_kernel::schema::{FieldDefinition, FieldKind, ObjectDefinition, OptionDefinition, ViewsDefinition};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::Value;

const TODAY: Date = date(2026, 11, 22);

fn definitions() -> BTreeMap<String, ObjectDefinition> {
    let apps = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeMap::new();
    for app in ["org", "customers", "sales", "marketing", "pools", "work", "collaboration", "privacy", "quality", "process"] {
        for entry in std::fs::read_dir(apps.join(app).join("objects")).unwrap() {
            let folder = entry.unwrap().path();
            // Folders of actions alone are of objects that other apps bring.
            if !folder.join("object.toml").exists() {
                continue;
            }
            let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
            let mut definition: ObjectDefinition =
                toml::from_str(&read("object.toml")).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            definition.views = toml::from_str::<ViewsDefinition>(&read("views.toml")).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            for field in definition.fields.iter_mut().filter(|it| it.options_from.is_some()) {
                field.options = role_names(&apps).iter().map(|it| OptionDefinition::new(it, Default::default())).collect();
            }
            found.insert(definition.name.clone(), definition);
        }
    }
    share_options(&mut found);
    found
}

/// Fields that offer the choices of another one get those.
fn share_options(found: &mut BTreeMap<String, ObjectDefinition>) {
    let choices: BTreeMap<String, Vec<OptionDefinition>> =
        found.values().flat_map(|it| it.fields.iter().map(move |field| (format!("{}.{}", it.name, field.name), field.options.clone()))).collect();
    for field in found.values_mut().flat_map(|it| it.fields.iter_mut()) {
        if let Some(home) = &field.options_of {
            field.options.clone_from(&choices[home]);
        }
    }
}

fn role_names(apps: &Path) -> Vec<String> {
    let files = std::fs::read_dir(apps.join("org/roles")).unwrap();
    files.map(|it| it.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn field_of(definition: &ObjectDefinition, name: &str) -> Option<FieldDefinition> {
    let declared = definition.fields.iter().find(|it| it.name == name).cloned();
    declared.or_else(|| match name {
        "owner" if definition.owned => Some(FieldDefinition::new("owner", FieldKind::User, Default::default())),
        "department" if definition.owned => Some(FieldDefinition::new("department", FieldKind::Department, Default::default())),
        _ => None,
    })
}

/// What is wrong with a value, if anything.
fn problem(field: &FieldDefinition, value: &Value, objects: &HashMap<String, &'static str>) -> Option<String> {
    let text = value.as_str();
    let refers = |value: &Value, target: &str| match value["$ref"].as_str().map(|key| objects.get(key)) {
        Some(Some(object)) if *object == target => None,
        other => Some(format!("refers to {other:?}, not to an earlier {target}")),
    };
    let unless = |fits: bool, reason: &str| (!fits).then(|| format!("{reason}: {value}"));
    match field.kind {
        // The id of a record, in words.
        FieldKind::Text if value["$ref"].is_string() => {
            unless(value["$ref"].as_str().is_some_and(|it| objects.contains_key(it)), "refers to nothing")
        }
        FieldKind::Json => None,
        FieldKind::Text | FieldKind::LongText | FieldKind::RichText => {
            let limit = field.max_length.unwrap_or(if field.kind == FieldKind::Text { 255 } else { 65_536 }) as usize;
            let fits = text.is_some_and(|it| !it.trim().is_empty() && it.chars().count() <= limit && !it.contains('{'));
            unless(fits, "is no text of a fitting length")
        }
        FieldKind::Select => unless(field.options.iter().any(|it| text == Some(it.value.as_str())), "is no option"),
        FieldKind::MultiSelect => {
            let values = value.as_array()?;
            unless(values.iter().all(|one| field.options.iter().any(|it| one == it.value.as_str())), "is no option")
        }
        FieldKind::Email => unless(
            text.is_some_and(|it| it.is_ascii() && it.ends_with(".example") && it.matches('@').count() == 1 && !it.contains(' ')),
            "is no address",
        ),
        FieldKind::Phone => unless(text.is_some_and(valid_phone), "is no valid number"),
        FieldKind::Url => unless(text.is_some_and(|it| it.starts_with("https://") && it.is_ascii() && it.ends_with(".example")), "is no address"),
        FieldKind::Number => unless(value.as_i64().is_some_and(|it| within(field, it as f64)), "is no number in bounds"),
        FieldKind::Decimal | FieldKind::Percent => {
            unless(text.and_then(|it| it.parse().ok()).is_some_and(|it| within(field, it)), "is no decimal in bounds")
        }
        FieldKind::Money => {
            let amount = value["amount"].as_str().and_then(|it| it.parse().ok());
            unless(value["currency"] == "CNY" && amount.is_some_and(|it| within(field, it)), "is no amount in bounds")
        }
        FieldKind::Boolean => unless(value.is_boolean(), "is neither true nor false"),
        FieldKind::Date => unless(text.is_some_and(|it| it.parse::<Date>().is_ok()), "is no date"),
        FieldKind::Datetime => unless(text.is_some_and(|it| it.parse::<Timestamp>().is_ok()), "is no moment"),
        FieldKind::Duration => unless(value.as_i64().is_some_and(|it| it > 0), "is no duration"),
        // Some came as one line, for people to mend.
        FieldKind::Address => {
            let is_whole = value["country"].as_str().is_some_and(|it| it.len() == 2) && value["city"].is_string();
            let is_a_line = value["street"].is_string() && value.as_object().is_some_and(|it| it.len() == 1);
            unless(is_whole || is_a_line, "is no address")
        }
        FieldKind::PersonName => unless(value["full"].as_str().is_some_and(|it| !it.is_empty()) && value["family"].is_string(), "is no name"),
        FieldKind::Geo => unless(value["lat"].as_f64().is_some_and(|it| it.abs() <= 90.0) && value["lng"].as_f64().is_some(), "is no position"),
        FieldKind::User => refers(value, "user"),
        FieldKind::Department => refers(value, "department"),
        FieldKind::Reference => refers(value, field.target.as_deref().unwrap_or_default()),
        FieldKind::Record => refers(&value["id"], value["object"].as_str().unwrap_or_default()),
        FieldKind::Tags | FieldKind::ManyToMany => {
            let target = field.target.as_deref().unwrap_or("tag");
            let keys: BTreeSet<String> = value.as_array()?.iter().map(ToString::to_string).collect();
            let twice = (keys.len() != value.as_array()?.len()).then(|| format!("names one twice: {value}"));
            twice.or_else(|| value.as_array()?.iter().find_map(|it| refers(it, target)))
        }
        kind => Some(format!("is set although it is {kind:?}")),
    }
}

fn within(field: &FieldDefinition, number: f64) -> bool {
    field.min.is_none_or(|it| number >= it) && field.max.is_none_or(|it| number <= it)
}

fn valid_phone(text: &str) -> bool {
    phonenumber::parse(None, text).is_ok_and(|it| phonenumber::is_valid(&it))
}

#[test]
fn every_record_fits_its_definition_whatever_the_seed_and_the_day() {
    let definitions = definitions();
    let days = [TODAY, date(2027, 1, 1), date(2028, 2, 29), date(2026, 10, 4), date(2027, 5, 2)];
    for (seed, today) in days.into_iter().enumerate() {
        let problems = problems(&definitions, seed as u64 * 1_000_003, today);
        assert!(problems.is_empty(), "{today}: {} problems, the first: {:#?}", problems.len(), &problems[..problems.len().min(25)]);
    }
}

/// Everything wrong with the company of a seed and a day.
fn problems(definitions: &BTreeMap<String, ObjectDefinition>, seed: u64, today: Date) -> Vec<String> {
    let mut problems = Vec::new();
    let mut objects: HashMap<String, &'static str> = HashMap::new();
    let mut unique: BTreeSet<(String, String)> = BTreeSet::new();
    for record in demo_records(seed, today) {
        let definition = &definitions[record.object];
        let change = objects.contains_key(&record.key);
        if !change {
            for field in definition.fields.iter().filter(|it| it.required && it.default.is_none()) {
                if !record.values.contains_key(&field.name) {
                    problems.push(format!("{} lacks {}", record.key, field.name));
                }
            }
            let is_nobodys = record.values.contains_key("pool");
            if definition.owned && !is_nobodys && !(record.values.contains_key("owner") && record.values.contains_key("department")) {
                problems.push(format!("{} belongs to nobody", record.key));
            }
        }
        for (name, value) in record.values.iter().filter(|it| !it.1.is_null()) {
            let Some(field) = field_of(definition, name) else {
                problems.push(format!("{} has no field {name}", record.object));
                continue;
            };
            problems.extend(problem(&field, value, &objects).map(|it| format!("{}.{name} {it}", record.key)));
            if field.unique && !unique.insert((format!("{}.{name}", record.object), value.to_string())) {
                problems.push(format!("{}.{name} is there already: {value}", record.key));
            }
        }
        for key in record.owner.iter().filter(|it| objects.get(*it) != Some(&"user")) {
            problems.push(format!("{} was written by {key}, who is no member", record.key));
        }
        objects.insert(record.key, record.object);
    }
    problems
}

/// The records as they stand after all changes.
fn final_state(seed: u64) -> BTreeMap<String, DemoRecord> {
    let mut state: BTreeMap<String, DemoRecord> = BTreeMap::new();
    for record in demo_records(seed, TODAY) {
        match state.get_mut(&record.key) {
            Some(known) => known.values.extend(record.values),
            None => drop(state.insert(record.key.clone(), record)),
        }
    }
    state
}

fn of<'a>(state: &'a BTreeMap<String, DemoRecord>, object: &str) -> Vec<&'a DemoRecord> {
    state.values().filter(|it| it.object == object).collect()
}

#[test]
fn the_same_seed_gives_the_same_company_and_another_seed_another() {
    let first: Vec<DemoRecord> = demo_records(42, TODAY).collect();
    assert_eq!(first, demo_records(42, TODAY).collect::<Vec<_>>());
    assert_ne!(first, demo_records(43, TODAY).collect::<Vec<_>>());
    assert_ne!(first, demo_records(42, date(2026, 12, 1)).collect::<Vec<_>>());
}

#[test]
fn the_company_has_the_size_it_should() {
    let state = final_state(7);
    let counts: BTreeMap<&str, usize> = state.values().fold(BTreeMap::new(), |mut counts, it| {
        *counts.entry(it.object).or_default() += 1;
        counts
    });
    println!("{counts:?}");
    let between = |object: &str, low: usize, high: usize| assert!((low..=high).contains(&counts[object]), "{object}: {}", counts[object]);
    between("account", 290, 310);
    between("contact", 580, 720);
    between("lead", 200, 225);
    between("opportunity", 255, 270);
    between("activity", 2600, 3500);
    between("note", 200, 260);
    between("account_contact", 30, 120);
    let logins: Vec<&str> = of(&state, "user").iter().filter_map(|it| it.values["email"].as_str()).collect();
    assert!(DEMO_LOGINS.iter().all(|it| logins.contains(it)));
}

#[test]
fn nothing_was_done_in_the_future_and_work_was_done_in_the_daytime() {
    let state = final_state(3);
    let offset = jiff::tz::Offset::constant(8);
    let tomorrow = offset.to_timestamp(TODAY.at(0, 0, 0, 0)).unwrap();
    for record in state.values() {
        assert!(record.created_at.is_none_or(|it| it < tomorrow), "{} is written later than yesterday: {:?}", record.key, record.created_at);
        for name in ["done_at", "closed_at", "converted_at", "stage_changed_at"] {
            if let Some(at) = record.values.get(name).and_then(Value::as_str) {
                let at: Timestamp = at.parse().unwrap();
                assert!(at < tomorrow, "{}.{name}: {at}", record.key);
                let hour = offset.to_datetime(at).hour();
                assert!((8..24).contains(&hour), "{}.{name} at {hour} o'clock", record.key);
            }
        }
    }
}

#[test]
fn stages_move_as_the_options_allow_and_end_with_a_reason() {
    for seed in 0..12 {
        check_stages(seed);
    }
}

fn check_stages(seed: u64) {
    let definition = definitions().remove("opportunity").unwrap();
    let options = field_of(&definition, "stage").unwrap().options;
    let mut stage: HashMap<String, (String, Timestamp)> = HashMap::new();
    let mut moves = 0;
    for record in demo_records(seed, TODAY).filter(|it| it.object == "opportunity") {
        let to = record.values["stage"].as_str().unwrap().to_owned();
        let at = record.created_at.unwrap();
        if let Some((from, before)) = stage.get(&record.key) {
            let allowed = options.iter().find(|it| it.value == *from).unwrap().next.clone().unwrap();
            assert!(allowed.contains(&to), "{}: {from} -> {to}", record.key);
            assert!(at >= *before, "{} goes back in time", record.key);
            assert_eq!(to == "lost", record.values.contains_key("loss_reason"));
            moves += 1;
        }
        stage.insert(record.key, (to, at));
    }
    let count = |name: &str| stage.values().filter(|it| it.0 == name).count();
    assert!(moves > 500, "{moves} moves");
    assert!(count("won") > 50 && count("lost") > 60, "won {} lost {}", count("won"), count("lost"));
    for open in ["new", "need_confirmed", "solution", "presentation", "negotiation"] {
        assert!(count(open) >= 2, "{open}: {}", count(open));
    }
}

#[test]
fn texts_differ_and_a_tenth_of_the_companies_are_foreign() {
    let state = final_state(9);
    let texts: BTreeSet<&str> = of(&state, "activity").iter().filter_map(|it| it.values.get("description")?.as_str()).collect();
    assert!(texts.len() > 1500, "{} different texts", texts.len());
    let subjects: BTreeSet<&str> = of(&state, "activity").iter().filter_map(|it| it.values["subject"].as_str()).collect();
    assert!(subjects.len() > 800, "{} different subjects", subjects.len());
    let foreign = of(&state, "account").iter().filter(|it| it.values["name"].as_str().is_some_and(str::is_ascii)).count();
    assert!((20..=40).contains(&foreign), "{foreign}");
}

#[test]
fn every_login_with_customers_has_work_today() {
    let state = final_state(1);
    let today = TODAY.to_string();
    for user in ["user:sales", "user:sales2", "user:salesmanager", "user:marketing", "user:service", "user:operator", "user:trainer", "user:partner"]
    {
        let due = of(&state, "activity")
            .iter()
            .filter(|it| {
                it.owner.as_deref() == Some(user) && it.values.get("due_at").and_then(Value::as_str).is_some_and(|at| at.starts_with(&today))
            })
            .count();
        assert!(due >= 2, "{user} has {due}");
    }
}

#[test]
fn views_and_indexes_name_fields_that_exist() {
    let definitions = definitions();
    for definition in definitions.values() {
        let engine = ["id", "version", "created_at", "created_by", "updated_at", "updated_by"];
        let known = |object: &str, path: &str| {
            let first = path.trim_start_matches('-').split('.').next().unwrap_or_default();
            engine.contains(&first) || field_of(&definitions[object], first).is_some()
        };
        let check = |object: &str, paths: &[String], place: &str| {
            for path in paths {
                assert!(known(object, path), "{}: {place} names {object}.{path}", definition.name);
            }
        };
        let name = definition.name.as_str();
        for list in &definition.views.list {
            check(name, &list.columns, &list.name);
            let keys = list.sort.iter().flat_map(|it| it.split(',')).map(str::to_owned).collect::<Vec<_>>();
            check(name, &keys, &list.name);
        }
        for index in &definition.indexes {
            check(name, &index.fields, "an index");
        }
        let record = &definition.views.record;
        check(name, &record.key_facts, "key_facts");
        for section in &record.sections {
            check(name, &section.fields, &section.name);
        }
        for related in &record.related {
            check(&related.object, &related.columns, "a related list");
            check(&related.object, std::slice::from_ref(&related.via), "a related list");
        }
        assert!(known(name, &definition.title_field));
    }
}

#[test]
fn the_deals_tell_a_story() {
    for seed in 0..4 {
        let state = final_state(seed);
        let deals = of(&state, "opportunity");
        let amount = |it: &DemoRecord| it.values["amount"]["amount"].as_str().and_then(|it| it.parse::<f64>().ok()).unwrap();
        let lost: Vec<_> = deals.iter().filter(|it| it.values["stage"] == "lost" && amount(it) >= 10_000_000.0).collect();
        assert_eq!(lost.len(), 1, "one big deal was lost");
        assert_eq!((&lost[0].values["loss_reason"], &lost[0].values["competitor"]), (&"competitor".into(), &"华中某机器人厂".into()));
        let around = |object: &str| of(&state, object).iter().filter(|it| it.values["opportunity"]["$ref"] == lost[0].key.as_str()).count();
        assert!(around("opportunity_competitor") > 0 && around("opportunity_member") > 0, "{}", lost[0].key);
        // Little is signed in February, much at the end of the year.
        let closed = |months: &[&str]| {
            let won = deals.iter().filter(|it| it.values["stage"] == "won").filter_map(|it| it.values["closed_at"].as_str());
            won.filter(|at| months.contains(&&at[5..7])).count()
        };
        assert!(closed(&["02"]) * 4 <= closed(&["12"]).max(closed(&["11"])), "February {} December {}", closed(&["02"]), closed(&["12"]));
        let open: Vec<_> = deals.iter().filter(|it| !matches!(it.values["stage"].as_str(), Some("won" | "lost"))).collect();
        let (unplanned, open) = (open.iter().filter(|it| !it.values.contains_key("next_step")).count(), open.len());
        assert!((1..open / 4).contains(&unplanned), "{unplanned} of {open} without a next step");
        let chains: BTreeSet<&str> = of(&state, "opportunity_contact").iter().filter_map(|it| it.values["opportunity"]["$ref"].as_str()).collect();
        assert!((open / 6..=open * 3 / 4).contains(&chains.len()), "{} chains of {open} open deals", chains.len());
    }
}

#[test]
fn splits_of_a_deal_leave_something_for_its_owner() {
    let state = final_state(5);
    let mut given: BTreeMap<&str, f64> = BTreeMap::new();
    for part in of(&state, "opportunity_member") {
        let deal = part.values["opportunity"]["$ref"].as_str().unwrap();
        assert_ne!(state[deal].values["owner"], part.values["member"], "{deal}");
        *given.entry(deal).or_default() += part.values["split"].as_str().unwrap().parse::<f64>().unwrap();
    }
    assert!(given.len() >= 10 && given.values().all(|it| *it <= 60.0), "{given:?}");
}
