//! Lists, single records, deep pages and counts, through the engine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{self, CountMode, ListRequest, Page};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use uuid::Uuid;

use crate::direct::{self, FIELDS};
use crate::measure::{Work, compare, median, threads};
use crate::report::{Report, short};
use crate::setup::Bench;

/// How many pages deep the deep page is.
const DEPTH: usize = 1_000;
/// Filters counted: dense and sparse, indexed and not, of the record and of what it refers to.
const COUNTED: [&str; 8] = [
    "true",
    "gender == \"male\"",
    "gender == \"other\"",
    "title.contains(\"经理\")",
    "title.contains(\"董事\")",
    "account.level == \"a\"",
    "account.website == \"https://nobody.example.com\"",
    "email == \"nobody@example.com\"",
];

/// Measures all reads.
pub fn run(bench: &Bench, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let contexts = bench.owners(100)?;
    let owners: Vec<Uuid> = contexts.iter().map(|it| it.actor).collect();
    let engine = Work::new(threads(), |thread, turn| {
        let context = &contexts[(usize::try_from(turn).unwrap_or(0) * 31 + thread * 7) % contexts.len()];
        list(context, &own_list());
    });
    let direct = direct::by_id(bench, &direct::list_sql, &owners)?;
    report.rate(bench.size, "list of 50 x 12 by owner, sorted by name, as a rep", &compare(length, &engine, &direct), Some(0.5));

    let ids = some_ids(&contexts)?;
    let system = bench.system();
    let object = contact(&system);
    let fields: Vec<String> = FIELDS.iter().map(|it| (*it).to_owned()).collect();
    let engine = Work::new(threads(), |thread, turn| {
        let id = ids[(usize::try_from(turn).unwrap_or(0) * 31 + thread * 7) % ids.len()];
        let found = system.workspace.store.read_with(|tx| read::get(&system, tx, &object, id, Some(&fields)));
        assert!(matches!(found, Ok(Some(_))), "the record is there");
    });
    let direct = direct::by_id(bench, &direct::get_sql, &ids)?;
    report.rate(bench.size, "one record with its references", &compare(length, &engine, &direct), Some(0.4));

    deep_pages(bench, length, report);
    capped_counts(bench, report);
    Ok(())
}

/// The object measured with.
pub fn contact(context: &Context) -> Arc<Object> {
    context.schema.object("contact").unwrap_or_else(|| panic!("contact is an object")).clone()
}

/// A page of 50 x 12, sorted by name.
pub fn whole_list() -> ListRequest {
    ListRequest { sort: Some("name".into()), fields: Some(FIELDS.iter().map(|it| (*it).to_owned()).collect()), limit: 50, ..ListRequest::default() }
}

/// The same of the caller's own.
pub fn own_list() -> ListRequest {
    ListRequest { filter: Some("owner == me.id".into()), ..whole_list() }
}

/// Runs a list.
pub fn list(context: &Context, request: &ListRequest) -> Page {
    let object = contact(context);
    let page = context.workspace.store.read_with(|tx| read::list(context, tx, &object, request));
    page.unwrap_or_else(|error| panic!("the list runs: {error}"))
}

/// Ids of records of some members.
pub fn some_ids(contexts: &[Context]) -> Result<Vec<Uuid>, Box<dyn std::error::Error>> {
    let mut ids = Vec::new();
    for context in contexts {
        let items: Vec<serde_json::Value> = serde_json::from_str(&list(context, &own_list()).items)?;
        ids.extend(items.iter().filter_map(|it| it["id"].as_str()?.parse::<Uuid>().ok()));
    }
    Ok(ids)
}

/// The first page against the one a thousand pages further, over the whole table.
fn deep_pages(bench: &Bench, length: Duration, report: &mut Report) {
    let system = bench.system();
    let request = whole_list();
    let depth = DEPTH.min(bench.size / 100);
    let mut cursor = None;
    for _ in 0..depth / 10 {
        // Ten pages at a time; the last step ends at the wanted depth.
        let step = ListRequest { limit: 500, cursor: cursor.take(), fields: Some(vec!["name".into()]), ..request.clone() };
        cursor = list(&system, &step).next_cursor;
    }
    let deep = ListRequest { cursor, ..request.clone() };
    let deep = Work::new(1, |_, _| drop(list(&system, &deep)));
    let first = Work::new(1, |_, _| drop(list(&system, &request)));
    report.latency(bench.size, &format!("page at depth {depth} against the first"), &compare(length, &deep, &first), 1.2);
}

fn capped_counts(bench: &Bench, report: &mut Report) {
    let system = bench.system();
    let object = contact(&system);
    for filter in COUNTED {
        let request = ListRequest {
            filter: Some(filter.to_owned()),
            count: CountMode::Capped,
            limit: 1,
            fields: Some(vec!["name".into()]),
            ..ListRequest::default()
        };
        let mut found = None;
        let mut times: Vec<Duration> = (0..9)
            .map(|_| {
                let began = Instant::now();
                let count = system.workspace.store.read_with(|tx| read::count_of(&system, tx, &object, &request));
                found = count.unwrap_or_else(|error| panic!("the count runs: {error}"));
                began.elapsed()
            })
            .collect();
        let median = median(&mut times);
        let worst = times.pop().unwrap_or_default();
        let told = found.map_or_else(String::new, |it| format!("{}{}", it.value, if it.exact { "" } else { "+" }));
        let figure = format!("{told}: median {}, slowest of 9 {}", short(median), short(worst));
        report.figure(bench.size, &format!("capped count, {filter}"), figure, "<= 20 ms", worst <= Duration::from_millis(20));
    }
}
