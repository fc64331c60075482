//! Departments and members of 星河智能设备有限公司.

use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{moment, plus_days};
use crate::record::DemoRecord;

/// The password of every login of the demo company.
pub const DEMO_PASSWORD: &str = "Guanxi-demo-2026";

/// The addresses a visitor may sign in with, one per kind of work.
pub const DEMO_LOGINS: [&str; 10] = [
    "admin@xinghe.example",
    "sales@xinghe.example",
    "sales2@xinghe.example",
    "salesmanager@xinghe.example",
    "marketing@xinghe.example",
    "service@xinghe.example",
    "operator@xinghe.example",
    "trainer@xinghe.example",
    "analyst@xinghe.example",
    "partner@xinghe.example",
];

struct Department {
    key: &'static str,
    name: &'static str,
    code: &'static str,
    kind: &'static str,
    parent: &'static str,
    head: &'static str,
    description: &'static str,
}

const DEPARTMENTS: [Department; 17] = [
    department("department:hq", "星河智能设备有限公司", "HQ", "company", "", "user:fanglixin", "总部"),
    department("department:east", "华东大区", "EC", "branch", "department:hq", "user:salesmanager", "上海、江苏、浙江、安徽、山东的直销业务"),
    department("department:east1", "华东销售一部", "EC-1", "team", "department:east", "user:salesmanager", "上海、江苏客户"),
    department("department:east2", "华东销售二部", "EC-2", "team", "department:east", "user:salesmanager", "浙江、安徽、山东客户"),
    department("department:south", "华南大区", "SC", "branch", "department:hq", "user:wanghaitao", "广东、湖南、湖北、四川、重庆的直销业务"),
    department("department:south1", "华南销售部", "SC-1", "team", "department:south", "user:wanghaitao", "珠三角与中西部客户"),
    department("department:north", "华北大区", "NC", "branch", "department:hq", "user:sunhaoran", "北京、天津、河北、河南、陕西、东北的直销业务"),
    department("department:north1", "华北销售部", "NC-1", "team", "department:north", "user:sunhaoran", "京津冀与东北客户"),
    department("department:overseas", "国际业务部", "INT", "department", "department:hq", "user:guanna", "海外客户与合资企业"),
    department("department:channel", "渠道合作部", "CH", "department", "department:hq", "user:fanglixin", "经销商与集成商"),
    department("department:marketing", "市场部", "MKT", "department", "department:hq", "user:marketing", "市场活动、品牌与线索"),
    department("department:service", "客服部", "CS", "department", "department:hq", "user:service", "售后服务、投诉与派单"),
    department("department:field", "现场服务组", "CS-F", "team", "department:service", "user:hanxue", "安装、维修与保养"),
    department("department:callcenter", "呼叫中心", "CC", "team", "department:service", "user:service", "来电接听与客户回访"),
    department("department:training", "培训部", "TRN", "department", "department:hq", "user:trainer", "客户与内部培训、考试"),
    department("department:analysis", "经营分析部", "BI", "department", "department:hq", "user:analyst", "经营数据与报表"),
    department("department:it", "信息部", "IT", "department", "department:hq", "user:admin", "系统与数据管理"),
];

const fn department(
    key: &'static str,
    name: &'static str,
    code: &'static str,
    kind: &'static str,
    parent: &'static str,
    head: &'static str,
    description: &'static str,
) -> Department {
    Department { key, name, code, kind, parent, head, description }
}

/// A member of the company.
pub(crate) struct Member {
    /// Key of the record.
    pub(crate) key: &'static str,
    /// Full name.
    pub(crate) name: &'static str,
    /// Part of the e-mail address before the `@`.
    login: &'static str,
    /// Key of the department.
    pub(crate) department: &'static str,
    title: &'static str,
    /// Key of the superior.
    pub(crate) manager: &'static str,
    roles: &'static [&'static str],
    skills: &'static [&'static str],
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn member(
    key: &'static str,
    name: &'static str,
    login: &'static str,
    department: &'static str,
    title: &'static str,
    manager: &'static str,
    roles: &'static [&'static str],
    skills: &'static [&'static str],
) -> Member {
    Member { key, name, login, department, title, manager, roles, skills }
}

const BOSS: &str = "user:fanglixin";

