//! What makes a person look at it first. None of it is proof: what is held is kept whole.

use guanxi_kernel::schema::FieldKind;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json};

use super::{Form, Visit};

/// Nobody reads and fills in a form faster.
const FASTEST: SignedDuration = SignedDuration::from_secs(3);
/// Links in a longer text that are still believable.
const LINKS_IN_TEXT: usize = 2;

/// Reasons to hold it, by the options of `reason`.
pub fn doubts(form: &Form, values: &Map<String, Json>, visit: &Visit) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if visit.trapped {
        doubts.push("trap");
    }
    if visit.took < FASTEST {
        doubts.push("too_fast");
    }
    let doubtful = |kind: FieldKind, value: &Json| match kind {
        FieldKind::Text | FieldKind::PersonName | FieldKind::Address => links(value) > 0,
        FieldKind::LongText => links(value) > LINKS_IN_TEXT,
        _ => false,
    };
    if form.asked.iter().any(|it| values.get(it.name()).is_some_and(|value| doubtful(it.field.kind, value))) {
        doubts.push("links");
    }
    doubts
}

/// Links in the texts of a value.
fn links(value: &Json) -> usize {
    match value {
        Json::String(text) => {
            let text = text.to_lowercase();
            let marked = text.matches("<a").count().max(text.matches("[url").count());
            // `https://www.…` is one.
            marked.max(text.matches("://").count()).max(text.matches("www.").count())
        }
        Json::Object(members) => members.values().map(links).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_counted_in_all_texts() {
        for (text, count) in [
            ("王小明", 0),
            ("Win at https://www.spam.example", 1),
            ("HTTP://A.example HTTPS://b.example", 2),
            ("<a href=x>buy</a>", 1),
            ("[URL=x]buy[/URL]", 1),
            ("www.spam.example", 1),
        ] {
            assert_eq!(links(&json!(text)), count, "{text}");
        }
        assert_eq!(links(&json!({ "full": "http://x.example", "family": null })), 1);
    }
}
