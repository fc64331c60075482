//! `/sms-gateway` and `/sms-messages`: the gateway text messages go through, as an administrator sets it up, and what became of
//! the messages. The secret goes in and never comes out.

use axum::extract::State;
use guanxi_kernel::context::Context;
use guanxi_kernel::outreach::sms::{self, NewSms, SmsMessage};
use guanxi_kernel::outreach::sms_gateway::{self, SmsGateway};
use guanxi_kernel::schema::{AnyJson, Label};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{FieldError, KernelError};
use guanxi_messages::check_body;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::phone::{mobile, not_configured, require_not_held};
use super::record_history::page_size;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::parts::{Items, Reference};
use crate::http::{Answer, Caller, Query, Shared, Titles};
use crate::messages::{seal_secret, send_now};

/// Most messages a day that a limit may allow.
const MOST: u32 = 1_000_000;
/// Longest secret, in characters.
const LONGEST_SECRET: usize = 1_000;
/// Longest address, in characters.
const LONGEST_ADDRESS: usize = 2_000;
/// Headers that are ours, or the connection's, to set.
const OURS: [&str; 8] =
    ["host", "content-type", "content-length", "transfer-encoding", "connection", "x-guanxi-id", "x-guanxi-timestamp", "x-guanxi-signature"];

/// The gateway text messages go through.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SmsGateway")]
pub struct ToldGateway {
    /// Whether anything is sent.
    enabled: bool,
    /// Where it listens; empty where none is set up.
    address: String,
    /// What it is sent: JSON, of which the texts may hold `{number}`, `{text}`, `{id}` and `{secret}`.
    #[schemars(with = "AnyJson")]
    body: Json,
    /// Header that carries the secret as it is; null where each message is only signed.
    header: Option<String>,
    /// Most messages to one member a day.
    member_cap: u32,
    /// Most messages of the workspace a day.
    daily_cap: u32,
    /// It has a secret, which is not told.
    secret_set: bool,
    /// How many messages went out today.
    sent_today: u64,
}

fn tell(context: &Context) -> Result<ToldGateway, ApiError> {
    let (it, sent_today) =
        context.workspace.store.read_with(|tx| Ok::<_, KernelError>((SmsGateway::load(&mut *tx)?, sms::sent_today(context, tx, None)?)))?;
    Ok(ToldGateway {
        enabled: it.enabled,
        address: it.address,
        body: it.body,
        header: it.header,
        member_cap: it.member_cap,
        daily_cap: it.daily_cap,
        secret_set: it.secret.is_some(),
        sent_today,
    })
}

/// The gateway.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.context.access.require_administrator()?;
            Answer::json(&tell(&signed_in.context)?)
        })
        .await
}

/// What is changed of it; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedSmsGateway {
    /// Whether anything is sent.
    enabled: Option<bool>,
    /// Where it listens: https.
    address: Option<String>,
    /// What it is sent.
    #[schemars(with = "Option<AnyJson>")]
    body: Option<Json>,
    /// Header that carries the secret as it is; empty for none.
    header: Option<String>,
    /// Most messages to one member a day.
    member_cap: Option<u32>,
    /// Most messages of the workspace a day.
    daily_cap: Option<u32>,
    /// What messages are signed with. It is sealed and never told again.
    secret: Option<String>,
}

/// Changes it.
pub async fn change(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let it: ChangedSmsGateway = body.read()?;
            let secret = it.secret.as_deref().map(str::trim).filter(|it| is_secret(it));
            let sealed = secret.map(|it| seal_secret(&app.messages.vault, context, it)).transpose()?;
            let address = it.address.as_deref().map(str::trim).filter(|it| !it.is_empty());
            let fault = address.and_then(|it| app.messages.sms.check(it).err());
            sms_gateway::save(context, move |before| changed(before, &it, sealed.clone(), fault.as_deref()))?;
            Answer::json(&tell(context)?)
        })
        .await
}

fn is_secret(secret: &str) -> bool {
    secret.len() >= 8 && secret.chars().count() <= LONGEST_SECRET && secret.chars().all(|it| it.is_ascii_graphic() || it == ' ')
}

