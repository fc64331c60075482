//! SCIM 2.0 as identity systems speak it: members and teams come, change and go, under the rights of the key and of whoever
//! owns it.

use std::collections::BTreeSet;

use axum::http::Method;
use guanxi_testkit::{Client, PASSWORD, Reply, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Roles of most identity systems: all but the administrator's.
const USUAL: [&str; 3] = ["member", "sales", "marketer"];

/// An identity system with a token of this administrator that may give these roles.
fn program<'a>(owner: &Client<'a>, roles: &[&str]) -> Client<'a> {
    let made = owner.post("/scim-tokens", json!({ "name": "身份系统", "expires_at": null, "roles": roles })).expect(201);
    let mut program = owner.clone();
    (program.cookie, program.csrf) = (None, None);
    program.key = made["token"].as_str().map(str::to_owned);
    program
}

fn call(program: &Client<'_>, method: Method, path: &str, body: Option<Json>) -> Reply {
    let body = body.map(|it| ("application/scim+json", it.to_string().into_bytes()));
    let reply = program.send(method, &format!("/scim/v2{path}"), body);
    if reply.status != 204 {
        assert_eq!(reply.header("content-type"), "application/scim+json", "{path}: {}", reply.json);
    }
    reply
}

fn get(program: &Client<'_>, path: &str) -> Json {
    call(program, Method::GET, path, None).expect(200)
}

/// Fails unless it is an error as SCIM has them.
fn refused(reply: &Reply, status: u16, kind: Option<&str>) -> String {
    let error = reply.expect(status);
    assert_eq!(error["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(error["status"], status.to_string());
    assert_eq!(error["scimType"].as_str(), kind, "{error}");
    error["detail"].as_str().unwrap().to_owned()
}

fn patch(program: &Client<'_>, path: &str, operations: Json) -> Reply {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    call(program, Method::PATCH, path, Some(body))
}

fn han() -> Json {
    json!({
        "schemas": [USER, ENTERPRISE], "userName": "han@test.example", "externalId": "ext-7",
        "name": { "familyName": "韩", "givenName": "梅" }, "emails": [{ "value": "han@test.example", "primary": true, "type": "work" }],
        "phoneNumbers": [{ "value": "13812345678", "type": "mobile" }], "title": "销售代表", "active": true, "locale": "zh-CN",
        "roles": [{ "value": "sales" }], ENTERPRISE: { "employeeNumber": "0007", "department": "总部" },
        "password": "is passed over", "nickName": "too",
    })
}

#[test]
fn a_member_comes_changes_and_goes() {
    on_both_stores(|server| {
        let program = program(&server.administrator(), &USUAL);
        let reply = call(&program, Method::POST, "/Users", Some(han()));
        let made = reply.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/Users/{id}");
        assert_eq!(reply.header("location"), made["meta"]["location"].as_str().unwrap());
        assert!(made["meta"]["location"].as_str().unwrap().ends_with(&format!("/scim/v2{path}")), "{made}");
        assert_eq!(reply.header("etag"), made["meta"]["version"].as_str().unwrap());
        assert_eq!((&made["displayName"], &made["externalId"], &made["active"]), (&json!("韩梅"), &json!("ext-7"), &json!(true)));
        assert_eq!((&made[ENTERPRISE]["department"], &made["roles"]), (&json!("总部"), &json!([{ "value": "sales" }])));
        assert_eq!(made["phoneNumbers"][0]["value"], "+8613812345678");
        // The same one again, by his name or by what he is known as outside.
        refused(&call(&program, Method::POST, "/Users", Some(han())), 409, Some("uniqueness"));
        let other = json!({ "schemas": [USER], "userName": "Lin", "displayName": "林晓", "emails": [{ "value": "lin@test.example" }] });
        assert_eq!(call(&program, Method::POST, "/Users", Some(other)).expect(201)["userName"], "lin@test.example");
        for filter in [r#"userName eq "HAN@test.example""#, r#"externalId eq "ext-7" and active eq true"#, r#"emails.value eq "han@test.example""#] {
            let found = get(&program, &format!("/Users?filter={}", super::encode(filter)));
            assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(id)), "{filter}");
        }
        // He has no password, so that he comes in by an invitation or a provider.
        server.anonymous().sign_in("han@test.example", PASSWORD).problem(401, "bad_credentials");
        let changed = patch(
            &program,
            &path,
            json!([
                { "op": "Replace", "path": "name.formatted", "value": "韩梅梅" },
                { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "meimei@test.example" },
                { "op": "Remove", "path": "title" },
                { "op": "replace", "path": format!("{ENTERPRISE}:employeeNumber"), "value": "0008" },
            ]),
        );
        let changed = changed.expect(200);
        assert_eq!(
            (&changed["displayName"], &changed["userName"], &changed["title"]),
            (&json!("韩梅梅"), &json!("meimei@test.example"), &Json::Null)
        );
        assert_eq!((&changed[ENTERPRISE]["employeeNumber"], &changed["roles"]), (&json!("0008"), &json!([{ "value": "sales" }])));
        // Nothing to do is no change.
        assert_eq!(
            patch(&program, &path, json!([{ "op": "replace", "value": { "active": "True" } }])).expect(200)["meta"]["version"],
            changed["meta"]["version"]
        );
        // The whole anew: what is not named goes, but for roles and whether he may sign in.
        let whole = json!({ "schemas": [USER], "userName": "han@test.example", "displayName": "韩梅", "externalId": "ext-7" });
        let replaced = call(&program, Method::PUT, &path, Some(whole)).expect(200);
        assert_eq!((&replaced["phoneNumbers"], &replaced[ENTERPRISE]["employeeNumber"]), (&Json::Null, &Json::Null), "{replaced}");
        assert_eq!(
            (&replaced["roles"], &replaced["active"], &replaced["userName"]),
            (&json!([{ "value": "sales" }]), &json!(true), &json!("han@test.example"))
        );
        call(&program, Method::DELETE, &path, None).expect(204);
        refused(&call(&program, Method::GET, &path, None), 404, None);
        refused(&call(&program, Method::DELETE, &path, None), 404, None);
    });
}

