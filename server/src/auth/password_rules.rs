//! Which passwords may be set: long enough, not among those guessed first, not made of what everybody knows about their
//! owner. No rules of composition: they make passwords worse.

use guanxi_kernel::identity::SignInPolicy;
use guanxi_kernel::{FieldError, KernelError};
use guanxi_text::password::{is_common, is_monotonous, is_personal};

/// Longest password in bytes; far more than the 128 characters that must be possible.
pub const MAX_BYTES: usize = 1_024;
/// So much of a password must be more than its owner's name, address or company.
const REST: usize = 6;

/// What everybody knows about whose password it is to be.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Full name.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// The company.
    pub company: String,
}

/// Refuses a password that may not be set.
///
/// # Errors
/// The problem, about `field`, with what to do.
pub fn check_new(field: &str, password: &str, about: &About, policy: &SignInPolicy) -> Result<(), KernelError> {
    let problem = |code, zh_cn: String, en: String| Err(KernelError::Invalid(vec![FieldError::new(field, code, zh_cn, en)]));
    let least = policy.password_length;
    if password.chars().count() < least as usize {
        return problem("too_small", format!("密码至少需要{least}个字符"), format!("a password has at least {least} characters"));
    }
    if password.len() > MAX_BYTES {
        return problem("too_long", format!("密码过长，最多{MAX_BYTES}个字节"), format!("a password has at most {MAX_BYTES} bytes"));
    }
    if password.contains('\0') {
        return problem("bad_format", "密码不能包含空字符".into(), "a password cannot hold the character NUL".into());
    }
    if is_common(password) || is_monotonous(password) {
        return problem(
            "bad_format",
            "这个密码很多人在用，容易被猜到。请换一个，比如由几个不相干的词组成".into(),
            "this password is one that is guessed first; choose another one, such as a few words that have nothing to do with each other".into(),
        );
    }
    // Of an address the part before the @ and the name of the host say something; `com` does not.
    if is_personal(password, [about.name.as_str(), about.email.as_str(), about.company.as_str()], REST) {
        return problem(
            "bad_format",
            "密码主要由您的姓名、邮箱或公司名组成，容易被猜到，请换一个".into(),
            "this password is mostly your name, address or company, which is easy to guess; choose another one".into(),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), KernelError> {
        let about = About { name: "林晓峰".into(), email: "linxf@xinghe.example".into(), company: "星河智能设备有限公司".into() };
        check_new("new", password, &about, &SignInPolicy::default())
    }

    #[test]
    fn good_passwords_of_any_composition_pass() {
        let long: String = "春眠不觉晓处处闻啼鸟".chars().cycle().take(200).collect();
        for password in ["Guanxi-demo-2026", "correct horse battery staple", "一个很长也很安全的密码", "🐼🐯🦊🐻🦁🐨🐮🐷", long.as_str()]
        {
            assert!(check(password).is_ok(), "{password}");
        }
    }

    #[test]
    fn weak_passwords_are_refused_with_what_to_do() {
        let too_long = "x1".repeat(600);
        for (password, code) in [
            ("x", "too_small"),
            ("seven77", "too_small"),
            (too_long.as_str(), "too_long"),
            ("with\0nothing", "bad_format"),
            ("password123", "bad_format"),
            ("13812345678", "bad_format"),
            ("LinXiaofeng1", "bad_format"),
            ("xinghe2026", "bad_format"),
        ] {
            let Err(KernelError::Invalid(problems)) = check(password) else { panic!("{password} passes") };
            assert_eq!((problems[0].field.as_str(), problems[0].code), ("new", code), "{password}");
        }
    }
}
