//! Leads that come without an owner in a file, given to members by a rule as they come; and the import taken back.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::import::{Brought, bring, expect};
use crate::pools::one;
use crate::process::Server;
use crate::report::{Report, short};
use crate::setup::{Bench, Kind};

/// Members the leads are given to.
const TAKING: usize = 50;
/// Rows of the file.
const ROWS: usize = 100_000;

/// Measures an import of leads without owners, with a rule and without one.
pub fn run(kind: Kind, binary: &Path, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let bench = Bench::open(kind, 0, None, report)?;
    let administrator = bench.member(bench.organisation.members[0].id, &[])?;
    let key = bench.key_of(&administrator)?;
    let members: Vec<_> = bench.organisation.members.iter().skip(1).take(TAKING).map(|it| it.id).collect();
    let rule = json!({ "name": "bench", "object": "lead", "condition": "source == 'event'", "members": members, "respond_hours": 24 });
    one(&bench.system(), "assignment_rule", rule)?;
    let files = [bench.data.join("ruled.csv"), bench.data.join("plain.csv")];
    write_file(&files[0], "event")?;
    write_file(&files[1], "website")?;
    let server = Server::start(binary, &bench)?;
    let mut client = server.client()?;
    let plan = json!({
        "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }, { "column": 2, "field": "source" }],
        "match": null,
        "owners": { "by": "nobody" },
    });
    let plain = bring(&mut client, &key, "lead", &files[1], &plan, ROWS)?;
    let ruled = bring(&mut client, &key, "lead", &files[0], &plan, ROWS)?;
    let rate = |it: &Brought| ROWS as f64 / it.took.as_secs_f64();
    let figure = format!("{:.0} rows/s ({:.0} that no rule takes)", rate(&ruled), rate(&plain));
    report.note(ROWS, "import of leads given by a rule to one of 50, through the API", figure);
    let began = Instant::now();
    let undo = format!("/api/v1/changes/{}/undo", ruled.change);
    let mut undone = expect(client.post_json(&undo, &key, "{}")?, 202)?;
    while undone["state"] == "undoing" {
        std::thread::sleep(std::time::Duration::from_millis(100));
        undone = expect(client.get(&undo, &key)?, 200)?;
    }
    let skipped = undone["left"].as_u64().unwrap_or_default();
    report.note(ROWS, "that import taken back", format!("{}, {} leads undone, {skipped} left", short(began.elapsed()), undone["undone"]));
    server.stop()?;
    bench.close()
}

fn write_file(path: &Path, source: &str) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "姓名,手机,来源")?;
    (0..ROWS).try_for_each(|it| writeln!(file, "客户{it},138{it:08},{source}"))?;
    file.flush()
}
