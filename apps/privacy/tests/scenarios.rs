//! The scenarios beside this app's objects.

use guanxi_testkit::{TestEngine, run_scenarios};

#[test]
fn scenarios_hold_on_sqlite() {
    run_scenarios(env!("CARGO_MANIFEST_DIR"), || Some(TestEngine::on_sqlite()));
}

#[test]
fn scenarios_hold_on_postgresql() {
    run_scenarios(env!("CARGO_MANIFEST_DIR"), TestEngine::on_postgresql);
}
