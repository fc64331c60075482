//! What a file is, by its bytes, its name and what the client says of it. The bytes have the last word; where the name says
//! otherwise the file is of no kind, and can only be downloaded.

use guanxi_kernel::KernelError;
use guanxi_kernel::files::Programs;

/// Type of what is nothing else.
pub const BYTES: &str = "application/octet-stream";
/// The file every virus scanner is tried with, in two halves: whole, it would set off the scanner of whoever has this source.
const EICAR: [&[u8]; 2] = [b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
/// Types of programs, by their bytes.
const PROGRAM_TYPES: [&str; 13] = [
    "application/wasm",
    "application/x-executable",
    "application/vnd.microsoft.portable-executable",
    "application/java",
    "application/x-llvm",
    "application/x-mach-binary",
    "application/vnd.android.dex",
    "application/vnd.android.dey",
    "application/x-google-chrome-extension",
    "application/vnd.debian.binary-package",
    "application/x-rpm",
    "application/x-shockwave-flash",
    "text/x-shellscript",
];
/// Ends of the names of what a computer runs when somebody opens it.
const PROGRAM_ENDINGS: [&str; 52] = [
    "apk",
    "app",
    "appimage",
    "application",
    "appx",
    "bash",
    "bat",
    "cmd",
    "com",
    "command",
    "cpl",
    "crx",
    "deb",
    "desktop",
    "dll",
    "dmg",
    "ear",
    "exe",
    "gadget",
    "hta",
    "inf",
    "iso",
    "jar",
    "js",
    "jse",
    "lnk",
    "mjs",
    "msc",
    "msi",
    "msix",
    "msp",
    "pif",
    "pkg",
    "ps1",
    "psm1",
    "reg",
    "rpm",
    "scf",
    "scr",
    "sct",
    "sh",
    "swf",
    "url",
    "vbe",
    "vbs",
    "war",
    "wasm",
    "ws",
    "wsf",
    "wsh",
    "xll",
    "xpi",
];
/// Documents of today: archives of XML, told apart by their names where their beginning does not say.
const PACKED: [(&str, &str); 6] = [
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
];
/// Documents of the nineties, told apart by their names.
const OLD: [(&str, &str); 3] = [("doc", "application/msword"), ("xls", "application/vnd.ms-excel"), ("ppt", "application/vnd.ms-powerpoint")];
/// Endings of plain text, with the type they stand for.
const TEXTS: [(&str, &str); 8] = [
    ("txt", "text/plain"),
    ("text", "text/plain"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
    ("json", "application/json"),
    ("ics", "text/calendar"),
];

/// The type of a file that came.
///
/// # Errors
/// A program where those are refused, the test virus always: invalid, about the field `file`.
pub fn accepted_type(name: &str, declared: &str, head: &[u8], programs: Programs) -> Result<String, KernelError> {
    if is_eicar(head) {
        return Err(KernelError::invalid(
            "file",
            "file_infected",
            "此文件被识别为病毒测试文件，已拒绝",
            "this file is known as a virus and was refused",
        ));
    }
    if is_program(name, declared, head) {
        return match programs {
            Programs::Download => Ok(BYTES.to_owned()),
            Programs::Refuse => Err(KernelError::invalid(
                "file",
                "file_program",
                "不能上传程序或脚本；如确有需要，请打包为 ZIP，或请管理员在“文件”设置中允许",
                "programs and scripts are not taken; put it into a ZIP archive, or ask an administrator to allow them under Settings, Files",
            )),
        };
    }
    Ok(kind_of(name, declared, head))
}

fn is_eicar(head: &[u8]) -> bool {
    let rest = head.trim_ascii_start().strip_prefix(EICAR[0]);
    rest.is_some_and(|it| it.starts_with(EICAR[1]))
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|it| it.1.trim().to_ascii_lowercase()).unwrap_or_default()
}

fn sniffed(head: &[u8]) -> Option<&'static str> {
    infer::get(head).map(|it| it.mime_type())
}

