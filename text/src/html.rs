//! Rich text: what HTML is kept, and its plain text for search and previews.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Pictures in rich text may only come from here: the server's own files, behind its access checks.
pub const IMAGE_PREFIX: &str = "/api/v1/files/";

/// The attribute of a span that mentions somebody: `member:ID`, `team:ID`, `department:ID` or `role:NAME`.
const MENTION: &str = "data-mention";

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "hr",
        "i",
        "img",
        "ins",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ];
    let attributes: HashMap<&str, HashSet<&str>> = HashMap::from([
        ("a", HashSet::from(["href", "title"])),
        ("img", HashSet::from(["src", "alt", "title", "width", "height"])),
        ("td", HashSet::from(["colspan", "rowspan"])),
        ("th", HashSet::from(["colspan", "rowspan"])),
        ("ol", HashSet::from(["start"])),
        ("span", HashSet::from([MENTION])),
    ]);
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .clean_content_tags(HashSet::from(["script", "style", "title", "textarea", "template", "noscript", "iframe", "svg", "math", "object"]))
        .tag_attributes(attributes)
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(filter_attribute)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true);
    builder
});

fn filter_attribute<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("img", "src") => is_own_file(value).then_some(Cow::Borrowed(value)),
        // Relative links would point into the application, where they may start actions.
        ("a", "href") => {
            let lowered = value.trim().to_ascii_lowercase();
            ["http://", "https://", "mailto:"].iter().any(|scheme| lowered.starts_with(scheme)).then_some(Cow::Borrowed(value))
        }
        ("img", "width" | "height") | ("td" | "th", _) | ("ol", "start") => {
            let short_number = (1..=4).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
            short_number.then_some(Cow::Borrowed(value))
        }
        ("span", MENTION) => read_mention(value).map(|_| Cow::Borrowed(value)),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Somebody mentioned in a text, by what he is rather than by how he is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention<'t> {
    /// `member`, `team`, `department` or `role`.
    pub kind: &'t str,
    /// Id of the record; the name of a role.
    pub id: &'t str,
}

fn read_mention(value: &str) -> Option<Mention<'_>> {
    let (kind, id) = value.split_once(':')?;
    let plain = (1..=40).contains(&id.len()) && id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-_".contains(&it));
    (["member", "team", "department", "role"].contains(&kind) && plain).then_some(Mention { kind, id })
}

/// Who is mentioned in clean rich text, each once. Only marks count: a name written out mentions nobody.
pub fn mentions(clean: &str) -> Vec<Mention<'_>> {
    let mut found: Vec<Mention<'_>> = attributes(clean, "span", MENTION).filter_map(read_mention).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Ids of the server's own files that clean rich text shows as pictures, in its order.
pub fn own_files(clean: &str) -> impl Iterator<Item = &str> {
    attributes(clean, "img", "src").filter_map(|it| it.strip_prefix(IMAGE_PREFIX)).map(|it| it.split_once('?').map_or(it, |it| it.0))
}

/// The values of an attribute as the sanitiser writes them: within tags, in double quotes.
fn attributes<'t>(clean: &'t str, element: &'static str, attribute: &'static str) -> impl Iterator<Item = &'t str> {
    let mut rest = clean;
    let tags = std::iter::from_fn(move || {
        let start = rest.find('<')?;
        let (tag, after) = split_tag(&rest[start..]);
        rest = after;
        Some(tag)
    });
    tags.filter(move |it| it.strip_prefix('<').and_then(|it| it.strip_prefix(element)).is_some_and(|it| it.starts_with(' '))).filter_map(move |tag| {
        let (_, value) = tag.split_once(&format!(" {attribute}=\""))?;
        value.split_once('"').map(|it| it.0)
    })
}

fn is_own_file(value: &str) -> bool {
    let Some(rest) = value.strip_prefix(IMAGE_PREFIX) else { return false };
    let (id, query) = rest.split_once('?').unwrap_or((rest, "inline=1"));
    let plain_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain_id && query == "inline=1"
}

