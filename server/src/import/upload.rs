//! Taking a file in: is it a table at all, and what is wrong with it in words people understand.

use std::path::Path;

use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::schema::Label;
use guanxi_tabular::{Limits, Source, Table, TabularError, open_sheet};

use super::{Import, file_of};
use crate::errors::{ApiError, disk_error};

/// Opens a table, or a sheet of a workbook, within the limits of imports.
///
/// # Errors
/// What is wrong with the file as a whole.
pub fn check_file(source: impl Into<Source>, file_name: &str, sheet: Option<&str>) -> Result<Table, TabularError> {
    open_sheet(source, file_name, Limits::default(), sheet)
}

/// The headers of an import's file.
///
/// # Errors
/// Where the file cannot be read any more.
pub fn headers_of(import: &Import, folder: &Path) -> Result<Vec<String>, TabularError> {
    if import.data.headers.is_empty() {
        let table = check_file(file_of(folder, import.id), &import.file_name, import.data.sheet.as_deref())?;
        return Ok(table.headers().to_vec());
    }
    Ok(import.data.headers.clone())
}

/// An error of a file as the API tells it.
pub fn file_error(error: &TabularError) -> ApiError {
    let message = file_problem(error);
    match error {
        TabularError::UnsupportedFormat { .. } => ApiError::Http {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code: "unsupported_media_type",
            message,
            field: Some("file".into()),
            retry_after: None,
        },
        TabularError::TooLarge { .. } => {
            ApiError::Http { status: StatusCode::PAYLOAD_TOO_LARGE, code: "too_large", message, field: Some("file".into()), retry_after: None }
        }
        TabularError::Io(error) => disk_error(error).into(),
        TabularError::NoSuchSheet { .. } => {
            ApiError::Kernel(KernelError::Invalid(vec![guanxi_kernel::FieldError { field: "sheet".into(), code: error.code(), message }]))
        }
        other => ApiError::Kernel(KernelError::Invalid(vec![guanxi_kernel::FieldError { field: "file".into(), code: other.code(), message }])),
    }
}

/// What is wrong with a file or a row of it, in both languages.
pub fn file_problem(error: &TabularError) -> Label {
    let en = error.to_string();
    let zh_cn = match error {
        TabularError::Io(_) => "文件无法读写，请重试".to_owned(),
        TabularError::Empty => "文件是空的".to_owned(),
        TabularError::UnsupportedFormat { found } => format!("不支持此类文件（{found}），请将表格另存为 .xlsx 或 .csv，或使用 .json、.vcf"),
        TabularError::BrokenWorkbook { reason } => format!("工作簿无法打开（已损坏或有密码保护）：{reason}"),
        TabularError::BrokenFile { reason } => format!("文件无法读取：{}", broken(reason)),
        TabularError::BrokenRecord { row, reason } => format!("第{row}条记录无法读取：{}", broken(reason)),
        TabularError::NoSuchSheet { sheet, sheets } => format!("工作簿中没有名为“{sheet}”的工作表，现有：{sheets}"),
        TabularError::TooLarge { what, limit } => format!("文件过大：超过 {limit} {}", unit(what)),
        TabularError::LyingArchive { entry } => format!("工作簿的压缩包有误：“{entry}”的大小与其声明不符"),
        TabularError::TooManyColumns { row, limit } => format!("第{row}行超过 {limit} 列"),
        TabularError::RaggedRow { row, expected, found } => format!("第{row}行有 {found} 个单元格，应为 {expected} 个"),
        TabularError::CellTooLong { row, column, limit } => format!("第{row}行第{column}列：单元格超过 {limit} 字节"),
        TabularError::RowTooLong { row, limit } => format!("第{row}行超过 {limit} 字节"),
        TabularError::UnbalancedQuote { row, column } => format!("第{row}行第{column}列：引号没有闭合"),
        TabularError::InvalidEncoding { row, column, encoding } => format!("第{row}行第{column}列：有不属于 {encoding} 编码的字节"),
        TabularError::NulCharacter { row, column } => format!("第{row}行第{column}列：有空字符（NUL）"),
    };
    Label::new(zh_cn, en)
}

/// What is wrong with a record; what a parser says stays in its own words.
fn broken(reason: &str) -> &str {
    match reason {
        "the file stops in the middle of it" => "文件在此处中断，请重新导出完整的文件",
        "the file stops before its list ends" => "文件没有结束，请重新导出完整的文件",
        "it is not a card that can be read" => "不是可以识别的名片",
        "there is nothing in it that can be used" => "其中没有可用的内容",
        other => other,
    }
}

fn unit(what: &str) -> &str {
    match what {
        "rows" => "行",
        "bytes" => "字节",
        "entries" => "个压缩项",
        "files" => "个文件",
        "cells" => "个单元格",
        "bytes unpacked" => "字节（解压后）",
        "names of values" => "个不同的字段名",
        "bytes of text" => "字节文本",
        other => other,
    }
}
