//! By what push services know that all pushes come from one sender (RFC 8292).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use serde_json::json;

/// How long what is signed is good: half of what push services take.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(12);

/// A sender's key.
#[derive(Clone)]
pub struct VapidKey(SecretKey);

impl VapidKey {
    /// Of 32 random bytes; `None` where they are, by a chance that never comes, no key.
    pub fn new(random: [u8; 32]) -> Option<Self> {
        SecretKey::from_slice(&random).ok().map(Self)
    }

    /// Reads what [`Self::secret`] wrote.
    pub fn read(secret: &str) -> Option<Self> {
        SecretKey::from_slice(&URL_SAFE_NO_PAD.decode(secret).ok()?).ok().map(Self)
    }

    /// The key itself, to be sealed.
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_bytes())
    }

    /// What browsers are told.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key().to_sec1_point(false).as_bytes())
    }

    /// The value of `Authorization` for a push service; `contact` is whom it may turn to, an https or mailto address.
    pub fn authorization(&self, origin: &str, contact: Option<&str>, now: Timestamp) -> String {
        let mut claims = json!({ "aud": origin, "exp": (now + GOOD_FOR).as_second() });
        if let Some(contact) = contact {
            claims["sub"] = json!(contact);
        }
        let part = |it: &serde_json::Value| URL_SAFE_NO_PAD.encode(it.to_string());
        let signed = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(&claims));
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    #[test]
    fn what_is_signed_is_known_by_the_public_key_alone() {
        let key = VapidKey::new([9; 32]).unwrap();
        assert_eq!(VapidKey::read(&key.secret()).unwrap().public(), key.public());
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let header = key.authorization("https://push.example", Some("https://crm.example"), now);
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let bytes = |it: &str| URL_SAFE_NO_PAD.decode(it).unwrap();
        let known = VerifyingKey::from_sec1_bytes(&bytes(public)).unwrap();
        known.verify(signed.as_bytes(), &Signature::from_slice(&bytes(signature)).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap();
        assert_eq!(claims, json!({ "aud": "https://push.example", "exp": 1_796_126_400, "sub": "https://crm.example" }));
    }
}
