//! A CSV file of many rows through `POST /imports`, as somebody does it in the web app.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::data::{mixed, person, write};
use crate::http::{Client, Reply};
use crate::organisation::MEMBERS;
use crate::process::Server;
use crate::report::{Report, short};
use crate::setup::{Bench, Kind};

/// Accounts the rows refer to by name.
const ACCOUNTS: usize = 20_000;
/// Columns of the file and the fields they become.
const COLUMNS: [(&str, &str); 8] = [
    ("姓名", "name"),
    ("手机", "mobile"),
    ("邮箱", "email"),
    ("性别", "gender"),
    ("职务", "title"),
    ("客户", "account"),
    ("负责人", "owner"),
    ("备注", "description"),
];

/// Measures an import of `rows` rows into a company without contacts.
pub fn run(kind: Kind, binary: &Path, rows: usize, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let bench = Bench::open(kind, 0, None, report)?;
    let department = bench.organisation.departments[0].id;
    write(&bench.system(), "account", ACCOUNTS, |it| json!({ "name": account(it), "department": department }))?;
    let administrator = bench.member(bench.organisation.members[0].id, &[])?;
    let key = bench.key_of(&administrator)?;
    let path = bench.data.join("bench.csv");
    write_file(&path, rows)?;
    let server = Server::start(binary, &bench)?;
    let mut client = server.client()?;

    let mapping: Vec<Json> = COLUMNS.iter().enumerate().map(|(at, (_, field))| json!({ "column": at, "field": field })).collect();
    let plan = json!({ "mapping": mapping, "match": null });
    let Brought { uploaded, length, planned, took, .. } = bring(&mut client, &key, "contact", &path, &plan, rows)?;
    let rate = rows as f64 / took.as_secs_f64();
    report.figure(
        rows,
        "import of a CSV file through the API",
        format!("{rate:.0} rows/s ({:.0} s)", took.as_secs_f64()),
        "> 20000 rows/s",
        rate > 20_000.0,
    );
    let peak = server.memory()?.peak;
    report.figure(rows, "most memory of the server meanwhile", format!("{peak:.0} MB"), "< 400 MB", peak < 400.0);
    report.note(rows, "upload and dry run before it", format!("{} for {} MB, {}", short(uploaded), length / 1_000_000, short(planned)));
    report.note(rows, "until search finds the last row", short(found_after(&mut client, &key, rows)?));
    server.stop()?;
    bench.close()
}

/// How a file became records.
pub struct Brought {
    /// Bytes of the file.
    pub length: u64,
    /// Until it was there.
    pub uploaded: Duration,
    /// Until its dry run was done.
    pub planned: Duration,
    /// Until it was imported.
    pub took: Duration,
    /// The change all of it is.
    pub change: String,
}

/// Brings a file in, as the web app does.
pub fn bring(client: &mut Client, key: &str, object: &str, path: &Path, plan: &Json, rows: usize) -> Result<Brought, Box<dyn std::error::Error>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let began = Instant::now();
    let upload = expect(client.post(&format!("/api/v1/imports?object={object}"), key, "text/csv", &mut file, length)?, 201)?;
    let uploaded = began.elapsed();
    let import = format!("/api/v1/imports/{}", upload["id"].as_str().unwrap_or_default());
    let began = Instant::now();
    expect(client.post_json(&format!("{import}/plan"), key, &plan.to_string())?, 200)?;
    let planned = began.elapsed();
    let began = Instant::now();
    expect(client.post_json(&format!("{import}/run"), key, "{}")?, 202)?;
    let state = loop {
        std::thread::sleep(Duration::from_millis(100));
        let state = expect(client.get(&import, key)?, 200)?;
        if state["state"] != "running" {
            break state;
        }
    };
    let took = began.elapsed();
    if state["state"] != "done" || state["counts"]["create"] != rows {
        return Err(format!("the import went wrong: {state}").into());
    }
    let change = state["change_id"].as_str().unwrap_or_default().to_owned();
    Ok(Brought { length, uploaded, planned, took, change })
}

fn account(it: usize) -> String {
    format!("第{it}号机电设备有限公司")
}

fn write_file(path: &Path, rows: usize) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", COLUMNS.map(|it| it.0).join(","))?;
    for it in 0..rows {
        let dice = mixed(it as u64, 9);
        let (account, owner) = (account(usize::try_from(dice % ACCOUNTS as u64).unwrap_or(0)), (dice >> 20) % MEMBERS as u64);
        let gender = if dice & 1 == 0 { "男" } else { "女" };
        writeln!(
            file,
            "{},138{it:08},p{it}@example.com,{gender},采购经理,{account},u{owner}@example.com,\"展会上认识，第{it}位\"",
            person(dice >> 3)
        )?;
    }
    file.flush()
}

/// How long after the import's end the last row is found by its number.
fn found_after(client: &mut Client, key: &str, rows: usize) -> Result<Duration, Box<dyn std::error::Error>> {
    let began = Instant::now();
    let path = format!("/api/v1/search?q=138{:08}&objects=contact", rows - 1);
    while expect(client.get(&path, key)?, 200)?["items"].as_array().is_none_or(Vec::is_empty) {
        std::thread::sleep(Duration::from_millis(100));
        if began.elapsed() > Duration::from_secs(600) {
            return Err("search does not find what was imported".into());
        }
    }
    Ok(began.elapsed())
}

/// The answer, if it is of this status.
pub fn expect(reply: Reply, status: u16) -> Result<Json, Box<dyn std::error::Error>> {
    if reply.status != status {
        return Err(format!("status {}: {}", reply.status, String::from_utf8_lossy(&reply.body)).into());
    }
    Ok(serde_json::from_slice(&reply.body)?)
}
