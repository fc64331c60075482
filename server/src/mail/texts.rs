//! What mail says, in the language of who gets it.

use guanxi_kernel::context::Locale;
use guanxi_kernel::identity::{Identity, Link, LinkKind};
use guanxi_kernel::mail::Message;
use jiff::tz::TimeZone;

/// A message with a link to choose a password.
pub fn link_message(link: &Link, company: &str, url: &str, time_zone: &TimeZone) -> Message {
    let until = link.expires_at.to_zoned(time_zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let (company, name) = (company_name(company), one_line(&link.name));
    let (subject, text) = match (link.locale, link.kind) {
        (Locale::ZhCn, LinkKind::Activation) => (
            format!("邀请您加入{company}的客户关系系统"),
            format!(
                "{name}，您好：\n\n您已受邀使用{company}的客户关系系统“关系”。请打开下面的链接设置密码，链接在{until}前有效，只能使用一次：\n\n{url}\n\n如果您不知道这是怎么回事，请忽略此邮件。\n"
            ),
        ),
        (Locale::ZhCn, LinkKind::Reset) => (
            format!("重设您在{company}的登录密码"),
            format!(
                "{name}，您好：\n\n有人请求重设您的登录密码。请打开下面的链接设置新密码，链接在{until}前有效，只能使用一次：\n\n{url}\n\n如果不是您本人操作，请忽略此邮件，您的密码不会改变。\n"
            ),
        ),
        (Locale::En, LinkKind::Activation) => (
            format!("You are invited to {company}"),
            format!(
                "Hello {name},\n\nyou are invited to Guanxi, the customer relations system of {company}. Open this link to choose a password. It is good until {until} and works once:\n\n{url}\n\nIf you do not know what this is about, ignore this message.\n"
            ),
        ),
        (Locale::En, LinkKind::Reset) => (
            format!("Another password for {company}"),
            format!(
                "Hello {name},\n\nsomebody asked for another password for you. Open this link to choose one. It is good until {until} and works once:\n\n{url}\n\nIf it was not you, ignore this message: your password stays as it is.\n"
            ),
        ),
    };
    Message { to: link.email.clone(), subject, text, ..Message::default() }
}

/// A message with a link to confirm that a provider's account is the member's.
pub fn confirmation_message(member: &Identity, provider: &str, company: &str, url: &str) -> Message {
    let (company, name, provider) = (company_name(company), one_line(&member.name), one_line(provider));
    let (subject, text) = match member.locale {
        Locale::ZhCn => (
            format!("确认用“{provider}”登录{company}"),
            format!(
                "{name}，您好：\n\n有人用“{provider}”登录{company}的客户关系系统，其账号的邮箱是您的。如果是您本人，请在刚才登录所用的浏览器中打开下面的链接确认，链接在30分钟内有效，只能使用一次：\n\n{url}\n\n如果不是您本人操作，请忽略此邮件：没有您的确认，对方无法登录。\n"
            ),
        ),
        Locale::En => (
            format!("Confirm signing in to {company} by {provider}"),
            format!(
                "Hello {name},\n\nsomebody signed in to Guanxi, the customer relations system of {company}, by {provider}, with an account of your address. If it was you, open this link in the browser you have just used. It is good for 30 minutes and works once:\n\n{url}\n\nIf it was not you, ignore this message: without your confirmation nobody gets in.\n"
            ),
        ),
    };
    Message { to: member.email.clone(), subject, text, ..Message::default() }
}

/// What a member is told about changes of how he signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Another password.
    PasswordChanged,
    /// A second factor more.
    FactorAdded,
    /// A second factor less.
    FactorRemoved,
}

/// A message about a change of how somebody signs in: should it not have been him, he learns of it.
pub fn notice(kind: Notice, to: &str, locale: Locale, company: &str) -> Message {
    let what = match (kind, locale) {
        (Notice::PasswordChanged, Locale::ZhCn) => "您的登录密码刚刚被修改",
        (Notice::PasswordChanged, Locale::En) => "your password has just been changed",
        (Notice::FactorAdded, Locale::ZhCn) => "您的账号刚刚添加了一种两步验证方式",
        (Notice::FactorAdded, Locale::En) => "a second factor has just been added to your account",
        (Notice::FactorRemoved, Locale::ZhCn) => "您的账号刚刚移除了一种两步验证方式",
        (Notice::FactorRemoved, Locale::En) => "a second factor has just been removed from your account",
    };
    let company = company_name(company);
    let (subject, text) = match locale {
        Locale::ZhCn => (format!("{company}：{what}"), format!("您好：\n\n{what}。\n\n如果不是您本人操作，请立即联系管理员。\n")),
        Locale::En => (format!("{company}: {what}"), format!("Hello,\n\n{what}.\n\nIf it was not you, tell an administrator at once.\n")),
    };
    Message { to: to.to_owned(), subject, text, ..Message::default() }
}

/// A company that has no name yet is called as the product is.
fn company_name(company: &str) -> String {
    let name = one_line(company);
    if name.trim().is_empty() { "关系 Guanxi".to_owned() } else { name }
}

/// Names come from people: in a subject they stay on their line.
fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}
