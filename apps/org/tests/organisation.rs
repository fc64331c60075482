//! Members and departments: unique addresses, no circles, always an administrator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::write::run_unit;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::json;

guanxi_testkit::on_each_store!(no_two_members_share_an_address, the_last_administrator_stays, departments_and_superiors_form_no_circles,);

fn no_two_members_share_an_address(engine: &TestEngine) {
    let department = engine.department("销售部", None);
    engine.member("lin", &["sales"], department);
    let again = json!({ "name": "另一个", "email": "LIN@test.example", "roles": ["sales"] });
    let error = engine.try_create(&engine.system(), "user", again).unwrap_err();
    assert!(problem_fields(&error).iter().any(|it| it.contains("duplicate")), "{error:?}");
}

fn the_last_administrator_stays(engine: &TestEngine) {
    let department = engine.department("信息部", None);
    let admin = engine.member("chen", &["administrator"], department);
    for change in [json!({ "active": false }), json!({ "roles": ["member"] })] {
        let error = engine.try_update(&admin, "user", admin.actor, change).unwrap_err();
        assert!(problem_fields(&error)[0].ends_with(": rule"), "{error:?}");
    }
    assert_eq!(error_code(&engine.try_delete(&admin, "user", admin.actor).unwrap_err()), "state_conflict");
    let id = admin.actor;
    let erased = run_unit(&admin, admin.new_id(), "erase", Box::new(move |unit| unit.erase("user", id)));
    assert_eq!(error_code(&erased.unwrap_err()), "state_conflict", "nor for good");
    let second = engine.member("fang", &["administrator", "member"], department);
    engine.update(&second, "user", admin.actor, json!({ "active": false }));
    let error = engine.try_update(&second, "user", second.actor, json!({ "roles": ["member"] })).unwrap_err();
    assert_eq!(problem_fields(&error), ["roles: rule"]);
}

fn departments_and_superiors_form_no_circles(engine: &TestEngine) {
    let system = engine.system();
    let top = engine.department("总部", None);
    let middle = engine.department("大区", Some(top));
    let bottom = engine.department("一部", Some(middle));
    for parent in [top, middle, bottom] {
        let error = engine.try_update(&system, "department", top, json!({ "parent": parent })).unwrap_err();
        assert_eq!(problem_fields(&error), ["parent: rule"]);
    }
    engine.update(&system, "department", bottom, json!({ "parent": top }));
    let (boss, rep) = (engine.member("zhao", &["sales_manager"], middle), engine.member("lin", &["sales"], bottom));
    engine.update(&system, "user", rep.actor, json!({ "manager": boss.actor }));
    let error = engine.try_update(&system, "user", boss.actor, json!({ "manager": rep.actor })).unwrap_err();
    assert_eq!(problem_fields(&error), ["manager: rule"]);
}
