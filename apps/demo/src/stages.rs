//! What the stages of the demo company's pipelines ask for and give.

use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{moment, plus_days};
use crate::record::DemoRecord;

/// One stage of one pipeline.
struct Stage {
    pipeline: &'static str,
    stage: &'static str,
    required: &'static [&'static str],
    tasks: &'static str,
    /// Days in the stage, days of warning before, days until it is closed; 0 for none.
    days: (i64, i64, i64),
    cards: i64,
    playbook: &'static str,
}

const fn stage(
    pipeline: &'static str,
    stage: &'static str,
    required: &'static [&'static str],
    tasks: &'static str,
    days: (i64, i64, i64),
    playbook: &'static str,
) -> Stage {
    Stage { pipeline, stage, required, tasks, days, cards: 0, playbook }
}

const DIRECT: &str = "pipeline:direct";
const SERVICE: &str = "pipeline:service";
const PARTNER: &str = "pipeline:partner";

const STAGES: [Stage; 14] = [
    Stage {
        cards: 12,
        ..stage(
            DIRECT,
            "new",
            &[],
            "电话确认需求和预算\n了解现有设备与产线",
            (30, 7, 0),
            "<p>先问清三件事：为什么现在要换、谁拍板、预算从哪里出。</p><p>话术：“张经理，您这条线现在的节拍和不良率大概是多少？”</p>",
        )
    },
    stage(
        DIRECT,
        "need_confirmed",
        &[],
        "约设备部做现场勘察\n!提交需求确认单",
        (45, 7, 0),
        "<p>现场勘察拍照、量尺寸、记节拍；需求确认单请客户签字。</p><p>同时摸清决策链：使用人、评估人、采购和拍板的人各是谁。</p>",
    ),
    Stage {
        cards: 10,
        ..stage(
            DIRECT,
            "solution",
            &[],
            "!提交技术方案\n安排参观示范产线",
            (60, 10, 0),
            "<p>方案里写明节拍测算和投资回收期。竞争对手报低价时，带客户看示范产线的实际良率。</p>",
        )
    },
    stage(
        DIRECT,
        "presentation",
        &["amount", "need"],
        "!向客户决策层汇报\n补充同行业案例",
        (45, 7, 0),
        "<p>汇报前先和内线教练过一遍，弄清反对的人担心什么。</p>",
    ),
    stage(
        DIRECT,
        "negotiation",
        &["amount"],
        "确认付款方式和质保期\n与主管确认折扣",
        (30, 5, 0),
        "<p>折扣超过 10% 先找主管。让步要有交换：账期、框架协议或标杆案例。</p>",
    ),
    stage(DIRECT, "won", &["win_reason"], "移交交付与回款计划", (0, 0, 0), "<p>一周内开移交会：交付、客服、财务都到场。</p>"),
    stage(DIRECT, "lost", &[], "", (0, 0, 0), "<p>半年后回访一次：看对手交付得如何。</p>"),
    stage(SERVICE, "new", &[], "核对设备清单和质保到期日", (20, 5, 0), "<p>维保到期前两个月联系，先发上一年的服务记录。</p>"),
    stage(SERVICE, "need_confirmed", &["amount"], "!发送维保方案与报价", (30, 7, 0), "<p>备件打包进维保，便于客户做预算。</p>"),
    stage(SERVICE, "negotiation", &["amount"], "确认响应时间和巡检次数", (20, 5, 0), "<p>4 小时响应是底线，不因价格让步。</p>"),
    stage(PARTNER, "new", &[], "核实报备，避免撞单", (20, 5, 365), "<p>两个工作日内答复伙伴的报备。</p>"),
    stage(PARTNER, "need_confirmed", &[], "约伙伴一起拜访最终客户", (40, 7, 0), "<p>至少见一次最终客户，不只听伙伴转述。</p>"),
    stage(PARTNER, "negotiation", &["amount"], "!确认伙伴价与返点", (25, 5, 0), "<p>返点写进订单，不口头承诺。</p>"),
    stage(PARTNER, "lost", &["loss_note"], "", (0, 0, 0), "<p>写明是伙伴没有做成，还是最终客户没有买。</p>"),
];

/// Stages nothing comes back from: a renewal that was lost is made anew.
const NO_WAY_BACK: [(&str, &str); 1] = [(SERVICE, "lost")];

/// The settings of all stages.
pub(crate) fn records(today: Date) -> Vec<DemoRecord> {
    let at = moment(plus_days(today, -880), 10, 0);
    let number = |record: DemoRecord, field: &str, value: i64| if value > 0 { record.set(field, value) } else { record };
    let mut records = Vec::new();
    for it in &STAGES {
        let mut record = DemoRecord::new("pipeline_stage", format!("{}:{}", it.pipeline, it.stage))
            .at(at)
            .link("pipeline", it.pipeline)
            .set("stage", it.stage)
            .set("tasks", it.tasks)
            .set("task_days", 3)
            .set("may_roll_back", true)
            .set("playbook", it.playbook);
        if !it.required.is_empty() {
            record = record.set("required_fields", json!(it.required));
        }
        record = number(record, "max_days", it.days.0);
        record = number(record, "warn_days", it.days.1);
        record = number(record, "close_after_days", it.days.2);
        if it.days.2 > 0 {
            record = record.set("close_reason", "no_response");
        }
        records.push(number(record, "card_limit", it.cards));
    }
    records.extend(NO_WAY_BACK.iter().map(|(pipeline, stage)| {
        let record = DemoRecord::new("pipeline_stage", format!("{pipeline}:{stage}")).at(at).link("pipeline", pipeline);
        record.set("stage", *stage).set("may_roll_back", false)
    }));
    records
}
