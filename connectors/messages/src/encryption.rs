//! Content only one browser can open (RFC 8291: `aes128gcm` of RFC 8188 with keys agreed upon by P-256).

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes128Gcm, KeyInit as _, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;

/// Size of the one record, as every push service takes it (RFC 8291, section 4).
const RECORD: usize = 4_096;
/// Bytes of an uncompressed point.
const POINT: usize = 65;
/// What comes before the record: salt, its size, length and bytes of our key.
const HEADER: usize = 16 + 4 + 1 + POINT;
/// What the cipher adds.
const TAG: usize = 16;
/// Marks the end of the content of the last record.
const LAST: u8 = 2;
/// Contents are filled up to a multiple of this, so that their length says little.
const STEP: usize = 256;

/// The keys of a browser.
#[derive(Debug, Clone)]
pub struct SubscriberKeys {
    public: PublicKey,
    secret: [u8; 16],
}

impl SubscriberKeys {
    /// Reads them as browsers tell them: base64url, with or without padding.
    ///
    /// # Errors
    /// Which of the two is none: `p256dh` or `auth`.
    pub fn read(p256dh: &str, auth: &str) -> Result<Self, &'static str> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let point = bytes(p256dh).ok().filter(|it| it.len() == POINT).ok_or("p256dh")?;
        let public = PublicKey::from_sec1_bytes(&point).map_err(|_| "p256dh")?;
        let secret = bytes(auth).ok().and_then(|it| it.try_into().ok()).ok_or("auth")?;
        Ok(Self { public, secret })
    }
}

/// What makes each message another one. Made up anew each time, of bytes nobody can guess.
#[derive(Clone)]
pub struct Seed {
    salt: [u8; 16],
    key: SecretKey,
}

impl Seed {
    /// Of 48 random bytes; `None` where they are, by a chance that never comes, no key.
    pub fn new(random: [u8; 48]) -> Option<Self> {
        let (salt, key) = random.split_at(16);
        Some(Self { salt: salt.try_into().ok()?, key: SecretKey::from_slice(key).ok()? })
    }
}

/// Encrypts content; `None` where it is too long for one record.
pub fn encrypt(to: &SubscriberKeys, seed: &Seed, content: &[u8]) -> Option<Vec<u8>> {
    let filled = (content.len() + 1).next_multiple_of(STEP).min(RECORD - HEADER - TAG);
    sealed(to, seed, content, filled)
}

fn sealed(to: &SubscriberKeys, seed: &Seed, content: &[u8], length: usize) -> Option<Vec<u8>> {
    if content.len() >= length || length > RECORD - TAG {
        return None;
    }
    let ours = seed.key.public_key().to_sec1_point(false);
    let theirs = to.public.to_sec1_point(false);
    let shared = seed.key.diffie_hellman(&to.public);
    let about = [b"WebPush: info\0".as_slice(), theirs.as_bytes(), ours.as_bytes()].concat();
    let mut agreed = [0; 32];
    Hkdf::<Sha256>::new(Some(&to.secret), shared.raw_secret_bytes()).expand(&about, &mut agreed).ok()?;
    let derived = Hkdf::<Sha256>::new(Some(&seed.salt), &agreed);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    derived.expand(b"Content-Encoding: aes128gcm\0", &mut key).ok()?;
    derived.expand(b"Content-Encoding: nonce\0", &mut nonce).ok()?;
    let mut record = content.to_vec();
    record.push(LAST);
    record.resize(length, 0);
    let cipher = Aes128Gcm::new_from_slice(&key).ok()?.encrypt(&Nonce::from(nonce), record.as_slice()).ok()?;
    let size = u32::try_from(RECORD).ok()?.to_be_bytes();
    let length_of_key = [u8::try_from(POINT).ok()?];
    Some([seed.salt.as_slice(), &size, &length_of_key, ours.as_bytes(), &cipher].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The example of RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out_as_it_stands_there() {
        let to =
            SubscriberKeys::read("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg")
                .unwrap();
        let random = [bytes("DGv6ra1nlYgDCS1FRnbzlw"), bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")].concat();
        let seed = Seed::new(random.try_into().unwrap()).unwrap();
        let content = b"When I grow up, I want to be a watermelon";
        let wanted = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_\
                      yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed(&to, &seed, content, content.len() + 1).unwrap()), wanted);
    }

    #[test]
    fn lengths_say_little_and_what_is_too_long_is_told() {
        let to = SubscriberKeys::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg==",
        )
        .unwrap();
        let seed = Seed::new([7; 48]).unwrap();
        let length = |content: usize| encrypt(&to, &seed, &vec![b'x'; content]).map(|it| it.len());
        assert_eq!(length(1), length(200));
        assert!(length(1) < length(300));
        assert_eq!(length(3_993), Some(4_096), "what every push service takes");
        assert_eq!(length(3_994), None);
    }

    #[test]
    fn what_is_no_key_is_named() {
        let good = ("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg");
        let off_the_curve = URL_SAFE_NO_PAD.encode([[4_u8; 1].as_slice(), &[1; 64]].concat());
        for (p256dh, auth, wrong) in
            [("", good.1, "p256dh"), (off_the_curve.as_str(), good.1, "p256dh"), (good.0, "short", "auth"), (good.0, "", "auth")]
        {
            assert_eq!(SubscriberKeys::read(p256dh, auth).err(), Some(wrong), "{p256dh} {auth}");
        }
    }
}
