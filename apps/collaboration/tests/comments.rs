//! Comments are seen where their record is, internal ones never by partners; mentions are marks, files follow.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::act;
use guanxi_kernel::{events, history};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_comment_is_seen_where_its_record_is,
    a_record_in_the_bin_takes_its_comments_along,
    internal_comments_are_never_shown_to_partners,
    partners_write_to_partners_only,
    mentions_are_taken_from_the_text,
    nobody_comments_on_what_he_cannot_see,
    only_the_author_changes_and_deletes,
    reactions_are_one_record_however_often_one_clicks,
    what_is_resolved_can_be_opened_again,
    replies_keep_to_their_record_and_their_audience,
    what_was_said_inside_stays_inside_with_its_earlier_versions,
    files_follow_the_comment,
    the_writer_learns_who_may_not_see,
    own_objects_are_commented_on_too,
);

struct Company {
    lin: Context,
    ma: Context,
    zhao: Context,
    partner: Context,
    account: Uuid,
}

/// Two sales reps in departments of their own, the manager of the first, a partner, and an account of the first.
fn company(engine: &TestEngine) -> Company {
    let (north, south) = (engine.department("北方部", None), engine.department("南方部", None));
    let outside = engine.department("渠道", None);
    let lin = engine.member("lin", &["sales"], north);
    let account = engine.create(&lin, "account", json!({ "name": "博远食品有限公司" }));
    Company {
        ma: engine.member("ma", &["sales"], south),
        zhao: engine.member("zhao", &["sales_manager"], north),
        partner: engine.member("partner", &["partner"], outside),
        lin,
        account,
    }
}

fn on(account: Uuid) -> Json {
    json!({ "object": "account", "id": account })
}

fn say(engine: &TestEngine, by: &Context, account: Uuid, body: &str) -> Uuid {
    engine.create(by, "comment", json!({ "target": on(account), "body": body }))
}

fn mention(kind: &str, id: impl std::fmt::Display) -> String {
    format!("<p>请看 <span data-mention=\"{kind}:{id}\">@某人</span></p>")
}

fn ids(records: &[Json]) -> Vec<&str> {
    records.iter().map(|it| it["id"].as_str().unwrap()).collect()
}

fn a_comment_is_seen_where_its_record_is(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.lin, it.account, "<p>客户要<b>三套</b></p>");
    let seen = engine.get(&it.zhao, "comment", comment);
    assert_eq!(seen["target"], json!({ "object": "account", "id": it.account, "label": "博远食品有限公司" }));
    assert_eq!((&seen["excerpt"], &seen["audience"]), (&json!("客户要三套"), &json!("internal")));
    for (stranger, filter) in [(&it.ma, ""), (&it.ma, "body.contains('三套')"), (&it.partner, "")] {
        assert_eq!(engine.list(stranger, "comment", filter), Vec::<Json>::new());
    }
    assert_eq!(engine.get(&it.ma, "comment", comment), Json::Null);
    let told = |who: &Context| engine.workspace.store.read_with(|tx| events::feed(who, tx, 0, 500, Some(&["comment".to_owned()]))).unwrap().events;
    assert_eq!((told(&it.lin).len(), told(&it.ma).len()), (1, 0));
    // Sharing the account opens its discussion, ending the share closes it.
    engine.update(&engine.system(), "account", it.account, json!({ "owner": it.ma.actor }));
    assert_eq!(engine.list(&it.ma, "comment", "").len(), 1);
}

fn a_record_in_the_bin_takes_its_comments_along(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.zhao, it.account, "<p>请跟进</p>");
    let colleague = engine.member("he", &["member"], it.zhao.access.member.department.unwrap());
    assert_eq!(engine.list(&colleague, "comment", "").len(), 1);
    engine.try_delete(&it.lin, "account", it.account).unwrap();
    assert_eq!(engine.list(&colleague, "comment", ""), Vec::<Json>::new());
    // Whoever may bring the record back still knows what was said.
    assert_eq!(ids(&engine.list(&it.lin, "comment", "")), [comment.to_string()]);
    assert_eq!(engine.list(&it.lin, "comment", "")[0]["target"]["label"], Json::Null);
}

