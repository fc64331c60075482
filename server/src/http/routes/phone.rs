//! `GET /me/phone`, `POST /me/phone`, `POST /me/phone/confirm`, `DELETE /me/phone`: the number news are texted to, once its owner
//! has typed the code that was sent there.

use axum::extract::State;
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::outreach::sms::{self, NewSms, SmsMessage};
use guanxi_kernel::outreach::sms_gateway::SmsGateway;
use guanxi_kernel::outreach::sms_number::{self, MOST_TRIES};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_text::phone;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::auth::token::sha256_hex;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared};
use crate::messages::send_now;

/// A number that waits for its code.
#[derive(Serialize, JsonSchema)]
pub struct PendingPhone {
    /// The number, E.164.
    number: String,
    /// Until when the code is good.
    expires_at: Timestamp,
    /// How often it may still be guessed.
    tries_left: u32,
}

/// Where news are texted to.
#[derive(Serialize, JsonSchema)]
pub struct PhoneState {
    /// Whether this workspace texts at all.
    available: bool,
    /// The number that was confirmed, E.164.
    number: Option<String>,
    /// When it was.
    confirmed_at: Option<Timestamp>,
    /// A number that waits for its code.
    pending: Option<PendingPhone>,
}

fn state(context: &Context) -> Result<PhoneState, ApiError> {
    let (known, gateway) =
        context.workspace.store.read_with(|tx| Ok::<_, KernelError>((sms_number::number_of(&mut *tx, context.actor)?, SmsGateway::load(tx)?)))?;
    let pending = known.pending.filter(|it| it.expires_at() > context.now && it.tries < MOST_TRIES);
    Ok(PhoneState {
        available: gateway.is_on(),
        number: known.number,
        confirmed_at: known.confirmed_at,
        pending: pending.map(|it| PendingPhone { expires_at: it.expires_at(), tries_left: MOST_TRIES - it.tries, number: it.number }),
    })
}

/// The caller's number.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.require_session()?;
            Answer::json(&state(&signed_in.context)?)
        })
        .await
}

/// A number to be confirmed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPhone {
    /// In any usual form.
    number: String,
}

/// The number in the one form a gateway takes.
///
/// # Errors
/// What is wrong with it.
pub fn mobile(context: &Context, number: &str) -> Result<String, KernelError> {
    let read = phone::normalise(number, &context.workspace.settings().region).ok().filter(|it| it.extension.is_none());
    read.map(|it| it.e164).ok_or_else(|| {
        KernelError::invalid(
            "number",
            "bad_format",
            "请填写完整的手机号，国外号码以 + 和国家代码开头",
            "enter the whole number, with + and the country code where it is abroad",
        )
    })
}

/// Nothing is texted where no gateway is on.
///
/// # Errors
/// `sms_not_configured`.
fn require_gateway(context: &Context) -> Result<(), ApiError> {
    let gateway = context.workspace.store.read_with(|tx| SmsGateway::load(tx))?;
    if gateway.is_on() { Ok(()) } else { Err(not_configured()) }
}

/// What is told where no gateway is on.
pub fn not_configured() -> ApiError {
    ApiError::http(StatusCode::CONFLICT, "sms_not_configured", "尚未启用短信网关，请联系管理员", "no SMS gateway is in use; ask an administrator")
}

/// What is told where a gateway did not take a message.
pub fn not_sent(reason: &str) -> ApiError {
    ApiError::http(
        StatusCode::CONFLICT,
        "sms_not_sent",
        format!("短信网关没有接受（{reason}），请稍后再试或联系管理员"),
        format!("the SMS gateway did not take it ({reason}); try again later or ask an administrator"),
    )
}

/// A message that a limit of the day kept back is told of.
///
/// # Errors
/// `sms_not_sent`.
pub fn require_not_held(message: &SmsMessage) -> Result<(), ApiError> {
    if message.state == "held" {
        return Err(ApiError::http(
            StatusCode::CONFLICT,
            "sms_not_sent",
            "今天的短信已达上限，请明天再试或联系管理员",
            "the day's limit of text messages is reached; try again tomorrow or ask an administrator",
        ));
    }
    Ok(())
}

const DIGITS: u32 = 1_000_000;

fn new_code(context: &Context) -> String {
    // Of 64 bits, so that no code is likelier than another by more than nothing.
    let mut random = [0; 8];
    context.workspace.ids.random(&mut random);
    format!("{:06}", u64::from_be_bytes(random) % u64::from(DIGITS))
}

fn hash(context: &Context, code: &str) -> String {
    sha256_hex(format!("{}/{}/{code}", context.workspace.id, context.actor).as_bytes())
}

/// Has a code sent to a number.
pub async fn begin(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let locale = caller.locale;
    let (context, message, code) = caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            let context = signed_in.context.clone();
            let number = mobile(&context, &body.read::<NewPhone>()?.number)?;
            require_gateway(&context)?;
            let code = new_code(&context);
            let (inner, code_hash) = (context.clone(), hash(&context, &code));
            let message = context.workspace.store.write_with(move |tx| {
                sms_number::begin_confirmation(&inner, tx, &number, &code_hash)?;
                let new = NewSms { member: inner.actor, number: number.clone(), purpose: "code", news: Vec::new() };
                let message = sms::write_down(&inner, tx, &new)?;
                if message.state == "held" {
                    sms_number::take_back(&inner, tx, &code_hash)?;
                }
                Ok::<_, KernelError>(message)
            })?;
            require_not_held(&message)?;
            Ok((context, message, code))
        })
        .await?;
    let answer = app
        .outside(move |app| {
            let company = context.workspace.settings().name.clone();
            let text = Label::new(
                format!("{company}：您的验证码是 {code}，10分钟内有效。如非本人操作请忽略。"),
                format!("{company}: your code is {code}, good for 10 minutes. Ignore this if it was not you."),
            );
            match send_now(&context, &app.messages, &message, context.locale.pick(&text))? {
                Some(reason) => {
                    let (inner, code_hash) = (context.clone(), hash(&context, &code));
                    context.workspace.store.write_with(move |tx| sms_number::take_back(&inner, tx, &code_hash))?;
                    Err(not_sent(&reason))
                }
                None => Answer::json(&state(&context)?),
            }
        })
        .await?;
    answer.map_err(|error| ApiFailure { error, locale: Some(locale) })
}

/// A code that came.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneCode {
    /// Its six digits.
    code: String,
}

/// Confirms the number.
pub async fn confirm(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            let code: String = body.read::<PhoneCode>()?.code.chars().filter(|it| !it.is_whitespace()).collect();
            sms_number::confirm(context, &hash(context, &code))?;
            Answer::json(&state(context)?)
        })
        .await
}

/// Nothing is texted any more.
pub async fn remove(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.require_session()?;
            sms_number::forget(&signed_in.context)?;
            Ok(Answer::empty())
        })
        .await
}
