//! Views against the schema: what they name must be there and must be of use in its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::scope::{ObjectScope, OpenGate, resolve_path};
use super::tables::{has_order, is_sortable};
use super::{
    BoardViewDefinition, CalendarViewDefinition, Field, FieldKind, Label, ListViewDefinition, Object, RecordViewDefinition, Schema, ViewsDefinition,
    is_identifier,
};
use crate::identity::MEMBER_OBJECT;
use crate::read::may_be_named;
use crate::store::Storage;

/// Most columns of a list.
const MAX_COLUMNS: usize = 60;
/// Most terms of a sort, as for lists.
pub const MAX_SORTS: usize = 4;

/// Something a view names that it cannot show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewProblem {
    /// Where, such as `views.list.vip.columns`.
    pub place: String,
    /// What and why.
    pub reason: Label,
    /// Without it there is no view at all: a list without its filter would show something else under its name.
    pub whole: bool,
}

/// The part of an object's views that the schema can show, and what is wrong with the rest.
pub fn fit_views(schema: &Schema, object: &Arc<Object>, views: &ViewsDefinition) -> (ViewsDefinition, Vec<ViewProblem>) {
    let mut fit = Fit { schema, problems: Vec::new() };
    let mut names = BTreeSet::new();
    let list = views.list.iter().filter_map(|it| fit.list(object, it, &mut names)).collect();
    let board = views.board.as_ref().and_then(|it| fit.board(object, it));
    let calendar = views.calendar.as_ref().and_then(|it| fit.calendar(object, it));
    let record = fit.record(object, &views.record);
    (ViewsDefinition { list, board, calendar, record }, fit.problems)
}

struct Fit<'a> {
    schema: &'a Schema,
    problems: Vec<ViewProblem>,
}

