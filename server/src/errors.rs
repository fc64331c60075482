//! The one mapping from everything that can go wrong to RFC 9457 problem+json.
//!
//! Handlers answer an [`ApiFailure`]; the envelope around all routes turns it into a problem in the caller's language
//! with the id of the request.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guanxi_kernel::context::Locale;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreError;
use guanxi_kernel::{FieldConflict, FieldError, KernelError};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::openapi::AnyRecord;

/// The stable codes of problems by their status. `docs/api.md` tells what they mean.
pub const CODES: [(u16, &[&str]); 18] = [
    (
        400,
        &[
            "bad_request",
            "bad_logout_token",
            "https_only",
            "bad_json",
            "bad_filter",
            "bad_expression",
            "unknown_field",
            "bad_cursor",
            "read_only_field",
        ],
    ),
    (401, &["not_signed_in", "bad_credentials", "bad_second_factor", "second_factor_required", "enrolment_required", "provider_refused"]),
    (403, &["forbidden", "csrf", "field_forbidden", "proof_needed", "view_only", "address_not_verified", "address_differs", "not_a_member"]),
    (404, &["not_found"]),
    (405, &["method_not_allowed"]),
    (406, &["not_acceptable"]),
    (408, &["too_slow"]),
    (
        409,
        &[
            "version_conflict",
            "duplicate_value",
            "would_lose_data",
            "state_conflict",
            "already_claimed",
            "claim_refused",
            "view_limit_reached",
            "definitions_changed",
            "record_locked",
            "already_set_up",
            "still_referenced",
            "link_void",
            "mail_not_configured",
            "passkeys_unavailable",
            "public_url_needed",
            "provider_unreachable",
            "sign_in_void",
            "export_limit",
            "merged",
            "too_many_related",
            "sms_not_configured",
            "sms_not_sent",
        ],
    ),
    (410, &["link_gone"]),
    (413, &["too_large"]),
    (414, &["uri_too_long"]),
    (415, &["unsupported_media_type"]),
    (422, &["invalid", "idempotency_mismatch"]),
    (429, &["too_many_attempts", "busy"]),
    (431, &["headers_too_large"]),
    (500, &["internal"]),
    (503, &["unavailable"]),
    (507, &["storage_full", "quota_exceeded"]),
];

/// What went wrong (RFC 9457), in the caller's language.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// `urn:guanxi:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// Stable code.
    #[schemars(extend("enum" = codes()))]
    code: &'static str,
    /// Reason and remedy.
    detail: String,
    /// Of the request; the server's log has it too.
    request_id: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    field_errors: Vec<FieldProblem>,
    /// The character of a wrong expression, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    #[serde(flatten)]
    conflict: Option<VersionConflict>,
    /// The record this one became part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<MergedInto>,
}

impl Problem {
    /// As text. There is nothing in it but text and numbers, so that nothing can fail.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Both sides of a stale version.
#[derive(Debug, Serialize, JsonSchema)]
struct VersionConflict {
    /// Version the record has.
    current_version: i64,
    /// Version the caller had.
    your_version: i64,
    /// Fields both sides changed.
    conflicting_fields: Vec<String>,
    /// The record as it is now.
    #[schemars(with = "AnyRecord")]
    current: Json,
    /// Of each field both sides changed: what it held, what it holds, what the caller makes of it.
    conflicts: Vec<FieldConflict>,
}

/// Where a record went.
#[derive(Debug, Serialize, JsonSchema)]
struct MergedInto {
    /// Its object.
    object: String,
    /// Which.
    id: uuid::Uuid,
}

/// One thing wrong with one field.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FieldError")]
pub struct FieldProblem {
    /// Field, path, parameter or header; empty where it is about the whole.
    pub field: String,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// Which of several records, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
}

fn codes() -> Vec<&'static str> {
    CODES.iter().flat_map(|it| it.1).copied().collect()
}

