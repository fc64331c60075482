//! Codes of an app that counts time (RFC 6238): six digits, thirty seconds, one step of tolerance either way.

use guanxi_kernel::KernelError;
use guanxi_kernel::context::Ids;
use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// A secret of 160 bits in Base32, as apps take it.
pub fn new_secret(ids: &dyn Ids) -> String {
    let mut bytes = [0; 20];
    ids.random(&mut bytes);
    Secret::from(bytes.to_vec()).to_base32()
}

fn totp(secret: &str, issuer: &str, account: &str) -> Result<Totp, KernelError> {
    let fault = |reason: String| KernelError::Internal(format!("a secret for codes: {reason}"));
    let secret = Secret::try_from_base32(secret).map_err(|error| fault(format!("{error:?}")))?;
    // A colon separates the two in the address.
    let clean = |text: &str| text.replace(':', " ");
    let builder = Builder::new().with_secret(secret).with_account_name(clean(account)).with_issuer(Some(clean(issuer)));
    builder.build().map_err(|error| fault(error.to_string()))
}

/// The address that apps read from the picture.
///
/// # Errors
/// Where the secret is none.
pub fn address(secret: &str, company: &str, email: &str) -> Result<String, KernelError> {
    let issuer = if company.trim().is_empty() { "Guanxi" } else { company };
    totp(secret, issuer, email)?.to_url().map_err(|error| KernelError::Internal(format!("an address for codes: {error}")))
}

/// The step a code belongs to, if it is one of those that count now.
///
/// # Errors
/// Where the secret is none.
pub fn matching_step(secret: &str, code: &str, now: Timestamp) -> Result<Option<i64>, KernelError> {
    let digits: String = code.chars().filter(|it| !it.is_whitespace()).collect();
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    Ok(totp(secret, "Guanxi", "member")?.check(&digits, seconds).and_then(|it| i64::try_from(it).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn step(code: &str, seconds: i64) -> Option<i64> {
        matching_step(SECRET, code, Timestamp::from_second(seconds).unwrap()).unwrap()
    }

    #[test]
    fn the_vectors_of_the_standard() {
        // The last six of its eight digits.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(step(code, seconds), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn one_step_either_way_and_no_further() {
        let at = 1_111_111_109;
        assert_eq!(step("081 804", at + 30), Some(at / 30));
        assert_eq!(step("081804", at - 30), Some(at / 30));
        for code in ["", "081805", "81804", "0081804", "08180a", "０８１８０４"] {
            assert_eq!(step(code, at), None, "{code}");
        }
        assert_eq!((step("081804", at + 90), step("081804", at - 90)), (None, None));
    }

    #[test]
    fn an_address_names_the_company_and_the_member() {
        let address = address(SECRET, "星河: 智能", "lin@xinghe.example").unwrap();
        assert!(address.starts_with("otpauth://totp/") && address.contains(SECRET) && address.contains("lin%40xinghe.example"), "{address}");
    }
}
