//! The demo company 星河智能设备有限公司: a maker of sensors, control cabinets and robot arms with two years of customers,
//! deals, calls and visits behind it. Everything follows from a seed and a day; nothing is drawn from elsewhere.
//!
//! Companies, people, numbers and addresses are made up: mail and web addresses end in `.example`, mobile numbers carry
//! four zeros in the middle.

mod accounts;
mod activities;
mod calendar;
mod catalogue;
mod companies;
mod contacts;
mod deal_texts;
mod deals;
mod leads;
mod marketing;
mod names;
mod notes;
mod phrases;
mod places;
mod planning;
mod pools;
mod privacy;
mod processes;
mod products;
mod quality;
mod random;
mod record;
mod sales_targets;
mod selling;
mod spaces;
mod staff;
mod stages;
mod standing;
mod talk;
mod tasks;
mod texts;
mod twins;

use jiff::civil::Date;

pub use record::{DemoRecord, refers_to, resolved};
pub use spaces::{DemoShare, demo_shares};
pub use staff::{DEMO_LOGINS, DEMO_PASSWORD};

/// The records of the demo company as of `today` (Asia/Shanghai), every one after those it refers to. The same seed and
/// day give the same records. A key that comes again changes the earlier record (heads of departments, stages of
/// opportunities); such changes of one record come in the order of time.
pub fn demo_records(seed: u64, today: Date) -> impl Iterator<Item = DemoRecord> {
    let accounts = accounts::accounts(seed, today);
    let contacts = contacts::contacts(seed, &accounts);
    let deals = deals::deals(seed, today, &accounts, &contacts);
    let leads = leads::leads(seed, today, &accounts, &contacts, &deals);
    let company = activities::Company { accounts: &accounts, contacts: &contacts, deals: &deals, leads: &leads, today };
    let mut activities = activities::records(seed, &company);
    activities.extend(marketing::upkeep(seed, today));
    let notes = notes::records(seed, today, &accounts, &contacts, &deals);
    let talk = talk::records(seed, today, &accounts, &deals);

    let mut records = staff::records(today);
    records.extend(catalogue::records(today));
    records.extend(stages::records(today));
    records.extend(marketing::records(seed, today));
    records.extend(pools::pools(today));
    records.extend(pools::rules(today));
    records.extend(selling::competitors(today));
    records.extend(standing::account_records(seed, today, &accounts, &deals));
    records.extend(contacts.iter().map(|it| it.record.clone()));
    records.extend(contacts::relations(seed, today, &accounts, &contacts));
    records.extend(deals::records(&deals));
    records.extend(selling::records(seed, &deals, &contacts));
    records.extend(selling::targets(today, &activities));
    records.extend(sales_targets::records(seed, today, &deals));
    records.extend(standing::moves(today, &accounts, &deals));
    records.extend(leads.iter().map(|it| it.record.clone()));
    // What is agreed to with a form has its purpose from here.
    records.extend(privacy::records(today, &contacts));
    records.extend(marketing::forms::records(today, &leads));
    records.extend(pools::records(seed, today, &leads, &activities));
    records.extend(activities);
    records.extend(notes);
    records.extend(tasks::records(today, &accounts, &deals));
    records.extend(planning::records(today));
    records.extend(talk);
    records.extend(talk::notices(today));
    records.extend(processes::records(today, &accounts));
    records.extend(spaces::records(today, &accounts, &deals));
    records.extend(twins::records(today, &accounts, &contacts, &leads));
    marketing::attribute(seed, today, &mut records);
    quality::spoil(&mut records);
    records.into_iter()
}
