//! Words that head the same kind of column, in Chinese and English. They name no field of any object: a field is found
//! by having its own name or label in the same group as the header.

/// Groups of headers that mean the same, written as [`folded`] writes them.
const GROUPS: [&[&str]; 44] = [
    &["姓名", "名字", "联系人", "联系人姓名", "客户姓名", "name", "fullname", "contactname", "contact", "personname", "contactperson"],
    &["姓", "姓氏", "surname", "lastname", "familyname", "family", "name.family"],
    &["名", "givenname", "firstname", "given", "forename", "name.given"],
    &[
        "名称",
        "公司名称",
        "客户名称",
        "公司",
        "企业名称",
        "单位名称",
        "name",
        "companyname",
        "company",
        "accountname",
        "organization",
        "organisation",
    ],
    &[
        "所属客户",
        "客户",
        "所属公司",
        "公司",
        "公司名称",
        "客户名称",
        "单位",
        "工作单位",
        "account",
        "company",
        "companyname",
        "accountname",
        "employer",
        "organization",
        "organisation",
    ],
    &["手机", "手机号", "手机号码", "移动电话", "手机电话", "mobile", "mobilephone", "mobilenumber", "cellphone", "cell", "mobileno"],
    &[
        "电话",
        "座机",
        "固话",
        "固定电话",
        "联系电话",
        "办公电话",
        "电话号码",
        "phone",
        "telephone",
        "tel",
        "phonenumber",
        "workphone",
        "officephone",
        "landline",
    ],
    &["邮箱", "电子邮件", "邮件", "电子邮箱", "邮箱地址", "email", "emailaddress", "mail"],
    &["网址", "网站", "官网", "公司网址", "主页", "website", "url", "homepage", "web", "site"],
    &["地址", "详细地址", "联系地址", "通讯地址", "公司地址", "address", "fulladdress", "mailingaddress", "addr"],
    &["省", "省份", "所在省", "省市", "province", "state", "address.province", "stateprovince"],
    &["市", "城市", "所在城市", "city", "town", "suburb", "address.city"],
    &["区", "区县", "县", "district", "county", "address.district"],
    &["街道", "街道地址", "门牌号", "street", "streetaddress", "address1", "addressline1", "address.street", "addr"],
    &["邮编", "邮政编码", "postcode", "postalcode", "zip", "zipcode", "address.postcode"],
    &["国家", "国家地区", "country", "address.country", "countryregion"],
    &["职务", "职位", "岗位", "title", "jobtitle", "position", "role"],
    &["所在部门", "部门", "department", "dept"],
    &["负责人", "所有人", "业务员", "销售", "归属人", "跟进人", "客户经理", "owner", "assignedto", "salesperson", "salesrep", "accountmanager"],
    &["备注", "说明", "描述", "简介", "description", "notes", "note", "remark", "remarks", "comment", "comments"],
    &["标签", "标记", "tags", "tag", "labels", "keywords"],
    &["来源", "客户来源", "线索来源", "source", "leadsource", "channel", "origin"],
    &["状态", "客户状态", "status", "state"],
    &["阶段", "销售阶段", "商机阶段", "stage", "salesstage", "pipelinestage"],
    &["金额", "销售金额", "商机金额", "合同金额", "总金额", "amount", "value", "total", "dealvalue", "price", "sales"],
    &["单价", "价格", "price", "unitprice", "listprice"],
    &["数量", "quantity", "qty", "count"],
    &["折扣", "discount"],
    &["币种", "货币", "currency"],
    &["预计成交日期", "预计成交", "成交日期", "预计结单日期", "closedate", "expectedclosedate", "closingdate"],
    &["生日", "出生日期", "birthday", "dateofbirth", "birthdate", "dob"],
    &["性别", "gender", "sex"],
    &["微信", "微信号", "wechat", "wechatid", "weixin"],
    &["行业", "所属行业", "industry", "sector"],
    &["员工人数", "人数", "规模", "公司规模", "employees", "numberofemployees", "headcount", "size"],
    &["年营业额", "营业额", "年收入", "annualrevenue", "revenue", "turnover"],
    &["统一社会信用代码", "信用代码", "税号", "纳税人识别号", "taxid", "vat", "creditcode", "registrationnumber"],
    &["类型", "客户类型", "类别", "分类", "type", "kind", "category", "segment"],
    &["等级", "客户等级", "级别", "grade", "level", "rating", "tier"],
    &["主题", "标题", "subject", "topic", "title"],
    &["编号", "客户编号", "编码", "代码", "number", "code", "no", "customerid", "id"],
    &["上级", "汇报对象", "reportsto", "manager", "supervisor"],
    &["创建时间", "创建日期", "createdat", "created", "createddate"],
    &["概率", "赢单概率", "probability", "winprobability"],
];

/// A header without case, width, blanks and signs.
pub fn folded(text: &str) -> String {
    let text = guanxi_text::script::fold_width(text).to_lowercase();
    text.chars().filter(|it| it.is_alphanumeric() || *it == '.').collect::<String>().trim_matches('.').to_owned()
}

/// Whether two folded texts stand in one group.
pub fn are_alike(left: &str, right: &str) -> bool {
    GROUPS.iter().any(|group| group.contains(&left) && group.contains(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_written_folded() {
        for word in GROUPS.iter().flat_map(|it| it.iter()).filter(|it| !it.contains('-')) {
            assert_eq!(folded(word), **word);
        }
    }

    #[test]
    fn headers_that_mean_the_same() {
        assert!(are_alike(&folded("Mobile Phone"), &folded("手机")));
        assert!(are_alike(&folded("E-mail"), &folded("邮箱")));
        assert!(are_alike(&folded("Ｃｏｍｐａｎｙ"), &folded("所属客户")));
        assert!(!are_alike("手机", "邮箱"));
        assert_eq!(folded(" 联系 电话： "), "联系电话");
    }
}