impl Fit<'_> {
    fn report(&mut self, place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.problems.push(ViewProblem { place: place.into(), reason: Label::new(zh, en), whole: false });
    }

    fn whole(&mut self, place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.problems.push(ViewProblem { place: place.into(), reason: Label::new(zh, en), whole: true });
    }

    fn list(&mut self, object: &Arc<Object>, list: &ListViewDefinition, names: &mut BTreeSet<String>) -> Option<ListViewDefinition> {
        let place = format!("views.list.{}", list.name);
        if !self.name(&place, &list.name, &list.label, names) {
            return None;
        }
        let columns = self.paths(object, &format!("{place}.columns"), &list.columns, MAX_COLUMNS);
        if columns.is_empty() {
            self.whole(format!("{place}.columns"), "列表至少要有一列", "a list needs a column");
            return None;
        }
        if let Some(filter) = &list.filter {
            let scope = ObjectScope { schema: self.schema, object, gate: &OpenGate, follow: true };
            if let Err(error) = guanxi_expr::check_condition(filter, &scope) {
                self.whole(format!("{place}.filter"), format!("筛选条件有误：{}", error.in_chinese()), format!("the filter is wrong: {error}"));
                return None;
            }
        }
        let sort = list.sort.as_deref().and_then(|it| self.sort(object, &format!("{place}.sort"), it));
        Some(ListViewDefinition { columns, sort, ..list.clone() })
    }

    /// Whether a list or section has a name of its own and a label.
    fn name(&mut self, place: &str, name: &str, label: &Label, names: &mut BTreeSet<String>) -> bool {
        if !is_identifier(name) {
            self.whole(place, "名称只能由小写字母、数字和单个下划线组成", "name: use lower-case letters, digits and single underscores");
            return false;
        }
        if !names.insert(name.to_owned()) {
            self.whole(place, format!("名称“{name}”用了两次"), format!("the name `{name}` is used twice"));
            return false;
        }
        if label.zh_cn.trim().is_empty() || label.en.trim().is_empty() {
            self.report(format!("{place}.label"), "请填写中文和英文名称", "a name is needed in Chinese and in English");
        }
        true
    }

    /// The paths that lead somewhere, each once.
    fn paths(&mut self, object: &Arc<Object>, place: &str, paths: &[String], most: usize) -> Vec<String> {
        let mut seen = BTreeSet::new();
        if paths.len() > most {
            self.report(place, format!("最多{most}项"), format!("at most {most}"));
        }
        let kept = paths.iter().take(most).filter(|path| {
            if !leads_somewhere(self.schema, object, path) {
                self.report(place, format!("没有字段“{path}”"), format!("there is no field `{path}`"));
                return false;
            }
            seen.insert(path.as_str())
        });
        kept.cloned().collect()
    }

    /// A sort whose every term has an index, or is the title of what is referred to, else none.
    fn sort(&mut self, object: &Arc<Object>, place: &str, sort: &str) -> Option<String> {
        let terms: Vec<&str> = sort.split(',').map(|it| it.trim().trim_start_matches('-')).collect();
        let unfit = terms.iter().find(|name| **name != "id" && !gives_order(self.schema, object, name));
        match unfit {
            Some(name) => {
                self.report(place, format!("不能按“{name}”排序：该字段没有索引"), format!("cannot sort by `{name}`: the field has no index"));
                None
            }
            None if terms.len() > MAX_SORTS => {
                self.report(place, "最多按 4 个字段排序", "sort by at most 4 fields");
                None
            }
            None => Some(sort.to_owned()),
        }
    }

    fn board(&mut self, object: &Arc<Object>, board: &BoardViewDefinition) -> Option<BoardViewDefinition> {
        if object.field(&board.group_by).is_none_or(|it| it.definition.kind != FieldKind::Select) {
            self.whole("views.board.group_by", "看板按一个单选字段分列", "a board has the options of a select field as columns");
            return None;
        }
        let sum = board.sum.clone().filter(|name| {
            let fits = object.field(name).is_some_and(is_summable);
            if !fits {
                self.report("views.board.sum", format!("字段“{name}”不能求和"), format!("`{name}` is no field that can be summed"));
            }
            fits
        });
        let card = self.paths(object, "views.board.card", &board.card, 12);
        let order = board.order.as_deref().and_then(|it| self.sort(object, "views.board.order", it));
        Some(BoardViewDefinition { card, sum, order, ..board.clone() })
    }

    fn calendar(&mut self, object: &Arc<Object>, calendar: &CalendarViewDefinition) -> Option<CalendarViewDefinition> {
        let is = |name: &str, kinds: &[FieldKind]| object.field(name).is_some_and(|it| kinds.contains(&it.definition.kind));
        let times = [FieldKind::Date, FieldKind::Datetime];
        if !is(&calendar.start, &times) {
            self.whole("views.calendar.start", "日历的开始须是日期或时间字段", "a calendar starts at a date or datetime field");
            return None;
        }
        if !leads_somewhere(self.schema, object, &calendar.title) {
            self.whole("views.calendar.title", "日历的标题字段不存在", "the title of the calendar is no field");
            return None;
        }
        let mut fitting = |name: &Option<String>, kinds: &[FieldKind], key: &str| {
            let kept = name.clone().filter(|it| is(it, kinds));
            if let (Some(name), None) = (name, &kept) {
                self.report(format!("views.calendar.{key}"), format!("字段“{name}”不适用"), format!("`{name}` does not fit here"));
            }
            kept
        };
        let end = fitting(&calendar.end, &times, "end");
        let color_by = fitting(&calendar.color_by, &[FieldKind::Select], "color_by");
        let people = calendar.people.clone().filter(|name| {
            let fits = object.field(name).is_some_and(|it| it.link.is_some() && it.target.as_deref() == Some(MEMBER_OBJECT));
            if !fits {
                self.report("views.calendar.people", format!("字段“{name}”不适用"), format!("`{name}` does not fit here"));
            }
            fits
        });
        let mut begins_as = calendar.begins_as.clone();
        begins_as.retain(|name, _| {
            let fits = object.field(name).is_some();
            if !fits {
                self.report("views.calendar.begins_as", format!("没有字段“{name}”"), format!("there is no field `{name}`"));
            }
            fits
        });
        Some(CalendarViewDefinition { end, color_by, people, begins_as, ..calendar.clone() })
    }

    fn record(&mut self, object: &Arc<Object>, record: &RecordViewDefinition) -> RecordViewDefinition {
        let key_facts = self.paths(object, "views.record.key_facts", &record.key_facts, 20);
        let (mut names, mut placed) = (BTreeSet::new(), BTreeSet::new());
        let mut sections = Vec::new();
        for section in &record.sections {
            let place = format!("views.record.section.{}", section.name);
            if !self.name(&place, &section.name, &section.label, &mut names) {
                continue;
            }
            let mut kept = section.clone();
            kept.fields.retain(|field| {
                if object.field(field).is_none() {
                    self.report(&*place, format!("没有字段“{field}”"), format!("there is no field `{field}`"));
                    return false;
                }
                let first = placed.insert(field.clone());
                if !first {
                    self.report(&*place, format!("字段“{field}”已在别的分组"), format!("`{field}` stands in another section already"));
                }
                first
            });
            sections.push(kept);
        }
        let mut seen = BTreeSet::new();
        let mut related = Vec::new();
        for list in &record.related {
            let place = format!("views.record.related.{}.{}", list.object, list.via);
            let target = self.schema.object(&list.object).cloned();
            let target = target.filter(|it| it.field(&list.via).is_some_and(|via| refers_to(via, object)));
            let Some(target) = target else {
                self.report(place, "相关列表须经由指向本对象的字段", "a related list goes by a field that refers to this object");
                continue;
            };
            if !seen.insert((list.object.clone(), list.via.clone())) {
                self.report(place, "该相关列表出现了两次", "this related list is there twice");
                continue;
            }
            let columns = self.paths(&target, &format!("{place}.columns"), &list.columns, MAX_COLUMNS);
            let sort = list.sort.as_deref().and_then(|it| self.sort(&target, &format!("{place}.sort"), it));
            let tick = list.tick.clone().filter(|name| {
                let fits = target.field(name).is_some_and(|it| it.definition.kind == FieldKind::Boolean);
                if !fits {
                    self.report(format!("{place}.tick"), format!("“{name}”不是是/否字段"), format!("`{name}` is no yes/no field"));
                }
                fits
            });
            let visible_when = self.visible_when(object, &place, list.visible_when.as_ref());
            let timeline = list.timeline.filter(|_| {
                let fits = target.field(&list.via).is_some_and(|it| it.definition.kind == FieldKind::Reference);
                if !fits {
                    let en = "only a list by a reference shares a timeline";
                    self.report(format!("{place}.timeline"), "只有经由引用字段的列表才能并入时间线", en);
                }
                fits
            });
            related.push(super::RelatedListDefinition { columns, sort, tick, visible_when, timeline, ..list.clone() });
        }
        let timeline_at = self.timeline_at(object, record.timeline_at.as_ref());
        RecordViewDefinition { key_facts, sections, related, quick_log: record.quick_log.clone(), timeline_at }
    }

    /// Evaluated by the web app; checked here so that a wrong one never reaches it. Without it the list is always there.
    fn visible_when(&mut self, object: &Arc<Object>, place: &str, source: Option<&String>) -> Option<String> {
        let scope = ObjectScope { schema: self.schema, object, gate: &OpenGate, follow: false };
        source.cloned().filter(|source| match guanxi_expr::check_condition(source, &scope) {
            Ok(_) => true,
            Err(error) => {
                self.report(
                    format!("{place}.visible_when"),
                    format!("显示条件有误：{}", error.in_chinese()),
                    format!("the condition is wrong: {error}"),
                );
                false
            }
        })
    }

    /// What orders a timeline must be an instant that lists can be sorted by.
    fn timeline_at(&mut self, object: &Object, name: Option<&String>) -> Option<String> {
        let name = name?;
        let is_instant = |field: &Field| is_sortable(field) && field.part("").is_some_and(|it| it.storage == Storage::DateTime);
        let fits = object.field(name).is_some_and(is_instant);
        if !fits {
            let (zh, en) = (format!("字段“{name}”不是带索引的日期时间字段"), format!("`{name}` is no indexed datetime field"));
            self.report("views.record.timeline_at", zh, en);
        }
        fits.then(|| name.clone())
    }
}

