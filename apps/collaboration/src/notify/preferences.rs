//! What a member wishes to be told, where and when: part of the preferences he keeps for himself.

use std::collections::BTreeSet;

use guanxi_kernel::Result;
use guanxi_kernel::identity;
use guanxi_kernel::store::ReadTx;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// Where members keep them among their preferences.
const KEY: &str = "notifications";
/// Kinds that are mailed unless a member says otherwise.
const MAILED: [&str; 14] = [
    "mention",
    "request",
    "decided",
    "overdue",
    "overdue_handover",
    "escalated",
    "handover",
    "handover_due",
    "handover_waiting",
    "notice",
    "invited",
    "called_off",
    "request_due",
    "request_late",
];

/// Kinds that are pushed to browsers unless a member says otherwise.
const PUSHED: [&str; 17] = [
    "mention",
    "reply",
    "assigned",
    "request",
    "decided",
    "handover",
    "handover_due",
    "handover_waiting",
    "declined",
    "escalated",
    "due",
    "overdue",
    "overdue_handover",
    "notice",
    "invited",
    "moved",
    "called_off",
];

/// A way out of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Mail.
    Mail,
    /// To his browsers.
    Push,
    /// To his phone.
    Sms,
}

impl Way {
    /// The field of a notification that holds when it goes this way.
    pub fn due_field(self) -> &'static str {
        match self {
            Self::Mail => "mail_at",
            Self::Push => "push_at",
            Self::Sms => "sms_at",
        }
    }

    /// The job that looks for what is due.
    pub fn job(self) -> &'static str {
        match self {
            Self::Mail => "collaboration.mail_news",
            Self::Push => "collaboration.push_news",
            Self::Sms => "collaboration.text_news",
        }
    }

    /// What is sent at once waits so long all the same: who reads the news in time needs none. A push is the quickest.
    fn patience(self) -> SignedDuration {
        match self {
            Self::Mail | Self::Sms => SignedDuration::from_mins(2),
            Self::Push => SignedDuration::from_secs(10),
        }
    }

    /// Kinds that go this way unless a member says otherwise. Text messages cost money and stay with who asks for them.
    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Mail => &MAILED,
            Self::Push => &PUSHED,
            Self::Sms => &[],
        }
    }
}

/// When what goes one way goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Shortly after.
    #[default]
    AtOnce,
    /// Once an hour, all together.
    Hourly,
    /// In the morning, all together.
    Daily,
}

/// See the module. What a member has stored may be of any age: what is not understood counts as not said.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Preferences {
    muted: BTreeSet<String>,
    mailed: Option<BTreeSet<String>>,
    pushed: Option<BTreeSet<String>>,
    texted: Option<BTreeSet<String>>,
    /// Of mail.
    pace: Pace,
    push_pace: Pace,
    sms_pace: Pace,
    quiet_from: Option<Time>,
    quiet_until: Option<Time>,
    /// Whether what he comments on, or is mentioned on, is followed.
    auto_follow: Option<bool>,
}

impl Preferences {
    /// Those of a member.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(tx: &mut dyn ReadTx, member: Uuid) -> Result<Self> {
        let stored = identity::preferences(tx, member)?;
        Ok(Self::read(stored.get("preferences").and_then(|it| it.get(KEY)).cloned().unwrap_or_default()))
    }

    fn read(stored: Json) -> Self {
        serde_json::from_value(stored).unwrap_or_default()
    }

    /// Whether he is told of a kind at all.
    pub fn wants(&self, kind: &str) -> bool {
        !self.muted.contains(kind)
    }

    /// Whether comments and mentions make him follow.
    pub fn follows(&self) -> bool {
        self.auto_follow != Some(false)
    }

    /// Whether news of a kind go a way at all.
    pub fn goes(&self, way: Way, kind: &str) -> bool {
        let chosen = match way {
            Way::Mail => &self.mailed,
            Way::Push => &self.pushed,
            Way::Sms => &self.texted,
        };
        self.wants(kind) && chosen.as_ref().map_or_else(|| way.kinds().contains(&kind), |it| it.contains(kind))
    }

    /// The end of the quiet hours a moment lies in, where it does.
    pub fn quiet_until(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        self.after_quiet(now, zone).filter(|it| *it > now)
    }

    /// When news of a kind go a way; `None` where they do not.
    pub fn goes_at(&self, way: Way, kind: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if !self.goes(way, kind) {
            return None;
        }
        let pace = match way {
            Way::Mail => self.pace,
            Way::Push => self.push_pace,
            Way::Sms => self.sms_pace,
        };
        let local = now.to_zoned(zone.clone());
        let paced = match pace {
            Pace::AtOnce => now + way.patience(),
            Pace::Hourly => local.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?.checked_add(1.hour()).ok()?.timestamp(),
            Pace::Daily => next(&local, Time::constant(8, 0, 0, 0))?,
        };
        self.after_quiet(paced, zone)
    }

    /// What would come in quiet hours comes when they end.
    fn after_quiet(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let (Some(from), Some(until)) = (self.quiet_from, self.quiet_until) else { return Some(at) };
        let local = at.to_zoned(zone.clone());
        let time = local.time();
        let quiet = if from <= until { from <= time && time < until } else { from <= time || time < until };
        if quiet { next(&local, until) } else { Some(at) }
    }
}

