//! Signing in by an account of a directory, against a real one (OpenLDAP): who gets in, who must confirm, and what somebody
//! types in bad faith.

use guanxi_testkit::{Client, LDAP_BASE, LDAP_READER, LDAP_READER_PASSWORD, LdapPeer, PASSWORD, Reply, TestServer, on_both_stores_with};
use serde_json::{Value as Json, json};

const INTERNAL: (&str, &str) = ("internal-hosts", "127.0.0.1,localhost");

/// A small company: `lin` and `wang` as everybody, two with one address, one without any, and a pointer to elsewhere.
fn company() -> String {
    let mut text = format!("dn: ou=people,{LDAP_BASE}\nobjectClass: organizationalUnit\nou: people\n\n");
    for (uid, name, mail, password) in [
        ("lin", "Lin Xiao", "lin@test.example", "lin's password"),
        ("wang", "Wang Wei", "wang@test.example", "wang's password"),
        ("zhao", "Zhao Min", "twin@test.example", "zhao's password"),
        ("qian", "Qian Hong", "twin@test.example", "qian's password"),
        ("nobody", "No Address", "", "nobody's password"),
    ] {
        let mail = if mail.is_empty() { String::new() } else { format!("mail: {mail}\n") };
        text += &format!(
            "dn: uid={uid},ou=people,{LDAP_BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {name}\nsn: {name}\n{mail}userPassword: {password}\n\n"
        );
    }
    text + &format!(
        "dn: ou=elsewhere,{LDAP_BASE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/ou=elsewhere,{LDAP_BASE}\n\n"
    )
}

fn settings(peer: &LdapPeer) -> Json {
    json!({
        "kind": "ldap", "host": "127.0.0.1", "port": peer.tls_port, "encryption": "tls", "certificate": peer.authority, "bind_dn": LDAP_READER,
        "base": LDAP_BASE, "filter": "(objectClass=inetOrgPerson)", "login": ["uid", "mail"],
        "attributes": { "id": "entryUUID", "email": "mail", "name": "cn" }, "new_members": null, "organisation": null,
    })
}

fn with(settings: &Json, changed: Json) -> Json {
    let mut settings = settings.clone();
    settings.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    settings
}

/// An administrator sets the directory up; answers him and its id.
fn set_up<'a>(server: &'a TestServer, settings: &Json) -> (Client<'a>, String) {
    let admin = server.administrator();
    let new = json!({ "name": "企业目录", "enabled": true, "settings": settings, "secret": LDAP_READER_PASSWORD });
    let made = admin.post("/identity-providers", new).expect(201);
    (admin, made["id"].as_str().unwrap().to_owned())
}

fn login(browser: &Client<'_>, id: &str, account: &str, password: &str) -> Reply {
    browser.post(&format!("/auth/providers/{id}/password"), json!({ "login": account, "password": password }))
}

/// `lin` confirms by his password here once, and is bound from then on.
fn bind_lin(server: &TestServer, id: &str) {
    let mut browser = server.anonymous();
    let reply = login(&browser, id, "lin", "lin's password");
    browser.take_cookie(&reply);
    let confirm = reply.expect(202)["confirm"].clone();
    browser.post("/auth/providers/confirm", json!({ "confirm": confirm, "password": PASSWORD })).expect(200);
}