/// Whether a field may lead to records of an object: a reference to it, or one to records of whatever object.
fn refers_to(via: &Field, object: &Object) -> bool {
    via.target.as_deref() == Some(&object.name) || (via.definition.kind == FieldKind::Record && may_be_named(object))
}

/// Whether a path ends in a field: by itself, as a whole, or through references.
fn leads_somewhere(schema: &Schema, object: &Arc<Object>, path: &str) -> bool {
    let names: Vec<&str> = path.split('.').collect();
    object.field(path).is_some() || resolve_path(schema, object, &names, &OpenGate).is_some()
}

/// Whether a list can be sorted by what a path leads to, as far as rights allow.
fn gives_order(schema: &Schema, object: &Arc<Object>, path: &str) -> bool {
    let names: Vec<&str> = path.split('.').collect();
    resolve_path(schema, object, &names, &OpenGate).is_some_and(|found| {
        let field = found.field();
        let is_own = field.part("").is_some_and(|it| it.name == found.part);
        is_own && (field.is_shown_by_title() || if found.hops.is_empty() { is_sortable(field) } else { has_order(field) })
    })
}

fn is_summable(field: &Field) -> bool {
    let kind = field.definition.result.unwrap_or(field.definition.kind);
    matches!(kind, FieldKind::Number | FieldKind::Decimal | FieldKind::Money | FieldKind::Percent | FieldKind::Duration)
}
