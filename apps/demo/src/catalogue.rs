//! Tags, ways of selling and the products of the demo company.

use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{moment, plus_days};
use crate::record::DemoRecord;

/// A product.
pub(crate) struct Product {
    /// Key of the record.
    pub(crate) key: &'static str,
    /// Full name.
    pub(crate) name: &'static str,
    /// English name, for customers abroad.
    pub(crate) english: &'static str,
    /// Product family.
    pub(crate) family: &'static str,
    /// List price in yuan.
    pub(crate) price: i64,
    /// Usual quantity of one order, half of them below.
    pub(crate) usual_quantity: f64,
    model: &'static str,
    unit: &'static str,
    delivery_days: i64,
    warranty_months: i64,
    description: &'static str,
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn product(
    key: &'static str,
    name: &'static str,
    english: &'static str,
    family: &'static str,
    model: &'static str,
    unit: &'static str,
    price: i64,
    usual_quantity: f64,
    delivery_days: i64,
    warranty_months: i64,
    description: &'static str,
) -> Product {
    Product { key, name, english, family, price, usual_quantity, model, unit, delivery_days, warranty_months, description }
}

/// What is sold, and two that no longer are (at the end).
pub(crate) const PRODUCTS: [Product; 26] = [
    product(
        "product:prox",
        "电感式接近传感器",
        "Inductive proximity sensor",
        "sensor",
        "XH-PS12 M12 PNP",
        "piece",
        168,
        120.0,
        7,
        18,
        "检测距离 4 mm，IP67，适合装配线到位检测。",
    ),
    product(
        "product:photo",
        "光电传感器",
        "Photoelectric sensor",
        "sensor",
        "XH-PE30 对射型",
        "piece",
        320,
        80.0,
        7,
        18,
        "检测距离 30 m，抗环境光，适合输送线计数。",
    ),
    product(
        "product:pressure",
        "压力变送器",
        "Pressure transmitter",
        "sensor",
        "XH-PT100 4-20mA",
        "piece",
        1_280,
        30.0,
        14,
        24,
        "量程 0-10 MPa，精度 0.25 级，带现场显示。",
    ),
    product(
        "product:vibration",
        "振动温度一体传感器",
        "Vibration and temperature sensor",
        "sensor",
        "XH-VT20 无线",
        "piece",
        2_460,
        24.0,
        14,
        24,
        "设备状态监测用，电池可用三年，数据直传平台。",
    ),
    product(
        "product:flow",
        "电磁流量计",
        "Electromagnetic flow meter",
        "sensor",
        "XH-FM DN80",
        "machine",
        6_800,
        8.0,
        21,
        24,
        "适合水务和化工管路，精度 0.5 级。",
    ),
    product(
        "product:plc",
        "标准 PLC 控制柜",
        "Standard PLC cabinet",
        "cabinet",
        "XH-CC-S1",
        "set",
        38_600,
        4.0,
        30,
        24,
        "含控制器、电源、安全继电器和触摸屏，出厂完成接线测试。",
    ),
    product(
        "product:mcc",
        "电机控制柜",
        "Motor control cabinet",
        "cabinet",
        "XH-MCC-45",
        "set",
        62_000,
        3.0,
        35,
        24,
        "45 kW 以内电机启停与变频控制。",
    ),
    product(
        "product:exproof",
        "防爆控制柜",
        "Explosion-proof cabinet",
        "cabinet",
        "XH-EX-II",
        "set",
        128_000,
        2.0,
        45,
        24,
        "适用于化工现场，取得防爆合格证。",
    ),
    product(
        "product:arm6",
        "六轴机械臂 6 kg",
        "Six-axis robot arm 6 kg",
        "robot",
        "XH-R6",
        "machine",
        89_000,
        4.0,
        30,
        24,
        "重复定位精度 ±0.02 mm，适合上下料和装配。",
    ),
    product(
        "product:arm20",
        "六轴机械臂 20 kg",
        "Six-axis robot arm 20 kg",
        "robot",
        "XH-R20",
        "machine",
        158_000,
        3.0,
        45,
        24,
        "臂展 1.8 m，适合搬运、码垛和机床上下料。",
    ),
    product(
        "product:cobot",
        "协作机械臂 5 kg",
        "Collaborative robot arm 5 kg",
        "robot",
        "XH-C5",
        "machine",
        118_000,
        3.0,
        30,
        24,
        "免围栏，拖动示教，适合小批量产线。",
    ),
    product(
        "product:scara",
        "SCARA 机械臂",
        "SCARA robot arm",
        "robot",
        "XH-S4",
        "machine",
        56_000,
        5.0,
        25,
        24,
        "节拍 0.4 s，适合电子装配和锁螺丝。",
    ),
    product(
        "product:servo",
        "伺服驱动套装 1.5 kW",
        "Servo drive kit 1.5 kW",
        "drive",
        "XH-SV15",
        "set",
        4_200,
        24.0,
        14,
        18,
        "驱动器、电机和线缆一套，支持 EtherCAT。",
    ),
    product(
        "product:inverter",
        "变频器 22 kW",
        "Frequency inverter 22 kW",
        "drive",
        "XH-FI22",
        "machine",
        7_900,
        10.0,
        14,
        18,
        "风机水泵节能改造常用。",
    ),
    product(
        "product:vision2d",
        "二维视觉检测系统",
        "2D vision inspection system",
        "vision",
        "XH-V2",
        "set",
        76_000,
        2.0,
        30,
        12,
        "500 万像素相机、光源和检测软件，尺寸与缺陷检测。",
    ),
    product(
        "product:vision3d",
        "三维视觉引导系统",
        "3D vision guidance system",
        "vision",
        "XH-V3",
        "set",
        185_000,
        1.5,
        45,
        12,
        "无序抓取和拆垛引导，配合机械臂使用。",
    ),
    product(
        "product:belt",
        "模块化输送线",
        "Modular conveyor",
        "conveyor",
        "XH-CV600",
        "metre",
        3_600,
        60.0,
        40,
        12,
        "带宽 600 mm，可拼接，含驱动和调速。",
    ),
    product(
        "product:sorter",
        "交叉带分拣机",
        "Cross-belt sorter",
        "conveyor",
        "XH-CBS",
        "set",
        860_000,
        1.0,
        90,
        12,
        "每小时 12,000 件，含控制系统。",
    ),
    product(
        "product:agv",
        "潜伏式搬运小车",
        "Under-ride transport vehicle",
        "conveyor",
        "XH-AGV500",
        "machine",
        98_000,
        4.0,
        45,
        12,
        "载重 500 kg，激光导航，自动充电。",
    ),
    product(
        "product:scada",
        "产线监控平台",
        "Line monitoring platform",
        "software",
        "星河云采 标准版",
        "licence",
        120_000,
        1.0,
        10,
        12,
        "设备接入、看板、报警和报表，可私有部署。",
    ),
    product(
        "product:predict",
        "设备预测维护模块",
        "Predictive maintenance module",
        "software",
        "星河云采 预测维护",
        "licence",
        80_000,
        1.0,
        10,
        12,
        "基于振动和温度数据预判故障。",
    ),
    product(
        "product:install",
        "安装调试服务",
        "Installation and commissioning",
        "service",
        "现场",
        "day",
        2_800,
        12.0,
        15,
        0,
        "工程师到场安装、调试和试产陪产。",
    ),
    product(
        "product:care",
        "年度维保服务",
        "Annual maintenance",
        "service",
        "金牌",
        "year",
        48_000,
        1.0,
        5,
        0,
        "每年四次巡检，4 小时响应，备件九折。",
    ),
    product(
        "product:training",
        "操作与维护培训",
        "Operation and maintenance training",
        "service",
        "两天",
        "time",
        12_000,
        1.5,
        20,
        0,
        "理论加实操，考核合格发证。",
    ),
    product(
        "product:oldarm",
        "四轴机械臂（停产）",
        "Four-axis robot arm (discontinued)",
        "robot",
        "XH-R4",
        "machine",
        69_000,
        2.0,
        30,
        12,
        "由 XH-R6 替代，仅供备件查询。",
    ),
    product(
        "product:oldhmi",
        "7 寸触摸屏（停产）",
        "7-inch panel (discontinued)",
        "part",
        "XH-HMI7",
        "piece",
        1_600,
        4.0,
        14,
        12,
        "由控制柜内置屏替代。",
    ),
];

/// How many of [`PRODUCTS`] are still sold; the others come after.
pub(crate) const PRODUCTS_SOLD: usize = 24;

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
        let record = DemoRecord::new("pipeline", key).at(start).set("name", name).set("is_default", default);
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
