//! A form has a key nobody guesses, asks only for what visitors may say, and asks for consent where it is about persons.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::known_records;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};

use crate::forms::{FORM, KEY_LENGTH, asks_how_to_reach, asks_personal_data, origin_of, read_asked};

/// Most websites that embed one form.
const MOST_ORIGINS: usize = 20;

/// See the module.
pub struct WebFormHook;

impl Hook for WebFormHook {
    fn object(&self) -> &str {
        FORM
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create {
            draft.set(context, "key", &json!(new_key(context)))?;
        }
        check_fields(context, draft);
        if draft.value("redirect_url").as_text().is_some_and(|it| !it.starts_with("https://")) {
            draft.problem("redirect_url", "bad_format", "应以 https:// 开头", "must begin with https://");
        }
        take_origins(context, draft)?;
        check_pool(context, tx, draft)
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// 128 random bits: whoever has it may send, and nobody comes upon it.
fn new_key(context: &Context) -> String {
    let mut bytes = [0; KEY_LENGTH / 2];
    context.workspace.ids.random(&mut bytes);
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

fn check_fields(context: &Context, draft: &mut Draft) {
    let (Some(lead), Value::Json(fields)) = (context.schema.object("lead"), draft.value("fields")) else { return };
    match read_asked(lead, &fields) {
        Err(problem) => draft.problem("fields", "bad_format", problem.zh_cn, problem.en),
        Ok(asked) => {
            if !asks_how_to_reach(&asked) {
                draft.problem(
                    "fields",
                    "bad_format",
                    "请加入手机、电话、邮箱、微信或公司名称中的至少一项，否则不能生成线索",
                    "ask for at least one of mobile, phone, e-mail, WeChat and company: no lead is made without",
                );
            }
            let has_consent = draft.value("consent_text").as_text().is_some_and(|it| !it.trim().is_empty());
            if asks_personal_data(&asked) && !has_consent {
                draft.problem(
                    "consent_text",
                    "required",
                    "表单收集个人信息，请填写同意声明",
                    "the form asks for personal data; say what visitors agree to",
                );
            }
        }
    }
}

/// Origins as browsers write them, one a line.
fn take_origins(context: &Context, draft: &mut Draft) -> Result<()> {
    let text = draft.value("allowed_origins").as_text().unwrap_or_default().to_owned();
    let mut origins: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let Some(origin) = origin_of(line) else {
            let shown: String = line.chars().take(80).collect();
            draft.problem(
                "allowed_origins",
                "bad_format",
                format!("“{shown}”不是网站地址，请写成 https://www.example.com"),
                format!("`{shown}` is no website; write it as https://www.example.com"),
            );
            return Ok(());
        };
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    if origins.len() > MOST_ORIGINS {
        draft.problem("allowed_origins", "too_long", format!("最多 {MOST_ORIGINS} 个网站"), format!("at most {MOST_ORIGINS} websites"));
    }
    let tidy = origins.join("\n");
    if tidy != text {
        draft.set(context, "allowed_origins", &if tidy.is_empty() { Json::Null } else { json!(tidy) })?;
    }
    Ok(())
}

fn check_pool(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Value::Id(pool) = draft.value("lead_pool") else { return Ok(()) };
    if !draft.changes("lead_pool") || context.schema.object("pool").is_none() {
        return Ok(());
    }
    let found = known_records(context, tx, "pool", |it| Ok(Condition::equals(it("id")?, Value::Id(pool))), 1)?;
    if found.first().is_some_and(|it| it.value("object").as_text() != Some("lead")) {
        draft.problem("lead_pool", "rule", "这个公海不存放线索", "this pool does not hold leads");
    }
    Ok(())
}
