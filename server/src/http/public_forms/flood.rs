//! How often an address asks for forms and sends them, on this node: before anything is read. What may be stored is counted
//! in the database, for all nodes together.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Seconds that are counted together.
const SPAN: i64 = 600;
/// Addresses remembered at most.
const CAPACITY: usize = 20_000;
/// Forms whose websites are remembered.
const FORMS: usize = 2_000;
/// Seconds they are remembered: a website that was struck off frames nothing any more after that.
const FRAMES_FOR: i64 = 300;
/// Forms one address may open in the span.
const MOST_LOOKS: u32 = 300;
/// Forms one address may send before it is told to wait, with all it wrote.
const MOST_SENT: u32 = 30;
/// What one address may send before nothing of it is read.
const MOST_READ: u32 = 120;

/// What an address may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Go on.
    Fine,
    /// Wait; what was written is shown again.
    TooFast,
    /// Nothing of it is read.
    Flood,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    span: i64,
    looks: u32,
    sent: u32,
}

/// A workspace and the key of a form in it.
type FormOfWorkspace = (String, String);
/// Since when, and the websites that may.
type Framed = (Timestamp, Vec<String>);

/// Visitors of late, and where forms they opened may be framed.
#[derive(Debug, Default)]
pub struct Flood {
    seen: Mutex<HashMap<(String, IpAddr), Count>>,
    frames: Mutex<HashMap<FormOfWorkspace, Framed>>,
}

impl Flood {
    /// Somebody opens a form.
    pub fn look(&self, workspace: &str, address: IpAddr, now: Timestamp) -> Pace {
        let count = self.count(workspace, address, now, |it| it.looks = it.looks.saturating_add(1));
        if count.looks > MOST_LOOKS { Pace::Flood } else { Pace::Fine }
    }

    /// Somebody sends one.
    pub fn send(&self, workspace: &str, address: IpAddr, now: Timestamp) -> Pace {
        let count = self.count(workspace, address, now, |it| it.sent = it.sent.saturating_add(1));
        match count.sent {
            0..=MOST_SENT => Pace::Fine,
            it if it <= MOST_READ => Pace::TooFast,
            _ => Pace::Flood,
        }
    }

    /// Remembers for a while which websites may frame a form: so may what is told of it when nothing is read.
    pub fn remember_frames(&self, workspace: &str, key: &str, websites: &[String], now: Timestamp) {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (workspace.to_owned(), key.to_owned());
        if frames.len() >= FORMS && !frames.contains_key(&name) {
            frames.clear();
        }
        frames.insert(name, (now, websites.to_vec()));
    }

    /// The websites that may frame a form, where it was opened on this node of late.
    pub fn frames_of(&self, workspace: &str, key: &str, now: Timestamp) -> Option<Vec<String>> {
        let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, websites) = frames.get(&(workspace.to_owned(), key.to_owned()))?;
        (now.as_second() - since.as_second() < FRAMES_FOR).then(|| websites.clone())
    }

    fn count(&self, workspace: &str, address: IpAddr, now: Timestamp, add: impl FnOnce(&mut Count)) -> Count {
        let span = now.as_second().div_euclid(SPAN);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= CAPACITY {
            seen.retain(|_, it| it.span == span);
        }
        if seen.len() >= CAPACITY {
            // Whoever has so many addresses is met by the limits of the form.
            seen.clear();
        }
        let entry = seen.entry((workspace.to_owned(), network(address, 64))).or_default();
        if entry.span != span {
            *entry = Count { span, ..Count::default() };
        }
        add(entry);
        *entry
    }
}

/// The first bits of an IPv6 address; an IPv4 address whole.
fn network(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))),
        address @ IpAddr::V4(_) => address,
    }
}

/// What is kept of an address: `203.0.113.0/24`, `2001:db8:1::/48`.
pub fn kept_of(address: IpAddr) -> String {
    match network(address, 48) {
        IpAddr::V4(address) => format!("{}/24", Ipv4Addr::from_bits(address.to_bits() & 0xffff_ff00)),
        IpAddr::V6(address) => format!("{address}/48"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_its_network_is_kept() {
        let of = |text: &str| kept_of(text.parse().unwrap());
        assert_eq!(of("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(of("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(of("2001:db8:1:2:3::4"), "2001:db8:1::/48");
    }

    #[test]
    fn who_sends_too_much_waits_and_then_is_not_read() {
        let (flood, address) = (Flood::default(), "2001:db8::1".parse().unwrap());
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let paces: Vec<Pace> = (0..=MOST_READ).map(|_| flood.send("main", address, at(0))).collect();
        assert_eq!(paces[29], Pace::Fine);
        assert_eq!(paces[30], Pace::TooFast);
        assert_eq!(paces[120], Pace::Flood);
        // The same network is the same visitor; another workspace, and later, is not.
        assert_eq!(flood.send("main", "2001:db8::ffff".parse().unwrap(), at(0)), Pace::Flood);
        assert_eq!(flood.send("exam", address, at(0)), Pace::Fine);
        assert_eq!(flood.send("main", address, at(600)), Pace::Fine);
        assert_eq!(flood.look("main", address, at(600)), Pace::Fine);
    }

    #[test]
    fn who_may_frame_a_form_is_forgotten_after_a_while() {
        let flood = Flood::default();
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let site = ["https://www.example.com".to_owned()];
        flood.remember_frames("main", "a", &site, at(0));
        assert_eq!(flood.frames_of("main", "a", at(FRAMES_FOR - 1)).as_deref(), Some(&site[..]));
        assert_eq!(flood.frames_of("main", "a", at(FRAMES_FOR)), None);
        assert_eq!(flood.frames_of("exam", "a", at(0)), None);
        // Opened again it is known again, as it is then.
        flood.remember_frames("main", "a", &[], at(FRAMES_FOR));
        assert_eq!(flood.frames_of("main", "a", at(FRAMES_FOR)), Some(Vec::new()));
    }
}
