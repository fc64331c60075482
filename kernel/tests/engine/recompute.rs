//! Formulas and roll-ups that are computed otherwise than before, for the records there already are; amounts in several
//! currencies.

use guanxi_kernel::KernelError;
use guanxi_kernel::app::Registry;
use guanxi_kernel::definition::{SchemaChange, apply, plan};
use guanxi_kernel::jobs::{self, JobProgress};
use guanxi_kernel::schema::{FieldDefinition, RollupFunction};
use guanxi_kernel::store::{Condition, Delete, StoreExt};
use guanxi_kernel::system_tables::JOB;
use guanxi_kernel::write::{Batch, BatchMode, Operation, RECOMPUTE, execute};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, map, on_both_stores, registry};

/// More records than are worked out at once.
const MANY: usize = 1_001;

fn field(toml: &str) -> FieldDefinition {
    toml::from_str(&format!("label = {{ zh-CN = \"字段\", en = \"Field\" }}\n{toml}")).unwrap()
}

fn formula(name: &str, expression: &str) -> FieldDefinition {
    field(&format!("name = \"{name}\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"{expression}\""))
}

fn add(on: &str, field: FieldDefinition) -> SchemaChange {
    SchemaChange::AddField { object: on.into(), field }
}

fn change(on: &str, field: FieldDefinition) -> SchemaChange {
    SchemaChange::ChangeField { object: on.into(), field }
}

fn accounts(it: &Fixture, count: usize) -> Vec<Uuid> {
    let operations = (0..count).map(|number| Operation::Create { values: map(json!({"name": format!("A{number}"), "margin": "2"})) }).collect();
    let batch = Batch { object: it.object("account"), operations, mode: BatchMode::AllOrNothing, verb: "test", change: None };
    execute(&it.as_admin(), &batch).unwrap().results.into_iter().map(|it| it.unwrap().id).collect()
}

fn value(it: &Fixture, object: &str, id: Uuid, name: &str) -> Json {
    it.get(&it.as_admin(), object, id).unwrap()[name].clone()
}

fn recompute_jobs(it: &Fixture) -> Vec<jobs::Job> {
    let context = it.system();
    let jobs = it.workspace.store.read_with(|tx| jobs::list(&context, tx, None, 100)).unwrap();
    jobs.into_iter().filter(|it| it.kind == RECOMPUTE).collect()
}

#[test]
fn an_upgraded_formula_and_roll_up_are_computed_anew_for_what_there_is() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let parent = it.create(&admin, "account", json!({"name": "P", "margin": "2"}));
        for (name, stage) in [("D", "won"), ("E", "offer")] {
            it.create(&admin, "deal", json!({"name": name, "account": parent, "amount": "7", "stage": stage}));
        }
        let with = |expression: &'static str, filter: Option<&'static str>| {
            let mut next: Registry = registry(Vec::new());
            let account = next.objects.iter_mut().find(|(_, it)| it.name == "account").map(|(_, it)| it).unwrap();
            account.fields.push(formula("double", expression));
            let won = account.fields.iter_mut().find(|it| it.name == "won").unwrap();
            won.rollup.as_mut().unwrap().filter = filter.map(str::to_owned);
            next
        };
        let first = it.after_upgrade(with("margin * 2", Some("stage == 'won'")));
        assert_eq!((value(&first, "account", parent, "double"), value(&first, "account", parent, "won")), (json!("4.00"), json!("7.00")));
        let second = it.after_upgrade(with("margin * 3 + won", None));
        assert_eq!((value(&second, "account", parent, "double"), value(&second, "account", parent, "won")), (json!("20.00"), json!("14.00")));
        assert!(recompute_jobs(&second).is_empty(), "so few are done at once");
        second.create(&second.as_admin(), "deal", json!({"name": "F", "account": parent, "amount": "1"}));
        assert_eq!(value(&second, "account", parent, "double"), "21.00", "and go on from there");
    });
}

#[test]
fn many_records_are_computed_by_a_job_that_tells_how_far_it_is() {
    on_both_stores(|it| {
        let ids = accounts(it, MANY);
        let parent = it.create(&it.as_admin(), "account", json!({"name": "P"}));
        it.update(&it.as_admin(), "account", ids[MANY - 1], json!({"parent": parent}));
        let total =
            "name = \"total\"\ntype = \"rollup\"\nrollup = { object = \"account\", via = \"parent\", function = \"sum\", field = \"double\" }";
        let planned = plan(&it.as_admin(), &[add("account", formula("double", "margin * 2"))]).unwrap();
        let steps: Vec<_> = planned.steps.iter().filter(|it| it.op == "recompute").map(|it| it.name.as_str()).collect();
        assert_eq!(steps, ["double"], "{:?}", planned.steps);
        apply(&it.as_admin(), &[add("account", formula("double", "margin * 2"))], false).unwrap();
        apply(&it.as_admin(), &[add("account", field(total))], false).unwrap();
        assert!(value(it, "account", ids[0], "double").is_null(), "not in the administrator's own request");
        // A write in between is right at once, and what follows from it too.
        it.update(&it.as_admin(), "account", ids[1], json!({"margin": "5"}));
        assert_eq!(value(it, "account", ids[1], "double"), "10.00");
        assert!(jobs::run_next(&it.system(), "w").unwrap());
        for (id, wanted) in [(ids[0], "4.00"), (ids[1], "10.00"), (ids[MANY - 1], "4.00")] {
            assert_eq!(value(it, "account", id, "double"), wanted);
        }
        assert_eq!(value(it, "account", parent, "total"), "4.00");
        let done = recompute_jobs(it).into_iter().find(|it| it.state == "done").unwrap();
        let total = MANY as u64 + 1;
        assert_eq!(done.progress, Some(JobProgress { done: total, total }));

        apply(&it.as_admin(), &[change("account", formula("double", "margin * 10"))], false).unwrap();
        // Whatever became of the job, the next start finds what waits.
        it.workspace.store.write_with(|tx| Ok(tx.delete(&Delete { table: JOB.clone(), condition: Condition::True })?)).unwrap();
        it.reopened(registry(Vec::new())).unwrap();
        while jobs::run_next(&it.system(), "w").unwrap() {}
        assert_eq!((value(it, "account", ids[0], "double"), value(it, "account", parent, "total")), (json!("20.00"), json!("20.00")));
        assert!(recompute_jobs(it).iter().all(|it| it.state == "done"));
    });
}