/// What a handler could not do.
#[derive(Debug)]
pub enum ApiError {
    /// The engine's reason.
    Kernel(KernelError),
    /// A reason of the HTTP side.
    Http {
        /// Status.
        status: StatusCode,
        /// Stable code of `docs/api.md`.
        code: &'static str,
        /// Reason and remedy.
        message: Label,
        /// Parameter, header or field it is about.
        field: Option<String>,
        /// Seconds after which another try makes sense.
        retry_after: Option<u64>,
    },
}

impl<E: Into<KernelError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self::Kernel(error.into())
    }
}

impl ApiError {
    /// A reason of the HTTP side.
    pub fn http(status: StatusCode, code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Http { status, code, message: Label::new(zh_cn, en), field: None, retry_after: None }
    }
    /// A bad request about a parameter, header or field.
    pub fn bad(code: &'static str, field: &str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::BAD_REQUEST, code, message: Label::new(zh_cn, en), field: Some(field.to_owned()), retry_after: None }
    }
    /// The same, about a parameter, header, field or `body`, where it does not say yet what it is about.
    #[must_use]
    pub fn about(mut self, name: &str) -> Self {
        if let Self::Http { field: field @ None, .. } = &mut self {
            *field = Some(name.to_owned());
        }
        self
    }
    /// Too much at once.
    pub fn busy() -> Self {
        Self::Kernel(KernelError::Store(StoreError::Busy))
    }
    /// A fault of the program.
    pub fn internal(reason: impl Into<String>) -> Self {
        Self::Kernel(KernelError::Internal(reason.into()))
    }
    /// Too many tries.
    pub fn too_many_attempts(seconds: u64) -> Self {
        Self::Http {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: "too_many_attempts",
            message: Label::new(format!("尝试次数过多，请在{seconds}秒后重试"), format!("too many attempts; try again in {seconds} seconds")),
            field: None,
            retry_after: Some(seconds),
        }
    }
    /// The body is larger than `limit` bytes.
    pub fn too_large(limit: u64) -> Self {
        Self::http(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("请求内容过大，上限为{limit}字节"),
            format!("the body is too large; the limit is {limit} bytes"),
        )
    }
}

/// An error of the disk; a full one is told as such.
pub fn disk_error(error: &std::io::Error) -> StoreError {
    let full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge);
    if full { StoreError::Full } else { StoreError::Unavailable(error.to_string()) }
}

/// An error with the language of the caller, once that is known.
#[derive(Debug)]
pub struct ApiFailure {
    /// The error.
    pub error: ApiError,
    /// The signed-in member's language; the browser's where absent.
    pub locale: Option<Locale>,
}

impl<E: Into<ApiError>> From<E> for ApiFailure {
    fn from(error: E) -> Self {
        Self { error: error.into(), locale: None }
    }
}

/// Stands in a response until the envelope renders it.
#[derive(Clone)]
pub struct PendingProblem(pub Arc<ApiFailure>);

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = status_of(&self.error);
        response.extensions_mut().insert(PendingProblem(Arc::new(self)));
        response
    }
}

struct Description {
    status: StatusCode,
    code: &'static str,
    detail: Label,
    field_errors: Vec<FieldError>,
    position: Option<usize>,
    conflict: Option<VersionConflict>,
    merged_into: Option<MergedInto>,
    retry_after: Option<u64>,
}

/// The status an error is answered with.
pub fn status_of(error: &ApiError) -> StatusCode {
    describe(error).status
}

fn describe(error: &ApiError) -> Description {
    match error {
        ApiError::Kernel(error) => describe_kernel(error),
        ApiError::Http { status, code, message, field, retry_after } => {
            let field_errors = field.iter().map(|it| FieldError { field: it.clone(), code, message: message.clone() }).collect();
            Description { detail: message.clone(), field_errors, retry_after: *retry_after, ..plain(*status, code, "", "") }
        }
    }
}

