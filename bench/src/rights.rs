//! What rights cost: a member's page against the same page of an administrator, his rights from cold, and explaining them.

use std::time::{Duration, Instant};

use guanxi_kernel::access::{Access, Verb, explain};
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::read::ListRequest;
use guanxi_kernel::schema::{Audience, Schema};
use guanxi_kernel::store::StoreExt as _;
use uuid::Uuid;

use crate::measure::{Work, compare, median};
use crate::organisation::Member;
use crate::reads::{contact, list, whole_list};
use crate::report::{Report, short};
use crate::setup::{Bench, WATCHER};

/// What a member's page may cost, against an administrator's.
const WANTED: f64 = 1.6;
/// How long working out a member's rights may take, and explaining them.
const WANTED_COLD: Duration = Duration::from_millis(20);
const WANTED_EXPLAIN: Duration = Duration::from_millis(100);
/// Times each of these is tried; the slowest counts.
const TRIES: usize = 9;

/// A member, told by what his rights mix.
struct Asker {
    who: String,
    member: Uuid,
    context: Context,
    /// With no more roles than he holds, so that others may ask about him.
    is_himself: bool,
}

/// Measures pages of members on several levels of the company, rights from cold, and explaining.
pub fn run(bench: &Bench, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let system = bench.system();
    let askers = askers(bench)?;
    for (sort, order) in [("name", "by name"), ("-updated_at", "newest first")] {
        let request = ListRequest { sort: Some(sort.into()), ..whole_list() };
        let all = Work::new(1, |_, _| drop(list(&system, &request)));
        for Asker { who, context, .. } in &askers {
            let own = Work::new(1, |_, _| drop(list(context, &request)));
            report.latency(bench.size, &format!("list of 50 x 12 {order}: {who}, against an administrator"), &compare(length, &own, &all), WANTED);
        }
    }
    for Asker { who, member, .. } in askers.iter().filter(|it| it.is_himself) {
        from_cold(bench, who, *member, report)?;
    }
    for Asker { who, member, context, .. } in askers.iter().filter(|it| it.is_himself) {
        explained(bench, who, *member, context, report)?;
    }
    Ok(())
}

/// Members of one department, of some, and of many: each without expressions in his rights and with them.
fn askers(bench: &Bench) -> Result<Vec<Asker>, Box<dyn std::error::Error>> {
    let schema = bench.workspace.schema();
    let mut askers = Vec::new();
    let wanted = [
        (5, false, false),
        (3, false, false),
        (1, false, false),
        (5, false, true),
        (3, false, true),
        (5, true, true),
        (3, true, true),
        (1, true, true),
        (5, true, false),
    ];
    for (level, by_rules, watches) in wanted {
        let mut found = None;
        for member in bench.organisation.members_on_level(level) {
            let context = bench.member(member.id, if watches { &[WATCHER] } else { &[] })?;
            let rules = rules_reaching(&schema, &context.access);
            if by_rules == (rules > 0) {
                found = Some((member, context, rules));
                break;
            }
        }
        let (member, context, rules) = found.ok_or("nobody on this level")?;
        askers.push(Asker { who: told(bench, member, rules, watches), member: member.id, context, is_himself: !watches });
    }
    Ok(askers)
}

fn told(bench: &Bench, member: &Member, rules: usize, watches: bool) -> String {
    let below = bench.organisation.departments[member.department].below;
    let mut who = if below == 1 { "one department and shares".to_owned() } else { format!("{below} departments and shares") };
    if watches {
        who.push_str(", two expressions");
    }
    if rules > 0 {
        who.push_str(&format!(", {rules} sharing rules"));
    }
    who
}

/// Sharing rules over contacts whose audience a member belongs to.
fn rules_reaching(schema: &Schema, access: &Access) -> usize {
    let member = &access.member;
    let reaches = |with: &Audience| {
        with.members.contains(&member.id)
            || with.departments.iter().any(|it| member.departments_above.contains(it))
            || with.roles.iter().any(|role| member.roles.iter().any(|it| it.name == *role))
    };
    schema.sharing.iter().filter(|it| it.object == "contact" && reaches(&it.with)).count()
}

/// The rights of a member on a server that was started just now.
fn from_cold(bench: &Bench, who: &str, member: Uuid, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    for _ in 0..TRIES {
        let workspace = bench.afresh()?;
        let began = Instant::now();
        let found = workspace.store.read_with(|tx| workspace.identity(tx, member))?.ok_or("no such member")?;
        let context = workspace.member_context(found.member, found.name, Locale::ZhCn, jiff::tz::TimeZone::UTC, "bench".into());
        // Each object's are worked out when they are first asked for: all of them count.
        for object in context.schema.objects.values() {
            std::hint::black_box(context.access.may(object, Verb::Read));
        }
        times.push(began.elapsed());
    }
    tell(report, bench.size, &format!("rights from cold: {who}"), &mut times, WANTED_COLD);
    Ok(())
}

/// Why a member sees contacts and why he does not, as an auditor asks, the first time with nothing worked out.
fn explained(bench: &Bench, who: &str, member: Uuid, theirs: &Context, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let workspace = bench.afresh()?;
    let system = workspace.system_context(Uuid::nil(), "bench");
    let object = contact(&system);
    let mut ids = ids_of(theirs)?;
    ids.truncate(TRIES / 2);
    ids.extend(ids_of(&system)?);
    let mut times = Vec::new();
    for id in ids.into_iter().take(TRIES) {
        let began = Instant::now();
        workspace.store.read_with(|tx| explain(&system, tx, member, &object, id))?;
        times.push(began.elapsed());
    }
    tell(report, bench.size, &format!("explain a contact: {who}"), &mut times, WANTED_EXPLAIN);
    Ok(())
}

fn ids_of(context: &Context) -> Result<Vec<Uuid>, Box<dyn std::error::Error>> {
    let items: Vec<serde_json::Value> = serde_json::from_str(&list(context, &whole_list()).items)?;
    Ok(items.iter().filter_map(|it| it["id"].as_str()?.parse().ok()).collect())
}

fn tell(report: &mut Report, size: usize, what: &str, times: &mut [Duration], wanted: Duration) {
    let middle = median(times);
    let slowest = times.last().copied().unwrap_or_default();
    let figure = format!("median {}, slowest of {} {}", short(middle), times.len(), short(slowest));
    report.figure(size, what, figure, &format!("<= {} ms", wanted.as_millis()), slowest <= wanted);
}
