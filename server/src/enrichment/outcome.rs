//! How a source went lately, as it says itself, and reasons that are kept in both languages until somebody reads them.

use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::enrichment::SOURCE_OBJECT;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{Result, Value};
use jiff::SignedDuration;
use serde_json::{Map, json};

/// Longest message that is kept, in characters of each language.
const LONGEST: usize = 450;
/// That all is well is said anew after this long, and not with each question: a source has a history like any record.
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// Keeps how it went, where that is news. `source` is as it was read a moment ago.
pub(super) fn note_outcome(context: &Context, source: &Record, outcome: &str, why: Option<&Label>, failures: i64) -> Result<()> {
    let now = context.workspace.clock.now();
    let message = why.map(both);
    let is_same = source.value("last_outcome").as_text() == Some(outcome)
        && source.value("last_message").as_text() == message.as_deref()
        && source.value("failures") == Value::Int(failures);
    if is_same && matches!(source.value("last_run_at"), Value::DateTime(at) if now.duration_since(at) < LATELY) {
        return Ok(());
    }
    let values = Map::from_iter([
        ("last_run_at".to_owned(), json!(now.to_string())),
        ("last_outcome".to_owned(), json!(outcome)),
        ("last_message".to_owned(), json!(message)),
        ("failures".to_owned(), json!(failures)),
    ]);
    let id = source.id();
    let work = move |unit: &mut Unit<'_>| unit.update_as_system(SOURCE_OBJECT, id, &values).map(drop);
    run_unit(context, context.new_id(), "enrichment", Box::new(work))
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Of the source, which everybody reads, both languages.
fn both(label: &Label) -> String {
    format!("{} / {}", short(&label.zh_cn), short(&label.en))
}

/// A reason as it is kept with a record of a run.
pub(super) fn kept_label(label: &Label) -> String {
    json!(Label::new(short(&label.zh_cn), short(&label.en))).to_string()
}

/// A kept reason in a reader's language; what is no text, such as the word against somebody, as it is.
pub fn told_reason(reason: &str, locale: Locale) -> String {
    serde_json::from_str::<Label>(reason).map_or_else(|_| reason.to_owned(), |it| locale.pick(&it).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_in_the_language_of_who_reads_them() {
        let kept = kept_label(&Label::new("应答不是 JSON", "the answer is no JSON"));
        assert_eq!((told_reason(&kept, Locale::ZhCn).as_str(), told_reason(&kept, Locale::En).as_str()), ("应答不是 JSON", "the answer is no JSON"));
        assert_eq!(told_reason("no_key", Locale::En), "no_key");
    }
}
