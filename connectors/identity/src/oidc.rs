//! OpenID Connect, the authorization code flow with PKCE. What a provider says of itself and its keys are remembered for a
//! while; a signature by a key that is not among them has them fetched again, at most so often.

mod redeem;
mod signed_out;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_kernel::identity::{
    Asked, ForeignIdentity, ForeignSignOut, OidcConnector, OidcSettings, ProviderAnswer, ProviderCheck, ProviderError, SignInRequest,
};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, CsrfToken, DiscoveryError, EndSessionUrl, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, LogoutRequest, Nonce, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl, Scope,
};
use serde::{Deserialize, Serialize};

use crate::error::{refused, unreachable, whole_cause};
use crate::outgoing::{Outgoing, OutgoingError};

/// How long what a provider said of itself counts.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(60);
/// How soon it is asked again because of a key that is not known.
const NOT_SOONER: SignedDuration = SignedDuration::from_secs(30);
/// Most providers remembered.
const CAPACITY: usize = 500;

/// What we ask of a provider's configuration beyond what every one says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Further {
    end_session_endpoint: Option<EndSessionUrl>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Further {}

type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

struct Remembered {
    at: Timestamp,
    metadata: Arc<Metadata>,
}

/// Speaks OpenID Connect.
pub struct Oidc {
    outgoing: Outgoing,
    known: Mutex<HashMap<String, Remembered>>,
}

impl Oidc {
    /// With the hosts of the internal network that providers may be on.
    pub fn new(internal_hosts: &[String]) -> Self {
        Self { outgoing: Outgoing::new(internal_hosts), known: Mutex::default() }
    }

    /// What a provider says of itself, no older than `oldest`.
    fn metadata(&self, settings: &OidcSettings, now: Timestamp, oldest: SignedDuration) -> Asked<Arc<Metadata>> {
        let issuer = settings.issuer.trim();
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer)
            && now.duration_since(known.at).abs() < oldest
        {
            return Ok(known.metadata.clone());
        }
        let metadata = Arc::new(self.discover(issuer)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(issuer.to_owned(), Remembered { at: now, metadata: metadata.clone() });
        Ok(metadata)
    }

    fn discover(&self, issuer: &str) -> Asked<Metadata> {
        self.outgoing.hosts.check(issuer).map_err(|error| of_outgoing(&error))?;
        let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| of_outgoing(&OutgoingError::Address(error.to_string())))?;
        let metadata = Metadata::discover(&url, &|request| self.outgoing.send(request)).map_err(|error| of_discovery(&error))?;
        // The browser follows these; the others are checked when they are called.
        let further = metadata.additional_metadata().end_session_endpoint.as_ref();
        for address in [metadata.authorization_endpoint().as_str()].into_iter().chain(further.map(|it| it.as_str())) {
            self.outgoing.hosts.check(address).map_err(|error| of_outgoing(&error))?;
        }
        Ok(metadata)
    }

    fn client(&self, settings: &OidcSettings, secret: Option<&str>, metadata: &Metadata, redirect: &str) -> Asked<Client> {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let only_in_body = methods.is_some_and(|it| !it.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|error| unreachable("本系统地址（public-url）有误", "this server's address (public-url) is none", error.to_string()))?;
        let id = ClientId::new(settings.client_id.trim().to_owned());
        let client = CoreClient::from_provider_metadata(metadata.clone(), id, secret.map(|it| ClientSecret::new(it.to_owned())));
        Ok(client.set_redirect_uri(redirect).set_auth_type(if only_in_body { AuthType::RequestBody } else { AuthType::BasicAuth }))
    }
}

impl OidcConnector for Oidc {
    fn check(&self, settings: &OidcSettings, now: Timestamp) -> Asked<ProviderCheck> {
        let metadata = self.metadata(settings, now, SignedDuration::ZERO)?;
        let keys = metadata.jwks().keys().len();
        if keys == 0 {
            return Err(refused("提供方没有公布签名密钥", "the provider publishes no keys it signs with", "an empty key set"));
        }
        let authorization = metadata.authorization_endpoint().to_string();
        Ok(ProviderCheck { authorization, keys, signs_out: metadata.additional_metadata().end_session_endpoint.is_some() })
    }

    fn begin(&self, settings: &OidcSettings, request: &SignInRequest, now: Timestamp) -> Asked<String> {
        let metadata = self.metadata(settings, now, REMEMBERED)?;
        let client = self.client(settings, None, &metadata, &request.redirect)?;
        let (state, nonce) = (CsrfToken::new(request.state.clone()), Nonce::new(request.nonce.clone()));
        let verifier = PkceCodeVerifier::new(request.verifier.clone());
        let (url, _, _) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.to_string())
    }

    fn redeem(
        &self,
        settings: &OidcSettings,
        secret: Option<&str>,
        request: &SignInRequest,
        answer: &ProviderAnswer,
        now: Timestamp,
    ) -> Asked<ForeignIdentity> {
        redeem::redeem(self, settings, secret, request, answer, now)
    }

    fn sign_out(&self, settings: &OidcSettings, back: &str, now: Timestamp) -> Asked<Option<String>> {
        let metadata = self.metadata(settings, now, REMEMBERED)?;
        let Some(place) = metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
        let back = PostLogoutRedirectUrl::new(back.to_owned())
            .map_err(|error| unreachable("本系统地址（public-url）有误", "this server's address (public-url) is none", error.to_string()))?;
        let request = LogoutRequest::from(place).set_client_id(ClientId::new(settings.client_id.trim().to_owned()));
        Ok(Some(request.set_post_logout_redirect_uri(back).http_get_url().to_string()))
    }

    fn signed_out(&self, settings: &OidcSettings, token: &str, now: Timestamp) -> Asked<ForeignSignOut> {
        signed_out::signed_out(self, settings, token, now)
    }
}

fn of_outgoing(error: &OutgoingError) -> ProviderError {
    let cause = error.to_string();
    match error {
        OutgoingError::Address(_) => unreachable(
            "提供方地址须以 https:// 开头（内网主机须由服务器管理员列入 internal-hosts）",
            "the provider's address must begin with https:// (but for hosts that the setting internal-hosts of the server names)",
            cause,
        ),
        OutgoingError::Internal(_) => unreachable(
            "提供方在内网中：请服务器管理员将该主机列入 internal-hosts 设置",
            "the provider is in the internal network: whoever runs the server must name its host in the setting internal-hosts",
            cause,
        ),
        OutgoingError::Failed(_) => unreachable(
            "无法连接身份提供方：请检查地址、证书和网络",
            "the provider cannot be reached: check its address, certificate and the network",
            cause,
        ),
    }
}

fn of_discovery(error: &DiscoveryError<OutgoingError>) -> ProviderError {
    if let DiscoveryError::Request(error) = error {
        return of_outgoing(error);
    }
    if let DiscoveryError::Validation(cause) = error {
        return unreachable(
            "提供方自称的地址（issuer）与所填的不同：请按其文档原样填写，包括末尾的斜杠",
            "the provider calls itself by another address (issuer) than the one entered: enter it exactly as its documentation says, with or without a slash at its end",
            cause.clone(),
        );
    }
    unreachable(
        "该地址下没有 OpenID Connect 配置（.well-known/openid-configuration）",
        "there is no OpenID Connect configuration (.well-known/openid-configuration) below this address",
        whole_cause(error),
    )
}