fn is_program(name: &str, declared: &str, head: &[u8]) -> bool {
    let by_type = |it: &str| PROGRAM_TYPES.contains(&it);
    let script = declared.ends_with("/javascript") || matches!(declared, "application/x-sh" | "application/x-msdownload" | "application/hta");
    head.starts_with(b"#!") || sniffed(head).is_some_and(by_type) || script || by_type(declared) || PROGRAM_ENDINGS.contains(&ending(name).as_str())
}

/// Families of types: what is one by its name and another by its bytes is mislabelled. Pictures are often saved under the
/// ending of another kind of picture, and documents of one family share their frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Picture,
    Sound,
    Film,
    Pdf,
    Packed,
    Ole,
    Text,
}

fn family_of_type(kind: &str) -> Option<Family> {
    Some(match kind {
        "application/pdf" => Family::Pdf,
        "application/zip" | "application/epub+zip" => Family::Packed,
        "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint" | "application/x-ole-storage" => Family::Ole,
        it if PACKED.iter().any(|known| known.1 == it) => Family::Packed,
        it if it.starts_with("image/") => Family::Picture,
        it if it.starts_with("audio/") => Family::Sound,
        it if it.starts_with("video/") => Family::Film,
        it if it.starts_with("text/") => Family::Text,
        _ => return None,
    })
}

fn family_of_ending(ending: &str) -> Option<Family> {
    Some(match ending {
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp" | "tif" | "tiff" | "heic" | "avif" | "svg" => Family::Picture,
        "mp3" | "wav" | "ogg" | "opus" | "m4a" | "aac" | "flac" | "amr" => Family::Sound,
        "mp4" | "webm" | "mov" | "mkv" | "avi" => Family::Film,
        "pdf" => Family::Pdf,
        "docx" | "xlsx" | "pptx" | "odt" | "ods" | "odp" | "zip" | "docm" | "xlsm" | "pptm" => Family::Packed,
        "doc" | "xls" | "ppt" => Family::Ole,
        "html" | "htm" | "xml" => Family::Text,
        it if TEXTS.iter().any(|known| known.0 == it) => Family::Text,
        _ => return None,
    })
}

fn kind_of(name: &str, declared: &str, head: &[u8]) -> String {
    let ending = ending(name);
    let named = family_of_ending(&ending);
    let text = TEXTS.iter().find(|it| it.0 == ending).map(|it| it.1);
    if let Some(kind) = sniffed(head) {
        return by_bytes(kind, &ending, named, text);
    }
    if !looks_like_text(head) {
        // Nothing we know: then it is none of what we would know.
        let of_a_known_kind = family_of_type(declared).is_some() || declared.starts_with("font/");
        return if of_a_known_kind || named.is_some() { BYTES.to_owned() } else { declared.to_owned() };
    }
    if ending == "svg" || declared == "image/svg+xml" {
        return "image/svg+xml".to_owned();
    }
    match (text, named) {
        (Some(text), _) => text.to_owned(),
        (None, Some(Family::Text) | None) if family_of_type(declared).is_none_or(|it| it == Family::Text) => declared.to_owned(),
        _ => BYTES.to_owned(),
    }
}

/// The type the bytes show, unless the name says another family.
fn by_bytes(kind: &'static str, ending: &str, named: Option<Family>, text: Option<&'static str>) -> String {
    let family = family_of_type(kind);
    let packed = PACKED.iter().find(|it| it.0 == ending).filter(|_| kind == "application/zip");
    if family == Some(Family::Ole) && named.is_none_or(|it| it == Family::Ole) {
        // The frame they share says nothing of what is in it, be it a letter of Outlook.
        return OLD.iter().find(|it| it.0 == ending).map_or(BYTES, |it| it.1).to_owned();
    }
    match (family, named) {
        // Markup under the name of plain text is shown as text, and never as markup.
        (Some(Family::Text), Some(Family::Text)) => text.unwrap_or(kind).to_owned(),
        (Some(Family::Text), Some(Family::Picture)) if ending == "svg" => "image/svg+xml".to_owned(),
        (Some(left), Some(right)) if left != right && !are_near(left, right) => BYTES.to_owned(),
        (None, Some(_)) => BYTES.to_owned(),
        _ => packed.map_or(kind, |it| it.1).to_owned(),
    }
}

/// Sound and film share their frames.
fn are_near(left: Family, right: Family) -> bool {
    let media = |it: Family| matches!(it, Family::Sound | Family::Film);
    media(left) && media(right)
}

