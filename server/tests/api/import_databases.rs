//! Imports out of a real MariaDB: what its values become, what an account may ask, and what a query cannot do.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use guanxi_testkit::{Client, MariaDbPeer, TestServer, on_both_stores_with};
use serde_json::{Value as Json, json};

/// A database as companies have them: an old table in GBK, days that nobody entered, and what is no text.
fn customers() -> String {
    [
        "SET NAMES utf8mb4;",
        "SET sql_mode = '';",
        "CREATE DATABASE crm CHARACTER SET gbk;",
        "USE crm;",
        "CREATE TABLE customer (id INT PRIMARY KEY, name VARCHAR(40), mobile VARCHAR(20), born DATE, seen DATETIME(3), owed DECIMAL(20,4), \
         flags BIT(10), active TINYINT(1), kind ENUM('个人','企业'), note TEXT CHARACTER SET utf8mb4, photo BLOB, place POINT);",
        "INSERT INTO customer VALUES (1, '王伟', '13800000001', '1988-02-29', '2026-11-30 08:00:00.125', 12345678901234.5600, b'1000000001', 1, '个人', \
         '喜欢\"茶\"，\\n也喜欢🍵', x'ff00', POINT(1,2));",
        "INSERT INTO customer VALUES (2, '镕基', '13800000002', '0000-00-00', '0000-00-00 00:00:00', NULL, NULL, 0, NULL, NULL, NULL, NULL);",
        "SET GLOBAL time_zone = '+05:00';",
        "SET time_zone = '+05:00';",
        "CREATE TABLE visit (begun TIMESTAMP(3) NULL, noted DATETIME);",
        "INSERT INTO visit VALUES ('2026-11-30 08:00:00.125', '2026-11-30 08:00:00');",
        "CREATE FUNCTION touch() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO crm.customer (id) VALUES (99); RETURN 1; END;",
        "CREATE PROCEDURE deed() BEGIN COMMIT; INSERT INTO crm.customer (id) VALUES (98); END;",
        "CREATE ROLE files WITH ADMIN root@localhost;",
        "GRANT FILE ON *.* TO files;",
        "CREATE USER reader IDENTIFIED BY 'p@ss/word', writer IDENTIFIED BY 'p', loader IDENTIFIED BY 'p', borrower IDENTIFIED BY 'p';",
        "GRANT SELECT ON crm.* TO reader, borrower;",
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, EXECUTE ON crm.* TO writer;",
        "GRANT SELECT, FILE ON *.* TO loader;",
        // As `GRANT files TO borrower` and `SET DEFAULT ROLE` would, which want a session of somebody's.
        "INSERT INTO mysql.roles_mapping (Host, User, Role, Admin_option) VALUES ('%', 'borrower', 'files', 'N');",
        "UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.default_role', 'files') WHERE User = 'borrower';",
        "FLUSH PRIVILEGES;",
    ]
    .join("\n")
}

fn fetch(peer: &MariaDbPeer, account: &str, query: &str) -> Result<String, String> {
    fetch_from(peer, &format!("mysql://{account}@{}/crm", peer.host), None, query)
}

fn fetch_from(peer: &MariaDbPeer, address: &str, certificate: Option<&str>, query: &str) -> Result<String, String> {
    let hosts = [peer.host.clone(), peer.host.replace("127.0.0.1", "localhost")];
    let connection = guanxi_sources::check_connection(address, certificate, &hosts).map_err(|error| error.message.en)?;
    let target = tempfile::NamedTempFile::new().unwrap();
    let size = guanxi_sources::fetch_query(&connection, query, &hosts, target.path(), 10_000).map_err(|error| error.message.en)?;
    let table = std::fs::read_to_string(target.path()).unwrap();
    assert_eq!(size, table.len() as u64);
    Ok(table)
}

const READER: &str = "reader:p%40ss%2Fword";