fn plain(status: StatusCode, code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Description {
    let detail = Label::new(zh_cn, en);
    Description { status, code, detail, field_errors: Vec::new(), position: None, conflict: None, merged_into: None, retry_after: None }
}

fn describe_kernel(error: &KernelError) -> Description {
    match error {
        KernelError::BadRequest { code, message, field, position } => {
            let field_errors = field.iter().map(|it| FieldError { field: it.clone(), code, message: message.clone() }).collect();
            Description { detail: message.clone(), field_errors, position: *position, ..plain(StatusCode::BAD_REQUEST, code, "", "") }
        }
        KernelError::NotFound => plain(StatusCode::NOT_FOUND, "not_found", "不存在，或您无权查看", "it does not exist, or you may not see it"),
        KernelError::Forbidden(what) => match what.strip_prefix("field ") {
            Some(field) => {
                let message = Label::new(format!("您无权修改字段“{field}”"), format!("you may not change the field `{field}`"));
                let field_errors = vec![FieldError { field: field.to_owned(), code: "field_forbidden", message: message.clone() }];
                Description { detail: message, field_errors, ..plain(StatusCode::FORBIDDEN, "field_forbidden", "", "") }
            }
            None => plain(StatusCode::FORBIDDEN, "forbidden", "您没有执行此操作的权限", "you may not do this"),
        },
        KernelError::NotSignedIn => plain(StatusCode::UNAUTHORIZED, "not_signed_in", "请先登录", "sign in first"),
        KernelError::ProofNeeded => plain(
            StatusCode::FORBIDDEN,
            "proof_needed",
            "此操作需要先确认是您本人，请重新验证身份",
            "this needs a fresh proof that it is you; prove who you are and try again",
        ),
        KernelError::ViewOnly => plain(
            StatusCode::FORBIDDEN,
            "view_only",
            "您正在以其他成员的身份查看，只能查看不能更改，请先退出查看",
            "you are looking with another member's rights and can change nothing; end the view first",
        ),
        KernelError::Invalid(problems) => {
            let count = problems.len();
            let detail = plain(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                format!("{count}处内容有误，请修改后重试"),
                format!("{count} problems; mend them and try again"),
            );
            Description { field_errors: problems.clone(), ..detail }
        }
        KernelError::VersionConflict { current_version, your_version, conflicting_fields, current, conflicts } => {
            let conflict = Some(VersionConflict {
                current_version: *current_version,
                your_version: *your_version,
                conflicting_fields: conflicting_fields.clone(),
                current: (**current).clone(),
                conflicts: conflicts.clone(),
            });
            let detail = plain(
                StatusCode::CONFLICT,
                "version_conflict",
                "他人已修改此记录，请比较后再保存",
                "somebody else changed this record; compare and save again",
            );
            Description { conflict, ..detail }
        }
        KernelError::Merged { object, survivor } => {
            let merged = plain(
                StatusCode::CONFLICT,
                "merged",
                "此记录已并入另一条记录，请打开那条记录后再操作",
                "this record became part of another one; open that one and do it there",
            );
            Description { merged_into: Some(MergedInto { object: object.clone(), id: *survivor }), ..merged }
        }
        KernelError::Conflict { code, message, fields } => {
            Description { detail: message.clone(), field_errors: fields.clone(), ..plain(status_of_conflict(code), code, "", "") }
        }
        KernelError::Store(error) => describe_store(error),
        KernelError::Internal(_) => internal(),
    }
}

/// States that HTTP has a status of its own for.
fn status_of_conflict(code: &str) -> StatusCode {
    match code {
        "quota_exceeded" => StatusCode::INSUFFICIENT_STORAGE,
        "link_gone" => StatusCode::GONE,
        _ => StatusCode::CONFLICT,
    }
}

fn describe_store(error: &StoreError) -> Description {
    match error {
        StoreError::Duplicate { .. } => plain(StatusCode::CONFLICT, "duplicate_value", "已有相同的值", "another record already has this value"),
        StoreError::Busy => {
            let busy = plain(StatusCode::TOO_MANY_REQUESTS, "busy", "系统繁忙，请稍后重试", "the server is busy; try again shortly");
            Description { retry_after: Some(1), ..busy }
        }
        StoreError::Full => plain(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "存储空间已满，未保存", "the disk is full; nothing was saved"),
        StoreError::Unavailable(_) => {
            let gone = plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "数据库暂时不可用，请稍后重试",
                "the database is unavailable; try again shortly",
            );
            Description { retry_after: Some(5), ..gone }
        }
        StoreError::Outdated(_) => plain(
            StatusCode::CONFLICT,
            "definitions_changed",
            "对象或字段的定义刚被更改，本次操作未完成；请刷新后重试",
            "the definitions of objects and fields were changed just now; load them again and repeat this",
        ),
        StoreError::Other(_) => internal(),
    }
}