/// One piece of clean rich text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'t> {
    /// A tag that opens an element; `attributes` as they are written, read with [`Piece::attribute`].
    Open {
        /// The element.
        name: &'t str,
        /// What stands behind its name.
        attributes: &'t str,
    },
    /// A tag that closes one.
    Close(&'t str),
    /// Text with its entities resolved.
    Text(String),
}

impl Piece<'_> {
    /// The value of an attribute; `None` where there is none, or this is no opening tag.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let Self::Open { attributes, .. } = self else { return None };
        let (_, value) = attributes.split_once(&format!(" {name}=\""))?;
        value.split_once('"').map(|it| resolved(it.0))
    }
}

/// The pieces of clean rich text, in its order. What the sanitiser writes is well-formed: every element but `br`, `hr` and
/// `img` is closed.
pub fn pieces(clean: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = clean;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if !rest.starts_with('<') {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = after;
            return Some(Piece::Text(resolved(text)));
        }
        let (tag, after) = split_tag(rest);
        rest = after;
        let inner = tag.trim_start_matches('<').trim_end_matches('>');
        Some(match inner.strip_prefix('/') {
            Some(name) => Piece::Close(name),
            None => {
                let (name, attributes) = inner.split_at(inner.find(' ').unwrap_or(inner.len()));
                Piece::Open { name, attributes }
            }
        })
    })
}

/// Text as it is written between tags and, with quotes, in attributes.
pub fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(character),
        }
    }
}

/// The HTML that is safe to store and to show: headings, lists, tables, links (http, https, mailto) and pictures from
/// [`IMAGE_PREFIX`]; no scripts, styles, frames, SVG or MathML. Sanitising twice changes nothing.
pub fn sanitise(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

/// The text of rich text, blocks on lines of their own, entities resolved, white space tidied.
pub fn plain_text(html: &str) -> String {
    let clean = sanitise(html);
    let mut text = String::with_capacity(clean.len());
    let mut rest = clean.as_str();
    while let Some(start) = rest.find('<') {
        push_text(&rest[..start], &mut text);
        let (tag, after) = split_tag(&rest[start..]);
        let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
        match name.as_str() {
            "td" | "th" => text.push(' '),
            "a" | "b" | "code" | "del" | "em" | "i" | "img" | "ins" | "mark" | "s" | "span" | "strong" | "sub" | "sup" | "u" => {}
            _ => text.push('\n'),
        }
        rest = after;
    }
    push_text(rest, &mut text);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The tag at the front, which may have `>` inside quoted attribute values, and what follows it.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return text.split_at(index + 1),
            _ => {}
        }
    }
    (text, "")
}

fn push_text(escaped: &str, text: &mut String) {
    text.push_str(&resolved(escaped).replace('\u{a0}', " "));
}

