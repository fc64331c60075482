//! `POST /auth/logout`: the session is dead.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::identity::{self, Stage};

use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// Signs out.
pub async fn logout(caller: Caller, query: Query) -> Result<Response, ApiFailure> {
    query.finish()?;
    let cookie = caller.session_cookie("");
    caller
        .himself()
        .call_at(&[Stage::Full, Stage::SecondFactor, Stage::Enrolment], |signed_in| {
            if let Some(session) = &signed_in.session {
                identity::close_session(&signed_in.context, &session.token_hash)?;
                // Streams of this session look and find it gone.
                signed_in.context.workspace.feed.announce();
            }
            Ok(())
        })
        .await?;
    let mut response = Answer::empty().into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