#[test]
fn values_become_texts_and_what_is_none_is_refused_by_its_column() {
    let Some(peer) = MariaDbPeer::start(&customers()) else { return };
    let table = fetch(&peer, READER, "SELECT id, name, born, seen, owed, flags, active, kind, note FROM customer ORDER BY id;").unwrap();
    let expected = "id,name,born,seen,owed,flags,active,kind,note\n\
                    1,王伟,1988-02-29,2026-11-30 08:00:00.125,12345678901234.5600,513,1,个人,\"喜欢\"\"茶\"\"，\n也喜欢🍵\"\n\
                    2,镕基,,,,,0,,\n";
    assert_eq!(table, expected);
    // What is the same moment for everybody says where it is so; what is on a clock is on any.
    assert_eq!(fetch(&peer, READER, "SELECT * FROM visit").unwrap(), "begun,noted\n2026-11-30 08:00:00.125+05:00,2026-11-30 08:00:00\n");
    // What people work out is written as the database writes it.
    let sums =
        "SELECT COUNT(*) AS n, SUM(owed) AS s, 1/3 AS third, NOW() > '2020-01-01' AS late, CONCAT(name, '/', id) AS label FROM customer WHERE id = 1";
    assert_eq!(fetch(&peer, READER, sums).unwrap(), "n,s,third,late,label\n1,12345678901234.5600,0.3333,1,王伟/1\n");
    assert_eq!(fetch(&peer, READER, "SELECT name FROM customer WHERE id = 7").unwrap(), "name\n", "nobody");
    let told = fetch(&peer, READER, "SELECT id, photo FROM customer").unwrap_err();
    assert!(told.contains("column photo") && told.contains("HEX"), "{told}");
    let told = fetch(&peer, READER, "SELECT place FROM customer").unwrap_err();
    assert!(told.contains("ST_AsText"), "{told}");
    assert_eq!(fetch(&peer, READER, "SELECT HEX(photo) AS photo FROM customer WHERE id = 1").unwrap(), "photo\nFF00\n");
    let told = fetch(&peer, READER, "SELECT REPEAT('x', 20000) AS x").unwrap_err();
    assert!(told.contains("larger than 10000 bytes"), "{told}");
}

#[test]
fn a_query_changes_nothing_and_reads_no_files() {
    let Some(peer) = MariaDbPeer::start(&customers()) else { return };
    let out = peer.own_file("stolen");
    let before = fetch(&peer, "writer:p", "SELECT COUNT(*) AS n FROM customer").unwrap();
    for query in [
        "DELETE FROM customer".to_owned(),
        "INSERT INTO customer (id) VALUES (3) RETURNING id".to_owned(),
        "CREATE TABLE evil (x INT)".to_owned(),
        "SELECT touch()".to_owned(),
        "CALL deed()".to_owned(),
        "SELECT 1; DROP TABLE customer".to_owned(),
        "SELECT 1; COMMIT; SET SESSION TRANSACTION READ WRITE; DELETE FROM customer".to_owned(),
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE customer".to_owned(),
        format!("SELECT name FROM customer INTO OUTFILE '{}'", out.display()),
        "SELECT name INTO @x FROM customer LIMIT 1".to_owned(),
        "SELECT ? AS x".to_owned(),
        "nonsense".to_owned(),
        String::new(),
    ] {
        let told = fetch(&peer, "writer:p", &query);
        assert!(told.is_err(), "{query}: {told:?}");
    }
    assert_eq!(fetch(&peer, "writer:p", "SELECT COUNT(*) AS n FROM customer").unwrap(), before);
    assert!(!out.exists());
    // By itself, by a role, as whoever may do everything.
    for (account, power) in [("loader:p", "FILE"), ("borrower:p", "FILE"), ("root", "ALL PRIVILEGES")] {
        let told = fetch(&peer, account, "SELECT 1").unwrap_err();
        assert!(told.contains(power), "{account}: {told}");
    }
    let told = fetch(&peer, "reader:wrong", "SELECT 1").unwrap_err();
    assert!(told.contains("Access denied") && !told.contains("wrong"), "{told}");
}

#[test]
fn on_the_way_it_is_encrypted_and_nobody_stands_in_for_the_database() {
    let Some(peer) = MariaDbPeer::start(&customers()) else { return };
    let Some(other) = MariaDbPeer::start("CREATE DATABASE crm;") else { return };
    let cipher = "SELECT VARIABLE_VALUE <> '' AS encrypted FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";
    let plain = format!("mysql://{READER}@{}/crm", peer.host);
    assert_eq!(fetch_from(&peer, &plain, None, cipher).unwrap(), "encrypted\n0\n");
    assert_eq!(fetch_from(&peer, &format!("{plain}?ssl-mode=required"), None, cipher).unwrap(), "encrypted\n1\n");
    assert_eq!(fetch_from(&peer, &plain, Some(&peer.authority), cipher).unwrap(), "encrypted\n1\n");
    let by_name = plain.replace("127.0.0.1", "localhost");
    assert_eq!(fetch_from(&peer, &by_name, Some(&peer.authority), cipher).unwrap(), "encrypted\n1\n");
    // Another authority, and none that is known.
    let told = fetch_from(&peer, &plain, Some(&other.authority), cipher).unwrap_err();
    assert!(told.contains("ertificate"), "{told}");
    assert!(fetch_from(&peer, &format!("{plain}?ssl-mode=verify-identity"), None, cipher).is_err());
    assert!(fetch_from(&peer, &format!("{plain}?ssl-mode=disabled"), Some(&peer.authority), cipher).is_err());
}

