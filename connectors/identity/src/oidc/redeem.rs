//! From the code a browser came back with to whom the provider vouches for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use guanxi_kernel::identity::{Asked, ForeignIdentity, OidcSettings, ProviderAnswer, ProviderError, SignInRequest};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError, SignatureVerificationError,
    TokenResponse as _,
};
use serde::Deserialize;

use super::{Client, NOT_SOONER, Oidc, REMEMBERED, of_outgoing};
use crate::error::{refused, unreachable, whole_cause};

/// How far the provider's clock may be ahead, and how old a token may be that was made for this very answer.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);
pub(super) const OLDEST: SignedDuration = SignedDuration::from_mins(10);

/// Signatures that are believed: by keys the provider publishes. None at all, and those by a secret both sides have, are not.
pub(super) const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

pub fn redeem(
    oidc: &Oidc,
    settings: &OidcSettings,
    secret: Option<&str>,
    request: &SignInRequest,
    answer: &ProviderAnswer,
    now: Timestamp,
) -> Asked<ForeignIdentity> {
    let metadata = oidc.metadata(settings, now, REMEMBERED)?;
    // An answer that another provider gave must not be taken to this one (RFC 9207).
    let says = answer.issuer.as_deref();
    let must_say = metadata.additional_metadata().authorization_response_iss_parameter_supported;
    if says.map_or(must_say, |it| it != metadata.issuer().as_str()) {
        return Err(refused("登录应答来自另一个提供方", "the answer came from another provider", format!("issuer of the answer: {says:?}")));
    }
    let client = oidc.client(settings, secret, &metadata, &request.redirect)?;
    let tokens = exchange(oidc, &client, request, answer)?;
    let token = tokens.id_token().ok_or_else(|| {
        refused("提供方未返回身份令牌（id_token）", "the provider sent no identity token (id_token)", "a token response without id_token")
    })?;
    let mut checked = check(&client, token, &request.nonce, now);
    if matches!(&checked, Err(error) if is_unknown_key(error)) {
        // It may sign with keys it did not have when we last asked.
        let fresh = oidc.metadata(settings, now, NOT_SOONER)?;
        checked = check(&oidc.client(settings, secret, &fresh, &request.redirect)?, token, &request.nonce, now);
    }
    let claims = checked.map_err(|error| of_claims(&error))?;
    Ok(ForeignIdentity { session: session_named(token), ..identity(oidc, &client, &tokens, &claims)? })
}

/// What the provider calls the session there (`sid`), in a token that was checked already.
fn session_named(token: &CoreIdToken) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        sid: Option<String>,
    }
    let text = token.to_string();
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Named>(&payload).ok()?.sid.filter(|it| (1..=255).contains(&it.len()))
}

fn exchange(oidc: &Oidc, client: &Client, request: &SignInRequest, answer: &ProviderAnswer) -> Asked<CoreTokenResponse> {
    let no_place = || unreachable("提供方没有令牌地址", "the provider names no place to redeem codes", "no token_endpoint");
    let exchange = client.exchange_code(AuthorizationCode::new(answer.code.clone())).map_err(|_| no_place())?;
    let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(request.verifier.clone()));
    exchange.request(&|it| oidc.outgoing.send(it)).map_err(|error| match &error {
        RequestTokenError::Request(error) => of_outgoing(error),
        RequestTokenError::ServerResponse(response) => match response.error().as_ref() {
            "invalid_client" | "unauthorized_client" => unreachable(
                "提供方不接受本系统的客户端编号或密钥：请管理员检查身份提供方设置",
                "the provider does not accept this server's client id or secret: an administrator must check its settings",
                whole_cause(&error),
            ),
            _ => refused("登录已失效，请重新登录", "this sign-in is no longer valid; begin again", whole_cause(&error)),
        },
        _ => refused("提供方的应答无法理解", "the provider's answer makes no sense", error.to_string()),
    })
}

fn check(client: &Client, token: &CoreIdToken, nonce: &str, now: Timestamp) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let at = DateTime::<Utc>::from_timestamp(now.as_second(), 0).unwrap_or_default();
    let (earliest, latest) = (at.timestamp() - OLDEST.as_secs(), at.timestamp() + CLOCK_SKEW.as_secs());
    let fits = move |issued: DateTime<Utc>| {
        let fits = (earliest..=latest).contains(&issued.timestamp());
        if fits { Ok(()) } else { Err(format!("issued at {issued}, it is {at}")) }
    };
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || at).set_issue_time_verifier_fn(fits);
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned()))?.clone();
    // Core, 3.1.3.7: made for us, and given to us.
    match claims.authorized_party() {
        Some(party) if party != client.client_id() => Err(ClaimsVerificationError::InvalidAudience("authorized party (azp)".into())),
        _ => Ok(claims),
    }
}

fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    // A key that was replaced under the same name fails as a wrong signature.
    let ClaimsVerificationError::SignatureVerification(error) = error else { return false };
    matches!(error, SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_))
}

fn of_claims(error: &ClaimsVerificationError) -> ProviderError {
    let cause = whole_cause(error);
    match error {
        ClaimsVerificationError::Expired(_) => refused(
            "身份令牌已过期：请重试；若仍失败，请管理员核对服务器时间",
            "the identity token is not of this time: try again; if that fails, an administrator must check the server's clock",
            cause,
        ),
        ClaimsVerificationError::InvalidNonce(_) => {
            refused("登录应答不属于此次登录，请重新登录", "the answer does not belong to this sign-in; begin again", cause)
        }
        ClaimsVerificationError::InvalidAudience(_) => refused("身份令牌是签发给其他系统的", "the identity token was made for another system", cause),
        ClaimsVerificationError::InvalidIssuer(_) => refused("身份令牌由另一个提供方签发", "the identity token was made by another provider", cause),
        _ => refused("身份令牌的签名无效", "the identity token's signature does not hold", cause),
    }
}

/// The address counts only where the provider says in so many words that it was verified.
fn identity(oidc: &Oidc, client: &Client, tokens: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> Asked<ForeignIdentity> {
    let name = |it: Option<&openidconnect::LocalizedClaim<openidconnect::EndUserName>>| it.and_then(|it| it.get(None)).map(|it| it.to_string());
    let email =
        |email: Option<&openidconnect::EndUserEmail>, verified: Option<bool>| email.filter(|_| verified == Some(true)).map(|it| it.to_string());
    let mut found = ForeignIdentity {
        subject: claims.subject().to_string(),
        session: None,
        verified_email: email(claims.email(), claims.email_verified()),
        name: name(claims.name()),
    };
    if claims.email().is_some() && found.name.is_some() {
        return Ok(found);
    }
    // Many keep the token short and tell the rest when asked.
    let Ok(asked) = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone())) else { return Ok(found) };
    let told: CoreUserInfoClaims = asked
        .request(&|it| oidc.outgoing.send(it))
        .map_err(|error| refused("提供方未返回账号信息", "the provider did not tell about the account", whole_cause(&error)))?;
    if claims.email().is_none() {
        found.verified_email = email(told.email(), told.email_verified());
    }
    found.name = found.name.or_else(|| name(told.name()));
    Ok(found)
}