/// The sanitiser writes these entities and no others.
fn resolved(escaped: &str) -> String {
    let most = escaped.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    most.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_html_is_removed() {
        for (html, clean) in [
            ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
            ("<svg onload=alert(1)><circle r=1 /></svg>x", "x"),
            ("<math><mi>x</mi></math>", ""),
            ("<iframe src=https://x.cn></iframe>y", "y"),
            ("<style>*{display:none}</style>y", "y"),
            ("<p onclick=alert(1) style='color:red' class=x id=y>z</p>", "<p>z</p>"),
            ("<a href='javascript:alert(1)'>x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>"),
            ("<a href='/api/v1/auth/logout'>x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>"),
            ("<a href='https://x.cn'>x</a>", "<a href=\"https://x.cn\" rel=\"noopener noreferrer nofollow\">x</a>"),
            ("<img src=https://evil.example/pixel.gif>", "<img>"),
            ("<img src=/api/v1/files/../auth/logout>", "<img>"),
            ("<img src=\"/api/v1/files/0190-ab?inline=1\" onerror=x>", "<img src=\"/api/v1/files/0190-ab?inline=1\">"),
            ("<form action=/x><input name=a></form>", ""),
            ("<!-- secret -->x", "x"),
        ] {
            assert_eq!(sanitise(html), clean, "{html}");
        }
    }

    #[test]
    fn mentions_are_marks_and_nothing_else() {
        let html = "<p>请 <span data-mention=\"member:0190-ab\">@林晓</span> 和 <span data-mention='role:sales' onclick=x>@销售</span> 看 \
            &lt;span data-mention=\"member:7\"&gt; <a title='x data-mention=\"team:8\"'>y</a> <span data-mention=\"member:0190-ab\">@林晓</span></p>";
        let clean = sanitise(html);
        let found = mentions(&clean);
        assert_eq!(found, [Mention { kind: "member", id: "0190-ab" }, Mention { kind: "role", id: "sales" }]);
        for value in ["member:", "bot:7", "member:7 x", "member:A", "member:7\"><b>", "role"] {
            assert_eq!(mentions(&sanitise(&format!("<span data-mention='{value}'>x</span>"))), [], "{value}");
        }
    }

    #[test]
    fn own_pictures_are_named_in_order() {
        let clean =
            sanitise("<img src=\"/api/v1/files/b-1?inline=1\"><p>x</p><img alt=y src='/api/v1/files/a-2'><img src='https://x.cn/api/v1/files/c'>");
        assert_eq!(own_files(&clean).collect::<Vec<_>>(), ["b-1", "a-2"]);
    }

    #[test]
    fn clean_text_comes_apart_into_its_pieces() {
        let clean = sanitise("<p title=x>a &amp;lt; b&nbsp;<a href='https://x.cn/?a=1&b=\">' title=t>x</a><br></p>");
        let found: Vec<Piece<'_>> = pieces(&clean).collect();
        assert_eq!(found[1], Piece::Text("a &lt; b\u{a0}".into()));
        assert_eq!(found[2].attribute("href").as_deref(), Some("https://x.cn/?a=1&b=\">"));
        let names: Vec<&str> = found.iter().filter_map(|it| if let Piece::Open { name, .. } = it { Some(*name) } else { None }).collect();
        assert_eq!((names, found.last()), (vec!["p", "a", "br"], Some(&Piece::Close("p"))));
        let mut written = String::new();
        escape("a<b>&\"c", &mut written);
        assert_eq!(written, "a&lt;b&gt;&amp;&quot;c");
    }

    #[test]
    fn ordinary_formatting_stays() {
        let html = "<h2>会议</h2><ul><li><strong>星河</strong> &amp; 明月</li></ul><table><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table>";
        assert_eq!(sanitise(html), html);
    }

    #[test]
    fn plain_text_has_lines_and_no_markup() {
        assert_eq!(plain_text("<h2>会议</h2><p>a &lt;b&gt; &amp;amp; c</p><ul><li>1</li><li>2</li></ul>"), "会议\na <b> &amp; c\n1\n2");
        assert_eq!(plain_text("<p>a<b>b</b>c<br>d</p><script>x</script>"), "abc\nd");
        assert_eq!(plain_text("<a href='https://x.cn' title='a>b'>x</a>"), "x");
        assert_eq!(plain_text("1 < 2"), "1 < 2");
    }

    #[test]
    fn deep_nesting_is_survived() {
        let deep = "<div>".repeat(20_000) + "x";
        assert_eq!(plain_text(&deep), "x");
    }

    proptest::proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(html in "(<(a|p|svg|math|b|img|table|td|style)[ \"'=a-z:/>]{0,12}>?|</[a-z]{1,5}>|[a-z&;<>\"' ]{0,5}){0,12}") {
            let once = sanitise(&html);
            proptest::prop_assert_eq!(sanitise(&once), once.clone());
            proptest::prop_assert!(!once.contains("<script") && !once.contains("<svg") && !once.contains("onerror="));
        }
    }
}
