//! The same key twice.

use guanxi_kernel::idempotency::{self, Claim};
use guanxi_testkit::on_both_stores;
use serde_json::json;

use super::names;

#[test]
fn the_same_key_and_body_give_the_first_answer_again() {
    on_both_stores(|server| {
        let client = server.caller("sales").with_header("idempotency-key", "k-1");
        let first = client.post("/records/account", json!({ "name": "星河" }));
        let again = client.post("/records/account", json!({ "name": "星河" }));
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!((first.header("etag"), first.header("location")), (again.header("etag"), again.header("location")));
        let other = client.post("/records/account", json!({ "name": "月亮" }));
        other.problem(422, "idempotency_mismatch");
        other.field_problem(422, "idempotency-key", "idempotency_mismatch");
        client.post("/records/contact", json!({ "name": "星河" })).problem(422, "idempotency_mismatch");
        assert_eq!(names(&client.get("/records/account").expect(200)), ["星河"]);
        let other = server.caller("sales").with_header("idempotency-key", "k-1");
        other.post("/records/account", json!({ "name": "月亮" })).expect(201);
        client.with_header("idempotency-key", &"x".repeat(65)).post("/records/account", json!({ "name": "a" })).problem(400, "bad_request");
    });
}

#[test]
fn an_upload_sent_twice_is_kept_once() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let named = |name: &str, key: &str| {
            client.with_header("content-disposition", &format!("attachment; filename={name}")).with_header("idempotency-key", key)
        };
        let first = named("a.txt", "u-1").post_bytes("/files", "text/plain", b"text").expect(201);
        assert_eq!(named("a.txt", "u-1").post_bytes("/files", "text/plain", b"text").expect(201), first);
        named("a.txt", "u-1").post_bytes("/files", "text/plain", b"other").problem(422, "idempotency_mismatch");
        named("b.txt", "u-1").post_bytes("/files", "text/plain", b"text").problem(422, "idempotency_mismatch");
        assert_eq!(client.get("/records/file?count=exact").expect(200)["count"]["value"], 1);

        let table = "姓名,手机\n王伟,13812345678\n".as_bytes();
        let upload = |bytes: &[u8]| named("客户.csv", "u-2").post_bytes("/imports?object=contact", "text/csv", bytes);
        let first = upload(table).expect(201);
        assert_eq!(upload(table).expect(201), first);
        upload(b"name\nx\n").problem(422, "idempotency_mismatch");
        let folder: Vec<_> = std::fs::read_dir(server.data_folder().join("imports")).unwrap().collect();
        assert_eq!(folder.len(), 1, "{folder:?}");
    });
}

#[test]
fn a_request_that_failed_may_be_sent_again_under_its_key() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let owner = client.get("/me").expect(200)["user"]["id"].clone();
        let keyed = client.with_header("idempotency-key", "k-2");
        let body = json!({ "name": "星河", "credit_code": "91310000MA1K000006", "owner": owner });
        let other = client.post("/records/account", body.clone()).expect(201);
        keyed.post("/records/account", body.clone()).problem(409, "duplicate_value");
        client.delete(&super::path_of("account", &other)).expect(204);
        keyed.post("/records/account", body).expect(201);
    });
}

#[test]
fn after_a_crash_a_request_is_neither_lost_nor_done_twice() {
    on_both_stores(|server| {
        let context = server.workspace.system_context(uuid(), "test");
        let claim = |key: &str| idempotency::claim(&server.workspace.system_context(uuid(), "test"), key, "hash").unwrap();
        assert_eq!(claim("a"), Claim::Fresh);
        assert_eq!(claim("a"), Claim::Running, "two at the same moment");
        server.clock.advance(601);
        assert_eq!(claim("a"), Claim::Fresh, "the process died before it wrote anything");
        let mut writing = context.clone();
        writing.request_key = Some("a".into());
        let change = writing.new_id();
        let values = json!({ "name": "星河" }).as_object().cloned().unwrap();
        let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| unit.create_as_system("tag", &values).map(drop);
        guanxi_kernel::write::run_unit(&writing, change, "test", Box::new(work)).unwrap();
        assert_eq!(claim("a"), Claim::Written(change.to_string()), "the process died after the commit, before the answer");
        idempotency::release(&context, "a").unwrap();
        assert_eq!(claim("a"), Claim::Written(change.to_string()), "what was written cannot be given back");
        server.clock.advance(25 * 3600);
        let later = server.workspace.system_context(uuid(), "test");
        assert_eq!(idempotency::forget_old(&later).unwrap(), 1);
    });
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::nil()
}

#[test]
fn what_was_answered_by_other_rights_is_not_shown_again() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let id = server.add_member("lin", &["sales"], server.department());
        let client = server.sign_in("lin").with_header("idempotency-key", "k-3");
        let made = client.post("/records/account", json!({ "name": "星河", "phone": "021-60001234" })).expect(201);
        let change = json!({ "level": "a" });
        let keyed = server.sign_in("lin").with_header("idempotency-key", "k-4");
        keyed.patch(&super::path_of("account", &made), change.clone()).expect(200);
        keyed.patch(&super::path_of("account", &made), change.clone()).expect(200);
        // The record goes to somebody whose records he does not see.
        let south = server.create("department", json!({ "name": "华南" }));
        let other = server.add_member("wu", &["sales"], south);
        admin.patch(&super::path_of("account", &made), json!({ "owner": other, "department": south })).expect(200);
        let again = keyed.patch(&super::path_of("account", &made), change).problem(409, "state_conflict");
        assert!(!again.to_string().contains("星河"), "{again}");
        client.post("/records/account", json!({ "name": "星河", "phone": "021-60001234" })).problem(409, "state_conflict");
        // His roles change: what he was answered before may be more than he sees now.
        let keyed = server.sign_in("lin").with_header("idempotency-key", "k-5");
        let own = keyed.post("/records/account", json!({ "name": "月亮" })).expect(201);
        assert_eq!(keyed.post("/records/account", json!({ "name": "月亮" })).expect(201), own);
        admin.patch(&format!("/records/user/{id}"), json!({ "roles": ["sales", "analyst"] })).expect(200);
        let keyed = server.sign_in("lin").with_header("idempotency-key", "k-5");
        keyed.post("/records/account", json!({ "name": "月亮" })).problem(409, "state_conflict");
        assert_eq!(admin.get("/records/account?count=exact&filter=name%20==%20'月亮'").expect(200)["count"]["value"], 1, "carried out once");
    });
}
