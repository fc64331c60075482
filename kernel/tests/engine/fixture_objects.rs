//! The objects and roles of the small company.

pub const DEPARTMENT: &str = r#"
name = "department"
label = { zh-CN = "部门", en = "Department" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
[[field]]
name = "parent"
type = "department"
label = { zh-CN = "上级", en = "Parent" }
"#;

pub const USER: &str = r#"
name = "user"
label = { zh-CN = "成员", en = "Member" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "姓名", en = "Name" }
required = true
[[field]]
name = "roles"
type = "multi_select"
label = { zh-CN = "角色", en = "Roles" }
options_from = "roles"
[[field]]
name = "department"
type = "department"
label = { zh-CN = "部门", en = "Department" }
[[field]]
name = "further_departments"
type = "many_to_many"
target = "department"
label = { zh-CN = "兼职部门", en = "Further departments" }
[[field]]
name = "manager"
type = "user"
label = { zh-CN = "上级", en = "Manager" }
[[field]]
name = "deputy"
type = "user"
label = { zh-CN = "代理人", en = "Deputy" }
[[field]]
name = "absent_from"
type = "datetime"
label = { zh-CN = "缺勤开始", en = "Absent from" }
[[field]]
name = "absent_until"
type = "datetime"
label = { zh-CN = "缺勤结束", en = "Absent until" }
"#;

pub const TEAM: &str = r#"
name = "team"
label = { zh-CN = "团队", en = "Team" }
title_field = "name"
owned = false
explicit_rights = true
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "members"
type = "many_to_many"
target = "user"
label = { zh-CN = "成员", en = "Members" }
"#;

pub const ROLE_GRANT: &str = r#"
name = "role_grant"
label = { zh-CN = "角色授予", en = "Role grant" }
title_field = "reason"
owned = false
explicit_rights = true
[[field]]
name = "reason"
type = "text"
label = { zh-CN = "原因", en = "Reason" }
[[field]]
name = "member"
type = "user"
label = { zh-CN = "成员", en = "Member" }
[[field]]
name = "role"
type = "select"
label = { zh-CN = "角色", en = "Role" }
options_from = "roles"
[[field]]
name = "department"
type = "department"
label = { zh-CN = "部门", en = "Department" }
[[field]]
name = "starts_at"
type = "datetime"
label = { zh-CN = "开始", en = "From" }
[[field]]
name = "ends_at"
type = "datetime"
label = { zh-CN = "结束", en = "Until" }
"#;

pub const TAG: &str = r#"
name = "tag"
label = { zh-CN = "标签", en = "Tag" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
unique = true
"#;

pub const FILE: &str = r#"
name = "file"
label = { zh-CN = "文件", en = "File" }
title_field = "name"
internal = true
in_search = true
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "sha256"
type = "text"
label = { zh-CN = "校验值", en = "SHA-256" }
indexed = true
[[field]]
name = "size"
type = "number"
label = { zh-CN = "大小", en = "Size" }
[[field]]
name = "content_type"
type = "text"
label = { zh-CN = "类型", en = "Type" }
"#;

pub const ACCOUNT: &str = r#"
name = "account"
label = { zh-CN = "客户", en = "Account" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
searchable = true
[[field]]
name = "code"
type = "text"
label = { zh-CN = "编码", en = "Code" }
unique = true
[[field]]
name = "number"
type = "auto_number"
number_format = "C{yyyy}-{0000}"
label = { zh-CN = "编号", en = "Number" }
[[field]]
name = "level"
type = "select"
label = { zh-CN = "级别", en = "Level" }
indexed = true
options = [
  { value = "a", label = { zh-CN = "甲", en = "A" } },
  { value = "b", label = { zh-CN = "乙", en = "B" } },
]
[[field]]
name = "phone"
type = "phone"
label = { zh-CN = "电话", en = "Phone" }
searchable = true
[[field]]
name = "margin"
type = "decimal"
label = { zh-CN = "毛利", en = "Margin" }
indexed = true
searchable = true
[[field]]
name = "parent"
type = "reference"
target = "account"
label = { zh-CN = "上级客户", en = "Parent" }
[[field]]
name = "tags"
type = "tags"
label = { zh-CN = "标签", en = "Tags" }
[[field]]
name = "channels"
type = "multi_select"
label = { zh-CN = "渠道", en = "Channels" }
options = [
  { value = "phone", label = { zh-CN = "电话", en = "Phone" } },
  { value = "mail", label = { zh-CN = "邮件", en = "Mail" } },
]
[[field]]
name = "deals"
type = "rollup"
label = { zh-CN = "商机数", en = "Deals" }
rollup = { object = "deal", via = "account", function = "count" }
[[field]]
name = "won"
type = "rollup"
label = { zh-CN = "赢单额", en = "Won" }
indexed = true
rollup = { object = "deal", via = "account", function = "sum", field = "amount", filter = "stage == 'won'" }
[[field]]
name = "last_close"
type = "rollup"
label = { zh-CN = "最近成交", en = "Last close" }
rollup = { object = "deal", via = "account", function = "latest", field = "close_date" }
[[field]]
name = "won_class"
type = "formula"
result = "text"
expression = "won >= 1000 ? 'big' : 'small'"
indexed = true
label = { zh-CN = "规模", en = "Class" }
[[index]]
fields = ["owner", "name"]
"#;

pub const DEAL: &str = r#"
name = "deal"
label = { zh-CN = "商机", en = "Deal" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
searchable = true
[[field]]
name = "account"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Account" }
required = true
on_delete = "cascade"
[[field]]
name = "stage"
type = "select"
label = { zh-CN = "阶段", en = "Stage" }
required = true
default = "new"
options = [
  { value = "new", label = { zh-CN = "新建", en = "New" }, next = ["offer", "lost"] },
  { value = "offer", label = { zh-CN = "报价", en = "Offer" }, next = ["won", "lost"] },
  { value = "won", label = { zh-CN = "赢单", en = "Won" }, closed = true },
  { value = "lost", label = { zh-CN = "输单", en = "Lost" }, closed = true },
]
[[field]]
name = "amount"
type = "money"
label = { zh-CN = "金额", en = "Amount" }
min = 0.0
[[field]]
name = "probability"
type = "percent"
label = { zh-CN = "可能性", en = "Probability" }
default = "10"
[[field]]
name = "weighted"
type = "formula"
result = "decimal"
expression = "amount * probability / 100"
label = { zh-CN = "加权", en = "Weighted" }
[[field]]
name = "close_date"
type = "date"
label = { zh-CN = "成交日期", en = "Close date" }
indexed = true
[[field]]
name = "loss_reason"
type = "text"
label = { zh-CN = "输单原因", en = "Loss reason" }
required_when = "stage == 'lost'"
[[rule]]
name = "amount_when_offered"
expression = "stage != 'offer' || amount != null"
message = { zh-CN = "报价阶段必须有金额", en = "an offer needs an amount" }
field = "amount"
[[rule]]
name = "sane_date"
expression = "close_date == null || close_date >= date('2000-01-01')"
message = { zh-CN = "日期太早", en = "the date is too early" }
field = "close_date"
"#;

pub const BILL: &str = r#"
name = "bill"
label = { zh-CN = "发票", en = "Bill" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "tag"
type = "reference"
target = "tag"
label = { zh-CN = "标签", en = "Tag" }
on_delete = "restrict"
"#;

pub const ROLES: [&str; 3] = [
    r#"
name = "administrator"
label = { zh-CN = "管理员", en = "Administrator" }
administrator = true
"#,
    r#"
name = "manager"
label = { zh-CN = "经理", en = "Manager" }
[objects."*"]
read = "department_tree"
update = "department_tree"
delete = "department_tree"
create = true
export = true
bulk = true
actions = ["*"]
[objects.user]
read = "all"
[objects.department]
read = "all"
[objects.tag]
read = "all"
"#,
    r#"
name = "rep"
label = { zh-CN = "销售", en = "Rep" }
[objects.account]
read = "own"
update = "own"
create = true
assign = true
fields = { margin = "hidden", level = "read" }
[objects.deal]
read = "own"
update = "own"
delete = "own"
create = true
[objects.user]
read = "all"
[objects.tag]
read = "all"
"#,
];