#[test]
fn a_member_comes_in_by_his_account_once_he_confirmed_that_it_is_his() {
    let Some(peer) = LdapPeer::start(&company()) else { return };
    on_both_stores_with(&[INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let (admin, id) = set_up(server, &settings(&peer));
        assert_eq!(server.anonymous().get("/setup").expect(200)["providers"], json!([{ "id": id, "name": "企业目录", "kind": "ldap" }]));
        let mut browser = server.anonymous();
        let reply = login(&browser, &id, "lin", "lin's password");
        let step = reply.expect(202);
        assert_eq!((&step["email"], &step["by_password"]), (&json!("lin@test.example"), &json!(true)));
        browser.take_cookie(&reply);
        browser.get("/me").problem(401, "not_signed_in");
        let confirm = json!({ "confirm": step["confirm"], "password": PASSWORD });
        server.anonymous().post("/auth/providers/confirm", confirm.clone()).problem(409, "sign_in_void");
        browser.post("/auth/providers/confirm", confirm).expect(200);
        // From then on the directory's word is enough; by the address too, however it is written.
        for account in ["lin", " LIN ", "Lin@Test.Example"] {
            let mut browser = server.anonymous();
            let reply = login(&browser, &id, account, "lin's password");
            reply.expect(200);
            browser.take_session(&reply);
            assert_eq!(browser.get("/me").expect(200)["user"]["email"], "lin@test.example", "{account}");
        }
        let signed_in = server.audit(&["sign_in"]);
        assert!(format!("{signed_in:?}").contains("ldap") && !format!("{signed_in:?}").contains("lin's password"), "{signed_in:?}");
        // It is the entry that is bound, not its name: one who is renamed comes in, and whoever gets his old name does not.
        peer.change(&format!("dn: uid=lin,ou=people,{LDAP_BASE}\nchangetype: modrdn\nnewrdn: uid=lin2\ndeleteoldrdn: 1\n"));
        login(&server.anonymous(), &id, "lin2", "lin's password").expect(200);
        peer.change(&format!(
            "dn: uid=lin,ou=people,{LDAP_BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: lin\ncn: Other\nsn: Other\nmail: other@test.example\nuserPassword: other's\n"
        ));
        login(&server.anonymous(), &id, "lin", "other's").problem(403, "not_a_member");
        peer.change(&format!("dn: uid=lin,ou=people,{LDAP_BASE}\nchangetype: delete\n"));
        peer.change(&format!("dn: uid=lin2,ou=people,{LDAP_BASE}\nchangetype: modrdn\nnewrdn: uid=lin\ndeleteoldrdn: 1\n"));
        // Who was deactivated does not come back by what he has elsewhere, nor by a directory that is switched off.
        let lin = admin.get("/records/user?filter=email%20%3D%3D%20%22lin%40test.example%22").expect(200)["items"][0]["id"].clone();
        admin.patch(&format!("/records/user/{}", lin.as_str().unwrap()), json!({ "active": false })).expect(200);
        login(&server.anonymous(), &id, "lin", "lin's password").problem(403, "not_a_member");
        admin.patch(&format!("/identity-providers/{id}"), json!({ "enabled": false })).expect(200);
        login(&server.anonymous(), &id, "lin", "lin's password").problem(404, "not_found");
        server.anonymous().post(&format!("/auth/providers/{id}/begin"), json!({})).problem(404, "not_found");
    });
}

