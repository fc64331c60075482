//! Roles and sharing rules bring the indexes that lead to what they accept, and take them along when they go.

use guanxi_kernel::definition::{self, SchemaChange, SchemaStep};
use guanxi_kernel::schema::{Audience, Label, SharingRule};

use crate::fixture::{Fixture, on_both_stores};

fn rule(name: &str, object: &str, when: &str) -> SchemaChange {
    SchemaChange::PutSharingRule {
        rule: SharingRule {
            name: name.into(),
            label: Label::new("规则", "Rule"),
            object: object.into(),
            when: when.into(),
            with: Audience { roles: vec!["rep".into()], ..Audience::default() },
            write: false,
            paused: false,
        },
    }
}

/// The steps of changes: what they do, and to which index.
fn steps(it: &Fixture, changes: &[SchemaChange]) -> Vec<(&'static str, String)> {
    let plan = definition::plan(&it.as_admin(), changes).unwrap();
    assert_eq!(plan.problems, []);
    plan.steps.into_iter().map(|SchemaStep { op, name, .. }| (op, name)).collect()
}

fn stands(it: &Fixture, index: &str) -> bool {
    it.workspace.store.existing_tables().unwrap().iter().any(|it| it.indexes.iter().any(|it| it == index))
}

#[test]
fn rules_of_one_shape_share_an_index_that_goes_with_the_last() {
    on_both_stores(|it| {
        let (first, second) = (rule("first", "account", "level == 'a'"), rule("second", "account", "level in ['a', 'b'] && margin > 5"));
        let created = ["o_account__i_level_name", "o_account__i_level_updated_at"];
        assert_eq!(steps(it, std::slice::from_ref(&first)), created.map(|it| ("create_index", it.to_owned())));
        definition::apply(&it.as_admin(), &[first], false).unwrap();
        assert!(created.iter().all(|name| stands(it, name)));
        assert_eq!(steps(it, std::slice::from_ref(&second)), []);
        definition::apply(&it.as_admin(), &[second], false).unwrap();
        definition::apply(&it.as_admin(), &[SchemaChange::RemoveSharingRule { name: "first".into() }], false).unwrap();
        assert!(created.iter().all(|name| stands(it, name)));
        let last = [SchemaChange::RemoveSharingRule { name: "second".into() }];
        assert_eq!(steps(it, &last), created.map(|it| ("drop_index", it.to_owned())));
        definition::apply(&it.as_admin(), &last, false).unwrap();
        assert!(!created.iter().any(|name| stands(it, name)));
    });
}

#[test]
fn a_rule_through_a_reference_leads_through_both_tables() {
    on_both_stores(|it| {
        let changes = [rule("theirs", "deal", "stage == 'new' && account.owner == me.id")];
        let created = steps(it, &changes);
        for index in ["o_account__i_owner", "o_deal__i_account_name", "o_deal__i_account_updated_at"] {
            assert!(created.contains(&("create_index", index.to_owned())), "{created:?}");
        }
        assert_eq!(created.len(), 3, "{created:?}");
    });
}

#[test]
fn what_compares_nothing_for_equality_is_told_of() {
    on_both_stores(|it| {
        assert_eq!(steps(it, &[rule("rich", "account", "margin > 1000")]), [("change_definition", "rights".to_owned())]);
        let told = steps(it, &[rule("either", "account", "level == 'a' || margin > 1000")]);
        assert_eq!(told.iter().filter(|it| it.0 == "change_definition").count(), 1, "{told:?}");
        assert_eq!(steps(it, &[rule("mine", "account", "owner == me.id")]), []);
    });
}
