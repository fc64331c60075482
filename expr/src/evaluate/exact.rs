//! Arithmetic of decimals as the language defines it: the exact result, rounded half away from zero to 28 significant
//! digits, at most 28 of them after the point; nothing from 10^28 on.
//!
//! The decimals' own operators round in their own way (to 96 bits, half to even), which no database can follow. A filter
//! must find in SQL what evaluation says, down to the last digit, so the rule is one that both can keep.

use rust_decimal::Decimal;

/// Significant digits of a result, and the most after the point.
const DIGITS: u32 = 28;
/// The lower limb of a [`Wide`] holds this many digits.
const LIMB: u32 = 30;
/// Half of a limb's digits, for products.
const HALF: u128 = 10_u128.pow(LIMB / 2);

/// A whole number of up to 60 digits.
#[derive(Clone, Copy)]
struct Wide {
    high: u128,
    /// Below 10^30.
    low: u128,
}

impl Wide {
    fn new(number: u128) -> Self {
        let limb = 10_u128.pow(LIMB);
        Self { high: number / limb, low: number % limb }
    }

    /// The product of two numbers below 2^96.
    fn product(left: u128, right: u128) -> Self {
        let (left_high, left_low, right_high, right_low) = (left / HALF, left % HALF, right / HALF, right % HALF);
        let low = left_low * right_low;
        let middle = left_high * right_low + left_low * right_high + low / HALF;
        Self { high: left_high * right_high + middle / HALF, low: middle % HALF * HALF + low % HALF }
    }

    fn plus(self, other: Self) -> Self {
        let (low, limb) = (self.low + other.low, 10_u128.pow(LIMB));
        Self { high: self.high + other.high + low / limb, low: low % limb }
    }

    /// The difference to a number that is not greater.
    fn minus(self, other: Self) -> Self {
        match self.low.checked_sub(other.low) {
            Some(low) => Self { high: self.high - other.high, low },
            None => Self { high: self.high - other.high - 1, low: self.low + 10_u128.pow(LIMB) - other.low },
        }
    }

    fn is_below(self, other: Self) -> bool {
        (self.high, self.low) < (other.high, other.low)
    }

    fn digits(self) -> u32 {
        if self.high > 0 { LIMB + digits(self.high) } else { digits(self.low) }
    }

    /// Without its last digits, rounded half up. What is left must fit into one number.
    fn without_last(self, digits: u32) -> Option<u128> {
        let power = |digits: u32| 10_u128.checked_pow(digits);
        if digits == 0 {
            return self.high.checked_mul(power(LIMB)?)?.checked_add(self.low);
        }
        // A half shows in the first digit that goes.
        let (kept, first_gone) = if digits <= LIMB {
            let kept = self.high.checked_mul(power(LIMB - digits)?)?.checked_add(self.low / power(digits)?)?;
            (kept, self.low / power(digits - 1)? % 10)
        } else {
            let digits = digits - LIMB;
            (self.high / power(digits)?, self.high / power(digits - 1)? % 10)
        };
        kept.checked_add(u128::from(first_gone >= 5))
    }
}

/// `amount` × 10^-scale as a result of the language.
fn settled(negative: bool, amount: Wide, scale: u32) -> Option<Decimal> {
    let before_point = amount.digits().saturating_sub(scale);
    let kept = scale.min(DIGITS.checked_sub(before_point)?);
    let mantissa = i128::try_from(amount.without_last(scale - kept)?).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, kept).ok()
}

/// Sign, digits and places after the point.
fn parts(number: Decimal) -> (bool, u128, u32) {
    (number.is_sign_negative(), number.mantissa().unsigned_abs(), number.scale())
}

pub(super) fn add(left: Decimal, right: Decimal) -> Option<Decimal> {
    let ((left_negative, left, left_scale), (right_negative, right, right_scale)) = (parts(left), parts(right));
    let scale = left_scale.max(right_scale);
    let left = Wide::product(left, 10_u128.pow(scale - left_scale));
    let right = Wide::product(right, 10_u128.pow(scale - right_scale));
    if left_negative == right_negative {
        return settled(left_negative, left.plus(right), scale);
    }
    if left.is_below(right) { settled(right_negative, right.minus(left), scale) } else { settled(left_negative, left.minus(right), scale) }
}

pub(super) fn multiply(left: Decimal, right: Decimal) -> Option<Decimal> {
    let ((left_negative, left, left_scale), (right_negative, right, right_scale)) = (parts(left), parts(right));
    settled(left_negative != right_negative, Wide::product(left, right), left_scale + right_scale)
}

/// Nothing where the divisor is zero.
pub(super) fn divide(left: Decimal, right: Decimal) -> Option<Decimal> {
    let ((left_negative, left, left_scale), (right_negative, right, right_scale)) = (parts(left), parts(right));
    // left / right / 10^shift is the quotient.
    let shift = i64::from(left_scale) - i64::from(right_scale);
    let (whole, _) = quotient(left, right, -shift)?;
    let places = i64::from(DIGITS.checked_sub(digits(whole))?);
    let (number, rounds_up) = quotient(left, right, places - shift)?;
    let mantissa = i128::try_from(number + u128::from(rounds_up)).ok()?;
    let negative = left_negative != right_negative;
    let found = Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, u32::try_from(places).ok()?);
    found.ok().map(|it| it.normalize())
}