#[test]
fn what_somebody_types_in_bad_faith_lets_nobody_in() {
    let Some(peer) = LdapPeer::start(&company()) else { return };
    let server = TestServer::with_settings(&[INTERNAL]);
    for name in ["lin", "wang", "twin"] {
        server.add_member(name, &["sales"], server.department());
    }
    let (_, id) = set_up(&server, &settings(&peer));
    bind_lin(&server, &id);
    let tries = [
        // No password at all is none, though the directory would say that it went well.
        ("lin", ""),
        ("lin", "wrong"),
        ("lin", "LIN'S PASSWORD"),
        ("lin", "wang's password"),
        // Patterns and filters are texts.
        ("*", "lin's password"),
        ("li*", "lin's password"),
        ("lin)(uid=*", "lin's password"),
        ("*)(objectClass=*", "lin's password"),
        ("*))(|(uid=*", "lin's password"),
        ("lin\\", "lin's password"),
        ("\\6cin", "lin's password"),
        ("lin\u{0}", "lin's password"),
        // An entry's name is no account, and neither is the one of this server.
        ("uid=lin,ou=people,dc=test,dc=example", "lin's password"),
        ("reader", LDAP_READER_PASSWORD),
        // Of two with one address neither is meant.
        ("twin@test.example", "zhao's password"),
        ("twin@test.example", "qian's password"),
        ("nothing", "x"),
        ("", "x"),
    ];
    for (account, password) in tries {
        server.clock.advance(3_600);
        let reply = login(&server.anonymous(), &id, account, password);
        let problem = reply.problem(401, "bad_credentials");
        assert_eq!(reply.header("set-cookie"), "", "{account}: {problem}");
        // What is told of an account that is there and of one that is not is the same.
        assert_eq!(problem["detail"], "账号或密码错误");
    }
    server.clock.advance(3_600);
    login(&server.anonymous(), &id, "nobody", "nobody's password").problem(403, "address_not_verified");
    login(&server.anonymous(), &id, "lin", "lin's password").expect(200);
    server
        .anonymous()
        .with_header("origin", "https://evil.example")
        .post(&format!("/auth/providers/{id}/password"), json!({ "login": "lin", "password": "x" }))
        .problem(403, "csrf");
    // Trying on is slowed down, for this account and no other.
    let slowed = (0..20).any(|_| login(&server.anonymous(), &id, "wang", "wrong").status == 429);
    assert!(slowed);
    assert!(!format!("{:?}", server.audit(&["sign_in_failed"])).contains("wrong"));
}

#[test]
fn an_administrator_releases_whom_an_account_is_bound_to() {
    let Some(peer) = LdapPeer::start(&company()) else { return };
    on_both_stores_with(&[INTERNAL], |server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let (admin, id) = set_up(server, &settings(&peer));
        bind_lin(server, &id);
        let mut browser = server.anonymous();
        let reply = login(&browser, &id, "lin", "lin's password");
        reply.expect(200);
        browser.take_session(&reply);
        let (all, one) = (format!("/users/{lin}/identities"), format!("/users/{lin}/identities/{id}"));
        let listed = admin.get(&all).expect(200);
        assert_eq!((&listed["items"][0]["email"], &listed["items"][0]["kind"]), (&json!("lin@test.example"), &json!("ldap")));
        browser.get(&all).problem(403, "forbidden");
        browser.delete(&one).problem(403, "forbidden");
        admin.delete(&one).expect(204);
        admin.delete(&one).problem(404, "not_found");
        browser.get("/me").problem(401, "not_signed_in");
        // He must confirm again that it is his.
        login(&server.anonymous(), &id, "lin", "lin's password").expect(202);
        assert_eq!(server.audit(&["release_identity"])[0].1, Some(lin));
        bind_lin(server, &id);
        server.clock.advance(16 * 60);
        admin.delete(&one).problem(403, "proof_needed");
    });
}

#[test]
fn members_are_made_where_the_settings_say_so_and_never_administrators() {
    let Some(peer) = LdapPeer::start(&company()) else { return };
    on_both_stores_with(&[INTERNAL], |server| {
        let new_members = |roles: Json| json!({ "new_members": { "roles": roles, "department": null, "domains": ["test.example"] } });
        let (admin, id) = set_up(server, &with(&settings(&peer), new_members(json!(["sales"]))));
        let reply = login(&server.anonymous(), &id, "wang", "wang's password");
        let me = reply.expect(200);
        assert_eq!((&me["user"]["name"], &me["user"]["roles"]), (&json!("Wang Wei"), &json!(["sales"])));
        login(&server.anonymous(), &id, "wang", "wang's password").expect(200);
        assert_eq!(admin.get("/identity-providers").expect(200)["items"][0]["members"], 1);
        let changed = json!({ "settings": with(&settings(&peer), new_members(json!(["administrator"]))) });
        admin.patch(&format!("/identity-providers/{id}"), changed).field_problem(422, "settings.new_members.roles", "bad_option");
    });
}