#[test]
fn who_leaves_is_out_at_once() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let program = program(&server.administrator(), &USUAL);
        let session = server.sign_in("lin");
        let key = session.with_new_key();
        session.get("/me").expect(200);
        patch(&program, &format!("/Users/{lin}"), json!([{ "op": "replace", "path": "active", "value": false }])).expect(200);
        session.get("/me").problem(401, "not_signed_in");
        key.get("/me").problem(401, "not_signed_in");
        server.anonymous().sign_in("lin@test.example", PASSWORD).problem(401, "bad_credentials");
        let gone = get(&program, &format!("/Users?filter={}", super::encode("active eq false")));
        assert_eq!(gone["Resources"][0]["id"], lin.to_string());
    });
}

#[test]
fn teams_are_groups() {
    on_both_stores(|server| {
        let members: Vec<String> = ["a", "b", "c"].map(|it| server.add_member(it, &["sales"], server.department()).to_string()).into();
        let program = program(&server.administrator(), &USUAL);
        let new = json!({ "displayName": "华东组", "externalId": "g1", "members": [{ "value": members[0] }, { "value": members[1] }] });
        let made = call(&program, Method::POST, "/Groups", Some(new)).expect(201);
        let path = format!("/Groups/{}", made["id"].as_str().unwrap());
        let ids = |group: &Json| {
            let mut ids: Vec<String> = group["members"].as_array().unwrap().iter().map(|it| it["value"].as_str().unwrap().to_owned()).collect();
            ids.sort();
            ids
        };
        let sorted = |which: &[usize]| {
            let mut ids: Vec<String> = which.iter().map(|it| members[*it].clone()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&made), sorted(&[0, 1]));
        let changed = patch(
            &program,
            &path,
            json!([
                { "op": "add", "path": "members", "value": [{ "value": members[2] }] },
                { "op": "remove", "path": format!("members[value eq \"{}\"]", members[0]) },
                { "op": "replace", "value": { "displayName": "华东一组" } },
            ]),
        );
        let changed = changed.expect(200);
        assert_eq!((ids(&changed), &changed["displayName"]), (sorted(&[1, 2]), &json!("华东一组")));
        let found = get(&program, &format!("/Groups?filter={}&excludedAttributes=members", super::encode(r#"displayName eq "华东一组""#)));
        assert_eq!((&found["totalResults"], &found["Resources"][0]["members"]), (&json!(1), &Json::Null));
        refused(
            &patch(&program, &path, json!([{ "op": "add", "path": "members", "value": [{ "value": uuid::Uuid::nil() }] }])),
            400,
            Some("invalidValue"),
        );
        call(&program, Method::DELETE, &path, None).expect(204);
    });
}

#[test]
fn pages_versions_and_what_there_is() {
    on_both_stores(|server| {
        for number in 0..7 {
            server.add_member(&format!("m{number}"), &["sales"], server.department());
        }
        let program = program(&server.administrator(), &USUAL);
        let mut seen = Vec::new();
        for start in [1, 4, 7] {
            let page = get(&program, &format!("/Users?startIndex={start}&count=3"));
            assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(8), &json!(start)));
            seen.extend(page["Resources"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(seen.len(), 8);
        seen.dedup();
        assert_eq!(seen.len(), 8, "each once");
        let none = get(&program, "/Users?count=0");
        assert_eq!((&none["totalResults"], &none["itemsPerPage"]), (&json!(8), &json!(0)));
        assert_eq!(get(&program, "/Users?startIndex=100")["Resources"], json!([]));
        let path = format!("/Users/{}", seen[0]);
        let version = get(&program, &path)["meta"]["version"].as_str().unwrap().to_owned();
        let title = |value: &str| json!([{ "op": "replace", "path": "title", "value": value }]);
        patch(&program.with_header("if-match", &version), &path, title("甲")).expect(200);
        refused(&patch(&program.with_header("if-match", &version), &path, title("乙")), 412, None);
        refused(&call(&program.with_header("if-match", &version), Method::DELETE, &path, None), 412, None);
        refused(&patch(&program.with_header("if-match", "\"x\""), &path, title("乙")), 412, None);
        assert_eq!(get(&program, "/ServiceProviderConfig")["patch"]["supported"], true);
        assert_eq!(get(&program, "/ResourceTypes")["totalResults"], 2);
        assert_eq!(get(&program, "/ResourceTypes/User")["endpoint"], "/Users");
        assert_eq!(get(&program, &format!("/Schemas/{USER}"))["name"], "User");
        refused(&call(&program, Method::GET, "/Schemas/urn:x", None), 404, None);
        refused(&call(&program, Method::GET, "/Nothing", None), 404, None);
        for filter in ["userName gt \"a\"", "password eq \"a\"", "userName", "id eq 5"] {
            refused(&call(&program, Method::GET, &format!("/Users?filter={}", super::encode(filter)), None), 400, Some("invalidFilter"));
        }
        refused(&patch(&program, &path, json!([{ "op": "replace", "path": "password", "value": "x" }])), 400, Some("invalidPath"));
        refused(&patch(&program, &path, json!([{ "op": "replace", "path": "id", "value": "x" }])), 400, Some("mutability"));
        refused(&patch(&program, &path, json!([{ "op": "replace", "path": "userName", "value": "no@address@" }])), 400, Some("invalidValue"));
        refused(&patch(&program, &path, json!([{ "op": "remove", "path": "userName" }])), 400, Some("invalidValue"));
        refused(&patch(&program, &path, json!([{ "op": "replace", "path": "active", "value": "perhaps" }])), 400, Some("invalidValue"));
        refused(
            &patch(&program, &path, json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "a@b.example" }])),
            400,
            Some("noTarget"),
        );
        let part = get(&program, &format!("{path}?attributes=userName,name.formatted"));
        let names: Vec<&String> = part.as_object().unwrap().keys().collect();
        assert_eq!(names, ["id", "meta", "name", "schemas", "userName"]);
        let later = format!("meta.lastModified gt \"{}\"", get(&program, &path)["meta"]["lastModified"].as_str().unwrap());
        assert_eq!(get(&program, &format!("/Users?filter={}", super::encode(&later)))["totalResults"], 0);
        refused(&call(&program, Method::POST, "/Users", Some(json!([]))), 400, Some("invalidSyntax"));
    });
}

/// Everything there is, to be tried by somebody who may not.
fn everything(member: &str) -> Vec<(Method, String, Option<Json>)> {
    let user = json!({ "schemas": [USER], "userName": "new@test.example", "displayName": "新人" });
    let change = json!({ "Operations": [{ "op": "replace", "path": "title", "value": "经理" }] });
    let mut all: Vec<(Method, String, Option<Json>)> =
        ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"].map(|it| (Method::GET, it.into(), None)).into();
    all.push((Method::GET, format!("/Schemas/{USER}"), None));
    for (kind, new) in [("Users", user), ("Groups", json!({ "displayName": "组" }))] {
        let one = format!("/{kind}/{member}");
        all.push((Method::GET, format!("/{kind}"), None));
        all.push((Method::POST, format!("/{kind}"), Some(new.clone())));
        all.push((Method::GET, one.clone(), None));
        all.push((Method::PUT, one.clone(), Some(new)));
        all.push((Method::PATCH, one.clone(), Some(change.clone())));
        all.push((Method::DELETE, one, None));
    }
    all
}

#[test]
fn every_operation_of_the_document_is_routed_answers_as_told_and_is_refused_to_strangers() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department()).to_string();
        let program = program(&server.administrator(), &USUAL);
        let group = call(&program, Method::POST, "/Groups", Some(json!({ "displayName": "旧组" }))).expect(201)["id"].as_str().unwrap().to_owned();
        let (document, mut all) = (guanxi_server::scim_document(), everything(&lin));
        let template = |path: &str| {
            let pieces = path.split('/').skip(1).take(2).enumerate();
            pieces.map(|(at, it)| if at == 0 { format!("/{it}") } else { "/{id}".into() }).collect::<String>()
        };
        // What is tried is all there is.
        let told = document["paths"].as_object().unwrap().iter();
        let told: BTreeSet<String> =
            told.flat_map(|(path, it)| it.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))).collect();
        let tried = all.iter().map(|(method, path, _)| format!("{} {}", method.as_str().to_lowercase(), template(path)));
        assert_eq!(tried.collect::<BTreeSet<_>>(), told);
        // The router takes those methods, and no other.
        for path in document["paths"].as_object().unwrap().keys() {
            let reply = call(&program, Method::OPTIONS, &path.replace("{id}", &lin), None);
            refused(&reply, 405, None);
            let allowed: BTreeSet<String> = reply.header("allow").split(',').map(|it| format!("{} {path}", it.trim().to_lowercase())).collect();
            let of_path = told.iter().filter(|it| it.ends_with(&format!(" {path}"))).cloned();
            assert_eq!(allowed.into_iter().filter(|it| !it.starts_with("head ")).collect::<BTreeSet<_>>(), of_path.collect(), "{path}");
        }
        // Deleted last; everything that is taken is answered as the document says (the client holds it against it).
        all.sort_by_key(|it| it.0 == Method::DELETE);
        for (method, path, body) in all {
            let path = path.replace(&format!("/Groups/{lin}"), &format!("/Groups/{group}"));
            let body = if method == Method::PATCH && path.starts_with("/Groups") {
                Some(json!({ "Operations": [{ "op": "replace", "path": "displayName", "value": "新组" }] }))
            } else if method == Method::PUT && path.starts_with("/Users") {
                Some(json!({ "schemas": [USER], "userName": "lin@test.example", "displayName": "林晓" }))
            } else if method == Method::PUT {
                Some(json!({ "displayName": "另一组" }))
            } else {
                body
            };
            refused(&call(&server.anonymous(), method.clone(), &path, body.clone()), 401, None);
            let reply = call(&program, method.clone(), &path, body);
            assert!((200..300).contains(&reply.status), "{method} {path}: {} {}", reply.status, reply.json);
        }
        let ids = document["paths"].as_object().unwrap().values().flat_map(|it| it.as_object().unwrap().values());
        let kept = server.operations_kept();
        for id in ids.map(|it| it["operationId"].as_str().unwrap()) {
            assert!(kept.contains(id), "{id} is not tried");
        }
    });
}