fn internal() -> Description {
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "系统内部错误，请将请求编号告知管理员",
        "an internal error; tell an administrator the request id",
    )
}

/// What a bare status of the HTTP library means.
pub fn of_status(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => KernelError::NotFound.into(),
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::http(status, "method_not_allowed", "此地址不支持该方法", "this address does not take that method")
        }
        StatusCode::NOT_ACCEPTABLE => {
            ApiError::http(status, "not_acceptable", "无法以所要求的格式应答", "no answer can be given in the format asked for")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ApiError::http(status, "unsupported_media_type", "请以 application/json 发送内容", "send the body as application/json")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::http(status, "too_large", "请求内容过大", "the body is too large"),
        status if status.is_client_error() => ApiError::http(status, "bad_request", "请求有误", "the request is not valid"),
        _ => ApiError::internal(format!("status {status}")),
    }
}

fn title(status: StatusCode) -> Label {
    match status.as_u16() {
        400 => Label::new("请求有误", "Bad request"),
        401 => Label::new("未登录", "Not signed in"),
        403 => Label::new("没有权限", "Forbidden"),
        404 => Label::new("未找到", "Not found"),
        405 => Label::new("方法不支持", "Method not allowed"),
        406 => Label::new("格式不支持", "Not acceptable"),
        408 => Label::new("请求超时", "Request timeout"),
        409 => Label::new("发生冲突", "Conflict"),
        410 => Label::new("已失效", "Gone"),
        413 => Label::new("内容过大", "Too large"),
        414 => Label::new("地址过长", "Address too long"),
        415 => Label::new("内容类型不支持", "Unsupported media type"),
        422 => Label::new("内容未通过校验", "Invalid"),
        429 => Label::new("请求过多", "Too many requests"),
        431 => Label::new("请求头过大", "Headers too large"),
        503 => Label::new("暂时不可用", "Unavailable"),
        507 => Label::new("存储已满", "Storage full"),
        500.. => Label::new("系统错误", "Internal error"),
        _ => Label::new("请求有误", "Bad request"),
    }
}

/// The problem: for a response, or for one row of a batch.
pub fn problem(error: &ApiError, locale: Locale, request_id: &str) -> Problem {
    let it = describe(error);
    Problem {
        kind: format!("urn:guanxi:problem:{}", it.code),
        title: locale.pick(&title(it.status)).to_owned(),
        status: it.status.as_u16(),
        code: it.code,
        detail: locale.pick(&it.detail).to_owned(),
        request_id: request_id.to_owned(),
        field_errors: field_problems(&it.field_errors, locale),
        position: it.position,
        merged_into: it.merged_into,
        conflict: it.conflict,
    }
}

/// What went wrong in one sentence: what is wrong with the first field, where it is about one.
pub fn detail_of(error: &ApiError, locale: Locale) -> String {
    let problem = problem(error, locale, "");
    problem.field_errors.into_iter().next().map_or(problem.detail, |it| it.message)
}

/// Field problems in one language.
pub fn field_problems(errors: &[FieldError], locale: Locale) -> Vec<FieldProblem> {
    let one = |it: &FieldError| FieldProblem { field: it.field.clone(), code: it.code, message: locale.pick(&it.message).to_owned(), row: None };
    errors.iter().map(one).collect()
}

/// The response of a failure, in the caller's language. Faults of the program are logged here, once.
pub fn render(failure: &ApiFailure, fallback: Locale, request_id: &str) -> Response {
    let it = describe(&failure.error);
    // A quota is no fault of the program, whatever the number of its status.
    if it.status.is_server_error() && it.code != "quota_exceeded" {
        tracing::error!(request_id, error = ?failure.error, "request failed");
    }
    let body = problem(&failure.error, failure.locale.unwrap_or(fallback), request_id).to_json();
    let mut response = (it.status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
    if let Some(seconds) = it.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
