//! Providers of identities, which vouch for members who sign in elsewhere: what an administrator sets for each, and how
//! one is asked. Who speaks their protocol is a connector; here is what it is told and what it answers.

use guanxi_expr::Value;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::directory::LdapSettings;
use super::foreign::forget_identities_of_provider;
use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::schema::{ID, Label};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::PROVIDER;

const NAME: usize = 1;
const ENABLED: usize = 2;
const SETTINGS: usize = 3;
const SECRET: usize = 4;
const UPDATED_AT: usize = 6;

/// Most providers of one workspace.
const MAX_PROVIDERS: u64 = 20;
/// Longest text of a setting.
const MAX_TEXT: usize = 500;

/// New members a provider vouches for are made by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMembers {
    /// Roles they get.
    pub roles: Vec<String>,
    /// Their department.
    pub department: Option<Uuid>,
    /// Only where the address ends in one of these, such as `example.com`; of any where empty.
    pub domains: Vec<String>,
}

/// How an OpenID Connect provider is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// Its address, below which `.well-known/openid-configuration` is.
    pub issuer: String,
    /// What it calls this server.
    pub client_id: String,
    /// Who signs out here is signed out there as well.
    pub signs_out: bool,
    /// Whether members are made of people it vouches for whom nobody knows here; null where not.
    pub new_members: Option<NewMembers>,
}

/// What an administrator sets for a provider, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProviderSettings {
    /// OpenID Connect.
    Oidc(OidcSettings),
    /// A directory, asked by LDAP.
    Ldap(Box<LdapSettings>),
}

impl ProviderSettings {
    /// Its kind, also as the audit log calls signing in by it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Oidc(_) => "oidc",
            Self::Ldap(_) => "ldap",
        }
    }

    /// Whether members are made of people it vouches for whom nobody knows here.
    pub fn new_members(&self) -> Option<&NewMembers> {
        match self {
            Self::Oidc(it) => it.new_members.as_ref(),
            Self::Ldap(it) => it.new_members.as_ref(),
        }
    }
}

/// A provider of identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Id.
    pub id: Uuid,
    /// What people know it as.
    pub name: String,
    /// Whether members may sign in by it.
    pub enabled: bool,
    /// How it is asked.
    pub settings: ProviderSettings,
    /// What this server proves itself to it with, sealed.
    pub secret: Option<String>,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is to be set. A secret that is not named stays.
#[derive(Debug, Clone)]
pub struct ProviderDraft {
    /// What people know it as.
    pub name: String,
    /// Whether members may sign in by it.
    pub enabled: bool,
    /// How it is asked.
    pub settings: ProviderSettings,
    /// The secret, sealed; `Some(None)` takes it away.
    pub secret: Option<Option<String>>,
}

/// Why a provider could not be asked or was not believed: what is wrong and what mends it. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderError {
    /// Stable code.
    pub code: &'static str,
    /// For whoever reads it.
    pub message: Label,
    /// For the log: what exactly.
    pub cause: String,
}

/// What a browser is sent to a provider with. All of it is made for this once.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    /// Where the provider sends the browser back to.
    pub redirect: String,
    /// Comes back with it.
    pub state: String,
    /// Comes back within what the provider signs.
    pub nonce: String,
    /// What only who began can redeem the answer with.
    pub verifier: String,
}

/// What a browser came back with.
#[derive(Debug, Clone)]
pub struct ProviderAnswer {
    /// The code.
    pub code: String,
    /// The issuer that says it answers.
    pub issuer: Option<String>,
}

/// Whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignIdentity {
    /// What the provider knows him by, for ever.
    pub subject: String,
    /// What the provider calls the session he has there, where it says.
    pub session: Option<String>,
    /// His address, where the provider says that it is his.
    pub verified_email: Option<String>,
    /// His name.
    pub name: Option<String>,
}

/// A provider says that somebody signed out there: all his sessions, or one of them. What it signed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignSignOut {
    /// What the provider knows him by.
    pub subject: Option<String>,
    /// The session there.
    pub session: Option<String>,
    /// Names what the provider signed; it counts once.
    pub token: String,
}