#[test]
fn nothing_else_opens_it_and_it_opens_nothing_else() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let lin = server.add_member("lin", &["sales"], server.department()).to_string();
        let before = server.audit(&["create", "update", "delete"]).len();
        let mut forged = server.anonymous();
        forged.key = Some(format!("gx_{}", "0".repeat(64)));
        let basic = server.anonymous().with_header("authorization", "Basic YTpi");
        for (method, path, body) in everything(&lin) {
            for stranger in [&server.anonymous(), &forged, &basic] {
                let reply = call(stranger, method.clone(), &path, body.clone());
                refused(&reply, 401, None);
                assert_eq!(reply.header("www-authenticate"), "Bearer");
            }
            for other in [&admin, &admin.with_new_key(), &server.sign_in("lin")] {
                refused(&call(other, method.clone(), &path, body.clone()), 403, None);
            }
        }
        let token = program(&admin, &USUAL);
        for path in ["/me", "/records/user", "/records/account", "/audit", "/me/api-keys", "/openapi.json", "/events", "/scim-tokens"] {
            token.get(path).problem(403, "forbidden");
        }
        token.post("/records/user", json!({ "name": "x", "email": "x@test.example" })).problem(403, "forbidden");
        token.post("/me/api-keys", json!({ "name": "x" })).problem(403, "forbidden");
        assert_eq!(server.audit(&["create", "update", "delete"]).len(), before);
        // Nor does anybody make himself such a key.
        admin.post("/me/api-keys", json!({ "name": "x", "scope": { "scim": { "roles": ["administrator"] } } })).field_problem(
            422,
            "scope",
            "bad_option",
        );
    });
}

