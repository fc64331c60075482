//! What pages of forms say beside what marketers wrote.

use guanxi_kernel::context::Locale;

/// All there is to say, in one language.
pub struct Words {
    pub lang: &'static str,
    pub needed: &'static str,
    pub choose: &'static str,
    pub send: &'static str,
    pub purpose: &'static str,
    pub trap: &'static str,
    pub to_mend: &'static str,
    pub wrong_page: &'static str,
    pub done: &'static str,
    pub done_text: &'static str,
    pub go_on: &'static str,
    pub missing: &'static str,
    pub missing_text: &'static str,
    pub not_here: &'static str,
    pub not_here_text: &'static str,
    pub confirm: &'static str,
    pub too_old: &'static str,
    pub used: &'static str,
    pub full: &'static str,
    pub consent_needed: &'static str,
    pub consent_changed: &'static str,
    pub broken: &'static str,
    pub broken_text: &'static str,
    pub wait_text: &'static str,
    pub too_long_text: &'static str,
}

/// In this language.
pub fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::ZhCn => &ZH,
        Locale::En => &EN,
    }
}

static ZH: Words = Words {
    lang: "zh-CN",
    needed: "（必填）",
    choose: "请选择",
    send: "提交",
    purpose: "收集目的：",
    trap: "请勿填写此项",
    to_mend: "请修改以下内容后重新提交",
    wrong_page: "有误",
    done: "已提交",
    done_text: "我们已收到您的信息，谢谢。",
    go_on: "继续",
    missing: "没有这个表单",
    missing_text: "表单不存在，或已停止收集。",
    not_here: "不能从这个网站提交",
    not_here_text: "此表单未对该网站开放，请打开表单自己的页面填写。",
    confirm: "请核对以下内容，然后提交。",
    too_old: "页面打开太久了，内容仍保留着，请再提交一次。",
    used: "此页面已经提交过。如要提交另一份，请再点一次“提交”。",
    full: "提交的人太多，内容仍保留着，请过一会儿再提交。",
    consent_needed: "请勾选同意后再提交",
    consent_changed: "同意声明刚刚更新，请阅读后重新勾选",
    broken: "未能提交",
    broken_text: "系统暂时无法接收，请稍后再试。",
    wait_text: "从您的网络提交得太频繁，这次没有收到。请返回上一页，十分钟后再提交一次。",
    too_long_text: "内容太长，没有收到。请返回上一页，缩短后再提交。",
};

static EN: Words = Words {
    lang: "en",
    needed: "(required)",
    choose: "Please choose",
    send: "Send",
    purpose: "Purpose: ",
    trap: "Leave this empty",
    to_mend: "Mend this and send it again",
    wrong_page: "Error",
    done: "Sent",
    done_text: "We have received it. Thank you.",
    go_on: "Go on",
    missing: "There is no such form",
    missing_text: "The form does not exist, or takes nothing any more.",
    not_here: "It cannot be sent from this website",
    not_here_text: "The form is not open to this website. Open the form's own page to fill it in.",
    confirm: "Check what you wrote, then send it.",
    too_old: "This page was open for too long. All you wrote is still here: send it again.",
    used: "This page was sent before. To send another one, press Send again.",
    full: "Too many are sending right now. All you wrote is still here: send it in a while.",
    consent_needed: "Tick that you agree before you send it",
    consent_changed: "What you agree to was changed just now: read it and tick again",
    broken: "It could not be sent",
    broken_text: "It cannot be taken right now. Please try again later.",
    wait_text: "Too much came from your network, and this was not taken. Go back and send it again in ten minutes.",
    too_long_text: "It is too long and was not taken. Go back, shorten it and send it again.",
};
