//! What filters ask of the source of a field: `source(phone) == "imported"`.

use guanxi_expr::{CompareOp, Predicate, Value};

use super::conditions::Tables;
use crate::error::{KernelError, Result};
use crate::provenance::{Kept, Source, asked};
use crate::schema::{ID, SOURCE_PATHS};
use crate::store::{ColumnRef, Condition};

/// The function a path begins with and the field it asks about, where it is one that asks for a source.
fn function_of(path: &[String]) -> Option<(&'static str, &str)> {
    let (first, rest) = path.split_first()?;
    let function = SOURCE_PATHS.iter().find(|it| it.0 == first)?.0;
    Some((function, rest.first()?))
}

fn refused() -> KernelError {
    KernelError::bad_request(
        "bad_filter",
        "source()、sourceAt() 和 sourceChange() 只能与值比较",
        "source(), sourceAt() and sourceChange() compare with values only",
    )
}

impl Tables<'_> {
    /// The condition of a predicate that asks for the source of a field; nothing where it asks for something else.
    ///
    /// # Errors
    /// A field that is not open to the caller; a test that is not for sources.
    pub(super) fn sourced(&mut self, predicate: &Predicate) -> Result<Option<Condition>> {
        if matches!(predicate, Predicate::And(_) | Predicate::Or(_)) || !predicate.paths().iter().any(|it| function_of(it).is_some()) {
            return Ok(None);
        }
        let condition = match predicate {
            Predicate::IsNull(path) => self.is_known(path, true)?,
            Predicate::NotNull(path) => self.is_known(path, false)?,
            Predicate::In { path, values, negated } => self.is_among(path, values.clone(), *negated)?,
            Predicate::Compare { path, op: op @ (CompareOp::Eq | CompareOp::Ne), value } if !is_moment(path) => {
                self.is_among(path, vec![value.clone()], *op == CompareOp::Ne)?
            }
            Predicate::Compare { path, op, value } if is_moment(path) => {
                let (id, field) = self.source_field(path)?;
                match op {
                    CompareOp::Ne => asked(id, &field, Kept::At(CompareOp::Eq, value.clone()), true),
                    op => asked(id, &field, Kept::At(*op, value.clone()), false),
                }
            }
            _ => return Err(refused()),
        };
        Ok(Some(condition))
    }

    /// The column of ids and the name of the field, which is open to the caller and not covered where he sees the record.
    fn source_field(&mut self, path: &[String]) -> Result<(ColumnRef, String)> {
        let names: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
        let found = self.resolve(&names)?;
        if !found.hops.is_empty() {
            return Err(refused());
        }
        self.table_of(&found)?;
        if found.field().is_computed() {
            return Err(KernelError::bad_request(
                "bad_filter",
                format!("“{}”由系统计算，没有来源", found.field().definition.label.zh_cn),
                format!("`{}` is worked out by the system: nothing set it", found.field().name()),
            ));
        }
        Ok((ColumnRef::main(ID), found.field().name().to_owned()))
    }

    fn is_known(&mut self, path: &[String], absent: bool) -> Result<Condition> {
        let (id, field) = self.source_field(path)?;
        let kept = asked(id, &field, Kept::Anything, absent);
        if function_of(path).is_some_and(|it| it.0 != "source()") {
            return Ok(kept);
        }
        // A value of which nothing is kept was typed.
        let value = self.of_value(&field, absent)?;
        Ok(if absent { kept.and(value) } else { Condition::Or(vec![kept, value]) })
    }

    fn is_among(&mut self, path: &[String], values: Vec<Value>, negated: bool) -> Result<Condition> {
        let (id, field) = self.source_field(path)?;
        match function_of(path).map(|it| it.0) {
            Some("sourceAt()") => {
                let any = values.into_iter().map(|it| asked(id, &field, Kept::At(CompareOp::Eq, it), negated));
                return Ok(if negated { Condition::And(any.collect()) } else { Condition::Or(any.collect()) });
            }
            Some("sourceChange()") => return Ok(asked(id, &field, Kept::Change(values), negated)),
            _ => {}
        }
        if let Some(unknown) = values.iter().find(|it| !it.as_text().is_some_and(|it| Source::ASKED.iter().any(|known| known.name() == it))) {
            let (text, all) = (unknown.as_text().unwrap_or("null"), Source::ASKED.map(Source::name).join(", "));
            return Err(KernelError::bad_request(
                "bad_filter",
                format!("没有来源“{text}”，可用：{all}"),
                format!("there is no source `{text}`; those there are: {all}"),
            ));
        }
        let typed = values.iter().any(|it| it.as_text() == Some(Source::Entered.name()));
        let kinds: Vec<Value> = values.into_iter().filter(|it| it.as_text() != Some(Source::Entered.name())).collect();
        let mut parts = Vec::new();
        if !kinds.is_empty() {
            parts.push(asked(id, &field, Kept::Kind(kinds), negated));
        }
        if typed {
            let (kept, value) = (asked(id, &field, Kept::Anything, !negated), self.of_value(&field, negated)?);
            parts.push(if negated { Condition::Or(vec![kept, value]) } else { kept.and(value) });
        }
        Ok(if negated { Condition::And(parts) } else { Condition::Or(parts) })
    }

    /// Whether any part of a field has a value (`absent`: none has).
    fn of_value(&mut self, field: &str, absent: bool) -> Result<Condition> {
        let found = self.resolve(&[field])?;
        if found.field().link.is_some() {
            let path = vec![field.to_owned()];
            return self.condition(&if absent { Predicate::IsNull(path) } else { Predicate::NotNull(path) });
        }
        let columns = found.field().parts.iter().map(|it| ColumnRef::main(it.column));
        Ok(if absent { Condition::And(columns.map(Condition::IsNull).collect()) } else { Condition::Or(columns.map(Condition::NotNull).collect()) })
    }
}

fn is_moment(path: &[String]) -> bool {
    function_of(path).is_some_and(|it| it.0 == "sourceAt()")
}