#[test]
fn tokens_are_given_out_and_taken_back_by_administrators() {
    on_both_stores(|server| {
        let admin = server.administrator();
        server.add_member("lin", &["sales"], server.department());
        let sales = server.sign_in("lin");
        let new = json!({ "name": "身份系统", "expires_at": null, "roles": ["member"] });
        sales.post("/scim-tokens", new.clone()).problem(403, "forbidden");
        sales.get("/scim-tokens").problem(403, "forbidden");
        admin.with_new_key().post("/scim-tokens", new.clone()).problem(403, "forbidden");
        admin.post("/scim-tokens", json!({ "name": " ", "expires_at": null, "roles": ["member"] })).field_problem(422, "name", "required");
        admin.post("/scim-tokens", json!({ "name": "x", "expires_at": null, "roles": [] })).field_problem(422, "roles", "required");
        admin.post("/scim-tokens", json!({ "name": "x", "expires_at": null, "roles": ["king"] })).field_problem(422, "roles", "bad_option");
        let made = admin.post("/scim-tokens", new).expect(201);
        let (id, secret) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        let listed = admin.get("/scim-tokens").expect(200);
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["roles"]), (&made["id"], &json!(["member"])));
        assert!(!listed.to_string().contains(secret) && listed["base_url"].as_str().unwrap().ends_with("/scim/v2"), "{listed}");
        assert!(!format!("{:?}", server.audit(&["add_scim_token"])).contains(secret));
        assert!(!admin.get("/me/api-keys").expect(200).to_string().contains("身份系统"), "it is no key of one's own");
        let mut token = server.anonymous();
        token.key = Some(secret.to_owned());
        get(&token, "/Users");
        sales.delete(&format!("/scim-tokens/{id}")).problem(403, "forbidden");
        admin.delete(&format!("/scim-tokens/{id}")).expect(204);
        admin.delete(&format!("/scim-tokens/{id}")).problem(404, "not_found");
        refused(&call(&token, Method::GET, "/Users", None), 401, None);
        assert_eq!(server.audit(&["add_scim_token", "remove_scim_token"]).len(), 2);
        // One that ends by itself.
        let soon = (server.workspace.clock.now() + jiff::SignedDuration::from_hours(1)).to_string();
        let made = admin.post("/scim-tokens", json!({ "name": "短期", "expires_at": soon, "roles": ["member"] })).expect(201);
        token.key = made["token"].as_str().map(str::to_owned);
        get(&token, "/Users");
        server.clock.advance(3601);
        refused(&call(&token, Method::GET, "/Users", None), 401, None);
    });
}

