//! Directories (LDAP) as providers of identities: what an administrator sets for one, and how it is asked. Who speaks their
//! protocol is a connector.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::provider::{Asked, ForeignIdentity, NewMembers, roles_problems};
use crate::context::Context;
use crate::error::FieldError;

/// Longest certificate, in characters.
const LONGEST_CERTIFICATE: usize = 20_000;

/// How a connection to a directory is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// TLS from the first byte (ldaps).
    Tls,
    /// TLS begun on the ordinary port (StartTLS).
    StartTls,
    /// None: only for a directory on this very machine.
    None,
}

/// How a directory is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapSettings {
    /// Name or address of the server.
    pub host: String,
    /// Its port; 636 with TLS and 389 otherwise where null.
    pub port: Option<u16>,
    /// How the connection is kept from others' eyes.
    pub encryption: Encryption,
    /// Certificate of the authority behind the server's, as PEM, where the machine does not know it.
    pub certificate: Option<String>,
    /// Account this server signs in by to look people up; its password is the provider's secret. Nobody's where empty.
    pub bind_dn: String,
    /// Entry below which people are looked up.
    pub base: String,
    /// Which entries are people, such as `(objectClass=inetOrgPerson)`.
    pub filter: String,
    /// Attributes that hold what people type as their account, such as `uid`.
    pub login: Vec<String>,
    /// Attributes that hold what is wanted of people.
    pub attributes: LdapAttributes,
    /// Whether members are made of people it knows whom nobody knows here; null where not.
    pub new_members: Option<NewMembers>,
    /// How the organisation is taken over; null where it is not.
    pub organisation: Option<LdapOrganisation>,
}

/// How departments and members are taken over from a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapOrganisation {
    /// Which entries are departments, such as `(objectClass=organizationalUnit)`.
    pub units: String,
    /// Attribute that holds their name, such as `ou`.
    pub unit_name: String,
    /// Department those without one above them are put below.
    pub below: Option<Uuid>,
    /// Roles of members it makes.
    pub roles: Vec<String>,
    /// A run that would suspend more than this share of the members it knows, in percent, is stopped.
    #[schemars(range(min = 1, max = 100))]
    pub most_leavers: u8,
    /// It is done every day by itself.
    pub daily: bool,
}

/// Attributes that hold what is wanted of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapAttributes {
    /// What never changes and is nobody else's: `entryUUID`, or `objectGUID` of an Active Directory.
    pub id: String,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
}

impl LdapSettings {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.encryption == Encryption::Tls { 636 } else { 389 })
    }

    pub(super) fn problems(&self, context: &Context, problems: &mut Vec<FieldError>) {
        let mut wrong = |field: &str, zh_cn: &str, en: &str| {
            problems.push(FieldError::new(format!("settings.{field}"), "bad_format", zh_cn, en));
        };
        let is_host = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '[' | ']');
        if !self.host.is_empty() && !self.host.chars().all(is_host) {
            wrong("host", "应为服务器的域名或地址，不含 ldap://", "must be the name or address of a server, without ldap://");
        }
        if !(self.filter.starts_with('(') && self.filter.ends_with(')')) {
            wrong("filter", "应为括号括起的筛选条件，如 (objectClass=person)", "must be a filter in brackets, such as (objectClass=person)");
        }
        let name = |it: &String| it.starts_with(|it: char| it.is_ascii_alphabetic()) && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
        if self.login.is_empty() || self.login.len() > 5 || !self.login.iter().all(name) {
            wrong("login", "请填写 1 到 5 个属性名", "must be 1 to 5 names of attributes");
        }
        let LdapAttributes { id, email, name: of_name } = &self.attributes;
        for (field, attribute) in [("attributes.id", id), ("attributes.email", email), ("attributes.name", of_name)] {
            if !name(attribute) {
                wrong(field, "应为属性名，如 mail", "must be the name of an attribute, such as mail");
            }
        }
        if self.certificate.as_ref().is_some_and(|it| it.len() > LONGEST_CERTIFICATE || !it.contains("-----BEGIN CERTIFICATE-----")) {
            wrong("certificate", "应为 PEM 格式的证书", "must be a certificate as PEM");
        }
        if let Some(it) = &self.organisation {
            if !(it.units.starts_with('(') && it.units.ends_with(')')) {
                wrong("organisation.units", "应为括号括起的筛选条件", "must be a filter in brackets");
            }
            if !name(&it.unit_name) {
                wrong("organisation.unit_name", "应为属性名，如 ou", "must be the name of an attribute, such as ou");
            }
            if !(1..=100).contains(&it.most_leavers) {
                wrong("organisation.most_leavers", "应为 1 到 100", "must be 1 to 100");
            }
        }
        if let Some(it) = &self.organisation {
            roles_problems("settings.organisation.roles", &it.roles, context, problems);
        }
        if let Some(new) = &self.new_members {
            new.problems(context, problems);
        }
    }
}

/// What a directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectoryCheck {
    /// How many people were found.
    pub people: u64,
    /// There are more than were counted.
    pub more: bool,
}

/// A department of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUnit {
    /// What the directory knows it by, for ever.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The one it is below.
    pub parent: Option<String>,
}

/// Somebody of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryPerson {
    /// Who he is there.
    pub identity: ForeignIdentity,
    /// The department he is of.
    pub unit: Option<String>,
}

/// An organisation as a directory has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Departments, those above first.
    pub units: Vec<DirectoryUnit>,
    /// People.
    pub people: Vec<DirectoryPerson>,
}

/// Asks directories. Blocks while it asks.
pub trait DirectoryConnector: Send + Sync {
    /// Signs in by the account for looking people up, and counts them.
    ///
    /// # Errors
    /// Where it cannot be reached or does not let this server in.
    fn check(&self, settings: &LdapSettings, secret: Option<&str>) -> Asked<DirectoryCheck>;

    /// Whom an account and its password are of; `None` where they are nobody's.
    ///
    /// # Errors
    /// As [`Self::check`].
    fn authenticate(&self, settings: &LdapSettings, secret: Option<&str>, login: &str, password: &str) -> Asked<Option<ForeignIdentity>>;

    /// All departments and people, as the settings want them.
    ///
    /// # Errors
    /// As [`Self::check`].
    fn organisation(&self, settings: &LdapSettings, secret: Option<&str>) -> Asked<Organisation>;
}
