//! The bundle as people read it: a page for a browser, tables for a spreadsheet.

use std::fmt::Write as _;

use guanxi_privacy::{Bundle, BundledFile, Share};
use guanxi_tabular::{CsvOptions, CsvTableWriter};
use serde_json::Value as Json;

const STYLE: &str = "body{font:15px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{border:1px solid;padding:.3rem .5rem;text-align:left;\
vertical-align:top;word-break:break-word}th{width:14rem;font-weight:600}";

/// What must not be read as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A value as a line of text: what it is called, where it has a name.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(all) => all.iter().map(plain).filter(|it| !it.is_empty()).collect::<Vec<_>>().join("、"),
        Json::Object(one) => {
            let named = ["label", "name", "full", "text", "formatted"].iter().find_map(|it| one.get(*it).and_then(Json::as_str));
            named.map_or_else(|| one.values().map(plain).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "), str::to_owned)
        }
        other => other.to_string(),
    }
}

/// A page that needs nothing else.
pub fn readable(bundle: &Bundle) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{number}</title><style>{STYLE}</style></head><body>\
         <h1>个人信息副本 · Copy of personal data</h1><p>{requester} · {number} · {made}</p>",
        number = escaped(&bundle.number),
        requester = escaped(&bundle.requester),
        made = bundle.made_at,
    );
    for share in &bundle.shares {
        // Writing to a text cannot fail.
        let _ = write!(page, "<h2>{} · {} ({})</h2>", escaped(&share.label.0), escaped(&share.label.1), share.records.len());
        for record in &share.records {
            page.push_str("<table>");
            for (name, zh_cn, en) in &share.fields {
                let text = record.get(name).map(plain).unwrap_or_default();
                if !text.is_empty() {
                    let _ = write!(page, "<tr><th>{} · {}</th><td>{}</td></tr>", escaped(zh_cn), escaped(en), escaped(&text).replace('\n', "<br>"));
                }
            }
            page.push_str("</table>");
        }
    }
    if !bundle.files.is_empty() {
        page.push_str("<h2>文件 · Files</h2><ul>");
        for file in &bundle.files {
            let gone = if file.missing { " · 内容已不存在 · its content is not there any more" } else { "" };
            let _ = write!(page, "<li>{} ({} B){gone}</li>", escaped(&file_name(file)), file.size);
        }
        page.push_str("</ul>");
    }
    page.push_str(&left_out(bundle));
    page.push_str("</body></html>");
    page
}

/// What is not in the bundle, and how much of it there is.
fn left_out(bundle: &Bundle) -> String {
    let mut lines = Vec::new();
    for it in &bundle.left_out {
        lines.push(format!("{}：另有{}条未列出 · {} more are not listed", escaped(&it.object), it.count, it.count));
    }
    if bundle.unread > 0 {
        lines.push(format!("{0}条记录未能读取 · {0} records could not be read", bundle.unread));
    }
    if bundle.history_cut > 0 {
        lines.push(format!("{0}条记录的历史只列出最近部分 · of {0} records only the newest history is told", bundle.history_cut));
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("<h2>未列出 · Not listed</h2><ul><li>{}</li></ul>", lines.join("</li><li>"))
}

/// Records of one object as CSV; a cell that a spreadsheet would compute is made harmless.
///
/// # Errors
/// Where a row cannot be written.
pub fn table(share: &Share) -> std::io::Result<Vec<u8>> {
    let mut writer = CsvTableWriter::new(Vec::new(), CsvOptions::default()).map_err(std::io::Error::other)?;
    let headers: Vec<&str> = share.fields.iter().map(|it| it.1.as_str()).collect();
    writer.write_row(&headers).map_err(std::io::Error::other)?;
    for record in &share.records {
        let cells: Vec<String> = share.fields.iter().map(|it| record.get(&it.0).map(plain).unwrap_or_default()).collect();
        writer.write_row(&cells).map_err(std::io::Error::other)?;
    }
    writer.finish().map_err(std::io::Error::other)
}

/// A name no other file of the bundle has, and that leads nowhere else.
pub fn file_name(file: &BundledFile) -> String {
    let safe: String = file.name.chars().map(|it| if it.is_control() || "/\\:*?\"<>|".contains(it) { '_' } else { it }).collect();
    format!("{}-{}", &file.id.simple().to_string()[20..], safe.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use guanxi_privacy::BundledFile;
    use serde_json::json;
    use uuid::Uuid;

    use super::{escaped, file_name, plain};

    #[test]
    fn what_people_wrote_is_text_and_leads_nowhere() {
        assert_eq!(escaped("<img src=x onerror='a'>"), "&lt;img src=x onerror=&#39;a&#39;&gt;");
        assert_eq!(plain(&json!({ "id": "1", "label": "王小明" })), "王小明");
        assert_eq!(plain(&json!([{ "label": "A" }, "B", null])), "A、B");
        let file = BundledFile { id: Uuid::nil(), name: "../../etc/passwd".into(), sha256: String::new(), size: 1, missing: false };
        assert_eq!(file_name(&file), "000000000000-_.._etc_passwd");
    }
}