#[test]
fn a_token_goes_with_the_administrator_who_made_it() {
    on_both_stores(|server| {
        server.add_member("second", &["administrator"], server.department());
        let second = server.sign_in("second");
        let token = program(&second, &["member", "administrator"]);
        get(&token, "/Users");
        let id = second.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned();
        let admin = server.administrator();
        // What he may not any more, his token may not.
        admin.patch(&format!("/records/user/{id}"), json!({ "roles": ["sales"] })).expect(200);
        refused(&call(&token, Method::POST, "/Users", Some(han())), 403, None);
        admin.patch(&format!("/records/user/{id}"), json!({ "active": false })).expect(200);
        refused(&call(&token, Method::GET, "/Users", None), 401, None);
    });
}

#[test]
fn no_token_gives_or_overrides_roles_that_are_not_its_own_to_give() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let second = server.add_member("second", &["administrator"], server.department()).to_string();
        let lin = server.add_member("lin", &["sales"], server.department()).to_string();
        let analyst = server.add_member("analyst", &["analyst"], server.department()).to_string();
        let token = program(&admin, &USUAL);
        let before = server.audit(&["create", "update", "delete"]).len();
        let roles = |roles: Json| json!([{ "op": "add", "path": "roles", "value": roles }]);
        let mut king = han();
        king["roles"] = json!([{ "value": "administrator" }]);
        for wanted in [json!([{ "value": "administrator" }]), json!([{ "value": "analyst" }]), json!([{ "value": "nothing" }])] {
            refused(&patch(&token, &format!("/Users/{lin}"), roles(wanted)), 400, Some("invalidValue"));
        }
        refused(&call(&token, Method::POST, "/Users", Some(king.clone())), 400, Some("invalidValue"));
        refused(&call(&token, Method::PUT, &format!("/Users/{lin}"), Some(king.clone())), 400, Some("invalidValue"));
        // Of whom it could not have made what he is, it takes neither the way in nor the way to get another.
        for who in [&second, &analyst] {
            let path = format!("/Users/{who}");
            for operation in [
                json!({ "op": "replace", "path": "active", "value": false }),
                json!({ "op": "replace", "path": "userName", "value": "mine@test.example" }),
                json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "mine@test.example" }),
                json!({ "op": "remove", "path": "roles" }),
                json!({ "op": "replace", "path": "roles", "value": [{ "value": "sales" }] }),
            ] {
                refused(&patch(&token, &path, json!([operation])), 400, Some("invalidValue"));
            }
            refused(&call(&token, Method::DELETE, &path, None), 403, None);
        }
        assert_eq!(server.audit(&["create", "update", "delete"]).len(), before, "nothing was changed");
        // In a team there are members, not rights of theirs: no administrator comes of it.
        let team = json!({ "displayName": "administrator", "members": [{ "value": lin }] });
        call(&token, Method::POST, "/Groups", Some(team)).expect(201);
        server.sign_in("lin").get("/audit").problem(403, "forbidden");
        // A role taken is taken, be it the last one.
        let left = patch(&token, &format!("/Users/{lin}"), json!([{ "op": "remove", "path": "roles[value eq \"sales\"]" }])).expect(200);
        assert_eq!(left["roles"], json!([{ "value": "member" }]));
        // One that may says so, and the log says that it was the token.
        let trusted = program(&admin, &["member", "sales", "administrator"]);
        call(&trusted, Method::POST, "/Users", Some(king)).expect(201);
        patch(&trusted, &format!("/Users/{second}"), json!([{ "op": "replace", "path": "active", "value": "False" }])).expect(200);
        let entries = admin.get("/audit?verb=update&limit=1").expect(200);
        assert!(entries["items"][0].to_string().contains("SCIM: 身份系统"), "{entries}");
        // The last administrator stays.
        let chen = admin.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned();
        let king_id = get(&trusted, &format!("/Users?filter={}", super::encode(r#"externalId eq "ext-7""#)))["Resources"][0]["id"].clone();
        call(&trusted, Method::DELETE, &format!("/Users/{}", king_id.as_str().unwrap()), None).expect(204);
        refused(
            &patch(&trusted, &format!("/Users/{chen}"), json!([{ "op": "replace", "path": "active", "value": false }])),
            400,
            Some("invalidValue"),
        );
    });
}