/// Everybody, superiors before those they lead.
pub(crate) const MEMBERS: [Member; 25] = [
    member(BOSS, "方立新", "fanglixin", "department:hq", "总经理", "", &["sales_manager", "analyst"], &["key_accounts", "negotiation"]),
    member("user:admin", "陈志远", "admin", "department:it", "信息部经理", BOSS, &["administrator"], &["data_analysis", "english"]),
    member(
        "user:salesmanager",
        "赵国栋",
        "salesmanager",
        "department:east",
        "华东大区总经理",
        BOSS,
        &["sales_manager"],
        &["key_accounts", "negotiation", "tendering"],
    ),
    member(
        "user:sales",
        "林晓峰",
        "sales",
        "department:east1",
        "高级销售代表",
        "user:salesmanager",
        &["sales"],
        &["robotics", "presales", "key_accounts"],
    ),
    member("user:sales2", "周雨桐", "sales2", "department:east2", "销售代表", "user:salesmanager", &["sales"], &["sensing", "automation"]),
    member("user:matengfei", "马腾飞", "matengfei", "department:east1", "销售代表", "user:salesmanager", &["sales"], &["automation", "tendering"]),
    member("user:dengjiaqi", "邓佳琪", "dengjiaqi", "department:east2", "销售代表", "user:salesmanager", &["sales"], &["sensing", "negotiation"]),
    member("user:wanghaitao", "王海涛", "wanghaitao", "department:south", "华南大区经理", BOSS, &["sales_manager"], &["key_accounts", "automation"]),
    member(
        "user:huangjunjie",
        "黄俊杰",
        "huangjunjie",
        "department:south1",
        "高级销售代表",
        "user:wanghaitao",
        &["sales"],
        &["robotics", "negotiation"],
    ),
    member("user:chensimin", "陈思敏", "chensimin", "department:south1", "销售代表", "user:wanghaitao", &["sales"], &["sensing", "presales"]),
    member("user:sunhaoran", "孙浩然", "sunhaoran", "department:north", "华北大区经理", BOSS, &["sales_manager"], &["tendering", "key_accounts"]),
    member("user:limingxuan", "李明轩", "limingxuan", "department:north1", "销售代表", "user:sunhaoran", &["sales"], &["automation", "tendering"]),
    member("user:zhangyating", "张雅婷", "zhangyating", "department:north1", "销售代表", "user:sunhaoran", &["sales"], &["presales", "negotiation"]),
    member("user:guanna", "顾安娜", "guanna", "department:overseas", "国际业务经理", BOSS, &["sales"], &["english", "key_accounts", "negotiation"]),
    member("user:marketing", "苏婉清", "marketing", "department:marketing", "市场部经理", BOSS, &["marketer"], &["marketing", "english"]),
    member("user:liangwei", "梁伟", "liangwei", "department:marketing", "市场专员", "user:marketing", &["marketer"], &["marketing"]),
    member("user:service", "何美玲", "service", "department:service", "客服部主管", BOSS, &["service_agent"], &["complaint_handling", "training"]),
    member("user:hanxue", "韩雪", "hanxue", "department:field", "服务调度", "user:service", &["dispatcher"], &["field_service", "automation"]),
    member(
        "user:caozhiqiang",
        "曹志强",
        "caozhiqiang",
        "department:field",
        "现场工程师",
        "user:hanxue",
        &["service_agent"],
        &["field_service", "robotics"],
    ),
    member(
        "user:operator",
        "刘佳慧",
        "operator",
        "department:callcenter",
        "呼叫中心坐席",
        "user:service",
        &["operator"],
        &["telesales", "complaint_handling"],
    ),
    member("user:xielijuan", "谢丽娟", "xielijuan", "department:callcenter", "呼叫中心坐席", "user:service", &["operator"], &["telesales"]),
    member("user:trainer", "郑文博", "trainer", "department:training", "培训讲师", BOSS, &["trainer"], &["training", "robotics"]),
    member("user:analyst", "许思源", "analyst", "department:analysis", "数据分析师", BOSS, &["analyst"], &["data_analysis"]),
    member(
        "user:partner",
        "吴建华",
        "partner",
        "department:channel",
        "华星自动化（经销商）业务经理",
        BOSS,
        &["partner"],
        &["automation", "negotiation"],
    ),
    member("user:luoqian", "罗倩", "luoqian", "department:channel", "渠道专员", BOSS, &["sales"], &["negotiation", "training"]),
];

/// A post with the roles that come with it.
struct Post {
    key: &'static str,
    name: &'static str,
    name_en: &'static str,
    department: &'static str,
    roles: &'static [&'static str],
    /// Keys of those who hold it.
    holders: &'static [&'static str],
    description: &'static str,
}