fn rates(rates: &[(&str, &str)]) -> SchemaChange {
    SchemaChange::PutRates { rates: rates.iter().map(|(code, rate)| ((*code).to_owned(), (*rate).to_owned())).collect() }
}

fn amount(amount: &str, currency: &str) -> Json {
    json!({"amount": amount, "currency": currency})
}

#[test]
fn amounts_in_several_currencies_are_added_up_in_the_companys_own() {
    on_both_stores(|it| {
        let account = it.create(&it.as_admin(), "account", json!({"name": "A"}));
        let deal = |values: Json| {
            let mut deal = json!({"name": "D", "account": account, "stage": "won"});
            deal.as_object_mut().unwrap().extend(map(values));
            it.try_create(&it.as_admin(), "deal", deal)
        };
        deal(json!({"amount": amount("100", "CNY")})).unwrap();
        let refused = deal(json!({"amount": amount("10", "USD")})).unwrap_err();
        let KernelError::Invalid(problems) = &refused else { panic!("{refused:?}") };
        assert_eq!((problems[0].field.as_str(), problems[0].code), ("amount", "bad_option"));
        assert!(problems[0].message.zh_cn.contains("USD") && problems[0].message.en.contains("USD has no rate"));

        for wrong in [rates(&[("USD", "0")]), rates(&[("USD", "-7")]), rates(&[("USD", "x")]), rates(&[("CNY", "1")]), rates(&[("ABC", "1")])] {
            let problems = plan(&it.as_admin(), std::slice::from_ref(&wrong)).unwrap().problems;
            assert!(problems.len() == 1 && problems[0].field.starts_with("rates."), "{wrong:?}: {problems:?}");
        }
        assert_eq!(code(&apply(&it.as_boss(), &[rates(&[("USD", "7")])], false).unwrap_err()), "forbidden");
        apply(&it.as_admin(), &[rates(&[("USD", "7.125"), ("JPY", "0.047")])], false).unwrap();
        let dollars = deal(json!({"amount": amount("10", "USD")})).unwrap();
        deal(json!({"amount": amount("333", "JPY")})).unwrap();
        // 100 + 71.25 + 15.65: each to the cent.
        assert_eq!(value(it, "account", account, "won"), "186.90");
        it.update(&it.as_admin(), "deal", dollars, json!({"amount": amount("20", "USD")}));
        assert_eq!(value(it, "account", account, "won"), "258.15");

        apply(&it.as_admin(), &[rates(&[("USD", "7"), ("JPY", "0.047")])], false).unwrap();
        assert_eq!(value(it, "account", account, "won"), "255.65", "what stands there follows the rate");
        let problems = plan(&it.as_admin(), &[rates(&[("JPY", "0.047")])]).unwrap().problems;
        assert_eq!(problems[0].field, "rates.USD", "a rate in use stays");
        it.update(&it.as_admin(), "deal", dollars, json!({"amount": amount("20", "CNY")}));
        apply(&it.as_admin(), &[rates(&[("JPY", "0.047")])], false).unwrap();
        assert_eq!(value(it, "account", account, "won"), "135.65");
        it.delete(&it.as_admin(), "deal", dollars).unwrap();
        assert_eq!(value(it, "account", account, "won"), "115.65");
    });
}

#[test]
fn the_greatest_amount_is_found_across_currencies() {
    on_both_stores(|it| {
        let mut most =
            field("name = \"most\"\ntype = \"rollup\"\nrollup = { object = \"deal\", via = \"account\", function = \"max\", field = \"amount\" }");
        most.rollup.as_mut().unwrap().function = RollupFunction::Max;
        apply(&it.as_admin(), &[rates(&[("USD", "7")]), add("account", most)], false).unwrap();
        let account = it.create(&it.as_admin(), "account", json!({"name": "A"}));
        let deals: Vec<Uuid> = [amount("60", "CNY"), amount("10", "USD"), amount("9", "USD")]
            .into_iter()
            .map(|it| json!({"name": "D", "account": account, "amount": it}))
            .map(|values| it.create(&it.as_admin(), "deal", values))
            .collect();
        assert_eq!(value(it, "account", account, "most"), "70.00");
        it.delete(&it.as_admin(), "deal", deals[1]).unwrap();
        assert_eq!(value(it, "account", account, "most"), "63.00");
        it.delete(&it.as_admin(), "deal", deals[2]).unwrap();
        assert_eq!(value(it, "account", account, "most"), "60.00");
    });
}
