//! Signing in: passwords, factors, identity providers.

use crate::directory::SyncPlan;
use crate::http::factor_check::{AskedQuestion, Presented, Signature};
use crate::http::parts::Items;
use crate::http::route::Route;
use crate::http::routes::{
    directory_login, directory_sync, factors, identity_providers, links, login, logout, me_json, my_identities, prove, provider_logout, providers,
    scim_tokens, second_factor,
};
use crate::http::sign_in::NextStep;
use crate::openapi::{Operation, delete, get, patch, post};

impl Operation {
    /// Answers who is signed in now, or 202 with the next step.
    fn signs_in(self) -> Self {
        self.answers::<me_json::Me>().or_begins::<NextStep>()
    }
}

/// Signing in, step by step.
pub(super) fn ways_in() -> Vec<Route> {
    vec![
        post("/auth/login", "signIn", "Sign in").for_everyone().takes::<login::Credentials>().signs_in().by(login::login),
        post("/auth/logout", "signOut", "Sign out").answers::<logout::SignedOut>().by(logout::logout),
        post("/auth/forgotten", "forgotPassword", "Have a link to another password sent to an address")
            .for_everyone()
            .takes::<links::ForgottenPassword>()
            .by(links::forgotten),
        post("/auth/link", "lookAtLink", "For whom a link is")
            .for_everyone()
            .takes::<links::LinkToken>()
            .answers::<links::LinkOwner>()
            .by(links::look),
        post("/auth/password", "choosePassword", "Set the password a link is for, and sign in")
            .for_everyone()
            .takes::<links::ChosenPassword>()
            .signs_in()
            .by(links::choose),
        post("/auth/prove", "proveIdentity", "Prove again who I am, before something sensitive").takes::<prove::PresentedProof>().by(prove::prove),
        get("/auth/step", "getStep", "How far this browser has come with signing in").answers::<NextStep>().by(second_factor::step),
        post("/auth/second-factor", "presentSecondFactor", "The second step of signing in")
            .takes::<Presented>()
            .answers::<me_json::Me>()
            .by(second_factor::second_factor),
        post("/auth/sign", "askToSign", "What my passkeys are asked to sign").answers::<AskedQuestion>().by(second_factor::sign),
        post("/auth/passkey/options", "askForPasskey", "What a passkey is asked to sign to sign in")
            .for_everyone()
            .answers::<AskedQuestion>()
            .by(second_factor::options),
        post("/auth/passkey", "signInByPasskey", "Sign in by a passkey alone")
            .for_everyone()
            .takes::<Signature>()
            .signs_in()
            .by(second_factor::passkey),
    ]
}

/// Signing in by identity providers.
pub(super) fn by_providers() -> Vec<Route> {
    vec![
        post("/auth/providers/{id}/begin", "beginAtProvider", "Begin to sign in by an identity provider")
            .for_everyone()
            .answers::<providers::ProviderPage>()
            .by(providers::begin),
        post("/auth/providers/{id}/answer", "answerOfProvider", "Sign in by what the provider sent the browser back with")
            .for_everyone()
            .takes::<providers::ReturnedAnswer>()
            .answers::<me_json::Me>()
            .or_begins::<providers::ProviderStep>()
            .by(providers::answer),
        post("/auth/providers/{id}/password", "signInByDirectory", "Sign in by an account of a directory")
            .for_everyone()
            .takes::<directory_login::DirectoryCredentials>()
            .answers::<me_json::Me>()
            .or_begins::<providers::ProviderStep>()
            .by(directory_login::login),
        post("/auth/providers/{id}/logout", "signedOutAtProvider", "An identity provider says, signed, that somebody signed out there")
            .for_everyone()
            .takes_form(&["logout_token"])
            .answers::<provider_logout::SignedOutThere>()
            .by(provider_logout::signed_out),
        post("/auth/providers/confirm", "confirmByPassword", "Confirm by the password that the provider's account is mine")
            .for_everyone()
            .takes::<providers::PasswordConfirmation>()
            .signs_in()
            .by(providers::confirm),
        post("/auth/providers/confirm/mail", "confirmByMail", "Have a link sent to confirm it by")
            .for_everyone()
            .takes::<providers::MailConfirmation>()
            .by(providers::confirm_by_mail),
        post("/auth/providers/confirm/link", "confirmByLink", "Confirm it by the link")
            .for_everyone()
            .takes::<providers::MailedConfirmation>()
            .signs_in()
            .by(providers::confirm_by_link),
        get("/me/identities", "listIdentities", "My accounts at identity providers")
            .answers::<Items<my_identities::OwnIdentity>>()
            .by(my_identities::list),
        post("/me/identities/{id}", "bindIdentity", "Begin to bind my account at a provider")
            .answers::<providers::ProviderPage>()
            .by(my_identities::begin),
        delete("/me/identities/{id}", "releaseIdentity", "Sign in by my account at a provider no more").by(my_identities::remove),
    ]
}

