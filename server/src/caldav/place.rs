//! Addresses: `/caldav/`, whose calendars, which calendar, what in it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use uuid::Uuid;

/// Where it is, below the address of the workspace.
pub const BASE: &str = "/caldav";
/// What stands in an address as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@');
/// Longest name of a resource, in octets.
const LONGEST_NAME: usize = 250;

/// A calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Collection {
    /// The member's own appointments.
    Appointments,
    /// His tasks.
    Tasks,
    /// A colleague's calendar.
    Colleague(Uuid),
    /// A team's.
    Team(Uuid),
    /// A room's, a vehicle's.
    Resource(Uuid),
}

impl Collection {
    /// Its name in addresses.
    pub fn name(self) -> String {
        match self {
            Self::Appointments => "appointments".into(),
            Self::Tasks => "tasks".into(),
            Self::Colleague(id) => format!("member-{id}"),
            Self::Team(id) => format!("team-{id}"),
            Self::Resource(id) => format!("resource-{id}"),
        }
    }

    fn named(name: &str) -> Option<Self> {
        let id = |text: &str| Uuid::try_parse(text).ok().filter(|it| it.to_string() == text);
        Some(match name.split_once('-') {
            None if name == "appointments" => Self::Appointments,
            None if name == "tasks" => Self::Tasks,
            Some(("member", rest)) => Self::Colleague(id(rest)?),
            Some(("team", rest)) => Self::Team(id(rest)?),
            Some(("resource", rest)) => Self::Resource(id(rest)?),
            _ => return None,
        })
    }

    /// Whether it is one of the member's own two, in which he makes and changes things.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Appointments | Self::Tasks)
    }

    /// The kind of component it holds.
    pub fn component(self) -> &'static str {
        if self == Self::Tasks { "VTODO" } else { "VEVENT" }
    }
}

/// What an address is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The beginning.
    Root,
    /// A member.
    Principal(Uuid),
    /// His calendars.
    Home(Uuid),
    /// One of them.
    Calendar(Uuid, Collection),
    /// Something in it.
    Item(Uuid, Collection, String),
}

impl Place {
    /// What a path is of, below the address of the workspace; `None` where it is of nothing.
    pub fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(BASE)?;
        if !(rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        if rest.is_empty() {
            return Some(Self::Root);
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let pieces: Vec<String> = rest.split('/').map(decoded).collect::<Option<_>>()?;
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let member = |text: &str| Uuid::try_parse(text).ok();
        Some(match pieces.as_slice() {
            ["principals", id] => Self::Principal(member(id)?),
            ["calendars", id] => Self::Home(member(id)?),
            ["calendars", id, name] => Self::Calendar(member(id)?, Collection::named(name)?),
            ["calendars", id, name, item] => Self::Item(member(id)?, Collection::named(name)?, (*item).to_owned()),
            _ => return None,
        })
    }

    /// Whose it is.
    pub fn owner(&self) -> Option<Uuid> {
        match self {
            Self::Root => None,
            Self::Principal(id) | Self::Home(id) | Self::Calendar(id, _) | Self::Item(id, ..) => Some(*id),
        }
    }

    /// Its path, encoded, below the address of the workspace.
    pub fn path(&self) -> String {
        match self {
            Self::Root => format!("{BASE}/"),
            Self::Principal(id) => format!("{BASE}/principals/{id}/"),
            Self::Home(id) => format!("{BASE}/calendars/{id}/"),
            Self::Calendar(id, collection) => format!("{BASE}/calendars/{id}/{}/", collection.name()),
            Self::Item(id, collection, name) => {
                format!("{BASE}/calendars/{id}/{}/{}", collection.name(), utf8_percent_encode(name, ENCODED))
            }
        }
    }
}

/// A piece of a path as it is meant; nothing that leads elsewhere, is empty or very long.
fn decoded(piece: &str) -> Option<String> {
    let text = percent_decode_str(piece).decode_utf8().ok()?.into_owned();
    let fits = !text.is_empty() && text.len() <= LONGEST_NAME && text != "." && text != "..";
    (fits && !text.chars().any(|it| it.is_control() || matches!(it, '/' | '\\'))).then_some(text)
}

/// The path of an address that a body names: whole, or without the host.
pub fn path_of(address: &str) -> &str {
    let address = address.trim();
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => address,
    };
    path.split(['?', '#']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000000";

    #[test]
    fn an_address_is_of_one_thing_and_leads_nowhere_else() {
        let id = Uuid::try_parse(ID).expect("an id");
        let item = Place::Item(id, Collection::Appointments, "评 审%/x".replace('/', "-"));
        assert_eq!(Place::of(&item.path()), Some(item));
        for place in [Place::Root, Place::Principal(id), Place::Home(id), Place::Calendar(id, Collection::Team(id))] {
            assert_eq!(Place::of(&place.path()).as_ref(), Some(&place));
            assert_eq!(Place::of(place.path().trim_end_matches('/')), Some(place));
        }
        for wrong in [
            "/caldavx",
            "/caldav/etc",
            "/caldav//",
            "/caldav/calendars/x",
            "/caldav/calendars/../principals",
            &format!("/caldav/calendars/{ID}/other"),
            &format!("/caldav/calendars/{ID}/member-x"),
            &format!("/caldav/calendars/{ID}/tasks/.."),
            &format!("/caldav/calendars/{ID}/tasks/%2e%2e"),
            &format!("/caldav/calendars/{ID}/tasks/a%2Fb"),
            &format!("/caldav/calendars/{ID}/tasks/a%5Cb"),
            &format!("/caldav/calendars/{ID}/tasks/a%00"),
            &format!("/caldav/calendars/{ID}/tasks/%ff"),
            &format!("/caldav/calendars/{ID}/tasks/a/b"),
            &format!("/caldav/calendars/{ID}/tasks/{}", "a".repeat(251)),
        ] {
            assert_eq!(Place::of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_address_in_a_body_may_be_whole() {
        assert_eq!(path_of(" https://crm.example/caldav/a?x "), "/caldav/a");
        assert_eq!(path_of("/caldav/a"), "/caldav/a");
        assert_eq!(path_of("https://crm.example"), "/");
    }
}