fn internal_comments_are_never_shown_to_partners(engine: &TestEngine) {
    let it = company(engine);
    let inner = say(engine, &it.lin, it.account, "<p>底价八折</p>");
    let shared = engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": "<p>欢迎</p>", "audience": "partners" }));
    engine.update(&engine.system(), "account", it.account, json!({ "owner": it.partner.actor }));
    assert_eq!(ids(&engine.list(&it.partner, "comment", "")), [shared.to_string()]);
    assert_eq!(engine.get(&it.partner, "comment", inner), Json::Null);
    assert_eq!(engine.list(&it.partner, "comment", "body.contains('底价')"), Vec::<Json>::new());
    // Nor where another role of his would open it.
    let both = engine.member("both", &["partner", "sales"], it.lin.access.member.department.unwrap());
    assert_eq!(ids(&engine.list(&both, "comment", "")), [shared.to_string()]);
    assert_eq!(error_code(&engine.act(&it.partner, "comment", inner, "react", json!({ "emoji": "heart" })).unwrap_err()), "not_found");
}

fn partners_write_to_partners_only(engine: &TestEngine) {
    let it = company(engine);
    let own = engine.create(&it.partner, "account", json!({ "name": "报备客户" }));
    let comment = say(engine, &it.partner, own, "<p>已报备</p>");
    assert_eq!(engine.get(&it.partner, "comment", comment)["audience"], "partners");
    let error = engine.try_create(&it.partner, "comment", json!({ "target": on(own), "body": "<p>x</p>", "audience": "internal" })).unwrap_err();
    assert_eq!(error_code(&error), "forbidden");
}

fn mentions_are_taken_from_the_text(engine: &TestEngine) {
    let it = company(engine);
    let body = format!("{}{}<p>@lin member:{}</p>", mention("member", it.zhao.actor), mention("role", "sales"), it.ma.actor);
    let comment = say(engine, &it.lin, it.account, &body);
    let seen = engine.get(&it.lin, "comment", comment);
    assert_eq!(seen["mentioned_members"], json!([{ "id": it.zhao.actor, "label": "zhao" }]));
    assert_eq!(seen["mentioned_roles"], json!(["sales"]));
    engine.update(&it.lin, "comment", comment, json!({ "body": "<p>谁也不提</p>" }));
    let seen = engine.get(&it.lin, "comment", comment);
    assert_eq!((&seen["mentioned_members"], seen["edited_at"].is_string()), (&json!([]), true));
    for (body, field) in [(mention("member", Uuid::from_u128(7)), "mentioned_members"), (mention("role", "nobody"), "mentioned_roles")] {
        let error = engine.try_create(&it.lin, "comment", json!({ "target": on(it.account), "body": body })).unwrap_err();
        assert!(problem_fields(&error)[0].starts_with(field), "{error:?}");
    }
    let error =
        engine.try_create(&it.lin, "comment", json!({ "target": on(it.account), "body": "x", "mentioned_members": [it.ma.actor] })).unwrap_err();
    assert_eq!(error_code(&error), "read_only_field");
}

fn nobody_comments_on_what_he_cannot_see(engine: &TestEngine) {
    let it = company(engine);
    let missing = json!({ "object": "account", "id": Uuid::from_u128(9) });
    // What is hidden and what is not there read the same, and so do objects nobody comments on.
    for target in [on(it.account), missing, json!({ "object": "user", "id": it.lin.actor }), json!({ "object": "saved_view", "id": it.account })] {
        let outcome = engine.try_create(&it.ma, "comment", json!({ "target": target, "body": "<p>x</p>" }));
        if target["object"] == "user" {
            outcome.unwrap();
            continue;
        }
        assert_eq!(problem_fields(&outcome.unwrap_err()), ["target: no_such_record"], "{target}");
    }
    let moved = say(engine, &it.lin, it.account, "<p>x</p>");
    let other = engine.create(&it.lin, "account", json!({ "name": "另一家" }));
    let error = engine.try_update(&it.lin, "comment", moved, json!({ "target": on(other) })).unwrap_err();
    assert_eq!(problem_fields(&error), ["target: rule"]);
}