/// Identity providers and systems, for administrators.
pub(super) fn identity_providers() -> Vec<Route> {
    vec![
        get("/identity-providers", "listIdentityProviders", "Identity providers members may sign in by")
            .answers::<Items<identity_providers::ToldProvider>>()
            .by(identity_providers::list),
        post("/identity-providers", "addIdentityProvider", "Set an identity provider up")
            .takes::<identity_providers::NewProvider>()
            .creates::<identity_providers::ToldProvider>()
            .by(identity_providers::add),
        patch("/identity-providers/{id}", "changeIdentityProvider", "Change an identity provider")
            .takes::<identity_providers::ChangedProvider>()
            .answers::<identity_providers::ToldProvider>()
            .by(identity_providers::change),
        delete("/identity-providers/{id}", "removeIdentityProvider", "Remove an identity provider with all its bindings")
            .by(identity_providers::remove),
        post("/identity-providers/{id}/check", "checkIdentityProvider", "Ask an identity provider whether it is there")
            .answers::<identity_providers::CheckedProvider>()
            .by(identity_providers::check),
        post("/identity-providers/{id}/sync/plan", "planDirectorySync", "What taking the organisation over from a directory would do")
            .answers::<SyncPlan>()
            .by(directory_sync::plan),
        post("/identity-providers/{id}/sync", "runDirectorySync", "Take the organisation over from a directory")
            .takes::<directory_sync::WantedSync>()
            .begins::<directory_sync::BegunSync>()
            .by(directory_sync::run),
        get("/scim-tokens", "listScimTokens", "Tokens of identity systems that keep members and teams")
            .answers::<scim_tokens::ScimTokens>()
            .by(scim_tokens::list),
        post("/scim-tokens", "addScimToken", "Make a token for an identity system; it is shown once")
            .takes::<scim_tokens::NewScimToken>()
            .creates::<scim_tokens::MadeScimToken>()
            .by(scim_tokens::add),
        delete("/scim-tokens/{id}", "removeScimToken", "Remove a token of an identity system").by(scim_tokens::remove),
    ]
}

/// Second factors of one's own.
pub(super) fn factors() -> Vec<Route> {
    vec![
        get("/me/factors", "listFactors", "My second factors").answers::<factors::OwnFactors>().by(factors::list),
        post("/me/factors/totp", "newTotp", "A secret for an app that counts time").answers::<factors::TotpSecret>().by(factors::new_totp),
        post("/me/factors/totp/confirm", "confirmTotp", "Set the app up by its first code")
            .takes::<factors::FirstCode>()
            .answers::<factors::AddedFactor>()
            .by(factors::confirm_totp),
        post("/me/factors/passkey", "newPasskey", "What the browser needs to make a passkey").answers::<AskedQuestion>().by(factors::new_passkey),
        post("/me/factors/passkey/confirm", "confirmPasskey", "Take the passkey the browser made")
            .takes::<factors::MadePasskey>()
            .answers::<factors::AddedFactor>()
            .by(factors::confirm_passkey),
        delete("/me/factors/{id}", "removeFactor", "Remove one of my factors").by(factors::remove),
        post("/me/recovery-codes", "replaceRecoveryCodes", "Other recovery codes; they are shown once")
            .answers::<factors::RecoveryCodes>()
            .by(factors::recovery_codes),
    ]
}