/// Posts beside everybody's own work: their holders have the roles within the department, for as long as they hold them.
const POSTS: [Post; 3] = [
    Post {
        key: "post:duty",
        name: "值班调度",
        name_en: "Dispatcher on duty",
        department: "department:service",
        roles: &["dispatcher"],
        holders: &["user:hanxue", "user:caozhiqiang"],
        description: "节假日轮值：接收报修、安排工程师上门。",
    },
    Post {
        key: "post:coach",
        name: "渠道内训师",
        name_en: "Channel coach",
        department: "department:channel",
        roles: &["trainer"],
        holders: &["user:luoqian"],
        description: "为经销商和集成商组织产品培训，整理考试题目。",
    },
    Post {
        key: "post:tender",
        name: "投标专员",
        name_en: "Tender specialist",
        department: "",
        roles: &[],
        holders: &["user:matengfei", "user:limingxuan"],
        description: "汇总招标信息、编写标书；岗位不附带系统角色。",
    },
];

fn posts_of(member: &str) -> Vec<String> {
    POSTS.iter().filter(|it| it.holders.contains(&member)).map(|it| it.key.to_owned()).collect()
}

/// The member of a key.
pub(crate) fn member_of(key: &str) -> &'static Member {
    MEMBERS.iter().find(|it| it.key == key).unwrap_or(&MEMBERS[0])
}

/// Someone who looks after customers.
pub(crate) struct Seller {
    /// Key of the member.
    pub(crate) user: &'static str,
    /// Deals won of a hundred decided.
    pub(crate) win_rate: usize,
    /// Share of the customers of the region.
    pub(crate) share: usize,
    /// Where.
    pub(crate) region: Region,
}

/// Part of the market.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Region {
    /// Shanghai and Jiangsu.
    East1,
    /// Zhejiang, Anhui and Shandong.
    East2,
    /// The south and the west.
    South,
    /// The north.
    North,
    /// Abroad.
    Overseas,
}

/// Who sells where.
pub(crate) const SELLERS: [Seller; 13] = [
    seller("user:sales", 46, 9, Region::East1),
    seller("user:matengfei", 27, 3, Region::East1),
    seller("user:salesmanager", 52, 1, Region::East1),
    seller("user:sales2", 35, 7, Region::East2),
    seller("user:dengjiaqi", 31, 3, Region::East2),
    seller("user:partner", 29, 1, Region::East2),
    seller("user:huangjunjie", 44, 5, Region::South),
    seller("user:chensimin", 33, 4, Region::South),
    seller("user:luoqian", 30, 1, Region::South),
    seller("user:limingxuan", 30, 5, Region::North),
    seller("user:zhangyating", 38, 4, Region::North),
    seller("user:sunhaoran", 48, 1, Region::North),
    seller("user:guanna", 36, 1, Region::Overseas),
];

const fn seller(user: &'static str, win_rate: usize, share: usize, region: Region) -> Seller {
    Seller { user, win_rate, share, region }
}

/// Departments, members, and then the heads of the departments.
pub(crate) fn records(today: Date) -> Vec<DemoRecord> {
    let start = moment(plus_days(today, -900), 9, 0);
    let mut records = Vec::new();
    for it in &DEPARTMENTS {
        let record = DemoRecord::new("department", it.key).at(start).set("name", it.name).set("code", it.code);
        records.push(record.set("kind", it.kind).link("parent", it.parent).set("description", it.description).set("active", true));
    }
    records.extend(POSTS.iter().map(|it| {
        let record = DemoRecord::new("job_post", it.key).at(start).set("name", it.name).set("name_en", it.name_en);
        let record = record.link("department", it.department).set("roles", json!(it.roles)).set("active", true);
        record.set("description", it.description)
    }));
    for (index, it) in MEMBERS.iter().enumerate() {
        let number = index as i64;
        records.push(
            DemoRecord::new("user", it.key)
                .at(start)
                .set("name", it.name)
                .set("email", format!("{}@xinghe.example", it.login))
                .set("phone", format!("+86186000010{number:02}"))
                .set("employee_number", format!("XH{:04}", 1001 + number))
                .link("department", it.department)
                .link("manager", it.manager)
                .set("job_title", it.title)
                .link_all("posts", &posts_of(it.key))
                .set("roles", json!(it.roles))
                .set("skills", json!(it.skills))
                .set("active", true)
                .day("hired_on", plus_days(today, -1000 - number * 97 % 1900))
                .set("locale", "zh-CN")
                .set("time_zone", "Asia/Shanghai"),
        );
    }
    records.extend(DEPARTMENTS.iter().map(|it| DemoRecord::new("department", it.key).at(start).link("head", it.head)));
    records
}