#[test]
fn a_directory_is_asked_by_encrypted_ways_that_are_trusted_and_nowhere_else() {
    let Some(peer) = LdapPeer::start(&company()) else { return };
    let server = TestServer::with_settings(&[INTERNAL]);
    let good = settings(&peer);
    let (admin, id) = set_up(&server, &good);
    let english = admin.with_header("accept-language", "en");
    let path = format!("/identity-providers/{id}");
    let check = |changed: Json, secret: &str| {
        let body = json!({ "settings": with(&good, changed), "secret": secret });
        admin.patch(&path, body).expect(200);
        english.post(&format!("{path}/check"), json!({}))
    };
    let plain = json!({ "port": peer.port, "encryption": "none", "certificate": null });
    for changed in [json!({}), json!({ "host": "localhost" }), json!({ "port": peer.port, "encryption": "start_tls" }), plain] {
        let found = check(changed, LDAP_READER_PASSWORD).expect(200);
        assert_eq!(found, json!({ "kind": "ldap", "people": 5, "more": false }));
        server.clock.advance(60);
        login(&server.anonymous(), &id, "lin", "wrong").problem(401, "bad_credentials");
    }
    for (changed, secret, hint) in [
        (json!({ "certificate": null }), LDAP_READER_PASSWORD, "certificate"),
        (json!({ "certificate": null, "port": peer.port, "encryption": "start_tls" }), LDAP_READER_PASSWORD, "certificate"),
        (json!({ "port": peer.tls_port, "encryption": "none" }), LDAP_READER_PASSWORD, "reached"),
        (json!({ "port": 1 }), LDAP_READER_PASSWORD, "reached"),
        (json!({ "host": "10.255.255.1" }), LDAP_READER_PASSWORD, "internal-hosts"),
        (json!({}), "wrong", "neither the account"),
        // Without its password the directory would let nobody in particular in, and show less than all.
        (json!({}), "", "password of the account"),
        (json!({ "bind_dn": "" }), "", "no such place"),
        (json!({ "base": "dc=nowhere" }), LDAP_READER_PASSWORD, "no such place"),
        (json!({ "base": format!("ou=none,{LDAP_BASE}") }), LDAP_READER_PASSWORD, "no such place"),
        (json!({ "filter": "(objectClass=device)" }), LDAP_READER_PASSWORD, "nobody was found"),
        (json!({ "filter": "(a)(b)" }), LDAP_READER_PASSWORD, "filter"),
    ] {
        let problem = check(changed.clone(), secret).problem(409, "provider_unreachable");
        assert!(problem["detail"].as_str().unwrap().contains(hint), "{changed}: {problem}");
    }
}

#[test]
fn settings_of_a_directory_are_the_administrators_and_its_secret_nobodys() {
    let Some(peer) = LdapPeer::start(&company()) else { return };
    let server = TestServer::with_settings(&[INTERNAL]);
    let good = settings(&peer);
    let (admin, id) = set_up(&server, &good);
    let path = format!("/identity-providers/{id}");
    for (changed, field) in [
        (json!({ "host": "ldap://127.0.0.1" }), "settings.host"),
        (json!({ "host": "" }), "settings.host"),
        (json!({ "base": " " }), "settings.base"),
        (json!({ "filter": "objectClass=person" }), "settings.filter"),
        (json!({ "login": [] }), "settings.login"),
        (json!({ "login": ["uid=*)(x"] }), "settings.login"),
        (json!({ "attributes": { "id": "entryUUID", "email": "ma il", "name": "cn" } }), "settings.attributes.email"),
        (json!({ "certificate": "none" }), "settings.certificate"),
    ] {
        let reply = admin.patch(&path, json!({ "settings": with(&good, changed.clone()) }));
        let problem = reply.expect(422);
        assert!(problem["field_errors"].as_array().unwrap().iter().any(|it| it["field"] == field), "{changed}: {problem}");
    }
    // Whoever may change where the directory is must not get its password sent to a place of his own.
    admin.patch(&path, json!({ "settings": with(&good, json!({ "host": "localhost" })) })).field_problem(422, "secret", "required");
    let listed = admin.get("/identity-providers").expect(200);
    assert_eq!((&listed["items"][0]["secret_set"], &listed["items"][0]["redirect_url"]), (&json!(true), &Json::Null));
    assert!(!listed.to_string().contains(LDAP_READER_PASSWORD));
    server.caller("sales").post(&format!("{path}/check"), json!({})).problem(403, "forbidden");
    for entry in std::fs::read_dir(server.data_folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(LDAP_READER_PASSWORD.len()).any(|it| it == LDAP_READER_PASSWORD.as_bytes()));
    }
}