/// The whole part of `left` × 10^`exponent` / `right`, and whether what is left of it is a half or more. Nothing where it
/// has more than 28 digits or there is none.
fn quotient(left: u128, right: u128, exponent: i64) -> Option<(u128, bool)> {
    if right == 0 {
        return None;
    }
    if exponent < 0 {
        let divisor = u32::try_from(-exponent).ok().and_then(|it| 10_u128.checked_pow(it)).and_then(|it| right.checked_mul(it));
        // A divisor that does not fit is more than twice as great as any dividend.
        return Some(divisor.map_or((0, false), |divisor| (left / divisor, left % divisor >= divisor.div_ceil(2))));
    }
    let (mut number, mut rest) = (left / right, left % right);
    for _ in 0..exponent {
        if digits(number) > DIGITS {
            return None;
        }
        number = number * 10 + rest * 10 / right;
        rest = rest * 10 % right;
    }
    (digits(number) <= DIGITS).then_some((number, rest * 2 >= right))
}

/// What is left of a division, with the sign of the dividend. Nothing where the divisor is zero.
pub(super) fn remainder(left: Decimal, right: Decimal) -> Option<Decimal> {
    let ((negative, left, left_scale), (_, right, right_scale)) = (parts(left), parts(right));
    if right == 0 {
        return None;
    }
    let scale = left_scale.max(right_scale);
    let rest = if left_scale < right_scale {
        (left_scale..right_scale).fold(left % right, |rest, _| rest * 10 % right)
    } else {
        // A divisor that does not fit is greater than the dividend.
        10_u128.pow(left_scale - right_scale).checked_mul(right).map_or(left, |right| left % right)
    };
    settled(negative, Wide::new(rest), scale)
}

/// Rounds half away from zero to so many places; negative ones are tens, hundreds and so on.
pub(super) fn round(number: Decimal, places: i64) -> Option<Decimal> {
    let (negative, amount, scale) = parts(number);
    let drop = i64::from(scale).saturating_sub(places);
    if drop <= 0 {
        return Some(number);
    }
    let drop = u32::try_from(drop).unwrap_or(u32::MAX);
    // More digits than there are leave nothing.
    if drop > digits(amount) {
        return Some(Decimal::ZERO);
    }
    let kept = Wide::new(amount).without_last(drop)?;
    if drop <= scale {
        return settled(negative, Wide::new(kept), scale - drop);
    }
    settled(negative, Wide::product(kept, 10_u128.checked_pow(drop - scale)?), 0)
}

fn digits(number: u128) -> u32 {
    number.checked_ilog10().map_or(0, |log| log + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn results_are_exact_as_long_as_they_fit_and_rounded_half_away_from_zero_beyond() {
        type Operator = fn(Decimal, Decimal) -> Option<Decimal>;
        let operators: [(&str, Operator); 5] = [("+", add), ("*", multiply), ("/", divide), ("%", remainder), ("-", |left, right| add(left, -right))];
        let cases = [
            ("0.1", "+", "0.2", "0.3"),
            ("-0.1", "+", "0.1", "0"),
            ("5", "-", "7.25", "-2.25"),
            ("9999999999999999999999999999", "+", "0.5", "10000000000000000000000000000"),
            ("9999999999999999999999999999", "+", "0.4", "9999999999999999999999999999"),
            ("9999999999999999999999999999", "+", "1", ""),
            ("99999999999999999999999999", "+", "0.0000000000000000000000000149", "99999999999999999999999999"),
            ("1.0000000000000000000000000005", "*", "1.5", "1.500000000000000000000000001"),
            ("-1.0000000000000000000000000005", "*", "1.5", "-1.500000000000000000000000001"),
            ("123456789012345678.9", "*", "987654321098765432.1", ""),
            ("12345678901234.56", "*", "98765432109876.54", "1219326311370217133348575181"),
            ("0.00000000000001", "*", "0.00000000000001", "0.0000000000000000000000000001"),
            ("0.00000000000001", "*", "0.000000000000001", "0"),
            ("1", "/", "3", "0.3333333333333333333333333333"),
            ("2", "/", "3", "0.6666666666666666666666666667"),
            ("-200", "/", "3", "-66.66666666666666666666666667"),
            ("1", "/", "0.0000000000000000000000000001", ""),
            ("0.0000000000000000000000000001", "/", "2", "0.0000000000000000000000000001"),
            ("0.0000000000000000000000000001", "/", "3", "0"),
            ("7", "/", "0", ""),
            ("100", "/", "8", "12.5"),
            ("-5", "%", "3", "-2"),
            ("5.5", "%", "-0.4", "0.3"),
            ("7000000000000000000000000000", "%", "0.0000000000000000000000000003", "0.0000000000000000000000000001"),
            ("0.1", "%", "70000000000000000000000000000", "0.1"),
            ("5", "%", "0", ""),
        ];
        for (left, sign, right, wanted) in cases {
            let operator = operators.iter().find(|it| it.0 == sign).map(|it| it.1).unwrap_or(add);
            let found = operator(decimal(left), decimal(right));
            assert_eq!(found, (!wanted.is_empty()).then(|| decimal(wanted)), "{left} {sign} {right}");
        }
    }

    #[test]
    fn rounding_looks_at_the_first_digit_that_goes() {
        let cases = [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("0.4999999999999999999999999999", 0, "0"),
            ("1234.56", -2, "1200"),
            ("50", -2, "100"),
            ("49.99", -2, "0"),
            ("4.9999999999999999999999999999", -1, "0"),
            ("1.5", 40, "1.5"),
            ("1.5", -40, "0"),
            ("1.5", i64::MIN, "0"),
            ("1.5", i64::MAX, "1.5"),
        ];
        for (number, places, wanted) in cases {
            assert_eq!(round(decimal(number), places), Some(decimal(wanted)), "{number} to {places}");
        }
        assert_eq!(round(decimal("79228162514264337593543950335"), -28), None, "out of range");
    }
}
