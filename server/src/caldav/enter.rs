//! Who comes: an address and an app password, by HTTP Basic, over and over again with each request. The ordinary password is
//! not taken: it would walk around the second factor, and lie on every device in the clear.

use axum::extract::FromRequestParts as _;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guanxi_kernel::KernelError;
use guanxi_kernel::identity::{self, Attempt};
use guanxi_kernel::store::{StoreError, StoreExt as _};

use super::refusal::Refusal;
use crate::errors::{ApiError, ApiFailure};
use crate::http::sign_in::{begin_attempt, note_failure};
use crate::http::{Caller, Shared, SignedIn};

/// Who says who he is.
pub struct Guest {
    caller: Caller,
    email: String,
    /// What stands before paths of his workspace.
    pub prefix: String,
}

/// What came of it for somebody who was not let in, or was.
pub enum Entered<T> {
    /// He is who he says.
    In(T),
    /// He is not let in.
    Out(Refusal),
}

/// The name and the password a request comes with.
fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 1_024 {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.trim().to_owned(), password.to_owned()))
}

fn not_in(zh_cn: &str, en: &str) -> Refusal {
    Refusal::plain(StatusCode::UNAUTHORIZED, zh_cn, en)
}

/// Takes from a request who says he comes. Cookies and other credentials are nothing here.
///
/// # Errors
/// Where there is no such workspace.
pub async fn knock(parts: &mut Parts, app: &Shared) -> Result<Entered<Guest>, ApiFailure> {
    let given = credentials(&parts.headers);
    parts.headers.remove(header::AUTHORIZATION);
    parts.headers.remove(header::COOKIE);
    let caller = Caller::from_request_parts(parts, app).await?;
    let prefix = caller.prefix();
    let Some((email, password)) = given.filter(|it| !it.0.is_empty()) else {
        return Ok(Entered::Out(not_in(
            "请用您的邮箱和“应用密码”登录；应用密码在“个人资料 → 连接日历”中新建",
            "sign in with your e-mail address and an app password; make one in your profile under \"Connect a calendar\"",
        )));
    };
    Ok(Entered::In(Guest { caller: caller.with_app_password(&password), email, prefix }))
}

impl Guest {
    /// Does something as him, if he is who he says. Failed attempts are counted by themselves: a phone whose app password was
    /// revoked asks every few minutes and for ever, and must keep nobody beside it from signing in. Nothing is guessed at the
    /// page to sign in by that: the ordinary password is not even looked at here. The right app password is taken at any time.
    ///
    /// # Errors
    /// `too_many_attempts`; and whatever keeps the server from finding out.
    pub async fn enter<T: Send + 'static>(
        self,
        app: &Shared,
        work: impl Fn(&SignedIn) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<Entered<Result<T, ApiFailure>>, ApiFailure> {
        let (has_key, email) = (self.caller.has_key(), self.email.clone());
        let outcome = self
            .caller
            .clone()
            .call(move |signed_in| {
                let context = &signed_in.context;
                let named = context.workspace.store.read_with(|tx| identity::find_member(&context.schema, tx, &email))?;
                if named != Some(context.actor) {
                    return Err(KernelError::NotSignedIn.into());
                }
                match work(signed_in) {
                    Err(ApiError::Kernel(KernelError::Store(StoreError::Outdated(reason)))) => Err(StoreError::Outdated(reason).into()),
                    Err(error) => Ok(Err(ApiFailure { error, locale: Some(context.locale) })),
                    Ok(done) => Ok(Ok(done)),
                }
            })
            .await;
        match outcome {
            Ok(done) => Ok(Entered::In(done)),
            Err(ApiFailure { error: ApiError::Kernel(KernelError::NotSignedIn | KernelError::Forbidden(_)), .. }) => {
                begin_attempt(app, &self.caller, &Attempt::new(&self.email, self.caller.address).apart("caldav/")).await?;
                note_failure(app, &self.caller, None, "sign_in_failed", "bad_app_password").await?;
                Ok(Entered::Out(if has_key { wrong() } else { ordinary() }))
            }
            Err(other) => Err(other),
        }
    }
}

fn wrong() -> Refusal {
    not_in(
        "邮箱或应用密码不对，或应用密码已撤销；请在“个人资料 → 连接日历”中新建一个",
        "the address or the app password is wrong, or it was revoked; make another one in your profile under \"Connect a calendar\"",
    )
}

fn ordinary() -> Refusal {
    not_in(
        "日历程序不能用登录密码，否则会绕过第二步验证；请在“个人资料 → 连接日历”中新建应用密码",
        "calendar programs do not take your password, since that would walk around the second step of signing in; make an app password in your profile under \"Connect a calendar\"",
    )
}
