//! Secrets of authenticator apps in the database: sealed, also those from before there was a seal, and under another key.

use guanxi_kernel::identity::{self, FactorKind};
use guanxi_kernel::store::StoreExt as _;
use guanxi_server::auth::sealing::{look, seal_the_rest};
use guanxi_testkit::{PASSWORD, TestServer, on_both_stores};
use serde_json::json;
use uuid::Uuid;

use super::second_factor::{code, enrol};

fn kept(server: &TestServer) -> identity::Factor {
    server.workspace.store.read_with(|tx| identity::factors_of_kind(tx, FactorKind::Totp)).unwrap().remove(0)
}

#[test]
fn what_an_app_counts_with_is_not_in_the_database() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let (secret, _) = enrol(server, &mut server.sign_in("lin"));
        assert!(!kept(server).data.to_string().contains(&secret));
        let holds = |text: &str| {
            let files = std::fs::read_dir(server.data_folder()).unwrap();
            files.filter_map(|it| std::fs::read(it.unwrap().path()).ok()).any(|it| it.windows(text.len()).any(|it| it == text.as_bytes()))
        };
        assert!(!holds(&secret));
    });
}

#[test]
fn secrets_from_before_are_sealed_and_a_new_key_seals_them_again() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let (secret, _) = enrol(server, &mut server.sign_in("lin"));
        let (context, vault) = (server.workspace.system_context(Uuid::nil(), "test"), &server.app.vault);
        let works = || {
            server.clock.advance(30);
            let mut client = server.anonymous();
            let reply = client.sign_in("lin@test.example", PASSWORD);
            reply.expect(202);
            client.post("/auth/second-factor", json!({ "code": code(server, &secret, 0) })).expect(200);
        };
        identity::reseal_factor(&context, kept(server).id, json!({ "secret": secret })).unwrap();
        works();
        assert_eq!(look(vault, &context).unwrap().1.len(), 1, "told as not sealed");
        assert_eq!((seal_the_rest(vault, &context).unwrap(), seal_the_rest(vault, &context).unwrap()), (1, 0));
        assert_eq!(look(vault, &context).unwrap(), (1, Vec::new()));
        works();
        let before = kept(server).data;
        vault.rotate(server.workspace.ids.as_ref()).unwrap();
        works();
        assert_eq!(seal_the_rest(vault, &context).unwrap(), 1);
        assert_ne!(kept(server).data, before);
        works();
        // A key that is gone is told, and nobody gets in by a factor that cannot be checked.
        std::fs::write(vault.file(), "0".repeat(64)).unwrap();
        let fresh = guanxi_server::auth::vault::Vault::new(vault.file().to_owned());
        let (count, troubles) = look(&fresh, &context).unwrap();
        assert!(count == 1 && troubles[0].contains("its key"), "{troubles:?}");
    });
}
