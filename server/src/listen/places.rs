//! Places for connections: so many in all, and not all of them for one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The places of one listener.
#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    all: usize,
    /// Most of one address.
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Places {
    /// So many. Half of them at most for one address, so that nobody alone shuts everybody else out; a proxy's own address
    /// may have all.
    pub fn new(all: usize, behind_proxy: bool) -> Self {
        let each = if behind_proxy { all } else { (all / 2).max(1) };
        Self(Arc::new(Shared { all, each, taken: Mutex::default() }))
    }

    /// A place, held as long as the connection lasts; `None` where there is none left.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let address = network_of(address);
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by_address.get(&address).copied().unwrap_or_default();
        if taken.all >= self.0.all || own >= self.0.each {
            return None;
        }
        taken.all += 1;
        taken.by_address.insert(address, own + 1);
        Some(Place { places: self.clone(), address })
    }
}

/// Whose an address is: one line has a whole /64 of IPv6.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            address.to_ipv4_mapped().map_or_else(|| Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(), IpAddr::V4)
        }
    }
}

/// A place for a connection; given back when it ends.
pub struct Place {
    places: Places,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(own) = taken.by_address.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_has_half_of_the_places() {
        let places = Places::new(6, false);
        let held: Vec<_> = (0..3).map(|_| places.take(ip("192.0.2.1")).unwrap()).collect();
        assert!(places.take(ip("192.0.2.1")).is_none() && places.take(ip("::ffff:192.0.2.1")).is_none());
        let others: Vec<_> = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(|it| places.take(ip(it)).unwrap()).into();
        assert!(places.take(ip("198.51.100.1")).is_none(), "all are taken");
        drop(held);
        assert!(places.take(ip("2001:db8::ffff")).is_none(), "the /64 has its half");
        assert!(places.take(ip("2001:db8:0:1::1")).is_some());
        drop(others);
        assert!(places.0.taken.lock().unwrap().by_address.is_empty());
    }

    #[test]
    fn a_proxy_has_all_of_them() {
        let places = Places::new(2, true);
        let _held = [places.take(ip("192.0.2.1")).unwrap(), places.take(ip("192.0.2.1")).unwrap()];
        assert!(places.take(ip("192.0.2.1")).is_none());
    }
}
