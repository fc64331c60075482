//! Operations of signing in: ways in, passwords, sessions, keys.

use serde_json::{Value as Json, json};

use super::operations::Open::{Everyone, Members};
use super::operations::{Answer, Body, Line, any, items, me, object, ok, text};

fn when() -> Json {
    json!({ "type": "string", "format": "date-time" })
}

fn maybe(kind: &str) -> Json {
    json!({ "type": [kind, "null"] })
}

/// All of them.
pub(super) fn lines() -> Vec<Line> {
    [way_in_lines(), second_step_lines(), own_lines(), factor_lines(), member_lines(), policy_lines()].into_iter().flatten().collect()
}

fn way_in_lines() -> Vec<Line> {
    vec![
        (
            "post",
            "/auth/login",
            "signIn",
            "Sign in",
            Everyone,
            &[],
            Body::Json(object(&json!({ "email": text(), "password": text() }), &["email", "password"])),
            me(),
        ),
        ("post", "/auth/logout", "signOut", "Sign out", Members, &[], Body::None, Answer::Nothing),
        (
            "post",
            "/auth/forgotten",
            "forgotPassword",
            "Have a link to another password sent to an address",
            Everyone,
            &[],
            Body::Json(object(&json!({ "email": text() }), &["email"])),
            Answer::Nothing,
        ),
        (
            "post",
            "/auth/link",
            "lookAtLink",
            "For whom a link is",
            Everyone,
            &[],
            Body::Json(object(&json!({ "token": text() }), &["token"])),
            ok(json!({ "type": "object", "properties": {
                "kind": { "enum": ["activation", "reset"] }, "name": text(), "email": text(), "company": text(), "expires_at": when(),
                "password_length": { "type": "integer" },
            } })),
        ),
        (
            "post",
            "/auth/password",
            "choosePassword",
            "Set the password a link is for, and sign in",
            Everyone,
            &[],
            Body::Json(object(&json!({ "token": text(), "password": text() }), &["token", "password"])),
            me(),
        ),
        (
            "post",
            "/auth/prove",
            "proveIdentity",
            "Prove again who I am, before something sensitive",
            Members,
            &[],
            Body::Json(presented(&[("password", text())])),
            Answer::Nothing,
        ),
    ]
}

/// A second factor, or one of `others`.
fn presented(others: &[(&str, Json)]) -> Json {
    let one = |name: &str, schema: &Json| object(&json!({ name: schema }), &[name]);
    let mut any: Vec<Json> = others.iter().map(|(name, schema)| one(name, schema)).collect();
    any.extend([one("code", &text()), one("recovery_code", &text()), signature()]);
    json!({ "anyOf": any })
}

fn signature() -> Json {
    object(
        &json!({ "token": text(), "credential": { "type": "object", "description": "As the browser's toJSON() gives it" } }),
        &["token", "credential"],
    )
}

fn question() -> Answer {
    ok(json!({ "type": "object", "properties": { "token": text(), "options": { "type": "object", "description": "For navigator.credentials" } } }))
}

fn second_step_lines() -> Vec<Line> {
    vec![
        (
            "get",
            "/auth/step",
            "getStep",
            "How far this browser has come with signing in",
            Members,
            &[],
            Body::None,
            ok(json!({ "type": "object", "properties": {
                "stage": { "enum": ["second_factor", "enrolment", "full", null] }, "factors": { "type": "array", "items": text() },
                "name": text(), "email": text(), "csrf_token": maybe("string"),
            } })),
        ),
        ("post", "/auth/second-factor", "presentSecondFactor", "The second step of signing in", Members, &[], Body::Json(presented(&[])), me()),
        ("post", "/auth/sign", "askToSign", "What my passkeys are asked to sign", Members, &[], Body::None, question()),
        ("post", "/auth/passkey/options", "askForPasskey", "What a passkey is asked to sign to sign in", Everyone, &[], Body::None, question()),
        ("post", "/auth/passkey", "signInByPasskey", "Sign in by a passkey alone", Everyone, &[], Body::Json(signature()), me()),
    ]
}

fn factors() -> Json {
    json!({ "type": "array", "items": { "type": "object", "properties": {
        "id": text(), "kind": { "enum": ["totp", "passkey"] }, "name": text(), "created_at": when(), "used_at": maybe("string"),
    } } })
}

fn codes() -> Json {
    json!({ "type": ["array", "null"], "items": text() })
}

/// What setting a factor up answers; for who must do so before he is let in, with `Me`.
fn added() -> Answer {
    ok(json!({ "type": "object", "properties": { "factor": text(), "recovery_codes": codes() } }))
}

