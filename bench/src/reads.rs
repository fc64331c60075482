//! Lists, single records, deep pages and counts.

use std::time::{Duration, Instant};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{self, CountMode, ListRequest, Page};
use guanxi_kernel::store::StoreExt;
use uuid::Uuid;

use crate::direct::{self, FIELDS};
use crate::measure::{Report, Sample, measure, threads};
use crate::setup::Bench;

/// How many pages deep the deep page is.
const DEPTH: usize = 1_000;

/// Measures all reads.
pub fn run(bench: &Bench, size: usize, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let engine = measure(length, threads(), |thread| {
        let contexts: Vec<Context> = (0..bench.owners.len()).map(|it| bench.rep(it)).collect();
        move |turn| {
            let owner = (turn as usize * 7 + thread) % contexts.len();
            list(&contexts[owner], &own_list(bench.owners[owner]));
        }
    });
    let direct = direct_by_id(bench, length, &direct::list_sql, bench.owners.clone())?;
    report.compare(size, "list of 50 x 12 by owner, sorted by name, as a rep", &engine, &direct, 0.5);

    let ids = some_ids(bench, size)?;
    let system = bench.system();
    let fields: Vec<String> = FIELDS.iter().map(|it| (*it).to_owned()).collect();
    let engine = measure(length, threads(), |thread| {
        let (ids, system, fields) = (&ids, &system, &fields);
        move |turn| {
            let object = contact(system);
            let id = ids[(turn as usize * 31 + thread) % ids.len()];
            let found = system.workspace.store.read_with(|tx| read::get(system, tx, &object, id, Some(fields)));
            assert!(matches!(found, Ok(Some(_))), "the record is there");
        }
    });
    let direct = direct_by_id(bench, length, &direct::get_sql, ids.clone())?;
    report.compare(size, "one record with its references", &engine, &direct, 0.4);

    deep_pages(bench, size, length, report)?;
    capped_count(bench, size, report);
    Ok(())
}

fn contact(context: &Context) -> std::sync::Arc<guanxi_kernel::schema::Object> {
    context.schema.object("contact").unwrap_or_else(|| panic!("contact is an object")).clone()
}

fn own_list(owner: Uuid) -> ListRequest {
    ListRequest {
        filter: Some(format!("owner == \"{owner}\"")),
        sort: Some("name".into()),
        fields: Some(FIELDS.iter().map(|it| (*it).to_owned()).collect()),
        limit: 50,
        ..ListRequest::default()
    }
}

fn list(context: &Context, request: &ListRequest) -> Page {
    let object = contact(context);
    let page = context.workspace.store.read_with(|tx| read::list(context, tx, &object, request));
    page.unwrap_or_else(|error| panic!("the list runs: {error}"))
}

fn direct_by_id(
    bench: &Bench,
    length: Duration,
    sql: &(dyn Fn(&str) -> String + Sync),
    ids: Vec<Uuid>,
) -> Result<Sample, Box<dyn std::error::Error>> {
    if bench.file.is_some() {
        let sql = sql("?");
        return Ok(measure(length, threads(), |thread| {
            let connection = direct::open_sqlite(bench);
            let (sql, ids) = (&sql, &ids);
            move |turn| {
                direct::run_sqlite(&connection, sql, ids[(turn as usize * 31 + thread) % ids.len()]);
            }
        }));
    }
    let clients: Vec<_> = (0..threads()).map(|_| direct::connect(bench)).collect::<Result<_, _>>()?;
    let sql = sql("$1");
    let statements: Vec<_> = clients.iter().map(|it| bench.runtime().block_on(it.prepare(&sql))).collect::<Result<_, _>>()?;
    Ok(measure(length, threads(), |thread| {
        let (client, statement, ids) = (&clients[thread], &statements[thread], &ids);
        move |turn| {
            direct::run_postgres(bench, client, statement, ids[(turn as usize * 31 + thread) % ids.len()]);
        }
    }))
}

fn some_ids(bench: &Bench, size: usize) -> Result<Vec<Uuid>, Box<dyn std::error::Error>> {
    let system = bench.system();
    let mut ids = Vec::new();
    for step in 0..20 {
        let owner = bench.owners[step * 7 % bench.owners.len()];
        let page = list(&system, &ListRequest { limit: 500.min(u32::try_from(size / 200)?.max(1)), ..own_list(owner) });
        let items: Vec<serde_json::Value> = serde_json::from_str(&page.items)?;
        ids.extend(items.iter().filter_map(|it| it["id"].as_str()?.parse::<Uuid>().ok()));
    }
    Ok(ids)
}

/// The first page against the one a thousand pages further, over the whole table.
fn deep_pages(bench: &Bench, size: usize, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let system = bench.system();
    let request = ListRequest { filter: None, ..own_list(Uuid::nil()) };
    let depth = DEPTH.min(size / 50 / 2);
    let mut cursor = None;
    for _ in 0..depth / 10 {
        // Ten pages at a time; the last step ends at the wanted depth.
        let page = list(&system, &ListRequest { limit: 500, cursor: cursor.take(), fields: Some(vec!["name".into()]), ..request.clone() });
        cursor = page.next_cursor;
    }
    let deep_request = ListRequest { cursor, ..request.clone() };
    let first = measure(length / 2, 1, |_| |_| drop(list(&system, &request))).median;
    let deep = measure(length / 2, 1, |_| |_| drop(list(&system, &deep_request))).median;
    let growth = deep.as_secs_f64() / first.as_secs_f64().max(f64::MIN_POSITIVE);
    report.figure(
        size,
        &format!("page at depth {depth} against the first"),
        format!("{growth:.2}x ({first:?} -> {deep:?})"),
        "<= 1.2x",
        growth <= 1.2,
    );
    Ok(())
}

fn capped_count(bench: &Bench, size: usize, report: &mut Report) {
    let system = bench.system();
    for filter in ["true", "gender == \"male\"", "title.contains(\"经理\")", "account.level == \"a\""] {
        let request =
            ListRequest { filter: Some(filter.to_owned()), count: CountMode::Capped, limit: 1, sort: Some("id".into()), ..ListRequest::default() };
        let mut times: Vec<Duration> = (0..9)
            .map(|_| {
                let start = Instant::now();
                list(&system, &request);
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        let median = times[times.len() / 2];
        let worst = times.pop().unwrap_or_default();
        let figure = format!("median {median:?}, slowest of 9 {worst:?}");
        report.figure(size, &format!("capped count and one row, {filter}"), figure, "<= 20 ms", worst <= Duration::from_millis(20));
    }
}
