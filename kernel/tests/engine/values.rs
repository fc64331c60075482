//! Hostile values, and values that lead to what a caller may not see.

use guanxi_kernel::KernelError;
use guanxi_kernel::definition::{SchemaChange, apply};
use serde_json::json;

use crate::fixture::{digest, on_both_stores};

fn problems(error: KernelError) -> Vec<(String, &'static str)> {
    let KernelError::Invalid(problems) = error else { panic!("{error}") };
    problems.into_iter().map(|it| (it.field, it.code)).collect()
}

#[test]
fn hostile_values_are_refused_with_their_field_or_kept_as_they_are() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let field = |toml: &str| SchemaChange::AddField {
            object: "account".into(),
            field: toml::from_str(&format!("label = {{ zh-CN = \"字段\", en = \"Field\" }}\n{toml}")).unwrap(),
        };
        let added = [
            "name = \"note\"\ntype = \"long_text\"",
            "name = \"blob\"\ntype = \"json\"",
            "name = \"count\"\ntype = \"number\"",
            "name = \"born\"\ntype = \"date\"",
            "name = \"met\"\ntype = \"datetime\"",
            "name = \"paper\"\ntype = \"file\"",
        ];
        apply(&admin, &added.map(field), false).unwrap();
        let admin = it.as_admin();
        let before = digest(it, &["account"]);
        let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
        let refused = [
            ("name", json!("a\u{0}b")),
            ("name", json!("x".repeat(10_000))),
            ("name", json!(5)),
            ("name", json!("   ")),
            ("note", json!("n\u{0}l")),
            ("blob", json!({"a": "n\u{0}l"})),
            ("blob", json!("x".repeat(70_000))),
            ("blob", deep),
            ("count", json!(1e30)),
            ("count", json!("99999999999999999999")),
            ("count", json!(1.5)),
            ("margin", json!("1e400")),
            ("margin", json!("99999999999999999999999999999")),
            ("margin", json!("NaN")),
            ("margin", json!(true)),
            ("born", json!("2026-02-30")),
            ("born", json!("2026-13-01")),
            ("born", json!("-0001-01-01")),
            ("born", json!("tomorrow")),
            ("born", json!(20260101)),
            ("met", json!("2026-01-01T25:00:00Z")),
            ("met", json!("99999-01-01T00:00:00Z")),
            ("level", json!("z")),
            ("level", json!(["a"])),
            ("channels", json!(["fax"])),
            ("channels", json!(7)),
            ("phone", json!("12")),
            ("paper", json!("not an id")),
        ];
        for (name, value) in refused {
            let mut values = json!({"name": "A"});
            values[name] = value.clone();
            let shown: String = value.to_string().chars().take(40).collect();
            match it.try_create(&admin, "account", values) {
                Err(error) => assert_eq!(problems(error)[0].0, name, "{shown}"),
                Ok(id) => panic!("{name} took {shown}: {}", it.get(&admin, "account", id).unwrap()),
            }
        }
        assert_eq!(digest(it, &["account"]), before);
        let long = "长".repeat(10_000);
        let values = json!({"name": "'; DROP TABLE o_account; --\u{202e}😀", "note": long, "count": 9_007_199_254_740_991_i64, "margin": "-0.01", "born": "1899-12-31", "met": "1900-01-01T00:00:00Z", "blob": {"a": [1, null, {"b": "\"\\"}]}});
        let id = it.create(&admin, "account", values);
        let json = it.get(&admin, "account", id).unwrap();
        assert_eq!(
            (json["note"].as_str().unwrap(), json["count"].as_i64(), json["margin"].as_str()),
            (long.as_str(), Some(9_007_199_254_740_991), Some("-0.01"))
        );
        assert_eq!((json["born"].as_str(), json["blob"].clone()), (Some("1899-12-31"), json!({"a": [1, null, {"b": "\"\\"}]})));
        assert_eq!(it.names(&admin, "account", "name.startsWith(\"'; drop\")", "name").len(), 1);
    });
}

#[test]
fn who_may_not_see_files_still_reads_records_that_have_one() {
    on_both_stores(|it| {
        let add = SchemaChange::AddField {
            object: "account".into(),
            field: toml::from_str("name = \"paper\"\ntype = \"file\"\nlabel = { zh-CN = \"文件\", en = \"Paper\" }").unwrap(),
        };
        apply(&it.as_admin(), &[add], false).unwrap();
        let file = it.create(&it.system(), "file", json!({"name": "a.pdf", "size": 5, "content_type": "application/pdf"}));
        let id = it.create(&it.as_admin(), "account", json!({"name": "A", "owner": it.ann, "paper": file}));
        assert_eq!(it.get(&it.as_admin(), "account", id).unwrap()["paper"]["size"], 5);
        assert_eq!(it.get(&it.as_ann(), "account", id).unwrap()["paper"], json!({"id": file, "label": null}));
    });
}