/// What is known of a provider after it was asked for its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCheck {
    /// Where browsers are sent to.
    pub authorization: String,
    /// Keys it signs with now.
    pub keys: usize,
    /// It can sign people out.
    pub signs_out: bool,
}

/// Result of asking a provider.
pub type Asked<T> = std::result::Result<T, ProviderError>;

/// Speaks OpenID Connect. Blocks while it asks.
pub trait OidcConnector: Send + Sync {
    /// Asks a provider for its configuration and keys, past what is remembered.
    ///
    /// # Errors
    /// Where it cannot be reached or does not say what it must.
    fn check(&self, settings: &OidcSettings, now: Timestamp) -> Asked<ProviderCheck>;

    /// Where to send a browser.
    ///
    /// # Errors
    /// As [`Self::check`].
    fn begin(&self, settings: &OidcSettings, request: &SignInRequest, now: Timestamp) -> Asked<String>;

    /// Redeems the code a browser came back with, and checks what the provider signed.
    ///
    /// # Errors
    /// As [`Self::check`]; where the provider does not redeem it, or what it signed does not hold.
    fn redeem(
        &self,
        settings: &OidcSettings,
        secret: Option<&str>,
        request: &SignInRequest,
        answer: &ProviderAnswer,
        now: Timestamp,
    ) -> Asked<ForeignIdentity>;

    /// Where a browser signs out; `None` where the provider has no such place.
    ///
    /// # Errors
    /// As [`Self::check`].
    fn sign_out(&self, settings: &OidcSettings, back: &str, now: Timestamp) -> Asked<Option<String>>;

    /// Checks a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6); whether it comes a second time is for the caller
    /// to find out.
    ///
    /// # Errors
    /// As [`Self::check`]; where what the provider signed does not hold.
    fn signed_out(&self, settings: &OidcSettings, token: &str, now: Timestamp) -> Asked<ForeignSignOut>;
}

fn read_provider(row: &[Value]) -> Option<Provider> {
    let [Value::Id(id), Value::Text(name), Value::Bool(enabled), Value::Json(settings), secret, Value::DateTime(created), Value::DateTime(updated)] =
        row
    else {
        return None;
    };
    Some(Provider {
        id: *id,
        name: name.clone(),
        enabled: *enabled,
        settings: serde_json::from_value((**settings).clone()).ok()?,
        secret: secret.as_text().map(str::to_owned),
        created_at: *created,
        updated_at: *updated,
    })
}

/// All providers, in the order they were set up.
///
/// # Errors
/// Fails where the database does.
pub fn providers(tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<Provider>> {
    let rows = tx.rows(&Select::all(&PROVIDER, Condition::True).order_by(ID, false))?;
    Ok(rows.iter().filter_map(|it| read_provider(it)).collect())
}

/// One provider.
///
/// # Errors
/// Not found where there is none.
pub fn provider(tx: &mut (impl ReadTx + ?Sized), id: Uuid) -> Result<Provider> {
    let row = tx.first(&Select::all(&PROVIDER, of(id)))?;
    row.as_deref().and_then(read_provider).ok_or(KernelError::NotFound)
}

fn of(id: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(ID), Value::Id(id))
}

fn may_change(context: &Context) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()
}

