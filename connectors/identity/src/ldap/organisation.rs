//! The organisation as a directory has it.

use std::collections::HashMap;

use guanxi_kernel::identity::{Asked, DirectoryPerson, DirectoryUnit, LdapSettings, Organisation};
use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{DerefAliases, LdapConn, Scope, SearchEntry, SearchOptions};

use super::{PATIENCE, code, first, identity, of_code, of_ldap, subject};
use crate::error::unreachable;

/// Entries of one answer.
const PAGE: i32 = 500;
/// Most entries of a kind.
const MOST: usize = 50_000;

/// Asks for all units and people.
pub fn organisation(connection: &mut LdapConn, settings: &LdapSettings) -> Asked<Organisation> {
    let Some(wanted) = &settings.organisation else { return Ok(Organisation::default()) };
    let own = &settings.attributes;
    let units = everything(connection, settings, wanted.units.trim(), &[own.id.as_str(), wanted.unit_name.as_str()])?;
    let people = everything(connection, settings, settings.filter.trim(), &[own.id.as_str(), own.email.as_str(), own.name.as_str()])?;
    if people.is_empty() {
        return Err(unreachable(
            "目录中没有找到人员：请检查查找位置和筛选条件",
            "nobody was found in the directory: check where people are looked up, and the filter",
            "an empty answer",
        ));
    }
    let mut known: Vec<(Vec<String>, DirectoryUnit)> = Vec::with_capacity(units.len());
    for unit in &units {
        let Some(name) = first(&unit.attrs, &wanted.unit_name).map(|it| it.trim().chars().take(100).collect::<String>()) else { continue };
        known.push((parts(&unit.dn), DirectoryUnit { id: subject(settings, unit)?, name, parent: None }));
    }
    // Those above first.
    known.sort_by_key(|it| it.0.len());
    let by_place: HashMap<Vec<String>, String> = known.iter().map(|(place, unit)| (place.clone(), unit.id.clone())).collect();
    let above = |place: &[String]| (1..place.len()).find_map(|it| by_place.get(&place[it..]).cloned());
    let units = known.into_iter().map(|(place, unit)| DirectoryUnit { parent: above(&place), ..unit }).collect();
    let person = |it: &SearchEntry| Ok(DirectoryPerson { identity: identity(settings, it)?, unit: above(&parts(&it.dn)) });
    Ok(Organisation { units, people: people.iter().map(person).collect::<Asked<Vec<_>>>()? })
}

/// All entries a filter finds, page by page.
fn everything(connection: &mut LdapConn, settings: &LdapSettings, filter: &str, attributes: &[&str]) -> Asked<Vec<SearchEntry>> {
    connection.with_search_options(SearchOptions::new().deref(DerefAliases::Never)).with_timeout(PATIENCE);
    let attributes: Vec<String> = attributes.iter().map(|it| (*it).to_owned()).collect();
    let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> = vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
    let mut stream =
        connection.streaming_search_with(adapters, settings.base.trim(), Scope::Subtree, filter, attributes).map_err(|error| of_ldap(&error))?;
    let mut entries = Vec::new();
    while let Some(entry) = stream.next().map_err(|error| of_ldap(&error))? {
        if entries.len() >= MOST {
            return Err(unreachable("目录中的条目过多", "there are too many entries in the directory", format!("more than {MOST}")));
        }
        entries.push(SearchEntry::construct(entry));
    }
    let done = stream.result();
    if done.rc == code::SUCCESS { Ok(entries) } else { Err(of_code(done.rc, &done.text)) }
}

/// The parts of an entry's name (RFC 4514), as they compare: `ou=A\, B, dc=X` is `ou=a\, b` and `dc=x`.
fn parts(name: &str) -> Vec<String> {
    let (mut parts, mut current, mut escaped) = (Vec::new(), String::new(), false);
    for it in name.chars() {
        if it == ',' && !escaped {
            parts.push(std::mem::take(&mut current));
        } else {
            current.push(it);
        }
        escaped = it == '\\' && !escaped;
    }
    parts.push(current);
    parts.iter().map(|it| it.trim().to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_into_its_parts() {
        assert_eq!(parts("OU=Sales\\, East, dc=Test,dc=example"), ["ou=sales\\, east", "dc=test", "dc=example"]);
        assert_eq!(parts("cn=a\\\\,dc=x"), ["cn=a\\\\", "dc=x"]);
    }
}
