//! I: addresses the server is to ask. Identity providers are what it asks today.

use std::net::TcpListener;

use serde_json::{Value as Json, json};

use super::world::{Call, World, on_sqlite, text_of};

/// The inside of the network, in every spelling.
const INSIDE: [&str; 24] = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "169.254.169.254",
    "100.100.100.200",
    "[fd00::1]",
    "[fe80::1]",
    "172.20.0.1",
    "10.0.0.1",
    "192.168.1.1",
    "good.example@127.0.0.1",
    "127.0.0.1%00.good.example",
    "127.0.0.1#good.example",
];

fn provider(issuer: &str) -> Json {
    let settings = json!({ "kind": "oidc", "issuer": issuer, "client_id": "crm", "signs_out": false, "new_members": null });
    json!({ "name": "x", "enabled": true, "settings": settings, "secret": "x" })
}

/// Nobody is asked there: refused when it is set up, or when it would be asked.
fn never_asked(world: &World<'_>, issuer: &str) {
    let made = world.ask(&world.admin, &Call::post("/identity-providers", provider(issuer)));
    if made.status != 201 {
        assert!([400, 422].contains(&made.status), "{issuer}: {}", made.json);
        return;
    }
    let path = format!("/identity-providers/{}", text_of(&made.json, "id"));
    let told = world.ask(&world.admin, &Call::post(format!("{path}/check"), json!({})));
    assert_eq!((told.status, &told.json["code"]), (409, &json!("provider_unreachable")), "{issuer}");
    let begun = world.ask(&world.server.anonymous(), &Call::post(format!("/auth/providers/{}/begin", text_of(&made.json, "id")), json!({})));
    assert!([404, 409, 429].contains(&begun.status), "{issuer}: {}", begun.status);
    world.admin.delete(&path).expect(204);
}

#[test]
fn nothing_inside_is_asked_however_it_is_spelt() {
    on_sqlite(|world| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in INSIDE {
            never_asked(world, &format!("https://{host}:{port}"));
        }
        for issuer in
            ["http://good.example", "file:///etc/passwd", "gopher://127.0.0.1", "https://", "//127.0.0.1", "https:\\\\127.0.0.1", "javascript:x"]
        {
            never_asked(world, issuer);
        }
        assert!(listener.accept().is_err(), "nobody came");
    });
}

#[test]
fn whom_the_server_asks_is_the_administrators_to_say_and_the_secret_is_nobodys() {
    on_sqlite(|world| {
        for client in [&world.rep, &world.manager, &world.partner, &world.program] {
            world.refused(client, &[403], &Call::post("/identity-providers", provider("https://good.example")));
            world.refused(client, &[403], &Call::get("/identity-providers"));
        }
        let mut with_secret = provider("https://good.example");
        with_secret["secret"] = json!("CNRYSECRET");
        let made = world.admin.post("/identity-providers", with_secret).expect(201);
        assert!(!made.to_string().contains("CNRYSECRET"));
        for path in ["/identity-providers", "/audit?limit=50"] {
            assert!(!world.admin.get(path).expect(200).to_string().contains("CNRYSECRET"), "{path}");
        }
        let mut files = Vec::new();
        for entry in std::fs::read_dir(world.server.data_folder()).unwrap() {
            files.extend(std::fs::read(entry.unwrap().path()).unwrap_or_default());
        }
        assert!(!files.windows(10).any(|it| it == b"CNRYSECRET"), "sealed where it lies");
    });
}
