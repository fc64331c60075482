//! Our own members among the people an appointment names: by their addresses, as far as the caller may see them.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_records, load_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

use crate::ics::parts::{Line, Part};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Which.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// His address, where the caller may see it.
    pub email: Option<String>,
}

/// Members that a request is about.
#[derive(Debug, Clone, Default)]
pub struct People {
    by_id: BTreeMap<Uuid, Person>,
    by_email: BTreeMap<String, Uuid>,
}

/// Somebody an appointment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// His address in small letters.
    pub email: String,
    /// What he said, as the standard calls it.
    pub answer: String,
}

impl People {
    /// Looks up members by their ids and their addresses. Those the caller may not see are not there.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(context: &Context, tx: &mut dyn ReadTx, ids: &BTreeSet<Uuid>, emails: &BTreeSet<String>) -> Result<Self> {
        let object = context.schema.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
        let mut ids: BTreeSet<Uuid> = ids.clone();
        let emails: Vec<&String> = emails.iter().collect();
        for chunk in emails.chunks(200) {
            let spelled = chunk.iter().map(|it| Value::Text((*it).clone())).collect();
            let found = known_records(context, tx, MEMBER_OBJECT, |it| Ok(Condition::In(it("email")?, spelled, false)), 400)?;
            ids.extend(found.iter().filter(|it| it.value("active") != Value::Bool(false)).map(Record::id));
        }
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut people = Self::default();
        for member in load_records(context, tx, &object, &ids, Verb::Read, false)? {
            let email = member.text_for(context, "email");
            let person = Person { id: member.id(), name: member.text_for(context, object.title_field().name()).unwrap_or_default(), email };
            if let Some(email) = &person.email {
                people.by_email.insert(email.to_lowercase(), person.id);
            }
            people.by_id.insert(person.id, person);
        }
        Ok(people)
    }

    /// A member by his id.
    pub fn by_id(&self, id: Uuid) -> Option<&Person> {
        self.by_id.get(&id)
    }

    /// A member by his address.
    pub fn by_email(&self, email: &str) -> Option<Uuid> {
        self.by_email.get(&email.to_lowercase()).copied()
    }
}

/// The address of an attendee or organizer.
pub fn address_of(line: &Line<'_>) -> Option<String> {
    let value = line.value.trim();
    let mail = value.get(..7).filter(|it| it.eq_ignore_ascii_case("mailto:")).and_then(|_| value.get(7..));
    let found = mail.or_else(|| line.parameter("EMAIL")).map(str::trim).filter(|it| it.contains('@') && it.len() <= 254)?;
    Some(found.to_lowercase())
}

/// Everybody a component asks to take part.
pub fn named_in(part: &Part) -> Vec<Named> {
    let named = part.all("ATTENDEE").filter_map(|it| {
        let answer = it.parameter("PARTSTAT").unwrap_or("NEEDS-ACTION").to_ascii_uppercase();
        Some(Named { email: address_of(&it)?, answer })
    });
    named.collect()
}

/// All addresses in a text, whatever they are of.
pub fn addresses_in(whole: &Part) -> BTreeSet<String> {
    whole.parts.iter().flat_map(named_in).map(|it| it.email).collect()
}

/// What a member answered, as the standard calls it.
pub fn told_answer(answer: &str) -> &'static str {
    match answer {
        "accepted" => "ACCEPTED",
        "tentative" => "TENTATIVE",
        "declined" => "DECLINED",
        _ => "NEEDS-ACTION",
    }
}

/// What the standard calls an answer, as we call it.
pub fn read_answer(answer: &str) -> &'static str {
    match answer {
        "ACCEPTED" => "accepted",
        "TENTATIVE" => "tentative",
        "DECLINED" => "declined",
        _ => "none",
    }
}

/// A line that asks somebody. Programs are told to send him nothing: he is told by us.
pub fn attendee_line(person: &Person, answer: &str) -> Option<String> {
    let email = person.email.as_ref()?;
    let answer = told_answer(answer);
    Some(format!("ATTENDEE;CN=\"{}\";PARTSTAT={answer};ROLE=REQ-PARTICIPANT;SCHEDULE-AGENT=NONE:mailto:{email}", quoted(&person.name)))
}

/// A line that says who asks.
pub fn organizer_line(person: &Person) -> Option<String> {
    let email = person.email.as_ref()?;
    Some(format!("ORGANIZER;CN=\"{}\";SCHEDULE-AGENT=NONE:mailto:{email}", quoted(&person.name)))
}

/// A name as it may stand between quotation marks.
fn quoted(name: &str) -> String {
    name.chars().filter(|it| !it.is_control() && *it != '"').collect()
}