/// Sets a provider up, under a new id that its secret is sealed for.
///
/// # Errors
/// Forbidden to all but administrators who have just proved who they are; settings that do not fit, by their names.
pub fn add_provider(context: &Context, id: Uuid, draft: &ProviderDraft) -> Result<Provider> {
    may_change(context)?;
    refuse(problems(context, draft))?;
    let (inner, draft) = (context.clone(), draft.clone());
    context.workspace.store.write_with(move |tx| {
        if tx.count(&Select::all(&PROVIDER, Condition::True), None)? >= MAX_PROVIDERS {
            return Err(KernelError::conflict("state_conflict", "身份提供方数量已达上限", "there are too many providers"));
        }
        let row = vec![
            Value::Id(id),
            Value::Text(draft.name.clone()),
            Value::Bool(draft.enabled),
            Value::Json(Box::new(stored(&draft.settings)?)),
            draft.secret.clone().flatten().map_or(Value::Null, Value::Text),
            Value::DateTime(inner.now),
            Value::DateTime(inner.now),
        ];
        tx.insert(&Insert { table: PROVIDER.clone(), columns: (0..=UPDATED_AT).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        note(&inner, tx, "add_identity_provider", id, json!({ "after": told(&draft) }))?;
        provider(tx, id)
    })
}

/// Changes a provider. Where it is another one from now on, what it said of members before counts for nothing.
///
/// # Errors
/// As [`add_provider`]; not found; another address with the secret of the one before, which it must not be sent.
pub fn change_provider(context: &Context, id: Uuid, draft: &ProviderDraft) -> Result<Provider> {
    may_change(context)?;
    refuse(problems(context, draft))?;
    let (inner, draft) = (context.clone(), draft.clone());
    context.workspace.store.write_with(move |tx| {
        let before = provider(tx, id)?;
        let moved = place(&before.settings) != place(&draft.settings);
        if moved && before.secret.is_some() && draft.secret.is_none() {
            return Err(KernelError::invalid(
                "secret",
                "required",
                "提供方地址已更改，请重新填写密钥：原密钥不会发送到新地址",
                "the provider's address is another one: enter the secret again, the old one is not sent there",
            ));
        }
        let mut set = vec![
            (NAME, Set::To(Value::Text(draft.name.clone()))),
            (ENABLED, Set::To(Value::Bool(draft.enabled))),
            (SETTINGS, Set::To(Value::Json(Box::new(stored(&draft.settings)?)))),
            (UPDATED_AT, Set::To(Value::DateTime(inner.now))),
        ];
        if let Some(secret) = &draft.secret {
            set.push((SECRET, Set::To(secret.clone().map_or(Value::Null, Value::Text))));
        }
        tx.update(&Update { table: PROVIDER.clone(), set, condition: of(id) })?;
        let forgotten = if moved { forget_identities_of_provider(tx, id)? } else { 0 };
        let old = ProviderDraft { name: before.name, enabled: before.enabled, settings: before.settings, secret: None };
        let detail = json!({ "before": told(&old), "after": told(&draft), "identities_forgotten": forgotten });
        note(&inner, tx, "change_identity_provider", id, detail)?;
        provider(tx, id)
    })
}

/// Removes a provider with what it said of members: nobody signs in by it any more.
///
/// # Errors
/// Forbidden to all but administrators who have just proved who they are; not found.
pub fn remove_provider(context: &Context, id: Uuid) -> Result<()> {
    may_change(context)?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let before = provider(tx, id)?;
        tx.delete(&Delete { table: PROVIDER.clone(), condition: of(id) })?;
        let forgotten = forget_identities_of_provider(tx, id)?;
        note(&inner, tx, "remove_identity_provider", id, json!({ "name": before.name, "identities_forgotten": forgotten }))
    })
}

/// Stores a provider's secret sealed anew, unless it was changed meanwhile.
///
/// # Errors
/// Fails where the database does.
pub fn reseal_provider(context: &Context, id: Uuid, before: &str, after: &str) -> Result<bool> {
    let unchanged = of(id).and(Condition::equals(ColumnRef::main(SECRET), Value::Text(before.to_owned())));
    let update = Update { table: PROVIDER.clone(), set: vec![(SECRET, Set::To(Value::Text(after.to_owned())))], condition: unchanged };
    Ok(context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?))? == 1)
}

fn note(context: &Context, tx: &mut dyn WriteTx, verb: &'static str, id: Uuid, mut detail: Json) -> Result<()> {
    detail["provider"] = json!(id);
    audit::append(context, tx, verb, None, None, None, 0, Some(detail))
}

