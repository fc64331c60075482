//! Mappings that come with the program, for the files other systems export: data in `ready/`, one file for each kind of file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use guanxi_kernel::schema::Label;
use guanxi_kernel::{KernelError, Result};
use serde::Deserialize;

use super::synonyms::folded;
use super::{AlsoPart, ColumnMapping, ColumnOptions, Computed, Constant, ImportPlan, MatchRule, PartLink};

/// What a system exports as one kind of file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ready {
    /// Stable key.
    pub key: String,
    /// For people: the system and what it exports.
    pub name: Label,
    /// Into which object.
    pub object: String,
    /// How rows find their records.
    #[serde(default, rename = "match")]
    matching: Option<MatchRule>,
    /// The same in every row.
    #[serde(default)]
    constants: Vec<Constant>,
    #[serde(default, rename = "column")]
    columns: Vec<ReadyColumn>,
    /// Further records of a row.
    #[serde(default)]
    also: Vec<ReadyPart>,
    /// References of the main record to these.
    #[serde(default)]
    links: Vec<PartLink>,
    #[serde(default, rename = "flag")]
    flags: Vec<ReadyFlag>,
    /// Headers that are known and become nothing.
    #[serde(default)]
    ignored: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadyColumn {
    /// What it is headed by, in each language it is exported in.
    headers: Vec<String>,
    /// The field, or a part of it; none where it only tells what file it is.
    #[serde(default)]
    field: String,
    /// Key of the further record it belongs to.
    #[serde(default)]
    part: String,
    /// Without it the file is none of this kind.
    #[serde(default)]
    needed: bool,
    /// Used only where nothing else gives the field: no column before it, no link to another record of the row.
    #[serde(default)]
    fallback: bool,
    #[serde(default)]
    options: ColumnOptions,
}

/// A box that is ticked where one of several columns says so: what a person refused, by whichever way.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadyFlag {
    field: String,
    /// Columns that say yes or no.
    #[serde(default)]
    yes: Vec<String>,
    /// Columns that say it by holding anything.
    #[serde(default)]
    filled: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadyPart {
    key: String,
    object: String,
    #[serde(default, rename = "match")]
    matching: Option<MatchRule>,
    #[serde(default)]
    constants: Vec<Constant>,
    #[serde(default)]
    links: Vec<PartLink>,
    /// A field without which there is no such record; any where it is empty.
    #[serde(default)]
    needs: String,
}

/// What stands for yes in such columns.
const YES: &str = r#"["1", "true", "True", "TRUE", "yes", "Yes", "YES", "Y", "y", "是", "√"]"#;

impl ReadyFlag {
    /// What gives it for a file with these headers.
    fn computed(&self, headers: &[String]) -> Option<Computed> {
        let theirs = |known: &Vec<String>| -> Vec<String> {
            let is_it = |header: &&String| known.iter().any(|it| folded(it) == folded(header));
            headers.iter().filter(is_it).map(|it| format!("row[{}]", serde_json::Value::from(it.trim()))).collect()
        };
        let said = theirs(&self.yes).into_iter().map(|cell| format!("{cell} in {YES}"));
        let held = theirs(&self.filled).into_iter().map(|cell| format!("!({cell} in [\"\", \"-\"])"));
        let all: Vec<String> = said.chain(held).collect();
        (!all.is_empty()).then(|| Computed { field: self.field.clone(), expression: format!("{} ? \"true\" : \"\"", all.join(" || ")) })
    }
}

impl Ready {
    /// The first header of each column.
    pub fn headers(&self) -> Vec<String> {
        self.columns.iter().filter_map(|it| it.headers.first().cloned()).collect()
    }

    /// How well the headers of a file fit: how many of them are known. 0 where one is missing that no such file lacks.
    pub fn fit(&self, headers: &[String]) -> f64 {
        let theirs: HashSet<String> = headers.iter().map(|it| folded(it)).collect();
        let has = |it: &ReadyColumn| it.headers.iter().any(|it| theirs.contains(&folded(it)));
        if theirs.is_empty() || !self.columns.iter().filter(|it| it.needed).all(has) {
            return 0.0;
        }
        let known = self.columns.iter().flat_map(|it| &it.headers).chain(&self.ignored);
        let flags = self.flags.iter().flat_map(|it| it.yes.iter().chain(&it.filled));
        let known: HashSet<String> = known.chain(flags).map(|it| folded(it)).collect();
        theirs.intersection(&known).count() as f64 / theirs.len() as f64
    }