/// Sales and East below it, and people of them.
fn branches() -> String {
    let mut text = String::new();
    for (place, name) in [("ou=sales", "sales"), ("ou=east,ou=sales", "east")] {
        text += &format!("dn: {place},{LDAP_BASE}\nobjectClass: organizationalUnit\nou: {name}\n\n");
    }
    for (uid, place) in [("s1", "ou=sales"), ("s2", "ou=sales"), ("e1", "ou=east,ou=sales"), ("e2", "ou=east,ou=sales"), ("e3", "ou=east,ou=sales")] {
        text += &format!(
            "dn: uid={uid},{place},{LDAP_BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: x\nmail: {uid}@test.example\nuserPassword: {uid}'s\n\n"
        );
    }
    text + &format!("dn: uid=bare,ou=sales,{LDAP_BASE}\nobjectClass: inetOrgPerson\nuid: bare\ncn: bare\nsn: x\n\n")
}

fn taken_over(peer: &LdapPeer, server: &TestServer) -> Json {
    let organisation = json!({
        "units": "(objectClass=organizationalUnit)", "unit_name": "ou", "below": server.department(), "roles": ["sales"], "most_leavers": 40,
        "daily": true,
    });
    with(&settings(peer), json!({ "organisation": organisation }))
}

/// What a plan would do: comes, changes, leaves, new and changed departments.
fn counts(plan: &Json) -> [u64; 5] {
    ["comes", "changes", "leaves", "new_departments", "changed_departments"].map(|it| plan[it].as_u64().unwrap())
}

