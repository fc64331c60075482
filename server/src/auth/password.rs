//! Passwords: argon2id, few at once, the same work whether the account exists or not.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Ids;

use super::password_rules::MAX_BYTES;

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
}