fn factor_lines() -> Vec<Line> {
    vec![
        (
            "get",
            "/me/factors",
            "listFactors",
            "My second factors",
            Members,
            &[],
            Body::None,
            ok(json!({ "type": "object", "properties": {
                "items": factors(), "recovery_codes_left": { "type": "integer" }, "required": { "type": "boolean" },
                "passkeys": { "type": "boolean" },
            } })),
        ),
        (
            "post",
            "/me/factors/totp",
            "newTotp",
            "A secret for an app that counts time",
            Members,
            &[],
            Body::None,
            ok(json!({ "type": "object", "properties": { "token": text(), "secret": text(), "address": text() } })),
        ),
        (
            "post",
            "/me/factors/totp/confirm",
            "confirmTotp",
            "Set the app up by its first code",
            Members,
            &[],
            Body::Json(object(&json!({ "token": text(), "code": text(), "name": text() }), &["token", "code"])),
            added(),
        ),
        ("post", "/me/factors/passkey", "newPasskey", "What the browser needs to make a passkey", Members, &[], Body::None, question()),
        (
            "post",
            "/me/factors/passkey/confirm",
            "confirmPasskey",
            "Take the passkey the browser made",
            Members,
            &[],
            Body::Json(object(&json!({ "token": text(), "credential": { "type": "object" }, "name": text() }), &["token", "credential"])),
            added(),
        ),
        ("delete", "/me/factors/{id}", "removeFactor", "Remove one of my factors", Members, &[], Body::None, Answer::Nothing),
        (
            "post",
            "/me/recovery-codes",
            "replaceRecoveryCodes",
            "Other recovery codes; they are shown once",
            Members,
            &[],
            Body::None,
            ok(json!({ "type": "object", "properties": { "recovery_codes": codes() } })),
        ),
        (
            "get",
            "/users/{id}/factors",
            "listFactorsOf",
            "A member's second factors",
            Members,
            &[],
            Body::None,
            ok(json!({ "type": "object", "properties": { "items": factors(), "recovery_codes_left": { "type": "integer" } } })),
        ),
        ("delete", "/users/{id}/factors", "resetFactors", "Take a member's factors from him", Members, &[], Body::None, Answer::Nothing),
    ]
}

fn policy_lines() -> Vec<Line> {
    let properties = json!({
        "second_factor_for_all": { "type": "boolean" }, "second_factor_roles": { "type": "array", "items": text() },
        "idle_minutes": { "type": "integer", "minimum": 5, "maximum": 129_600 }, "session_hours": { "type": "integer", "minimum": 1, "maximum": 8_760 },
        "proof_minutes": { "type": "integer", "minimum": 1, "maximum": 1_440 }, "invitation_hours": { "type": "integer", "minimum": 1, "maximum": 720 },
        "reset_minutes": { "type": "integer", "minimum": 5, "maximum": 1_440 }, "password_length": { "type": "integer", "minimum": 8, "maximum": 64 },
    });
    let policy = || object(&properties, &[]);
    vec![
        ("get", "/sign-in-policy", "getSignInPolicy", "How members sign in", Members, &[], Body::None, ok(policy())),
        ("patch", "/sign-in-policy", "changeSignInPolicy", "Change how members sign in", Members, &[], Body::Json(policy()), ok(policy())),
    ]
}

fn sessions() -> Answer {
    ok(items(&json!({ "type": "object", "properties": {
        "id": text(), "device": text(), "address": text(), "created_at": when(), "seen_at": when(), "current": { "type": "boolean" },
    } })))
}

/// What of its owner's rights a key has.
fn scope() -> Json {
    let list = json!({ "type": "array", "items": text() });
    json!({ "type": ["object", "null"], "additionalProperties": false, "properties": {
        "objects": { "type": ["object", "null"], "additionalProperties": list, "description": "Verbs by object, * for those not named" },
        "roles": { "type": ["array", "null"], "items": text(), "description": "Those of my roles that count" },
    } })
}

fn ended() -> Answer {
    ok(json!({ "type": "object", "properties": { "ended": { "type": "integer" } } }))
}

fn own_lines() -> Vec<Line> {
    vec![
        (
            "post",
            "/me/password",
            "changePassword",
            "Change my password",
            Members,
            &[],
            Body::Json(object(&json!({ "current": text(), "new": text() }), &["current", "new"])),
            Answer::Nothing,
        ),
        ("get", "/me/api-keys", "listApiKeys", "My keys", Members, &[], Body::None, ok(items(&any()))),
        (
            "post",
            "/me/api-keys",
            "addApiKey",
            "Make a key; it is shown once",
            Members,
            &[],
            Body::Json(object(
                &json!({ "name": text(), "expires_at": { "type": ["string", "null"], "format": "date-time" }, "scope": scope() }),
                &["name"],
            )),
            Answer::Json(201, any()),
        ),
        ("delete", "/me/api-keys/{id}", "removeApiKey", "Remove a key", Members, &[], Body::None, Answer::Nothing),
        ("get", "/me/sessions", "listSessions", "Where I am signed in", Members, &[], Body::None, sessions()),
        ("delete", "/me/sessions", "endOtherSessions", "End all my sessions but this one", Members, &[], Body::None, ended()),
        ("delete", "/me/sessions/{id}", "endSession", "End one of my sessions", Members, &[], Body::None, Answer::Nothing),
    ]
}

fn member_lines() -> Vec<Line> {
    vec![
        (
            "get",
            "/users/waiting",
            "listWaiting",
            "Members who have no password yet",
            Members,
            &[],
            Body::None,
            ok(items(&json!({ "type": "object", "properties": { "member": text(), "invited_at": maybe("string"), "expires_at": maybe("string") } }))),
        ),
        (
            "post",
            "/users/{id}/link",
            "makeLink",
            "Invite a member, or let him choose another password",
            Members,
            &[],
            Body::None,
            ok(json!({ "type": "object", "properties": {
                "kind": { "enum": ["activation", "reset"] }, "mailed": { "type": "boolean" }, "path": maybe("string"), "url": maybe("string"),
                "expires_at": maybe("string"),
            } })),
        ),
        ("delete", "/users/{id}/link", "revokeLink", "Make a member's link void", Members, &[], Body::None, Answer::Nothing),
        ("get", "/users/{id}/sessions", "listSessionsOf", "Where a member is signed in", Members, &[], Body::None, sessions()),
        ("delete", "/users/{id}/sessions", "endSessionsOf", "End a member's sessions", Members, &[], Body::None, ended()),
        ("delete", "/users/{id}/sessions/{session}", "endSessionOf", "End one session of a member", Members, &[], Body::None, Answer::Nothing),
    ]
}
