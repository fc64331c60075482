//! The table of who holds which rights as a file.

use guanxi_kernel::access::{self, ObjectSummary, Opening};
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::identity::{self, Holder, HolderRequest};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::held_rights::titles_of;
use crate::export::{CellValue, Format, Target, Writer, mark_of};
use crate::http::values::Titles;

/// Rows read at a time.
const PAGE: usize = 500;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// A role of a member.
    Roles,
    /// A kind of record that a member's rights open.
    Objects,
}

impl Table {
    /// By its name in the API.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "role" => Some(Self::Roles),
            "object" => Some(Self::Objects),
            _ => None,
        }
    }

    fn headers(self) -> Vec<Label> {
        let member = [Label::new("成员", "Member"), Label::new("邮箱", "Email"), Label::new("部门", "Department")];
        let rest: Vec<Label> = match self {
            Self::Roles => [
                ("角色", "Role"),
                ("角色标识", "Role id"),
                ("来源", "Comes from"),
                ("部门范围", "Within department"),
                ("生效时间", "From"),
                ("失效时间", "Until"),
                ("原因", "Reason"),
            ]
            .map(|it| Label::new(it.0, it.1))
            .to_vec(),
            Self::Objects => [
                ("数据类型", "Object"),
                ("对象标识", "Object id"),
                ("可查看", "May see"),
                ("可更改", "May change"),
                ("可删除", "May delete"),
                ("其他操作", "May also"),
                ("另有禁止", "Some denied"),
            ]
            .map(|it| Label::new(it.0, it.1))
            .to_vec(),
        };
        member.into_iter().chain(rest).collect()
    }
}

/// Writes the table, page by page.
///
/// # Errors
/// The database's, and those of the target.
pub fn write(context: &Context, request: &HolderRequest, table: Table, format: Format, target: Target) -> Result<()> {
    let headers = table.headers();
    let headers: Vec<&str> = headers.iter().map(|it| context.locale.pick(it)).collect();
    let mut writer = Writer::begin(format, target, pick(context, "权限", "Rights"), &headers)?;
    writer.mark(&mark_of(context))?;
    let mut after = None;
    loop {
        let (rows, next) = context.workspace.store.read_with(|tx| {
            let (holders, next) = identity::holders(context, tx, request, after, PAGE)?;
            let departments = holders.iter().flat_map(|it| [it.department, it.holding.department]).flatten();
            let titles = titles_of(context, tx, departments, holders.iter().filter_map(|it| it.holding.post))?;
            let rows: Vec<Vec<CellValue>> = match table {
                Table::Roles => holders.iter().map(|it| role_row(context, &titles, it)).collect(),
                Table::Objects => {
                    let mut rows = Vec::new();
                    for holders in holders.chunk_by(|a, b| a.member == b.member) {
                        let Some(holder) = holders.first() else { continue };
                        let Some(theirs) = access::context_of(context, tx, holder.member)? else { continue };
                        rows.extend(access::summary(&theirs).iter().map(|it| object_row(context, &titles, holder, it)));
                    }
                    rows
                }
            };
            Ok::<_, KernelError>((rows, next))
        })?;
        rows.iter().try_for_each(|it| writer.row(it))?;
        after = next;
        if after.is_none() {
            return writer.finish();
        }
    }
}

fn pick<'a>(context: &Context, zh_cn: &'a str, en: &'a str) -> &'a str {
    if context.locale == Locale::ZhCn { zh_cn } else { en }
}

fn name_of(titles: &Titles, id: Option<Uuid>) -> CellValue {
    CellValue::of_text(id.and_then(|it| titles.reference(it).label).unwrap_or_default())
}

fn member_cells(titles: &Titles, it: &Holder) -> [CellValue; 3] {
    [CellValue::of_text(&it.name), CellValue::of_text(&it.email), name_of(titles, it.department)]
}

fn role_row(context: &Context, titles: &Titles, it: &Holder) -> Vec<CellValue> {
    let held = &it.holding;
    let label = context.schema.roles.get(&held.role).map_or(held.role.as_str(), |role| context.locale.pick(&role.label));
    let source = match (held.post, held.grant) {
        (Some(post), _) => format!("{}{}", pick(context, "岗位：", "Job post: "), titles.reference(post).label.unwrap_or_default()),
        (None, Some(_)) => pick(context, "临时或部门授予", "A grant").to_owned(),
        (None, None) => pick(context, "成员角色", "The member's roles").to_owned(),
    };
    let moment = |at: Option<jiff::Timestamp>| at.map_or(CellValue::Empty, |it| CellValue::of_moment(context, it));
    let mut row = member_cells(titles, it).to_vec();
    row.extend([
        CellValue::of_text(label),
        CellValue::of_text(&held.role),
        CellValue::of_text(source),
        name_of(titles, held.department),
        moment(held.starts_at),
        moment(held.ends_at),
        CellValue::of_text(held.reason.clone().unwrap_or_default()),
    ]);
    row
}

fn object_row(context: &Context, titles: &Titles, holder: &Holder, it: &ObjectSummary) -> Vec<CellValue> {
    let between = pick(context, "、", ", ");
    let label = context.schema.object(&it.object).map_or(it.object.as_str(), |object| context.locale.pick(&object.definition.label));
    let openings = |all: &[Opening]| CellValue::of_text(all.iter().map(|it| opening(context, *it)).collect::<Vec<_>>().join(between));
    let verbs: Vec<&str> = it.verbs.iter().map(|it| verb(context, it)).collect();
    let mut row = member_cells(titles, holder).to_vec();
    row.extend([
        CellValue::of_text(label),
        CellValue::of_text(&it.object),
        openings(&it.read),
        openings(&it.update),
        openings(&it.delete),
        CellValue::of_text(verbs.join(between)),
        CellValue::of_text(if it.denies { pick(context, "是", "Yes") } else { "" }),
    ]);
    row
}

fn opening(context: &Context, it: Opening) -> &'static str {
    let (zh_cn, en) = match it {
        Opening::All => ("全部", "all"),
        Opening::Own => ("本人的", "own"),
        Opening::Subordinates => ("本人及下属的", "own and of people below"),
        Opening::Department => ("本部门的", "of the departments"),
        Opening::DepartmentTree => ("本部门及下级的", "of the departments and below"),
        Opening::Departments => ("指定部门的", "of chosen departments"),
        Opening::When => ("符合条件的", "by condition"),
        Opening::Within => ("授予范围内的", "within the department of the grant"),
        Opening::SharingRule => ("共享规则", "by sharing rule"),
        Opening::Circle => ("所在圈子开放的", "by a circle one belongs to"),
        Opening::Share => ("单独共享的", "shared one by one"),
    };
    pick(context, zh_cn, en)
}

fn verb<'a>(context: &Context, name: &'a str) -> &'a str {
    let (zh_cn, en) = match name {
        "create" => ("新建", "create"),
        "import" => ("导入", "import"),
        "export" => ("导出", "export"),
        "bulk" => ("批量", "bulk"),
        "share" => ("共享", "share"),
        "assign" => ("转交", "assign"),
        "lock" => ("锁定", "lock"),
        other => (other, other),
    };
    pick(context, zh_cn, en)
}