/// The gateway as it is after a change. `sealed` is the secret of the change, where it has a good one, `fault` what is wrong with
/// its address.
fn changed(before: SmsGateway, it: &ChangedSmsGateway, sealed: Option<String>, fault: Option<&str>) -> Result<SmsGateway, KernelError> {
    let moved = it.address.as_ref().is_some_and(|address| address.trim() != before.address);
    let mut problems = Vec::new();
    let mut wrong = |field: &str, code: &'static str, zh_cn: &str, en: String| problems.push(FieldError::new(field, code, zh_cn, en));
    let mut after = before.clone();
    after.enabled = it.enabled.unwrap_or(before.enabled);
    after.address = it.address.as_deref().map_or(before.address, |it| it.trim().to_owned());
    after.body = it.body.clone().unwrap_or(before.body);
    after.header = it.header.as_ref().map_or(before.header, |it| Some(it.trim().to_ascii_lowercase()).filter(|it| !it.is_empty()));
    after.member_cap = it.member_cap.unwrap_or(before.member_cap);
    after.daily_cap = it.daily_cap.unwrap_or(before.daily_cap);
    if let Some(reason) = fault.or_else(|| (after.address.chars().count() > LONGEST_ADDRESS).then_some("too long")) {
        wrong(
            "address",
            "bad_format",
            "须为公网的 https 地址；内网地址须由服务器管理员列入 --sms-hosts",
            format!("no address on the internet: {reason}"),
        );
    }
    if after.enabled && after.address.is_empty() {
        wrong("address", "required", "启用前请填写网关地址", "enter the address before it is used".into());
    }
    if let Err((zh_cn, en)) = check_body(&after.body) {
        wrong("body", "bad_format", zh_cn, en.into());
    }
    if after.header.as_ref().is_some_and(|it| !is_header(it)) {
        wrong("header", "bad_format", "不是可用的请求头名称", "is no header that may be set".into());
    }
    for (field, cap) in [("member_cap", after.member_cap), ("daily_cap", after.daily_cap)] {
        if cap == 0 || cap > MOST {
            wrong(field, if cap == 0 { "too_small" } else { "too_large" }, "应在1到1000000之间", format!("must be between 1 and {MOST}"));
        }
    }
    match it.secret {
        Some(_) if sealed.is_none() => {
            wrong("secret", "bad_format", "至少8个英文字母、数字或符号", "at least 8 characters, letters, digits and signs of ASCII".into());
        }
        Some(_) => after.secret = sealed,
        // Who may change the address must not get the secret sent to one of his own.
        None if moved && before.secret.is_some() => {
            wrong("secret", "required", "更换地址时请重新填写密钥", "enter the secret anew with another address".into())
        }
        None if after.enabled && before.secret.is_none() => {
            wrong("secret", "required", "启用前请填写密钥", "enter a secret before it is used".into())
        }
        None => {}
    }
    if problems.is_empty() { Ok(after) } else { Err(KernelError::Invalid(problems)) }
}

fn is_header(name: &str) -> bool {
    name.len() <= 100 && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_') && !OURS.contains(&name)
}

/// To which number a trial goes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsTrial {
    /// In any usual form.
    number: String,
}

/// What became of a trial.
#[derive(Serialize, JsonSchema)]
pub struct SmsTried {
    /// Whether the gateway took it.
    taken: bool,
    /// Why not.
    problem: Option<String>,
}

/// Sends a trial.
pub async fn test(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let locale = caller.locale;
    let (context, message) = caller
        .call(move |signed_in| {
            let context = signed_in.context.clone();
            context.access.require_administrator()?;
            let number = mobile(&context, &body.read::<SmsTrial>()?.number)?;
            if !context.workspace.store.read_with(|tx| SmsGateway::load(tx))?.is_on() {
                return Err(not_configured());
            }
            let inner = context.clone();
            let message = context.workspace.store.write_with(move |tx| {
                let new = NewSms { member: inner.actor, number: number.clone(), purpose: "test", news: Vec::new() };
                sms::write_down(&inner, tx, &new)
            })?;
            require_not_held(&message)?;
            Ok((context, message))
        })
        .await?;
    let answer = app
        .outside(move |app| {
            let company = context.workspace.settings().name.clone();
            let text = Label::new(format!("{company}：短信网关测试成功。"), format!("{company}: the SMS gateway works."));
            let problem = send_now(&context, &app.messages, &message, context.locale.pick(&text))?;
            Answer::json(&SmsTried { taken: problem.is_none(), problem })
        })
        .await?;
    answer.map_err(|error| ApiFailure { error, locale: Some(locale) })
}

/// A text message; what it said is not kept.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SmsMessage")]
pub struct ToldSms {
    /// Id, which the gateway is told as well.
    id: Uuid,
    /// To whom.
    member: Reference,
    /// The end of the number.
    number: String,
    /// What it was for.
    #[schemars(extend("enum" = sms::PURPOSES))]
    purpose: String,
    /// How far it came; `held` is one that a limit of the day kept back.
    #[schemars(extend("enum" = sms::STATES))]
    state: String,
    /// Tries so far.
    attempts: i64,
    /// Why the last one failed.
    last_error: Option<String>,
    /// When it came into the queue.
    created_at: Timestamp,
    /// When the gateway took it.
    sent_at: Option<Timestamp>,
}

/// Digits of a number that are told: enough to tell two apart.
const SHOWN: usize = 4;

fn told(titles: &Titles, it: SmsMessage) -> ToldSms {
    let end: String = it.number.chars().skip(it.number.chars().count().saturating_sub(SHOWN)).collect();
    ToldSms {
        id: it.id,
        member: titles.reference(it.member),
        number: format!("…{end}"),
        purpose: it.purpose,
        state: it.state,
        attempts: it.attempts,
        last_error: it.last_error,
        created_at: it.created_at,
        sent_at: it.sent_at,
    }
}

/// What became of the messages, the newest first.
pub async fn messages(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let limit = page_size(&query)?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let items = context.workspace.store.read_with(|tx| {
                let all = sms::messages(context, tx, limit)?;
                let mut titles = Titles::default();
                all.iter().for_each(|it| titles.want(guanxi_kernel::identity::MEMBER_OBJECT, it.member));
                titles.load(context, tx)?;
                Ok::<_, KernelError>(all.into_iter().map(|it| told(&titles, it)).collect())
            })?;
            Answer::json(&Items::<ToldSms> { items })
        })
        .await
}
