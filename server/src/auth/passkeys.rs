//! Passkeys (WebAuthn): keys that sign, kept by a device or a manager of passwords.
//!
//! They are bound to the address configured as `public-url`; without one, or where it is no name browsers accept, there
//! are none.

use guanxi_kernel::KernelError;
use guanxi_kernel::identity::Factor;
use passki::{
    AuthenticationCredential, AuthenticationOptions, AuthenticationState, Passki, RegistrationCredential, RegistrationOptions, RegistrationState,
    ResidentKeyRequirement, StoredPasskey, UserVerificationRequirement,
};
use serde_json::Value as Json;
use uuid::Uuid;

/// What a browser is asked, and what must be remembered until it answers.
pub struct Question {
    /// For the browser.
    pub options: Json,
    /// For us.
    pub state: Json,
}

/// Asks for passkeys and checks them.
pub struct Passkeys(Passki);

fn fault(error: impl std::fmt::Display) -> KernelError {
    KernelError::Internal(format!("passkeys: {error}"))
}

/// The host of an address, if browsers let passkeys be bound to it: a name, over https or of this machine.
fn host(public_url: &str) -> Option<&str> {
    let (scheme, rest) = public_url.split_once("://")?;
    let host = rest.split([':', '/']).next()?;
    let is_name = host.bytes().any(|it| it.is_ascii_alphabetic()) && !host.starts_with('[');
    let is_safe = scheme == "https" || host == "localhost" || host.ends_with(".localhost");
    (is_name && is_safe).then_some(host)
}

impl Passkeys {
    /// For the address of this server.
    pub fn new(public_url: Option<&str>, company: &str) -> Option<Self> {
        let url = public_url?;
        Some(Self(Passki::new(host(url)?, &[url], if company.trim().is_empty() { "Guanxi" } else { company })))
    }

    /// Asks a member's browser to make a passkey. It must be able to stand for the whole sign-in: found without a name,
    /// and its holder known to it by a finger, a face or a number.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    pub fn ask_for_new(&self, member: Uuid, email: &str, name: &str, there: &[Factor]) -> Result<Question, KernelError> {
        let there = there.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        let mut options = RegistrationOptions::default();
        options.resident_key = ResidentKeyRequirement::Required;
        options.user_verification = UserVerificationRequirement::Required;
        options.exclude_credentials = Some(&there);
        let (options, state) = self.0.start_passkey_registration(member.as_bytes(), email, name, options).map_err(fault)?;
        Ok(Question { options: serde_json::to_value(options).map_err(fault)?, state: serde_json::to_value(state).map_err(fault)? })
    }

    /// The passkey a browser made, as it is stored, and its handle. `None` where the answer does not hold.
    ///
    /// # Errors
    /// Where what was remembered cannot be read.
    pub fn check_new(&self, state: &Json, answer: Json) -> Result<Option<(Json, String)>, KernelError> {
        let state: RegistrationState = serde_json::from_value(state.clone()).map_err(fault)?;
        let Ok(credential) = serde_json::from_value::<RegistrationCredential>(answer) else { return Ok(None) };
        let Ok(made) = self.0.finish_passkey_registration(&credential, &state) else { return Ok(None) };
        let handle = Passki::base64_encode(&made.credential_id);
        Ok(Some((serde_json::to_value(made).map_err(fault)?, handle)))
    }

    /// Asks a browser to sign with one of these passkeys, or with any that it has for us.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    pub fn ask_to_sign(&self, with: &[Factor]) -> Result<Question, KernelError> {
        let with = with.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        let mut options = AuthenticationOptions::default();
        options.user_verification = UserVerificationRequirement::Required;
        let (options, state) = self.0.start_passkey_authentication(&with, options).map_err(fault)?;
        Ok(Question { options: serde_json::to_value(options).map_err(fault)?, state: serde_json::to_value(state).map_err(fault)? })
    }

    /// What is stored of the passkey from now on, where the signature holds.
    ///
    /// # Errors
    /// Where what is stored or was remembered cannot be read.
    pub fn check_signature(&self, state: &Json, answer: Json, factor: &Factor) -> Result<Option<Json>, KernelError> {
        let state: AuthenticationState = serde_json::from_value(state.clone()).map_err(fault)?;
        let mut passkey = stored(factor)?;
        let Ok(credential) = serde_json::from_value::<AuthenticationCredential>(answer) else { return Ok(None) };
        let Ok(signed) = self.0.finish_passkey_authentication(&credential, &state, &passkey) else { return Ok(None) };
        // Where the browser says whose passkey it is, it must be this member's.
        if signed.user_handle.as_deref().is_some_and(|it| it != factor.member.as_bytes()) {
            return Ok(None);
        }
        passkey.counter = signed.counter;
        Ok(Some(serde_json::to_value(passkey).map_err(fault)?))
    }
}

fn stored(factor: &Factor) -> Result<StoredPasskey, KernelError> {
    serde_json::from_value(factor.data.clone()).map_err(fault)
}

/// The handle in a browser's answer: which passkey it signed with.
pub fn handle_of(answer: &Json) -> Option<&str> {
    answer.get("rawId").and_then(Json::as_str).filter(|it| it.len() <= 2_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_bound_to_a_name_that_browsers_accept() {
        for (url, wanted) in [
            ("https://crm.example.com", Some("crm.example.com")),
            ("https://crm.example.com:8443", Some("crm.example.com")),
            ("http://localhost:8480", Some("localhost")),
            ("http://crm.example.com", None),
            ("https://192.168.1.20", None),
            ("https://[fd00::1]:8443", None),
            ("http://127.0.0.1:8480", None),
        ] {
            assert_eq!(host(url), wanted, "{url}");
        }
    }
}