#[test]
fn addresses_are_one_member_s_and_those_deleted_are_free_again() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department()).to_string();
        let gone = server.add_member("gone", &["sales"], server.department()).to_string();
        let token = program(&server.administrator(), &USUAL);
        patch(&token, &format!("/Users/{gone}"), json!([{ "op": "replace", "path": "active", "value": false }])).expect(200);
        // Another's, also of one who may not sign in, and however it is written.
        for address in ["gone@test.example", "GONE@test.example"] {
            let rename = json!([{ "op": "replace", "path": "userName", "value": address }]);
            refused(&patch(&token, &format!("/Users/{lin}"), rename), 409, Some("uniqueness"));
        }
        let made = call(&token, Method::POST, "/Users", Some(han())).expect(201);
        call(&token, Method::DELETE, &format!("/Users/{}", made["id"].as_str().unwrap()), None).expect(204);
        let again = call(&token, Method::POST, "/Users", Some(han())).expect(201);
        assert_ne!(made["id"], again["id"]);
    });
}

#[test]
fn what_is_sent_in_bad_faith_comes_to_nothing() {
    let server = TestServer::sqlite();
    let token = program(&server.administrator(), &USUAL);
    let lin = server.add_member("lin", &["sales"], server.department());
    let path = format!("/Users/{lin}");
    // Whatever stands in a text stays a text.
    for text in [r#"x" || true || "" == ""#, "x\\\" || true || \\\"", "%", "x\u{0}", "'; drop table user; --", "${1}", "{{1}}"] {
        let filter = format!("externalId eq {}", json!(text));
        let reply = call(&token, Method::GET, &format!("/Users?filter={}", super::encode(&filter)), None);
        assert!(reply.status == 400 || reply.json["totalResults"] == 0, "{filter}: {}", reply.json);
    }
    let everyone = get(&token, "/Users?count=0")["totalResults"].clone();
    let none = r#"userName eq "x" or (title pr and not (active eq true))"#;
    assert_eq!(get(&token, &format!("/Users?filter={}", super::encode(none)))["totalResults"], 0);
    let all = r#"not (userName eq "x") and (active eq true or active eq false)"#;
    assert_eq!(get(&token, &format!("/Users?filter={}", super::encode(all)))["totalResults"], everyone);
    let deep = format!("{}active eq true{}", "(".repeat(5_000), ")".repeat(5_000));
    for filter in [deep, vec!["active eq true"; 2_000].join(" or "), "(".repeat(3_000)] {
        refused(&call(&token, Method::GET, &format!("/Users?filter={}", super::encode(&filter)), None), 400, Some("invalidFilter"));
    }
    // Bodies beyond all measure.
    let mut huge = han();
    huge["nickName"] = json!("x".repeat(1_100_000));
    refused(&call(&token, Method::POST, "/Users", Some(huge)), 413, None);
    let nested = format!("{{\"userName\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    refused(&token.send(Method::POST, "/scim/v2/Users", Some(("application/scim+json", nested.into_bytes()))), 400, Some("invalidSyntax"));
    refused(&patch(&token, &path, json!(vec![json!({ "op": "remove", "path": "title" }); 1_001])), 400, Some("invalidSyntax"));
    let many: Vec<Json> = (0..1_001).map(|it| json!({ "value": uuid::Uuid::from_u128(it) })).collect();
    refused(&call(&token, Method::POST, "/Groups", Some(json!({ "displayName": "组", "members": many }))), 400, Some("invalidValue"));
    refused(&token.send(Method::POST, "/scim/v2/Users", Some(("text/plain", b"{}".to_vec()))), 415, None);
    let twice = br#"{"userName":"a@test.example","userName":"b@test.example","displayName":"a"}"#.to_vec();
    refused(&token.send(Method::POST, "/scim/v2/Users", Some(("application/scim+json", twice))), 400, Some("invalidSyntax"));
    refused(&call(&token, Method::DELETE, "/Users", None), 405, None);
    // What belongs to the system is not the identity system's: an id, a password, the times.
    let mut wanted = han();
    wanted["id"] = json!(lin);
    wanted["meta"] = json!({ "created": "2001-01-01T00:00:00Z", "version": "W/\"99\"" });
    let made = call(&token, Method::POST, "/Users", Some(wanted)).expect(201);
    assert!(made["id"] != lin.to_string() && made["meta"]["version"] == "W/\"1\"", "{made}");
    server.anonymous().sign_in("han@test.example", "is passed over").problem(401, "bad_credentials");
}
