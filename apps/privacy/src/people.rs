//! Whose data it is: contacts, leads and accounts, and who of them is the same person.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::store::ReadTx;
use uuid::Uuid;

/// Objects whose records are people, or companies that are one.
pub const PEOPLE: [&str; 3] = ["contact", "lead", "account"];
/// Most leads that became one contact.
const MOST: u64 = 100;

/// The ids under which the same person is kept: a contact and the leads that became him.
///
/// # Errors
/// Fails where the database does.
pub fn same_person(context: &Context, tx: &mut dyn ReadTx, person: &Record) -> Result<Vec<Uuid>> {
    let mut ids = vec![person.id()];
    let contact = match person.object.name.as_str() {
        "contact" => Some(person.id()),
        "lead" => person.reference("converted_contact"),
        _ => None,
    };
    if let Some(contact) = contact.filter(|_| context.schema.object("lead").is_some_and(|it| it.field("converted_contact").is_some())) {
        ids.push(contact);
        ids.extend(known_records(context, tx, "lead", |it| among(it("converted_contact"), [contact]), MOST)?.iter().map(Record::id));
        ids.sort_unstable();
        ids.dedup();
    }
    Ok(ids)
}
