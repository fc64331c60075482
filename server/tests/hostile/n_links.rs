//! N: links, tokens and what is told to strangers.

use guanxi_testkit::PASSWORD;
use serde_json::{Value as Json, json};

use super::world::{Call, World, on_both, on_sqlite, text_of};

const NEW: &str = "An-other-horse-10";

fn token(link: &Json) -> String {
    text_of(link, "path").split_once('#').unwrap().1.to_owned()
}

fn link(world: &World<'_>, member: &str) -> String {
    token(&world.admin.post(&format!("/users/{member}/link"), json!({})).expect(200))
}

#[test]
fn a_token_is_good_once_for_its_member_in_its_workspace_and_for_nothing_else() {
    on_both(|world| {
        let anonymous = world.server.anonymous();
        let reset = link(world, &world.others.member);
        // Elsewhere, as something else, by somebody who is signed in as another.
        let elsewhere = anonymous.in_workspace(&world.elsewhere);
        world.refused(&elsewhere, &[409], &Call::post("/auth/password", json!({ "token": reset, "password": NEW })));
        world.refused(&elsewhere, &[409], &Call::post("/auth/link", json!({ "token": reset })));
        world.refused(&anonymous, &[400, 401, 409], &Call::post("/auth/providers/confirm/link", json!({ "token": reset })));
        world.refused(&anonymous, &[400], &Call::post("/auth/password", json!({ "token": reset, "password": NEW, "member": world.rep_id })));
        world.rep_refused(&[401, 403], &Call::post("/me/factors/totp/confirm", json!({ "token": reset, "code": "000000" })));
        let mut bearer = world.server.anonymous();
        bearer.key = Some(format!("gx_{reset}"));
        world.refused(&bearer, &[401], &Call::get("/me"));
        let mut cookie = world.server.anonymous();
        cookie.cookie = Some(format!("guanxi_session={reset}"));
        world.refused(&cookie, &[401], &Call::get("/me"));
        // Good for its member alone, whoever uses it, and once.
        let used = world.server.anonymous().post("/auth/password", json!({ "token": reset, "password": NEW }));
        assert_eq!(used.expect(200)["user"]["email"], "rival@test.example");
        world.server.anonymous().sign_in("rep@test.example", PASSWORD).expect(200);
        world.refused(&anonymous, &[409], &Call::post("/auth/password", json!({ "token": reset, "password": PASSWORD })));
        world.refused(&world.other_rep, &[401], &Call::get("/me"));
        // Replaced, revoked, expired.
        let first = link(world, &world.others.member);
        let second = link(world, &world.others.member);
        world.admin.delete(&format!("/users/{}/link", world.others.member)).expect(204);
        let third = link(world, &world.own.member);
        world.server.clock.advance(31 * 60);
        for void in [first, second, third, "0".repeat(64), String::new(), "' OR 1=1 --".into()] {
            world.refused(&anonymous, &[409, 429], &Call::post("/auth/password", json!({ "token": void, "password": NEW })));
            world.refused(&anonymous, &[409, 429], &Call::post("/auth/link", json!({ "token": void })));
        }
    });
}

#[test]
fn what_leads_on_to_the_second_step_opens_nothing_else() {
    on_sqlite(|world| {
        let secret = world.rep.post("/me/factors/totp", json!({})).expect(200);
        let ticket = text_of(&secret, "token").to_owned();
        let anonymous = world.server.anonymous();
        world.refused(&anonymous, &[409], &Call::post("/auth/password", json!({ "token": ticket, "password": NEW })));
        world.refused(&anonymous, &[409], &Call::post("/auth/link", json!({ "token": ticket })));
        world.refused(&world.partner, &[401], &Call::post("/me/factors/totp/confirm", json!({ "token": ticket, "code": "123456" })));
        world.refused(&world.outsider, &[401], &Call::post("/me/factors/totp/confirm", json!({ "token": ticket, "code": "123456" })));
        world.rep_refused(&[401], &Call::post("/me/factors/totp/confirm", json!({ "token": ticket, "code": "000000" })));
    });
}

#[test]
fn strangers_learn_of_nobody() {
    on_sqlite(|world| {
        let anonymous = world.server.anonymous();
        let told = world.ask(&anonymous, &Call::get("/setup")).expect(200).to_string();
        assert!(!told.contains("test.example") && !told.contains(&world.elsewhere), "{told}");
        world.refused(&anonymous, &[409], &Call::post("/setup", json!({ "company": "x", "name": "x", "email": "x@x.example", "password": NEW })));
        // A workspace that is not there reads as one whose door is shut.
        let known = world.ask(&anonymous.in_workspace(&world.elsewhere), &Call::get("/me"));
        assert_eq!(known.status, 401);
        assert_eq!(anonymous.in_workspace("nothing").get("/me").status, 404);
        // Sharing with somebody of another company is sharing with nobody.
        let share = |id: &str| {
            let body = json!({ "with": { "kind": "member", "id": id }, "level": "read" });
            let reply = world.rep_refused(&[400, 404, 422], &Call::post(format!("{}/shares", world.own.path("account")), body));
            let mut problem = reply.json.clone();
            problem["request_id"] = Json::Null;
            problem
        };
        assert_eq!(share(&world.outside.member), share("01890000-0000-7000-8000-000000000000"));
        // Nor may the partner, who sees himself alone, find out who else is there.
        let users = world.ask(&world.partner, &Call::get("/records/user?count=exact")).expect(200);
        assert_eq!(users["count"]["value"], 1);
        world.refused(&world.partner, &[404], &Call::get(format!("/records/user/{}", world.rep_id)));
        let found = world.ask(&world.partner, &Call::get("/search?q=rival")).expect(200);
        assert_eq!(found["items"], json!([]));
        let lead = json!({ "name": "x", "company": "x", "owner": world.rep_id });
        let (theirs, nobodys) = (world.ask(&world.partner, &Call::post("/records/lead", lead.clone())), {
            let mut lead = lead;
            lead["owner"] = json!("01890000-0000-7000-8000-000000000000");
            world.ask(&world.partner, &Call::post("/records/lead", lead))
        });
        assert_eq!((theirs.status, &theirs.json["field_errors"][0]["code"]), (nobodys.status, &nobodys.json["field_errors"][0]["code"]));
    });
}

#[test]
fn a_share_goes_no_further_and_ends_when_it_ends() {
    on_both(|world| {
        let path = world.own.path("account");
        let with = json!({ "kind": "member", "id": world.others.member });
        let until = "2026-11-16T03:00:00Z";
        world.admin.post(&format!("{path}/shares"), json!({ "with": with, "level": "read", "expires_at": until })).expect(201);
        let rival = &world.other_rep;
        rival.get(&path).expect(200);
        let seen = world.ask(rival, &Call::get(&path)).expect(200);
        assert!(seen.get("margin").is_none(), "a share opens no field");
        for call in [
            Call::patch(&path, json!({ "level": "a" })),
            Call::delete(&path),
            Call::post(format!("{path}/shares"), json!({ "with": { "kind": "department_tree", "id": world.south }, "level": "read" })),
            Call::delete(format!("{path}/shares/member/{}", world.others.member)),
            Call::get(format!("{path}/viewers")),
            Call::get(format!("{path}/access?member={}", world.rep_id)),
        ] {
            world.refused(rival, &[403, 404], &call);
        }
        world.refused(rival, &[404], &Call::get(world.own.path("contact")));
        world.server.clock.advance(3_600);
        world.refused(rival, &[404], &Call::get(&path));
        world.refused(rival, &[404], &Call::get(format!("{path}/history")));
    });
}