/// The next moment the clock shows a time of day.
fn next(after: &jiff::Zoned, time: Time) -> Option<Timestamp> {
    let today = after.date().to_datetime(time).to_zoned(after.time_zone().clone()).ok()?;
    let next = if today > *after { today } else { after.date().tomorrow().ok()?.to_datetime(time).to_zoned(after.time_zone().clone()).ok()? };
    Some(next.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("a time zone")
    }

    fn mailed(preferences: Json, kind: &str, now: &str) -> Option<String> {
        let now = now.parse().expect("a time");
        Preferences::read(preferences).goes_at(Way::Mail, kind, now, &shanghai()).map(|it| it.to_string())
    }

    #[test]
    fn each_way_has_kinds_and_a_pace_of_its_own_and_all_of_them_the_quiet_hours() {
        let at = |way: Way, preferences: Json, kind: &str, now: &str| {
            Preferences::read(preferences).goes_at(way, kind, now.parse().expect("a time"), &shanghai()).map(|it| it.to_string())
        };
        let day = "2026-11-16T02:00:00Z";
        assert_eq!(at(Way::Push, json!(null), "reply", day).as_deref(), Some("2026-11-16T02:00:10Z"));
        assert_eq!(at(Way::Push, json!({ "pushed": ["changed"] }), "reply", day), None);
        assert_eq!(at(Way::Push, json!({ "push_pace": "hourly" }), "reply", day).as_deref(), Some("2026-11-16T03:00:00Z"));
        assert_eq!(at(Way::Sms, json!(null), "escalated", day), None, "nobody is texted who did not ask for it");
        assert_eq!(at(Way::Sms, json!({ "texted": ["escalated"] }), "escalated", day).as_deref(), Some("2026-11-16T02:02:00Z"));
        let quiet = json!({ "quiet_from": "22:00", "quiet_until": "07:30", "texted": ["mention"] });
        for way in [Way::Mail, Way::Push, Way::Sms] {
            assert_eq!(at(way, quiet.clone(), "mention", "2026-11-16T15:00:00Z").as_deref(), Some("2026-11-16T23:30:00Z"), "{way:?}");
        }
    }

    #[test]
    fn what_nobody_chose_is_mailed_where_it_matters() {
        assert_eq!(mailed(json!(null), "mention", "2026-11-16T02:00:00Z").as_deref(), Some("2026-11-16T02:02:00Z"));
        assert_eq!(mailed(json!(null), "changed", "2026-11-16T02:00:00Z"), None);
        assert_eq!(mailed(json!({ "mailed": ["changed"] }), "changed", "2026-11-16T02:00:00Z").as_deref(), Some("2026-11-16T02:02:00Z"));
        assert_eq!(mailed(json!({ "mailed": [] }), "mention", "2026-11-16T02:00:00Z"), None);
        assert!(!Preferences::read(json!({ "muted": ["changed"] })).wants("changed"));
        assert!(Preferences::read(json!({ "muted": 7 })).wants("changed"), "what is not understood counts as not said");
    }

    #[test]
    fn digests_come_on_the_hour_and_in_the_morning_where_the_member_lives() {
        assert_eq!(mailed(json!({ "pace": "hourly" }), "mention", "2026-11-16T02:17:00Z").as_deref(), Some("2026-11-16T03:00:00Z"));
        assert_eq!(mailed(json!({ "pace": "daily" }), "mention", "2026-11-16T02:17:00Z").as_deref(), Some("2026-11-17T00:00:00Z"));
        assert_eq!(mailed(json!({ "pace": "daily" }), "mention", "2026-11-15T23:17:00Z").as_deref(), Some("2026-11-16T00:00:00Z"));
    }

    #[test]
    fn quiet_hours_cross_midnight() {
        let quiet = json!({ "quiet_from": "22:00", "quiet_until": "07:30" });
        for (now, at) in [
            ("2026-11-16T15:00:00Z", "2026-11-16T23:30:00Z"),
            ("2026-11-16T22:00:00Z", "2026-11-16T23:30:00Z"),
            ("2026-11-16T02:00:00Z", "2026-11-16T02:02:00Z"),
        ] {
            assert_eq!(mailed(quiet.clone(), "mention", now).as_deref(), Some(at), "{now}");
        }
    }
}
