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
        TabularError::Empty => "文件是空的，请重新导出，列标题下至少要有一行数据".to_owned(),
        TabularError::UnsupportedFormat { found } => format!("不支持此类文件（{found}），请将表格另存为 .xlsx 或 .csv，或使用 .json、.vcf"),
        TabularError::BrokenWorkbook { reason } => {
            format!("工作簿无法打开（已损坏或有密码保护）：{reason}。请去掉密码，或打开后重新另存为 .xlsx")
        }
        TabularError::BrokenFile { reason } => format!("文件无法读取：{}。请重新导出，或将表格另存为 .xlsx 或 .csv", broken(reason)),
        TabularError::BrokenRecord { row, reason } => format!("第{row}条记录无法读取：{}。请在文件中更正，或不导入此条", broken(reason)),
        TabularError::NoSuchSheet { sheet, sheets } => format!("工作簿中没有名为“{sheet}”的工作表，请选择其中之一：{sheets}"),
        TabularError::TooLarge { what, limit } => format!("文件过大：超过 {limit} {}，请拆成几个文件依次导入", unit(what)),
        TabularError::LyingArchive { entry } => format!("工作簿的压缩包有误：“{entry}”的大小与其声明不符，请用表格软件打开后重新保存"),
        TabularError::TooManyColumns { row, limit } => format!("第{row}行超过 {limit} 列，请删除不需要的列"),
        TabularError::RaggedRow { row, expected, found } => {
            format!("第{row}行有 {found} 个单元格，应为 {expected} 个，请补齐或删去，含逗号的内容要用引号括起来")
        }
        TabularError::CellTooLong { row, column, limit } => format!("第{row}行第{column}列：单元格超过 {limit} 字节，请缩短"),
        TabularError::RowTooLong { row, limit } => format!("第{row}行超过 {limit} 字节，请缩短其中的内容"),
        TabularError::UnbalancedQuote { row, column } => format!("第{row}行第{column}列：引号没有闭合，请补上或删去引号，或将表格另存为 .xlsx"),
        TabularError::InvalidEncoding { row, column, encoding } => {
            format!("第{row}行第{column}列：有不属于 {encoding} 编码的字节，请重新输入此单元格，或将表格另存为 .xlsx 或 UTF-8 编码的 CSV")
        }
        TabularError::EncodingChanges { row, from, to } => format!(
            "第{row}行之前的内容是 {from} 编码，从第{row}行起是 {to} 编码：文件由两个文件拼接而成。请分别导入，或将整个表格另存为 .xlsx 或 UTF-8 编码的 CSV"
        ),
        TabularError::NulCharacter { row, column } => format!("第{row}行第{column}列：有空字符（NUL），请重新输入此单元格"),
    };
    Label::new(zh_cn, en)
}

/// What is wrong with a record; what a parser says stays in its own words.
fn broken(reason: &str) -> &str {
    match reason {
        "the file stops in the middle of it" => "文件在此处中断",
        "the file stops before its list ends" => "文件没有结束",
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody can do about it: words of which each message has one.
    const ZH: [&str; 12] = ["请重试", "请重新", "请将", "请去掉", "请在文件中", "请选择", "请拆成", "请用", "请删除", "请补", "请缩短", "请分别"];
    const EN: [&str; 14] = [
        "try again",
        "export it",
        "save",
        "choose",
        "split it",
        "correct it",
        "delete",
        "add or",
        "shorten",
        "close or",
        "type the cell",
        "import each",
        "leave it",
        "take its",
    ];

    #[test]
    fn whatever_is_wrong_with_a_file_says_what_to_do() {
        let text = || "x".to_owned();
        let all = [
            TabularError::Io(std::io::Error::other("gone")),
            TabularError::Empty,
            TabularError::UnsupportedFormat { found: "PDF" },
            TabularError::BrokenWorkbook { reason: text() },
            TabularError::BrokenFile { reason: "the file stops before its list ends".into() },
            TabularError::BrokenRecord { row: 3, reason: "it is not a card that can be read".into() },
            TabularError::NoSuchSheet { sheet: text(), sheets: text() },
            TabularError::TooLarge { what: "rows", limit: 9 },
            TabularError::LyingArchive { entry: text() },
            TabularError::TooManyColumns { row: 3, limit: 9 },
            TabularError::RaggedRow { row: 3, expected: 2, found: 1 },
            TabularError::CellTooLong { row: 3, column: 2, limit: 9 },
            TabularError::RowTooLong { row: 3, limit: 9 },
            TabularError::UnbalancedQuote { row: 3, column: 2 },
            TabularError::InvalidEncoding { row: 3, column: 2, encoding: "UTF-8" },
            TabularError::EncodingChanges { row: 3, from: "gb18030", to: "UTF-8" },
            TabularError::NulCharacter { row: 3, column: 2 },
        ];
        for error in &all {
            let told = file_problem(error);
            assert!(ZH.iter().any(|it| told.zh_cn.contains(it)), "{}: {}", error.code(), told.zh_cn);
            assert!(EN.iter().any(|it| told.en.contains(it)), "{}: {}", error.code(), told.en);
            if let Some(row) = error.row() {
                assert!(told.zh_cn.contains(&format!("第{row}")) && told.en.contains(&row.to_string()), "the place too: {told:?}");
            }
        }
    }
}
