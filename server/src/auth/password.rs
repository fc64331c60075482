//! Passwords: argon2id, few at once, the same work whether the account exists or not.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use guanxi_kernel::context::Ids;
use guanxi_kernel::schema::Label;
use guanxi_kernel::{FieldError, KernelError};

/// Shortest password in characters.
pub const MIN_LENGTH: usize = 10;
/// Longest password in bytes.
const MAX_BYTES: usize = 1_024;
/// How many passwords are worked on at once; each takes [`Params`]' memory.
pub const AT_ONCE: usize = 2;

/// Hashes and checks passwords.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// What an unknown account's password is checked against.
    decoy: String,
}

impl Passwords {
    /// With the recommended cost: 19 MiB, two passes, one lane.
    ///
    /// # Errors
    /// Where the decoy cannot be hashed.
    pub fn new(ids: &dyn Ids) -> Result<Self, KernelError> {
        Self::with_params(Params::default(), ids)
    }

    /// With the least cost the algorithm allows: for tests.
    ///
    /// # Errors
    /// Where the decoy cannot be hashed.
    pub fn cheap(ids: &dyn Ids) -> Result<Self, KernelError> {
        let params = Params::new(Params::MIN_M_COST, 1, 1, None).map_err(|error| KernelError::Internal(format!("argon2: {error}")))?;
        Self::with_params(params, ids)
    }

    fn with_params(params: Params, ids: &dyn Ids) -> Result<Self, KernelError> {
        let mut passwords = Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), decoy: String::new() };
        passwords.decoy = passwords.hash("no account has this password", ids)?;
        Ok(passwords)
    }

    /// The hash to store.
    ///
    /// # Errors
    /// Where hashing fails.
    pub fn hash(&self, password: &str, ids: &dyn Ids) -> Result<String, KernelError> {
        let mut salt = [0; 16];
        ids.random(&mut salt);
        let hash: Result<PasswordHash, _> = self.argon2.hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|it| it.to_string()).map_err(|error| KernelError::Internal(format!("argon2: {error}")))
    }

    /// Whether the password is the one behind the hash. Without a hash the same work is done for nothing.
    pub fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.decoy));
        let matches = password.len() <= MAX_BYTES && parsed.is_ok_and(|it| self.argon2.verify_password(password.as_bytes(), &it).is_ok());
        matches && hash.is_some()
    }
}

/// Refuses a password that is too weak to be set.
///
/// # Errors
/// The problem, about `field`.
pub fn check_new(field: &str, password: &str, email: &str) -> Result<(), KernelError> {
    let problem =
        |code, zh_cn: &str, en: &str| Err(KernelError::Invalid(vec![FieldError { field: field.to_owned(), code, message: Label::new(zh_cn, en) }]));
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return problem("too_small", "密码至少需要10个字符", "a password has at least 10 characters");
    }
    if password.len() > MAX_BYTES {
        return problem("too_long", "密码过长", "the password is too long");
    }
    let lower = password.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let name = email.split('@').next().unwrap_or_default().to_lowercase();
    if letters.len() < 5 || (name.len() >= 4 && lower.contains(&name) && length < name.len() + 6) {
        return problem("bad_format", "密码过于简单，请换一个不易猜到的", "the password is too easy to guess");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiring::SystemIds;

    #[test]
    fn only_the_right_password_fits_its_hash() {
        let ids = SystemIds::default();
        let passwords = Passwords::cheap(&ids).unwrap();
        let hash = passwords.hash("Guanxi-demo-2026", &ids).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify("Guanxi-demo-2026", Some(&hash)));
        assert!(!passwords.verify("guanxi-demo-2026", Some(&hash)));
        assert!(!passwords.verify("no account has this password", None));
        assert!(!passwords.verify("x", Some("not a hash")));
        assert_ne!(hash, passwords.hash("Guanxi-demo-2026", &ids).unwrap());
    }

    #[test]
    fn weak_passwords_are_refused() {
        for password in ["short", "aaaaaaaaaaaaaa", "linxiaofeng1"] {
            assert!(check_new("new", password, "linxiaofeng@xinghe.example").is_err(), "{password}");
        }
        assert!(check_new("new", "Guanxi-demo-2026", "admin@xinghe.example").is_ok());
        assert!(check_new("new", "一个很长也很安全的密码", "admin@xinghe.example").is_ok());
    }
}
