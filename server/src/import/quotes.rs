//! What an import quotes of the cells of its file, forgotten with the file; what a mapping tells of fields, cut to those that
//! somebody may know of.

use super::Kinds;
use super::ledger::ImportData;
use super::plan::{ColumnMapping, Departments, ImportPlan, MatchRule, Owners, PartLink};

impl ImportData {
    /// Forgets whatever it quotes of the file's cells. `false`: it quoted nothing.
    pub(super) fn forget_quotes(&mut self) -> bool {
        let in_plan = self.plan.as_mut().is_some_and(ImportPlan::forget_quotes);
        let quotes = in_plan || !self.problems.is_empty() || self.rejected_bytes > 0 || !self.kinds.is_empty() || self.failure.is_some();
        self.problems.clear();
        self.rejected_bytes = 0;
        self.kinds = Kinds::default();
        self.failure = None;
        quotes
    }
}

impl ImportPlan {
    /// Forgets the texts of cells that are read as others: they quote the file. `false`: there are none.
    pub(super) fn forget_quotes(&mut self) -> bool {
        let columns = self.mapping.iter_mut().chain(self.also.iter_mut().flat_map(|it| it.mapping.iter_mut()));
        let mut any = false;
        for values in columns.map(|it| &mut it.options.values) {
            any |= !values.is_empty();
            values.clear();
        }
        if let Some(Owners::Values { members, .. }) = &mut self.owners {
            any |= !members.is_empty();
            members.clear();
        }
        if let Some(Departments::Values { departments, .. }) = &mut self.departments {
            any |= !departments.is_empty();
            departments.clear();
        }
        any
    }

    /// Keeps what is of fields that are `known`: object and path.
    pub(super) fn keep_known(&mut self, object: &str, known: &dyn Fn(&str, &str) -> bool) {
        let matching = |rule: &mut Option<MatchRule>, of: &str| {
            *rule = rule.take().filter(|it| it.names().all(|it| known(of, it)));
            if let Some(rule) = rule.as_mut().filter(|rule| !rule.or_fields.iter().all(|it| known(of, it))) {
                rule.or_fields.clear();
            }
            if let Some(overwrite) = rule.as_mut().and_then(|it| it.overwrite.as_mut()) {
                overwrite.retain(|it| known(of, it));
            }
        };
        let columns = |mapping: &mut Vec<ColumnMapping>, of: &str| mapping.retain(|it| it.field.as_ref().is_none_or(|it| known(of, it)));
        columns(&mut self.mapping, object);
        matching(&mut self.matching, object);
        self.constants.retain(|it| known(object, &it.field));
        self.computed.retain(|it| known(object, &it.field));
        for part in &mut self.also {
            let of = part.object.clone();
            columns(&mut part.mapping, &of);
            matching(&mut part.matching, &of);
            part.constants.retain(|it| known(&of, &it.field));
            part.computed.retain(|it| known(&of, &it.field));
            part.links.retain(|it| known(&of, &it.field));
        }
        self.also.retain(|it| !(it.mapping.is_empty() && it.constants.is_empty() && it.computed.is_empty()));
        let keys: Vec<String> = self.also.iter().map(|it| it.key.clone()).collect();
        let leads_on = |it: &PartLink| it.to.is_empty() || keys.contains(&it.to);
        self.links.retain(|it| known(object, &it.field) && leads_on(it));
        self.also.iter_mut().for_each(|part| part.links.retain(leads_on));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn plan() -> ImportPlan {
        let plan = json!({
            "mapping": [{ "column": 0, "field": "name", "options": { "values": { "王伟": "王先生" } } }, { "column": 1, "field": "mobile" }],
            "match": { "fields": ["mobile"], "on_match": "fill" },
            "constants": [{ "field": "source", "value": "web" }],
            "links": [{ "field": "account", "to": "company" }],
            "also": [{ "key": "company", "object": "account", "mapping": [{ "column": 2, "field": "name" }] }],
            "owners": { "by": "values", "column": 3, "members": { "李娜": Uuid::nil() } },
            "departments": { "by": "values", "column": 4, "departments": { "华东": Uuid::nil() } },
        });
        serde_json::from_value(plan).unwrap()
    }

    #[test]
    fn what_it_quotes_of_cells_is_forgotten() {
        let mut plan = plan();
        assert!(plan.forget_quotes());
        let text = serde_json::to_string(&plan).unwrap();
        assert!(!["王伟", "王先生", "李娜", "华东"].iter().any(|it| text.contains(it)), "{text}");
        assert!(!plan.forget_quotes(), "there are none any more");
    }

    #[test]
    fn an_import_quotes_nothing_any_more() {
        let mut data = ImportData { plan: Some(plan()), failure: Some(guanxi_kernel::schema::Label::new("王伟", "x")), ..ImportData::default() };
        data.kinds.note(&crate::import::RowProblem {
            row: 1,
            part: String::new(),
            field: "name".into(),
            code: "bad_format".into(),
            message: guanxi_kernel::schema::Label::new("“王伟”不是手机号", "x"),
            value: String::new(),
        });
        assert!(data.forget_quotes());
        assert!(!serde_json::to_string(&data).unwrap().contains("王伟"));
        assert!(!data.forget_quotes());
    }

    #[test]
    fn of_fields_that_are_not_known_nothing_is_told() {
        let mut all = plan();
        all.keep_known("contact", &|_, _| true);
        assert_eq!(all, plan());
        let mut some = plan();
        some.keep_known("contact", &|object, field| object == "contact" && field != "mobile");
        assert_eq!(some.mapping.len(), 1);
        assert!(some.matching.is_none() && some.also.is_empty() && some.links.is_empty());
        assert_eq!(some.constants.len(), 1);
    }
}
