//! What people write about their work: sentences put together from parts, so that hundreds differ.

use crate::phrases::{DETAILS, ENGLISH_NEXTS, TASK_RESULTS, english_facts, english_themes, facts, nexts, openings, tasks, themes};
use crate::random::Random;

/// What a piece of work is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Finding out what is needed.
    Explore,
    /// Technical solution.
    Solution,
    /// Price, contract, order.
    Commerce,
    /// After a deal was lost or before one begins: keeping in touch.
    Care,
    /// After the order: installation, maintenance, complaints.
    Service,
    /// Courses and examinations.
    Training,
    /// Events, cases, campaigns.
    Market,
}

/// What the sentences speak of.
pub(crate) struct Topic<'a> {
    /// Form of address of the person: 张经理.
    pub(crate) who: &'a str,
    /// Customer's short name.
    pub(crate) account: &'a str,
    /// Product.
    pub(crate) product: &'a str,
    /// In English.
    pub(crate) foreign: bool,
}

/// Subject and text of an activity; `manner` is the method of a visit, the kind of anything else.
pub(crate) fn compose(random: &mut Random, kind: &str, manner: &str, phase: Phase, topic: &Topic) -> (String, String) {
    if topic.foreign {
        return compose_english(random, kind, phase, topic);
    }
    let theme = fill(random.pick(themes(phase)), topic);
    let subject = match kind {
        "call" => format!("{}：{theme}", random.pick(&["电话沟通", "通话", "电话"])),
        "visit" => format!("{}{}：{theme}", random.pick(&["拜访", "走访", "到访"]), topic.who),
        "message" => format!("{}：{theme}", random.pick(&["消息跟进", "线上沟通", "消息"])),
        "appointment" => format!("{}：{theme}", random.pick(&["会议", "约见", "交流会"])),
        _ => fill(random.pick(tasks(phase)), topic),
    };
    let opening = fill(random.pick(openings(manner)), topic);
    let told = if kind == "task" { random.pick(&TASK_RESULTS) } else { random.pick(facts(phase)) };
    let mut text = format!("{opening}{}", fill(told, topic));
    if random.chance(55) {
        text.push_str(random.pick(&DETAILS));
    }
    if random.chance(70) {
        text.push_str(&fill(random.pick(nexts(phase)), topic));
    }
    (spaced(&subject), spaced(&text))
}

/// Subject of something planned.
pub(crate) fn plan(random: &mut Random, kind: &str, phase: Phase, topic: &Topic) -> String {
    compose(random, kind, if kind == "visit" { "door_visit" } else { kind }, phase, topic).0
}

fn fill(template: &str, topic: &Topic) -> String {
    template.replace("{who}", topic.who).replace("{account}", topic.account).replace("{product}", topic.product)
}

/// With a space between Chinese and Latin letters or digits, as print does it.
pub(crate) fn spaced(text: &str) -> String {
    let is_chinese = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for character in text.chars() {
        if (is_chinese(before) && character.is_ascii_alphanumeric()) || (before.is_ascii_alphanumeric() && is_chinese(character)) {
            out.push(' ');
        }
        out.push(character);
        before = character;
    }
    out
}

/// A product's English name within a sentence: the first letter small, units as they are.
pub(crate) fn within_sentence(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|it| it.to_ascii_lowercase());
    if name.starts_with("SCARA") { name.to_owned() } else { first.into_iter().chain(letters).collect() }
}

fn compose_english(random: &mut Random, kind: &str, phase: Phase, topic: &Topic) -> (String, String) {
    let theme = random.pick(english_themes(phase));
    let product = within_sentence(topic.product);
    let subject = match kind {
        "call" => format!("Call: {theme}"),
        "visit" => format!("Visit at {}: {theme}", topic.account),
        "message" => format!("E-mail: {theme}"),
        "appointment" => format!("Meeting: {theme}"),
        _ => format!("{} {}", random.pick(&["Prepare material for", "Follow up with", "Answer the questions of", "Send documents to"]), topic.who),
    };
    let fact = random.pick(english_facts(phase)).replace("{product}", &product).replace("{who}", topic.who);
    let next = random.pick(&ENGLISH_NEXTS);
    let opening = random
        .pick(&["Spoke with {who}. ", "{who} called back. ", "Exchange with {who}. ", "{who} and two engineers took part. "])
        .replace("{who}", topic.who);
    (subject, format!("{opening}{fact} {next}"))
}

/// Title and body (HTML) of a note.
pub(crate) fn note(random: &mut Random, topic: &Topic) -> (String, String) {
    if topic.foreign {
        let phase = random.pick(&[Phase::Explore, Phase::Solution, Phase::Commerce]);
        let points: Vec<String> = (0..3)
            .map(|_| random.pick(english_facts(phase)).replace("{product}", &within_sentence(topic.product)).replace("{who}", topic.who))
            .collect();
        return (format!("Minutes: {}", random.pick(english_themes(phase))), list(&points, random.pick(&ENGLISH_NEXTS)));
    }
    let phase = random.pick(&[Phase::Explore, Phase::Solution, Phase::Commerce, Phase::Care, Phase::Service]);
    let title = match random.below(5) {
        0 => format!("{}拜访纪要", topic.account),
        1 => fill("会议纪要：{product}", topic),
        2 => format!("{}沟通记录", topic.who),
        3 => format!("{}的关注点", topic.who),
        _ => format!("{}要点", fill(random.pick(themes(phase)), topic)),
    };
    let first = random.below(facts(phase).len());
    let points: Vec<String> =
        (0..random.between(2, 4) as usize).map(|step| fill(facts(phase)[(first + step * 5) % facts(phase).len()], topic)).collect();
    (spaced(&title), spaced(&list(&points, &fill(random.pick(nexts(phase)), topic))))
}

fn list(points: &[String], next: &str) -> String {
    let items: String = points.iter().map(|it| format!("<li>{it}</li>")).collect();
    format!("<ul>{items}</ul><p><strong>→</strong> {next}</p>")
}