fn only_the_author_changes_and_deletes(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.lin, it.account, "<p>初稿<script>alert(1)</script></p>");
    assert_eq!(engine.get(&it.lin, "comment", comment)["body"], "<p>初稿</p>");
    assert_eq!(error_code(&engine.try_update(&it.zhao, "comment", comment, json!({ "body": "<p>改</p>" })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_update(&it.ma, "comment", comment, json!({ "body": "<p>改</p>" })).unwrap_err()), "not_found");
    assert_eq!(error_code(&engine.try_delete(&it.zhao, "comment", comment).unwrap_err()), "forbidden");
    engine.try_delete(&it.lin, "comment", comment).unwrap();
    assert_eq!(engine.list(&it.zhao, "comment", ""), Vec::<Json>::new());
}

fn reactions_are_one_record_however_often_one_clicks(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.lin, it.account, "<p>成了</p>");
    for emoji in ["heart", "party", "heart", "heart", "party", "check"] {
        engine.act(&it.zhao, "comment", comment, "react", json!({ "emoji": emoji })).unwrap();
    }
    let found = engine.list(&it.lin, "comment_reaction", &format!("comment.target == '{}'", it.account));
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["emojis"], &found[0]["member"]["label"]), (&json!(["check", "heart"]), &json!("zhao")));
    assert_eq!(engine.list(&it.ma, "comment_reaction", ""), Vec::<Json>::new());
    assert_eq!(error_code(&engine.act(&it.ma, "comment", comment, "react", json!({ "emoji": "heart" })).unwrap_err()), "not_found");
    assert_eq!(problem_fields(&engine.act(&it.lin, "comment", comment, "react", json!({ "emoji": "bomb" })).unwrap_err()), ["emoji: bad_option"]);
    assert_eq!(error_code(&engine.try_create(&it.lin, "comment_reaction", json!({})).unwrap_err()), "forbidden");
}

fn what_is_resolved_can_be_opened_again(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.lin, it.account, "<p>价格待定</p>");
    engine.act(&it.zhao, "comment", comment, "resolve", json!({})).unwrap();
    let seen = engine.get(&it.lin, "comment", comment);
    assert_eq!((&seen["resolved_by"]["label"], &seen["edited_at"]), (&json!("zhao"), &Json::Null));
    assert_eq!(error_code(&engine.act(&it.lin, "comment", comment, "resolve", json!({})).unwrap_err()), "state_conflict");
    engine.act(&it.lin, "comment", comment, "reopen", json!({})).unwrap();
    assert_eq!(engine.get(&it.lin, "comment", comment)["resolved_at"], Json::Null);
    assert_eq!(error_code(&engine.act(&it.ma, "comment", comment, "resolve", json!({})).unwrap_err()), "not_found");
}

fn replies_keep_to_their_record_and_their_audience(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.lin, it.account, "<p>底价</p>");
    let reply = |by: &Context, target: Uuid, audience: &str| {
        engine.try_create(by, "comment", json!({ "target": on(target), "body": "<p>好</p>", "parent": comment, "audience": audience }))
    };
    reply(&it.zhao, it.account, "internal").unwrap();
    assert_eq!(problem_fields(&reply(&it.zhao, it.account, "partners").unwrap_err()), ["audience: rule"]);
    let other = engine.create(&it.zhao, "account", json!({ "name": "另一家" }));
    assert_eq!(problem_fields(&reply(&it.zhao, other, "internal").unwrap_err()), ["parent: rule"]);
    let own = engine.create(&it.ma, "account", json!({ "name": "南方客户" }));
    assert_eq!(problem_fields(&reply(&it.ma, own, "internal").unwrap_err()), ["parent: no_such_record"]);
}

