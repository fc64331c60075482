//! Pictures: what a field of the type `image` holds.

use guanxi_expr::Value;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{FieldError, Result};
use crate::schema::{FILE_OBJECT, ID};
use crate::store::{ColumnRef, Condition, ReadTx, Select};

/// Whether a media type is that of a picture, of whatever kind: which of them a browser shows is another question.
pub fn is_picture(content_type: &str) -> bool {
    content_type.starts_with("image/")
}

/// That something is no picture.
pub(crate) fn no_picture(field: &str) -> FieldError {
    FieldError::new(field, "bad_format", "请选择图片文件（PNG、JPEG、GIF、WebP 等）", "choose a picture (PNG, JPEG, GIF, WebP and the like)")
}

/// Whether a file holds a picture now; what is not there is told elsewhere.
///
/// # Errors
/// Fails where the database does.
pub(crate) fn holds_picture(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<bool> {
    let Some(object) = context.schema.object(FILE_OBJECT) else { return Ok(true) };
    let Some(part) = object.field("content_type").and_then(|it| it.part("")) else { return Ok(true) };
    let own = Condition::equals(ColumnRef::main(ID), Value::Id(file));
    let row = tx.first(&Select { columns: vec![ColumnRef::main(part.column)], ..Select::all(&object.table, own) })?;
    Ok(row.is_none_or(|it| it.first().and_then(Value::as_text).is_some_and(is_picture)))
}
