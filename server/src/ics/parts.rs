//! A calendar as the lines it is written in: what a program put is given back to it letter by letter, but for the lines that
//! changed since. Nothing in a line is understood here but where its name ends and its value begins.

use icalendar::parser::unfold;

/// Things lie within each other so deep: an alarm in an event in a calendar.
const DEEPEST: usize = 8;
/// Longest line in octets, without its end.
const LONGEST_LINE: usize = 75;

/// A component: its own lines, and what lies within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `VCALENDAR`, `VEVENT`...
    pub name: String,
    /// Its lines, unfolded.
    pub lines: Vec<String>,
    /// What lies within.
    pub parts: Vec<Part>,
}

/// The pieces of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// `DTSTART`.
    pub name: &'a str,
    /// `TZID=Asia/Shanghai;VALUE=DATE-TIME`; empty where there are none.
    pub parameters: &'a str,
    /// What stands behind the colon.
    pub value: &'a str,
}

impl<'a> Line<'a> {
    /// Splits a line; `None` where it has no value.
    pub fn of(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, it)| {
            quoted ^= *it == '"';
            *it == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        (!name.is_empty()).then_some(Self { name, parameters, value })
    }

    /// A parameter by its name.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut quoted = false;
        let pieces = self.parameters.split(move |it: char| {
            quoted ^= it == '"';
            it == ';' && !quoted
        });
        let found = pieces.filter_map(|it| it.split_once('=')).find(|it| it.0.eq_ignore_ascii_case(name));
        found.map(|it| it.1.trim_matches('"'))
    }
}

impl Part {
    /// Reads a text that holds one component and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let text = unfold(text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut open: Vec<Self> = Vec::new();
        let mut whole = None;
        for line in text.lines().map(|it| it.trim_end_matches('\r')).filter(|it| !it.trim().is_empty()) {
            let Line { name, parameters, value } = Line::of(line)?;
            if whole.is_some() {
                return None;
            }
            if name.eq_ignore_ascii_case("BEGIN") && parameters.is_empty() {
                if open.len() == DEEPEST {
                    return None;
                }
                open.push(Self { name: value.trim().to_ascii_uppercase(), lines: Vec::new(), parts: Vec::new() });
            } else if name.eq_ignore_ascii_case("END") && parameters.is_empty() {
                let part = open.pop().filter(|it| it.name.eq_ignore_ascii_case(value.trim()))?;
                match open.last_mut() {
                    Some(outer) => outer.parts.push(part),
                    None => whole = Some(part),
                }
            } else {
                open.last_mut()?.lines.push(line.to_owned());
            }
        }
        whole.filter(|_| open.is_empty())
    }

    /// The whole as text, its lines folded.
    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_onto(&mut text);
        text
    }

    fn write_onto(&self, text: &mut String) {
        fold(&format!("BEGIN:{}", self.name), text);
        self.lines.iter().for_each(|it| fold(it, text));
        self.parts.iter().for_each(|it| it.write_onto(text));
        fold(&format!("END:{}", self.name), text);
    }

    /// The lines of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Line<'a>> {
        self.lines.iter().filter_map(|it| Line::of(it)).filter(move |it| it.name.eq_ignore_ascii_case(name))
    }

    /// The first line of this name.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<Line<'a>> {
        self.all(name).next()
    }

    /// The text of the first line of this name, unescaped; `None` where it is not there or empty.
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(|it| unescape(it.value)).filter(|it| !it.trim().is_empty())
    }

    /// Takes all lines of this name away.
    pub fn remove(&mut self, name: &str) {
        self.lines.retain(|it| !Line::of(it).is_some_and(|it| it.name.eq_ignore_ascii_case(name)));
    }

    /// Puts a line instead of all of this name, where the first of them stood; nothing is put where there is no line.
    pub fn set(&mut self, name: &str, line: Option<String>) {
        let at = self.lines.iter().position(|it| Line::of(it).is_some_and(|it| it.name.eq_ignore_ascii_case(name)));
        self.remove(name);
        if let Some(line) = line {
            let at = at.unwrap_or(self.lines.len()).min(self.lines.len());
            self.lines.insert(at, line);
        }
    }
}

/// A line of text.
pub fn text_line(name: &str, text: &str) -> String {
    format!("{name}:{}", escape(text))
}

/// Text as a value, without what no line may hold.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            ';' => escaped.push_str("\\;"),
            ',' => escaped.push_str("\\,"),
            '\n' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            it if it.is_control() && it != '\t' => {}
            it => escaped.push(it),
        }
    }
    escaped
}

/// The text of a value.
pub fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            (other, false) => text.push(other),
        }
    }
    text
}

/// Writes a line in pieces of so many octets as one may have.
fn fold(line: &str, text: &mut String) {
    let mut room = LONGEST_LINE;
    for character in line.chars() {
        if character.len_utf8() > room {
            text.push_str("\r\n ");
            room = LONGEST_LINE - 1;
        }
        room -= character.len_utf8();
        text.push(character);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY;X-A=\"a:b;c\":Eins\\, zwei\\nüb\r\n er\r\nX-OWN:bleibt\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn a_calendar_is_given_back_as_it_was_put() {
        let read = Part::read(TEXT).expect("a calendar");
        let event = &read.parts[0];
        assert_eq!(event.text("summary").as_deref(), Some("Eins, zwei\nüber"));
        assert_eq!(event.first("SUMMARY").and_then(|it| it.parameter("x-a")), Some("a:b;c"));
        assert_eq!(read.write().replace("\r\n ", ""), TEXT.replace("\r\n ", ""));
        assert_eq!(Part::read(&read.write()), Some(read));
    }

    #[test]
    fn a_line_is_put_where_the_old_one_stood_and_the_rest_stays() {
        let mut read = Part::read(TEXT).expect("a calendar");
        let event = &mut read.parts[0];
        event.set("SUMMARY", Some(text_line("SUMMARY", "Neu; a,b\\c\r\nzwei")));
        event.set("LOCATION", None);
        assert_eq!(event.lines, ["UID:1", "SUMMARY:Neu\\; a\\,b\\\\c\\nzwei", "X-OWN:bleibt"]);
        assert_eq!(event.text("SUMMARY").as_deref(), Some("Neu; a,b\\c\nzwei"));
        assert_eq!(event.parts.len(), 1);
    }

    #[test]
    fn lines_are_folded_by_octets() {
        let part = Part { name: "VEVENT".into(), lines: vec![text_line("SUMMARY", &"评审会".repeat(60))], parts: Vec::new() };
        let text = part.write();
        assert!(text.split("\r\n").all(|it| it.len() <= 75), "{text}");
        assert_eq!(Part::read(&text), Some(part));
    }

    #[test]
    fn what_is_not_whole_is_no_calendar() {
        let deep = format!("{}{}", "BEGIN:X\r\n".repeat(9), "END:X\r\n".repeat(9));
        for wrong in [
            "",
            "hello",
            "BEGIN:A\r\n",
            "BEGIN:A\r\nEND:B\r\n",
            "BEGIN:A\r\nEND:A\r\nBEGIN:A\r\nEND:A\r\n",
            "BEGIN:A\r\nohne Wert\r\nEND:A\r\n",
            &deep,
        ] {
            assert_eq!(Part::read(wrong), None, "{wrong}");
        }
    }
}
