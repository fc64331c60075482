//! Records of tags, ways of selling and products.

use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{moment, plus_days};
use crate::products::{PRODUCTS, PRODUCTS_SOLD};
use crate::record::DemoRecord;

/// Key, name, colour and use of each tag.
const TAGS: [(&str, &str, &str, &str); 14] = [
    ("tag:vip", "VIP", "red", "总经理亲自关注的客户"),
    ("tag:strategic", "战略客户", "purple", "签有年度框架协议"),
    ("tag:reference", "标杆案例", "green", "可以带其他客户参观"),
    ("tag:payment_risk", "回款慢", "orange", "账期经常超过 60 天"),
    ("tag:price_sensitive", "价格敏感", "gold", "报价前先与主管确认折扣"),
    ("tag:tender", "需招投标", "blue", "采购必须走招标流程"),
    ("tag:foreign", "外资", "cyan", "外资或合资企业"),
    ("tag:fair", "工博会", "magenta", "在工博会上认识"),
    ("tag:training_interest", "培训意向", "lime", "对培训和考证有兴趣"),
    ("tag:maintenance", "在保", "green", "设备在维保期内"),
    ("tag:expansion", "扩产计划", "blue", "一年内有新厂或新产线"),
    ("tag:upgrade", "老线改造", "cyan", "有旧设备升级需求"),
    ("tag:dealer", "经销商", "orange", "渠道伙伴"),
    ("tag:dormant", "沉睡客户", "gray", "一年以上没有往来"),
];

/// Tags, pipelines and products.
pub(crate) fn records(today: Date) -> Vec<DemoRecord> {
    let start = moment(plus_days(today, -890), 10, 0);
    let mut records = Vec::new();
    for (key, name, color, description) in TAGS {
        records.push(DemoRecord::new("tag", key).at(start).set("name", name).set("color", color).set("description", description));
    }
    let every = ["new", "need_confirmed", "solution", "presentation", "negotiation"];
    let short = ["new", "need_confirmed", "negotiation"];
    for (key, name, default, stages, description) in [
        ("pipeline:direct", "标准直销流程", true, &every[..], "需要方案验证和项目汇报的设备与产线项目"),
        ("pipeline:service", "服务与备件流程", false, &short[..], "维保、培训和备件，客户确认后直接商务谈判"),
        ("pipeline:partner", "渠道伙伴流程", false, &short[..], "由经销商或集成商报备的商机"),
    ] {
        let mut record = DemoRecord::new("pipeline", key).at(start).set("name", name).set("is_default", default);
        match key {
            "pipeline:service" => record = record.set("product_lines", json!(["service", "part"])),
            "pipeline:partner" => record = record.link_all("departments", &["department:channel".to_owned()]),
            _ => {}
        }
        records.push(record.set("stages", json!(stages)).set("active", true).set("description", description));
    }
    for (index, it) in PRODUCTS.iter().enumerate() {
        let cost_share = 52 + (index as i64 * 7) % 19;
        records.push(
            DemoRecord::new("product", it.key)
                .at(start)
                .set("name", it.name)
                .set("code", format!("XH{:05}", 10_000 + index * 10))
                .set("family", it.family)
                .set("model", it.model)
                .set("unit", it.unit)
                .yuan("list_price", it.price)
                .yuan("cost", it.price * cost_share / 100)
                .set("tax_rate", if it.family == "service" { "6.00" } else { "13.00" })
                .set("delivery_days", it.delivery_days)
                .set("warranty_months", it.warranty_months)
                .set("active", index < PRODUCTS_SOLD)
                .set("description", it.description),
        );
    }
    records
}
