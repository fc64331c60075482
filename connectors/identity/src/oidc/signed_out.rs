//! Logout tokens: a provider says, signed, that somebody signed out there (OpenID Connect Back-Channel Logout 1.0, 2.6).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guanxi_kernel::identity::{Asked, ForeignSignOut, OidcSettings, ProviderError};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyUse as _};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::redeem::{ALGORITHMS, CLOCK_SKEW, OLDEST};
use super::{Metadata, NOT_SOONER, Oidc, REMEMBERED};
use crate::error::refused;

/// The one event a logout token tells of.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Longest token read, in bytes.
const MAX_TOKEN: usize = 16 * 1024;

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
}

/// For whom a token is: one, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: f64,
    exp: Option<f64>,
    jti: String,
    sub: Option<String>,
    sid: Option<String>,
    events: Map<String, Json>,
    nonce: Option<Json>,
}

/// A token in its three parts.
struct Token<'a> {
    header: Header,
    claims: Claims,
    signed: &'a str,
    signature: Vec<u8>,
}

pub fn signed_out(oidc: &Oidc, settings: &OidcSettings, token: &str, now: Timestamp) -> Asked<ForeignSignOut> {
    let token = read(token)?;
    let metadata = oidc.metadata(settings, now, REMEMBERED)?;
    if !holds(&metadata, &token) {
        // It may sign with keys it did not have when we last asked.
        let fresh = oidc.metadata(settings, now, NOT_SOONER)?;
        if !holds(&fresh, &token) {
            return Err(wrong("the signature"));
        }
    }
    check(&token, metadata.issuer().as_str(), settings.client_id.trim(), now)?;
    let Claims { sub, sid, jti, .. } = token.claims;
    Ok(ForeignSignOut { subject: sub, session: sid, token: jti })
}

fn wrong(what: impl Into<Cow<'static, str>>) -> ProviderError {
    refused("注销令牌（logout_token）无效", "the logout token does not hold", what.into())
}

fn read(token: &str) -> Asked<Token<'_>> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(wrong("not three parts")) };
    if token.len() > MAX_TOKEN {
        return Err(wrong("too long"));
    }
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|error| wrong(error.to_string()));
    Ok(Token {
        header: serde_json::from_slice(&bytes(header)?).map_err(|error| wrong(format!("header: {error}")))?,
        claims: serde_json::from_slice(&bytes(claims)?).map_err(|error| wrong(format!("claims: {error}")))?,
        signed: &token[..header.len() + 1 + claims.len()],
        signature: bytes(signature)?,
    })
}

/// Whether one of the provider's keys made the signature, in one of the ways that are believed.
fn holds(metadata: &Metadata, token: &Token<'_>) -> bool {
    let Header { alg, kid, .. } = &token.header;
    let may_be = |key: &&CoreJsonWebKey| {
        let named = kid.as_ref().is_none_or(|kid| key.key_id().is_some_and(|it| it.as_str() == kid));
        named && key.key_use().is_none_or(|it| it.allows_signature())
    };
    let mut keys = metadata.jwks().keys().iter().filter(may_be);
    ALGORITHMS.contains(alg) && keys.any(|key| key.verify_signature(alg, token.signed.as_bytes(), &token.signature).is_ok())
}

fn check(token: &Token<'_>, issuer: &str, client: &str, now: Timestamp) -> Asked<()> {
    let Claims { iss, aud, iat, exp, jti, sub, sid, events, nonce } = &token.claims;
    let at = now.as_second() as f64;
    let seconds = |it: SignedDuration| it.as_secs() as f64;
    let is_ours = match aud {
        Audience::One(it) => it == client,
        Audience::Several(all) => !all.is_empty() && all.iter().all(|it| it == client),
    };
    let typed = token
        .header
        .typ
        .as_deref()
        .is_none_or(|it| ["JWT", "logout+jwt", "application/logout+jwt"].iter().any(|known| known.eq_ignore_ascii_case(it)));
    let required = [
        (typed, "typ"),
        (iss == issuer, "iss"),
        (is_ours, "aud"),
        (*iat >= at - seconds(OLDEST) && *iat <= at + seconds(CLOCK_SKEW), "iat"),
        (exp.is_none_or(|it| it > at), "exp"),
        (events.get(EVENT).is_some_and(Json::is_object), "events"),
        (nonce.is_none(), "nonce"),
        ((1..=255).contains(&jti.len()), "jti"),
        (sub.is_some() || sid.is_some(), "neither sub nor sid"),
    ];
    match required.into_iter().find(|it| !it.0) {
        Some((_, what)) => Err(wrong(what)),
        None => Ok(()),
    }
}