fn looks_like_text(head: &[u8]) -> bool {
    let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    utf16 || !head.iter().any(|it| *it == 0 || (*it < 0x20 && !matches!(*it, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)))
}

/// Whether a browser may show it in place. Not SVG, which can hold scripts.
pub fn is_safe_picture(content_type: &str) -> bool {
    matches!(content_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, declared: &str, head: &[u8]) -> String {
        accepted_type(name, declared, head, Programs::Refuse).expect("accepted")
    }

    fn refused(name: &str, declared: &str, head: &[u8]) -> Option<&'static str> {
        match accepted_type(name, declared, head, Programs::Refuse) {
            Err(KernelError::Invalid(problems)) => problems.first().map(|it| it.code),
            _ => None,
        }
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";
    const ZIP: &[u8] = b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00a.txt";

    #[test]
    fn the_bytes_say_what_it_is() {
        assert_eq!(kind("a", "text/html", PNG), "image/png");
        assert_eq!(kind("photo.jpg", "image/jpeg", PNG), "image/png", "saved under the ending of another kind of picture");
        assert_eq!(kind("a.pdf", "application/pdf", b"%PDF-1.7 text"), "application/pdf");
        assert_eq!(kind("a.docx", BYTES, ZIP), PACKED[0].1);
        assert_eq!(kind("a.zip", BYTES, ZIP), "application/zip");
        let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1........................";
        for (name, expected) in [("a.doc", "application/msword"), ("a.xls", "application/vnd.ms-excel"), ("a.ppt", "application/vnd.ms-powerpoint")] {
            assert_eq!(kind(name, BYTES, old), expected);
        }
        assert_eq!((kind("letter.msg", BYTES, old), kind("secret.xlsx", BYTES, old)), (BYTES.into(), BYTES.into()));
        assert_eq!(kind("a.csv", "application/vnd.ms-excel", "姓名,电话".as_bytes()), "text/csv");
        assert_eq!(kind("notes.txt", "text/plain", b"<p>hello</p>"), "text/plain");
        assert_eq!(kind("data.bin", "application/x-own", b"\x00\x01\x02"), "application/x-own");
    }

    #[test]
    fn what_is_mislabelled_is_of_no_kind() {
        for (name, declared, head) in [
            ("a.png", "image/png", b"<script>alert(1)</script>".as_slice()),
            ("a.pdf", "application/pdf", PNG),
            ("a.pdf", "application/pdf", b"hello"),
            ("a.mp3", "audio/mpeg", ZIP),
            ("a.docx", PACKED[0].1, b"\x00\x01"),
            ("a", "image/png", b"\x00\x01"),
            ("a.txt", "text/plain", PNG),
        ] {
            assert_eq!(kind(name, declared, head), BYTES, "{name} {declared}");
        }
        assert_eq!(kind("a.svg", "image/svg+xml", b"<svg onload='x'>"), "image/svg+xml");
        assert!(!is_safe_picture("image/svg+xml"));
    }

    #[test]
    fn programs_scripts_and_the_test_virus_are_refused() {
        let virus = [b"  ".as_slice(), EICAR[0], EICAR[1]].concat();
        assert_eq!(refused("a.txt", "text/plain", &virus), Some("file_infected"));
        assert!(accepted_type("a.txt", "text/plain", &virus, Programs::Download).is_err());
        for (name, declared, head) in [
            ("invoice.pdf.exe", BYTES, b"hello".as_slice()),
            ("a.pdf", "application/pdf", b"#!/bin/sh\nrm -rf"),
            (
                "a.jpg",
                "image/jpeg",
                b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00........................................................",
            ),
            ("macro.JS", "text/plain", b"WScript.Shell"),
            ("a", "text/javascript", b"alert(1)"),
            ("a.HTA ", BYTES, b"x"),
        ] {
            assert_eq!(refused(name, declared, head), Some("file_program"), "{name}");
            assert_eq!(accepted_type(name, declared, head, Programs::Download).expect("kept"), BYTES);
        }
        assert_eq!(refused("使用说明.txt", "text/plain", "运行 setup.exe".as_bytes()), None);
    }
}
