//! Currencies by their ISO 4217 codes (list one as of 2025: money in use, without funds, metals and test codes).

/// All codes, in alphabetical order.
pub const CURRENCIES: [&str; 154] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN",
    "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB",
    "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR",
    "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD",
    "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR",
    "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE",
    "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW",
];

/// Whether this is the code of a currency, in upper case.
pub fn is_currency(code: &str) -> bool {
    CURRENCIES.binary_search(&code).is_ok()
}

/// The currency a sign stands for beside a number. `¥` and `$` belong to several; then the usual currency decides.
pub(super) fn currency_of_sign(sign: char, usual: &str) -> Option<String> {
    let (default, others): (&str, &[&str]) = match sign {
        '¥' | '￥' => ("CNY", &["JPY"]),
        '元' => ("CNY", &["HKD", "MOP", "TWD", "SGD"]),
        '$' | '＄' => ("USD", &["AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"]),
        '€' => ("EUR", &[]),
        '£' | '￡' => ("GBP", &[]),
        _ => return None,
    };
    Some(if others.contains(&usual) { usual } else { default }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_complete_enough() {
        assert!(CURRENCIES.is_sorted());
        assert!(["CNY", "USD", "EUR", "JPY", "GBP", "HKD", "CHF", "ZMW", "AED"].into_iter().all(is_currency));
        assert!(!is_currency("cny") && !is_currency("RMB") && !is_currency("XXX"));
    }

    #[test]
    fn ambiguous_signs_follow_the_workspace() {
        assert_eq!(currency_of_sign('¥', "CNY").as_deref(), Some("CNY"));
        assert_eq!(currency_of_sign('¥', "JPY").as_deref(), Some("JPY"));
        assert_eq!(currency_of_sign('$', "CNY").as_deref(), Some("USD"));
        assert_eq!(currency_of_sign('$', "HKD").as_deref(), Some("HKD"));
    }
}