fn named<'a>(plan: &'a Json, change: &str) -> Vec<&'a str> {
    let items = plan["items"].as_array().unwrap().iter().filter(|it| it["change"] == change);
    items.map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn the_organisation_is_taken_over_as_it_was_told_before() {
    let Some(peer) = LdapPeer::start(&branches()) else { return };
    on_both_stores_with(&[INTERNAL], |server| {
        server.add_member("s2", &["sales"], server.department());
        let (admin, id) = set_up(server, &taken_over(&peer, server));
        let plan = || admin.post(&format!("/identity-providers/{id}/sync/plan"), json!({})).expect(200);
        let run = |leavers: Json| {
            let begun = admin.post(&format!("/identity-providers/{id}/sync"), json!({ "leavers": leavers })).expect(202);
            assert!(begun["job"].is_string());
            server.settle();
        };
        let first = plan();
        assert_eq!(counts(&first), [4, 0, 0, 2, 0], "{first}");
        assert_eq!((named(&first, "unconfirmed"), named(&first, "no_address")), (vec!["s2"], vec!["bare"]));
        assert_eq!(admin.get("/records/department?limit=100").expect(200)["items"].as_array().unwrap().len(), 1, "a plan writes nothing");
        run(json!(null));
        assert_eq!(counts(&plan()), [0; 5], "{}", plan());
        // Departments stand as they do there, and people in theirs; they come in by their passwords there.
        let departments = admin.get("/records/department?limit=100").expect(200);
        let department = |name: &str| departments["items"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
        assert_eq!(department("east")["parent"]["id"], department("sales")["id"]);
        assert_eq!(department("sales")["parent"]["id"], server.department().to_string());
        let me = login(&server.anonymous(), &id, "e1", "e1's").expect(200);
        assert_eq!((&me["user"]["department"]["label"], &me["user"]["roles"]), (&json!("east"), &json!(["sales"])));
        // Who is moved or renamed there is here.
        peer.change(&format!(
            "dn: uid=e3,ou=east,ou=sales,{LDAP_BASE}\nchangetype: modrdn\nnewrdn: uid=e3\ndeleteoldrdn: 0\nnewsuperior: ou=sales,{LDAP_BASE}\n"
        ));
        peer.change(&format!("dn: uid=s1,ou=sales,{LDAP_BASE}\nchangetype: modify\nreplace: cn\ncn: S. One\n"));
        assert_eq!(counts(&plan()), [0, 2, 0, 0, 0], "{}", plan());
        run(json!(null));
        assert_eq!(counts(&plan()), [0; 5]);
        // Who leaves is suspended, not deleted, and out at once.
        let mut e1 = server.anonymous();
        let reply = login(&e1, &id, "e1", "e1's");
        reply.expect(200);
        e1.take_session(&reply);
        peer.change(&format!("dn: uid=e1,ou=east,ou=sales,{LDAP_BASE}\nchangetype: delete\n"));
        assert_eq!(named(&plan(), "leaves"), ["e1"]);
        run(json!(null));
        e1.get("/me").problem(401, "not_signed_in");
        let gone = admin.get("/records/user?filter=active%20%3D%3D%20false").expect(200);
        assert_eq!((&gone["items"][0]["name"], gone["items"].as_array().unwrap().len()), (&json!("e1"), 1));
        // The next test company is as this one was.
        peer.change(&format!("dn: uid=e1,ou=east,ou=sales,{LDAP_BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: e1\ncn: e1\nsn: x\nmail: e1@test.example\nuserPassword: e1's\n"));
        // He is another entry now: the directory gives names anew, so he does not become the one who left.
        let told = plan();
        let mut unconfirmed = named(&told, "unconfirmed");
        unconfirmed.sort_unstable();
        assert_eq!((unconfirmed, &told["comes"]), (vec!["e1", "s2"], &json!(0)));
        peer.change(&format!(
            "dn: uid=e3,ou=sales,{LDAP_BASE}\nchangetype: modrdn\nnewrdn: uid=e3\ndeleteoldrdn: 0\nnewsuperior: ou=east,ou=sales,{LDAP_BASE}\n"
        ));
        peer.change(&format!("dn: uid=s1,ou=sales,{LDAP_BASE}\nchangetype: modify\nreplace: cn\ncn: s1\n"));
        assert_eq!(server.audit(&["sync_directory"]).iter().filter(|it| it.2["changes"] != 0).count(), 3);
    });
}

#[test]
fn a_run_that_would_suspend_too_many_is_stopped_and_administrators_stay() {
    let Some(peer) = LdapPeer::start(&branches()) else { return };
    let server = TestServer::with_settings(&[INTERNAL]);
    let (admin, id) = set_up(&server, &taken_over(&peer, &server));
    let path = format!("/identity-providers/{id}/sync");
    let plan = || admin.post(&format!("{path}/plan"), json!({})).expect(200);
    let run = |leavers: Json| {
        admin.post(&path, json!({ "leavers": leavers })).expect(202);
        server.settle();
    };
    run(json!(null));
    let e1 = admin.get("/records/user?filter=name%20%3D%3D%20%22e1%22").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    admin.patch(&format!("/records/user/{e1}"), json!({ "roles": ["administrator"] })).expect(200);
    for uid in ["e1", "e2", "e3"] {
        peer.change(&format!("dn: uid={uid},ou=east,ou=sales,{LDAP_BASE}\nchangetype: delete\n"));
    }
    peer.change(&format!("dn: uid=s1,ou=sales,{LDAP_BASE}\nchangetype: delete\n"));
    let told = plan();
    assert_eq!((&told["stopped"], &told["leaves"], &told["kept"], named(&told, "administrator")), (&json!(true), &json!(3), &json!(5), vec!["e1"]));
    let active = || admin.get("/records/user?filter=active%20%3D%3D%20true&count=exact").expect(200)["count"]["value"].as_u64().unwrap();
    let before = active();
    // Neither by itself nor for fewer than there are.
    let look = || guanxi_kernel::schedule::enqueue_due(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
    look();
    server.clock.advance(25 * 3600);
    look();
    server.settle();
    admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
    run(json!(2));
    assert_eq!(active(), before);
    let failed = admin.get("/jobs?limit=200").expect(200).to_string();
    assert!(failed.contains("would suspend 3 of 5"), "{failed}");
    server.clock.advance(25 * 3600);
    server.settle();
    assert_eq!(active(), before);
    admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
    run(json!(3));
    assert_eq!(active(), before - 3);
    assert_eq!(admin.get(&format!("/records/user/{e1}")).expect(200)["active"], true);
}

#[test]
fn only_administrators_take_the_organisation_over_and_only_from_where_it_is_set_up() {
    let Some(peer) = LdapPeer::start(&branches()) else { return };
    let server = TestServer::with_settings(&[INTERNAL]);
    let (admin, id) = set_up(&server, &settings(&peer));
    let path = format!("/identity-providers/{id}/sync");
    admin.post(&path, json!({})).problem(404, "not_found");
    admin.post(&format!("{path}/plan"), json!({})).problem(404, "not_found");
    let good = taken_over(&peer, &server);
    let sales = server.caller("sales");
    admin.patch(&format!("/identity-providers/{id}"), json!({ "settings": good })).expect(200);
    for path in [path.clone(), format!("{path}/plan")] {
        sales.post(&path, json!({})).problem(403, "forbidden");
        server.anonymous().post(&path, json!({})).problem(401, "not_signed_in");
    }
    for (key, value, field) in [
        ("roles", json!(["administrator"]), "settings.organisation.roles"),
        ("roles", json!([]), "settings.organisation.roles"),
        ("most_leavers", json!(0), "settings.organisation.most_leavers"),
        ("units", json!("ou"), "settings.organisation.units"),
        ("unit_name", json!("o u"), "settings.organisation.unit_name"),
    ] {
        let mut wrong = good.clone();
        wrong["organisation"][key] = value;
        let problem = admin.patch(&format!("/identity-providers/{id}"), json!({ "settings": wrong })).expect(422);
        assert_eq!(problem["field_errors"][0]["field"], field, "{problem}");
    }
    server.clock.advance(16 * 60);
    admin.post(&path, json!({})).problem(403, "proof_needed");
}

/// The operations that only a directory can answer, for the check that every operation is called.
pub(super) fn operations() -> std::collections::BTreeSet<String> {
    let Some(peer) = LdapPeer::start(&branches()) else {
        return ["signInByDirectory", "planDirectorySync", "runDirectorySync", "listIdentitiesOf", "releaseIdentityOf"].map(str::to_owned).into();
    };
    let server = TestServer::with_settings(&[INTERNAL]);
    let (admin, id) = set_up(&server, &taken_over(&peer, &server));
    admin.post(&format!("/identity-providers/{id}/sync/plan"), json!({})).expect(200);
    admin.post(&format!("/identity-providers/{id}/sync"), json!({ "leavers": null })).expect(202);
    server.settle();
    let me = login(&server.anonymous(), &id, "s1", "s1's").expect(200)["user"]["id"].as_str().unwrap().to_owned();
    admin.get(&format!("/users/{me}/identities")).expect(200);
    admin.delete(&format!("/users/{me}/identities/{id}")).expect(204);
    server.operations_kept()
}
