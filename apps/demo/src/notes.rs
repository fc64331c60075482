//! Notes on customers and deals.

use jiff::civil::Date;

use crate::accounts::Account;
use crate::calendar::{days_between, plus_days, workday_until, working_moment};
use crate::contacts::Contact;
use crate::deals::Deal;
use crate::products::PRODUCTS;
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::member_of;
use crate::texts::{Topic, note};

/// How many notes there are.
const NOTES: usize = 240;

/// All notes; most on deals, the others on accounts.
pub(crate) fn records(seed: u64, today: Date, accounts: &[Account], contacts: &[Contact], deals: &[Deal]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "notes");
    let mut records: Vec<DemoRecord> = (0..NOTES)
        .map(|_| {
            let deal = random.chance(65).then(|| random.one_of(deals));
            let position = deal.map_or_else(|| random.below(accounts.len()), |it| it.account);
            let account = &accounts[position];
            let people: Vec<&Contact> = contacts.iter().filter(|it| it.account == position).collect();
            let contact = random.pick(&people);
            let product = &PRODUCTS[deal.map_or_else(|| random.below(19), |it| it.product)];
            let topic = Topic {
                who: &contact.address,
                account: &account.short,
                product: if account.foreign { product.english } else { product.name },
                foreign: account.foreign,
            };
            let (title, body) = note(&mut random, &topic);
            let begin = deal.map_or(account.created, |it| it.days.0);
            let end = deal.map_or(today, |it| it.days.1).min(plus_days(today, -1));
            let day = workday_until(plus_days(begin, random.between(1, days_between(begin, end).max(1)))).max(begin);
            let mut record = DemoRecord::new("note", "")
                .at(working_moment(&mut random, day.min(workday_until(plus_days(today, -1)))).max(account.created_at))
                .owned_by(account.owner, member_of(account.owner).department)
                .set("title", title)
                .set("body", body)
                .set("pinned", random.chance(8))
                .link("account", &account.key)
                .link_some("opportunity", deal.map(|it| it.key.as_str()));
            if random.chance(40) {
                record = record.link("contact", &contact.key);
            }
            record
        })
        .collect();
    records.sort_by_key(|it| it.created_at);
    for (index, record) in records.iter_mut().enumerate() {
        record.key = format!("note:{index}");
    }
    records
}