fn what_was_said_inside_stays_inside_with_its_earlier_versions(engine: &TestEngine) {
    let it = company(engine);
    let comment = say(engine, &it.lin, it.account, "<p>底价八折</p>");
    engine.update(&it.lin, "comment", comment, json!({ "body": "<p>欢迎来访</p>" }));
    let share = |comment: Uuid, audience: &str| engine.try_update(&it.lin, "comment", comment, json!({ "audience": audience }));
    assert_eq!(problem_fields(&share(comment, "partners").unwrap_err()), ["audience: rule"]);
    let shared = engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": "<p>欢迎</p>", "audience": "partners" }));
    share(shared, "internal").unwrap();
    assert_eq!(engine.get(&it.lin, "comment", shared)["audience"], "internal", "the other way it may go");
    let versions = |by: &Context| {
        engine.workspace.store.read_with(|tx| history::history(by, tx, "comment", comment, None, 10)).map(|page| {
            let body = |it: &events::Event| it.changes.get("body").cloned();
            page.iter().filter_map(body).collect::<Vec<Json>>()
        })
    };
    assert_eq!(versions(&it.lin).unwrap(), [json!(["<p>底价八折</p>", "<p>欢迎来访</p>"]), json!([null, "<p>底价八折</p>"])]);
    assert_eq!(error_code(&versions(&it.partner).unwrap_err()), "not_found");
}

fn files_follow_the_comment(engine: &TestEngine) {
    let it = company(engine);
    let system = |by: &Context| Context { access: engine.system().access, ..by.clone() };
    let upload = |name: &str, by: &Context| engine.create(&system(by), "file", json!({ "name": name, "size": 1, "content_type": "image/png" }));
    let (picture, drawing) = (upload("图.png", &it.lin), upload("图纸.pdf", &it.lin));
    let body = format!("<p>见图 <img src=\"/api/v1/files/{picture}?inline=1\"></p>");
    let comment = engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": body, "attachments": [drawing] }));
    let mut hanging: Vec<String> =
        engine.get(&it.zhao, "comment", comment)["attachments"].as_array().unwrap().iter().map(|it| it["id"].to_string()).collect();
    hanging.sort();
    assert_eq!(hanging.len(), 2);
    for found in [picture, drawing] {
        assert_ne!(engine.get(&it.zhao, "file", found), Json::Null);
        assert_eq!(engine.get(&it.ma, "file", found), Json::Null, "a file of a comment he cannot see");
    }
    // A file of somebody else's cannot be opened by hanging it on one's own comment.
    let own = engine.create(&it.ma, "account", json!({ "name": "南方客户" }));
    let error = engine.try_create(&it.ma, "comment", json!({ "target": on(own), "body": body })).unwrap_err();
    assert_eq!(problem_fields(&error), ["attachments: no_such_record"]);
}

fn the_writer_learns_who_may_not_see(engine: &TestEngine) {
    let it = company(engine);
    let check = |by: &Context, body: String| {
        let input = json!({ "target": on(it.account), "body": body });
        act(by, "comment", None, "check_mentions", input.as_object().unwrap())
    };
    let body = mention("member", it.zhao.actor) + &mention("member", it.ma.actor) + &mention("role", "sales");
    let answer = check(&it.lin, body.clone()).unwrap();
    assert_eq!(answer["may_share"], true);
    let unseen: Vec<_> =
        answer["unseen"].as_array().unwrap().iter().map(|it| (it["label"].as_str().unwrap(), it["unseen"].clone(), it["of"].clone())).collect();
    assert_eq!(unseen, [("ma", json!(1), json!(1)), ("销售代表", json!(1), json!(2))]);
    assert_eq!(problem_fields(&check(&it.ma, body).unwrap_err()), ["target: no_such_record"]);
    assert_eq!(check(&it.lin, mention("member", it.partner.actor)).unwrap()["unseen"][0]["label"], "partner");
}

fn own_objects_are_commented_on_too(engine: &TestEngine) {
    let it = company(engine);
    let product = engine.create(
        &engine.system(),
        "product",
        json!({ "name": "控制柜", "code": "KZ-1", "family": "cabinet", "unit": "set", "list_price": "100" }),
    );
    let comment = engine.create(&it.ma, "comment", json!({ "target": { "object": "product", "id": product }, "body": "<p>缺货</p>" }));
    assert_eq!(engine.get(&it.lin, "comment", comment)["target"]["object"], "product");
}
