//! Texts that are written in one form however they are entered: names of companies, and numbers with a check digit.

use guanxi_text::id_numbers::{IdNumberError, resident_id, unified_social_credit_code};
use guanxi_text::{company_name, script};

use super::problem;
use super::text_rules::trim;
use crate::error::FieldError;
use crate::schema::{FieldDefinition, TextForm};

/// The text as a field of this form stores it.
///
/// # Errors
/// `bad_format` for what is no such number, `bad_check_digit` for a typing error in one.
pub(super) fn written(field: &FieldDefinition, form: TextForm, text: &str) -> Result<String, FieldError> {
    match form {
        TextForm::Company => Ok(company_name::written(text)),
        TextForm::CreditCode => unified_social_credit_code(text).map_err(|error| credit_code_problem(field, error)),
        TextForm::IdNumber => resident_id(text).map(|it| it.number).map_err(|error| id_number_problem(field, error)),
    }
}

/// A stored text in its form, whenever it was written; itself where it has none.
pub fn folded(form: TextForm, text: &str) -> String {
    let number = match form {
        TextForm::Company => return company_name::written(text),
        TextForm::CreditCode => unified_social_credit_code(text).ok(),
        TextForm::IdNumber => resident_id(text).ok().map(|it| it.number),
    };
    number.unwrap_or_else(|| trim(text).to_owned())
}

/// How a text may stand in records that were written before the field had its form, the form itself first.
pub fn spellings(form: TextForm, text: &str) -> Vec<String> {
    let mut all = vec![folded(form, text), trim(text).to_owned(), script::fold_width(trim(text))];
    all.dedup();
    all
}

fn credit_code_problem(field: &FieldDefinition, error: IdNumberError) -> FieldError {
    match error {
        IdNumberError::Length { found } => problem(
            field,
            "bad_format",
            format!("统一社会信用代码应为18位，现为{found}位，请补全或删去多余的字符"),
            format!("a unified social credit code has 18 characters, this has {found}; enter it as on the business licence"),
        ),
        IdNumberError::Character { place, character } => problem(
            field,
            "bad_format",
            format!("第{place}位不能是“{character}”：代码由数字和大写字母组成，没有 I、O、S、V、Z，第3至8位都是数字"),
            format!(
                "character {place} cannot be {character:?}: digits and capitals without I, O, S, V and Z, and digits alone from the 3rd to the 8th"
            ),
        ),
        IdNumberError::Content => problem(field, "bad_format", "没有这样的统一社会信用代码", "there is no such unified social credit code"),
        IdNumberError::CheckDigit { found } => problem(
            field,
            "bad_check_digit",
            format!("最后一位校验码“{found}”与前17位不符，有一位抄错了，请对照营业执照更正"),
            format!(
                "the check digit {found:?} at the end does not fit the 17 characters before it: one is mistyped; compare it with the business licence"
            ),
        ),
    }
}

fn id_number_problem(field: &FieldDefinition, error: IdNumberError) -> FieldError {
    match error {
        IdNumberError::Length { found } => problem(
            field,
            "bad_format",
            format!("身份证号码应为18位，现为{found}位，请补全或删去多余的字符"),
            format!("a resident identity number has 18 characters, this has {found}; enter all of it"),
        ),
        IdNumberError::Character { place, character } => problem(
            field,
            "bad_format",
            format!("第{place}位不能是“{character}”：前17位是数字，最后一位是数字或 X"),
            format!("character {place} cannot be {character:?}: 17 digits, and a digit or X at the end"),
        ),
        IdNumberError::Content => problem(
            field,
            "bad_format",
            "号码中的地区或出生日期不存在，请对照证件更正",
            "there is no such region or date of birth as in the number; compare it with the card",
        ),
        IdNumberError::CheckDigit { found } => problem(
            field,
            "bad_check_digit",
            format!("最后一位校验码“{found}”与前17位不符，有一位抄错了，请对照证件更正"),
            format!("the check digit {found:?} at the end does not fit the 17 digits before it: one is mistyped; compare it with the card"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, refused};
    use super::super::{FieldType as _, text::TextField};
    use super::*;
    use crate::schema::FieldKind;
    use guanxi_expr::Value;
    use serde_json::json;

    fn of(form: TextForm) -> FieldDefinition {
        FieldDefinition { form: Some(form), ..field(FieldKind::Text) }
    }

    fn stored(form: TextForm, text: &str) -> String {
        match TextField.parse(&of(form), &json!(text), &context()).expect("a value").first() {
            Some(Value::Text(text)) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn codes_are_stored_in_one_form() {
        for text in ["91110000802100433b", " 9111 0000 8021 0043 3B", "９１１１００００８０２１００４３３Ｂ", "911100-00802100433B"]
        {
            assert_eq!(stored(TextForm::CreditCode, text), "91110000802100433B", "{text}");
        }
        assert_eq!(stored(TextForm::IdNumber, "11010519491231002x"), "11010519491231002X");
        assert_eq!(TextField.parse(&of(TextForm::CreditCode), &json!("  "), &context()), Ok(vec![Value::Null]));
    }

    #[test]
    fn a_typing_error_is_told_by_its_check_digit_and_other_faults_by_their_place() {
        let told = |form: TextForm, text: &str| TextField.parse(&of(form), &json!(text), &context()).expect_err(text);
        let wrong = told(TextForm::CreditCode, "91110000802100433C");
        assert_eq!(wrong.code, "bad_check_digit");
        assert!(wrong.message.zh_cn.contains("“C”") && wrong.message.zh_cn.contains("营业执照") && wrong.message.en.contains("'C'"), "{wrong:?}");
        let place = told(TextForm::CreditCode, "91110000I02100433B");
        assert!(place.code == "bad_format" && place.message.zh_cn.contains("第9位不能是“I”"), "{place:?}");
        let short = told(TextForm::CreditCode, "9111");
        assert!(short.code == "bad_format" && short.message.zh_cn.contains("现为4位"), "{short:?}");
        assert_eq!(refused(&of(TextForm::IdNumber), json!("110105194912310021")), "bad_check_digit");
        assert!(told(TextForm::IdNumber, "110105194902300020").message.zh_cn.contains("出生日期"));
    }

    #[test]
    fn what_was_stored_before_is_looked_for_too() {
        assert_eq!(spellings(TextForm::Company, "星河（上海）有限公司"), ["星河（上海）有限公司", "星河(上海)有限公司"]);
        assert_eq!(spellings(TextForm::CreditCode, "91110000802100433b"), ["91110000802100433B", "91110000802100433b"]);
        assert_eq!(folded(TextForm::CreditCode, " 1234 "), "1234");
        assert_eq!(folded(TextForm::Company, "星河(上海)有限公司"), folded(TextForm::Company, "星河（上海）有限公司"));
    }
}