    /// The plan for a file with these headers, of the fields that are `known`: object and path.
    pub fn plan_for(&self, object: &str, headers: &[String], known: &dyn Fn(&str, &str) -> bool) -> ImportPlan {
        let places: HashMap<String, usize> = headers.iter().enumerate().rev().map(|(at, it)| (folded(it), at)).collect();
        let place = |it: &ReadyColumn| it.headers.iter().find_map(|it| places.get(&folded(it)).copied());
        let mut by_part: BTreeMap<&str, Vec<ColumnMapping>> = BTreeMap::new();
        let mut taken: HashSet<(&str, &str, usize)> = HashSet::new();
        for column in self.columns.iter().filter(|it| !it.fallback) {
            self.map(object, column, place(column), known, &mut taken, &mut by_part);
        }
        let mut main = by_part.remove("").unwrap_or_default();
        let matching = |rule: &Option<MatchRule>, mapping: &[ColumnMapping]| {
            let is_mapped = |name: &str| mapping.iter().any(|it| it.field.as_deref() == Some(name));
            let mut rule = rule.clone()?;
            let otherwise = rule.or_fields.iter().all(|it| is_mapped(it)).then(|| std::mem::take(&mut rule.or_fields)).filter(|it| !it.is_empty());
            let has_all = rule.names().all(is_mapped);
            match (has_all, otherwise) {
                (true, otherwise) => Some(MatchRule { or_fields: otherwise.unwrap_or_default(), ..rule }),
                (false, Some(fields)) => Some(MatchRule { fields, field: None, or_fields: Vec::new(), ..rule }),
                (false, None) => None,
            }
        };
        let also = self.also.iter().filter_map(|it| {
            let mapping = by_part.remove(it.key.as_str())?;
            if !it.needs.is_empty() && mapping.iter().all(|column| column.field.as_deref() != Some(it.needs.as_str())) {
                return None;
            }
            Some(AlsoPart {
                key: it.key.clone(),
                object: it.object.clone(),
                matching: matching(&it.matching, &mapping),
                mapping,
                constants: it.constants.clone(),
                computed: Vec::new(),
                links: it.links.clone(),
            })
        });
        let also: Vec<AlsoPart> = also.collect();
        let links: Vec<PartLink> = self.links.iter().filter(|link| also.iter().any(|it| it.key == link.to)).cloned().collect();
        for column in self.columns.iter().filter(|it| it.fallback) {
            let is_given = main.iter().filter_map(|it| it.field.as_ref()).chain(links.iter().map(|it| &it.field)).any(|it| *it == column.field);
            if !is_given {
                self.map(object, column, place(column), known, &mut taken, &mut by_part);
                main.extend(by_part.remove("").unwrap_or_default());
            }
        }
        let flags = self.flags.iter().filter(|it| known(object, &it.field));
        ImportPlan {
            matching: matching(&self.matching, &main),
            mapping: main,
            constants: self.constants.iter().filter(|it| known(object, &it.field)).cloned().collect(),
            computed: flags.filter_map(|it| it.computed(headers)).collect(),
            links,
            also,
            ..ImportPlan::default()
        }
    }

    /// Maps one column to its field, where the file has it and the field is open.
    fn map<'r>(
        &'r self,
        object: &str,
        column: &'r ReadyColumn,
        place: Option<usize>,
        known: &dyn Fn(&str, &str) -> bool,
        taken: &mut HashSet<(&'r str, &'r str, usize)>,
        by_part: &mut BTreeMap<&'r str, Vec<ColumnMapping>>,
    ) {
        let into = self.also.iter().find(|it| it.key == column.part).map_or(object, |it| it.object.as_str());
        let Some(at) = place.filter(|_| !column.field.is_empty() && known(into, &column.field)) else { return };
        if taken.insert((&column.part, &column.field, at)) {
            let mapping = ColumnMapping { column: at, field: Some(column.field.clone()), options: column.options.clone() };
            by_part.entry(&column.part).or_default().push(mapping);
        }
    }
}

/// All there are.
const FILES: [&str; 19] = [
    include_str!("ready/espocrm_accounts.toml"),
    include_str!("ready/espocrm_contacts.toml"),
    include_str!("ready/espocrm_leads.toml"),
    include_str!("ready/espocrm_opportunities.toml"),
    include_str!("ready/hubspot_companies.toml"),
    include_str!("ready/hubspot_contacts.toml"),
    include_str!("ready/hubspot_deals.toml"),
    include_str!("ready/salesforce_accounts.toml"),
    include_str!("ready/salesforce_contacts.toml"),
    include_str!("ready/salesforce_leads.toml"),
    include_str!("ready/salesforce_opportunities.toml"),
    include_str!("ready/wukong_contacts.toml"),
    include_str!("ready/wukong_customers.toml"),
    include_str!("ready/wukong_leads.toml"),
    include_str!("ready/wukong_opportunities.toml"),
    include_str!("ready/zoho_accounts.toml"),
    include_str!("ready/zoho_contacts.toml"),
    include_str!("ready/zoho_deals.toml"),
    include_str!("ready/zoho_leads.toml"),
];

static ALL: LazyLock<std::result::Result<Vec<Ready>, String>> =
    LazyLock::new(|| FILES.iter().map(|it| toml::from_str(it).map_err(|error| error.to_string())).collect());

/// All of them.
///
/// # Errors
/// Where one of the program's own files is broken.
pub(super) fn all() -> Result<&'static [Ready]> {
    ALL.as_deref().map_err(|error| KernelError::Internal(format!("a ready mapping: {error}")))
}
