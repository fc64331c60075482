//! Rooms and equipment, appointments of several people in the days around today, and who is away.

use jiff::civil::Date;

use crate::calendar::{moment, plus_days, workday_from};
use crate::record::DemoRecord;
use crate::staff::member_of;

/// A room or a thing to be booked.
const RESOURCES: [(&str, &str, &str, i64, &str); 5] = [
    ("resource:river", "望江厅", "room", 12, "总部三楼"),
    ("resource:star", "星河厅", "room", 30, "总部五楼"),
    ("resource:small", "洽谈室", "room", 4, "总部一楼"),
    ("resource:van", "商务车 沪A·60018", "vehicle", 7, "地下车库"),
    ("resource:arm", "演示用机械臂", "equipment", 0, "展厅"),
];

/// An appointment: key, subject, owner, days of work from today, hour and minute, length in minutes, who takes part, what is booked.
type Meeting = (&'static str, &'static str, &'static str, i64, (i8, i8), i64, &'static [&'static str], &'static [&'static str]);

const MEETINGS: [Meeting; 8] = [
    ("meeting:weekly", "华东销售周会", "user:salesmanager", 1, (9, 0), 60, &["user:sales", "user:sales2"], &["resource:river"]),
    ("meeting:review", "机械臂方案评审", "user:sales", 1, (14, 0), 90, &["user:sales2", "user:service"], &["resource:star", "resource:arm"]),
    (
        "meeting:training",
        "新品培训：CS-2系列控制柜",
        "user:trainer",
        2,
        (10, 0),
        120,
        &["user:sales", "user:sales2", "user:service", "user:marketing"],
        &["resource:star"],
    ),
    ("meeting:fair", "工博会筹备会", "user:marketing", 2, (15, 0), 60, &["user:sales", "user:salesmanager"], &["resource:small"]),
    ("meeting:complaint", "质量投诉复盘", "user:service", 3, (11, 0), 60, &["user:sales2", "user:salesmanager"], &["resource:river"]),
    ("meeting:forecast", "四季度回款预测", "user:salesmanager", 3, (16, 0), 60, &["user:sales", "user:sales2"], &["resource:river"]),
    ("meeting:factory", "客户参观工厂", "user:sales2", 4, (9, 30), 150, &["user:service"], &["resource:van"]),
    ("meeting:one", "一对一沟通", "user:salesmanager", 0, (17, 0), 30, &["user:sales"], &["resource:small"]),
];

/// Who is away: key, who, why, first and last day from today, part of the day.
const ABSENCES: [(&str, &str, &str, i64, i64, &str); 4] = [
    ("absence:1", "user:sales2", "annual", 8, 10, "whole"),
    ("absence:2", "user:sales", "training", 3, 3, "afternoon"),
    ("absence:3", "user:service", "trip", 5, 7, "whole"),
    ("absence:4", "user:marketing", "personal", 2, 2, "morning"),
];

/// All of it, as of today.
pub(crate) fn records(today: Date) -> Vec<DemoRecord> {
    let written = moment(plus_days(today, -2), 9, 0);
    let mut records = Vec::new();
    for (key, name, kind, seats, place) in RESOURCES {
        let record = DemoRecord::new("resource", key).at(written).set("name", name).set("kind", kind).set("place", place);
        records.push(if seats > 0 { record.set("seats", seats) } else { record });
    }
    for (key, subject, owner, days, (hour, minute), minutes, people, booked) in MEETINGS {
        let day = (0..days).fold(workday_from(today), |day, _| workday_from(plus_days(day, 1)));
        let start = moment(day, hour, minute);
        let keys = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        records.push(
            DemoRecord::new("activity", key)
                .at(written)
                .owned_by(owner, member_of(owner).department)
                .set("subject", subject)
                .set("kind", "appointment")
                .set("status", "open")
                .set("priority", "normal")
                .moment("start_at", start)
                .moment("end_at", start + jiff::SignedDuration::from_mins(minutes))
                .link_all("participants", &keys(people))
                .link_all("resources", &keys(booked)),
        );
    }
    for (key, member, kind, first, last, part) in ABSENCES {
        records.push(
            DemoRecord::new("absence", key)
                .at(written)
                .by(member)
                .link("member", member)
                .set("kind", kind)
                .day("first_day", plus_days(today, first))
                .day("last_day", plus_days(today, last))
                .set("part", part),
        );
    }
    records
}
