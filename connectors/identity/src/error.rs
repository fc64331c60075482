//! What can be wrong with a provider, and what mends it.

use std::error::Error;

use guanxi_kernel::identity::ProviderError;
use guanxi_kernel::schema::Label;

/// The provider cannot be asked: an administrator must mend its settings, or the provider itself.
pub fn unreachable(zh_cn: &str, en: &str, cause: impl Into<String>) -> ProviderError {
    ProviderError { code: "provider_unreachable", message: Label::new(zh_cn, en), cause: cause.into() }
}

/// What the provider said does not hold.
pub fn refused(zh_cn: &str, en: &str, cause: impl Into<String>) -> ProviderError {
    ProviderError { code: "provider_refused", message: Label::new(zh_cn, en), cause: cause.into() }
}

/// An error with the reasons behind it.
pub fn whole_cause(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