/// What the audit log holds of a provider; of its secret only whether one was set.
fn told(draft: &ProviderDraft) -> Json {
    json!({ "name": draft.name, "enabled": draft.enabled, "settings": draft.settings, "secret_set": draft.secret.as_ref().map(Option::is_some) })
}

fn stored(settings: &ProviderSettings) -> Result<Json> {
    serde_json::to_value(settings).map_err(|error| KernelError::Internal(error.to_string()))
}

/// What makes a provider the one it is: with another of it, its subjects are other people.
fn place(settings: &ProviderSettings) -> (&str, &str) {
    match settings {
        ProviderSettings::Oidc(it) => (&it.issuer, &it.client_id),
        ProviderSettings::Ldap(it) => (&it.host, &it.attributes.id),
    }
}

fn refuse(problems: Vec<FieldError>) -> Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
}

fn problems(context: &Context, draft: &ProviderDraft) -> Vec<FieldError> {
    let mut problems = Vec::new();
    let mut need = |field: &str, text: &str| {
        if text.trim().is_empty() {
            problems.push(FieldError::new(field, "required", "请填写", "is required"));
        } else if text.chars().count() > MAX_TEXT {
            problems.push(FieldError::new(field, "too_long", format!("最多{MAX_TEXT}个字符"), format!("has more than {MAX_TEXT} characters")));
        }
    };
    need("name", &draft.name);
    match &draft.settings {
        ProviderSettings::Oidc(it) => {
            need("settings.issuer", &it.issuer);
            need("settings.client_id", &it.client_id);
            if let Some(new) = &it.new_members {
                new.problems(context, &mut problems);
            }
        }
        ProviderSettings::Ldap(it) => {
            need("settings.host", &it.host);
            need("settings.base", &it.base);
            need("settings.filter", &it.filter);
            it.problems(context, &mut problems);
        }
    }
    problems
}

impl NewMembers {
    /// Whether somebody of this address is to be made a member.
    pub fn takes(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |it| it.1);
        self.domains.is_empty() || self.domains.iter().any(|it| it.eq_ignore_ascii_case(domain))
    }

    pub(super) fn problems(&self, context: &Context, problems: &mut Vec<FieldError>) {
        let field = "settings.new_members";
        roles_problems("settings.new_members.roles", &self.roles, context, problems);
        let mut add = |part: &str, code, zh_cn: String, en: String| problems.push(FieldError::new(format!("{field}.{part}"), code, zh_cn, en));
        let is_domain = |it: &String| it.contains('.') && it.chars().all(|it| it.is_alphanumeric() || matches!(it, '.' | '-'));
        if let Some(wrong) = self.domains.iter().find(|it| !is_domain(it)) {
            add("domains", "bad_format", format!("“{wrong}”不是域名，应如 example.com"), format!("`{wrong}` is no domain such as example.com"));
        }
    }
}

/// What is wrong with the roles of members that are made by themselves.
pub(super) fn roles_problems(field: &str, roles: &[String], context: &Context, problems: &mut Vec<FieldError>) {
    let mut add = |code, zh_cn: String, en: String| problems.push(FieldError::new(field, code, zh_cn, en));
    if roles.is_empty() {
        add("required", "请选择至少一个角色".into(), "choose at least one role".into());
    }
    for role in roles {
        match context.schema.roles.get(role) {
            None => add("bad_option", format!("没有角色“{role}”"), format!("there is no role {role}")),
            Some(it) if it.administrator => add(
                "bad_option",
                "不能自动授予管理员角色，请在成员创建后单独授予".into(),
                "administrators are not made by themselves; give that role to a member afterwards".into(),
            ),
            Some(_) => {}
        }
    }
}

/// Switches all off: a copy of a workspace has providers that know the original.
pub(super) fn switch_all_off(tx: &mut dyn WriteTx) -> Result<()> {
    let set = vec![(ENABLED, Set::To(Value::Bool(false)))];
    tx.update(&Update { table: PROVIDER.clone(), set, condition: Condition::True })?;
    Ok(())
}