fn schedule(client: &Client<'_>, query: &str) -> String {
    let plan = json!({ "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }] });
    let mapping = json!({ "name": "每晚", "object": "contact", "headers": ["姓名", "手机"], "plan": plan });
    let mapping = client.post("/records/import_mapping", mapping).expect(201);
    let values = json!({ "name": "老系统", "mapping": mapping["id"], "times": "0 6 * * *", "source": "query", "query": query });
    client.post("/records/import_schedule", values).expect(201)["id"].as_str().unwrap().to_owned()
}

fn run(server: &TestServer, client: &Client<'_>, id: &str) -> Json {
    client.post(&format!("/imports/schedules/{id}/run"), json!({})).expect(204);
    server.settle();
    client.get(&format!("/records/import_schedule/{id}")).expect(200)
}

/// A server that lets everybody in and says of its answers that they have a million million columns. Answers its host.
fn boaster() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let packet = |number: u8, body: &[u8]| {
                let length = u32::try_from(body.len()).unwrap().to_le_bytes();
                [&length[..3], &[number], body].concat()
            };
            let mut greeting = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\x8f\xa2\x2d\x02\0\x0f\0\x15".to_vec();
            greeting.extend_from_slice(b"\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0");
            stream.write_all(&packet(0, &greeting)).unwrap();
            let mut heard = [0; 1_000];
            assert!(stream.read(&mut heard).unwrap() > 4, "it signs in");
            stream.write_all(&packet(2, &[0, 0, 0, 2, 0, 0, 0])).unwrap();
            assert!(stream.read(&mut heard).unwrap() > 4, "a question");
            stream.write_all(&packet(1, &[&[0xfe][..], &(1_u64 << 40).to_le_bytes()].concat())).unwrap();
            drop(stream.read(&mut heard));
        }
    });
    host
}

#[test]
fn a_server_that_boasts_brings_down_nothing_but_who_asks_it() {
    guanxi_server::import::schedules::use_program(env!("CARGO_BIN_EXE_guanxi").into());
    let host = boaster();
    on_both_stores_with(&[("source-hosts", &host)], |server| {
        let client = server.administrator();
        let id = schedule(&client, "SELECT 1");
        client.post(&format!("/imports/schedules/{id}/connection"), json!({ "address": format!("mysql://u:p@{host}/crm") })).expect(204);
        let after = run(server, &client, &id);
        assert_eq!((&after["last_outcome"], &after["failures"]), (&json!("failed"), &json!(1)), "{after}");
        assert!(after["last_message"].as_str().unwrap().contains("within the bounds of memory"), "{after}");
    });
}

#[test]
fn a_schedule_imports_what_mysql_answers() {
    guanxi_server::import::schedules::use_program(env!("CARGO_BIN_EXE_guanxi").into());
    let Some(peer) = MariaDbPeer::start(&customers()) else { return };
    on_both_stores_with(&[("source-hosts", &peer.host)], |server| {
        let client = server.administrator();
        let id = schedule(&client, "SELECT name AS `姓名`, mobile AS `手机` FROM customer");
        let at = format!("/imports/schedules/{id}/connection");
        let address = format!("mariadb://{READER}@{}/crm", peer.host);
        let problem = client.post(&at, json!({ "address": address, "certificate": "nonsense" })).problem(400, "bad_request");
        assert!(problem.to_string().contains("\"certificate\""), "{problem}");
        client.post(&at, json!({ "address": "mysql://u:p@127.0.0.1:1/crm" })).problem(400, "bad_request");
        client.post(&at, json!({ "address": address, "certificate": peer.authority })).expect(204);
        let after = run(server, &client, &id);
        assert_eq!((&after["has_connection"], &after["last_outcome"]), (&json!(true), &json!("begun")), "{after}");
        let page = client.get("/records/contact?limit=10").expect(200);
        let mut came: Vec<(String, String)> =
            page["items"].as_array().unwrap().iter().map(|it| (it["mobile"].to_string(), it["name"]["full"].to_string())).collect();
        came.sort();
        assert_eq!(came.len(), 2, "{page}");
        assert!(came[0].1.contains("王伟") && came[1].1.contains("镕基") && came[1].0.contains("13800000002"), "{came:?}");
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        let whole = client.get(&format!("/records/import_schedule/{id}")).expect(200).to_string();
        assert!(!whole.contains("p%40ss") && !whole.contains("CERTIFICATE"), "{whole}");
    });
}
