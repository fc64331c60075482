//! Setting up, one's own account, and how one is told.

use guanxi_kernel::identity::ApiKey;

use crate::http::parts::Items;
use crate::http::route::Route;
use crate::http::routes::{api_keys, me, me_json, my_views, password, phone, push, sessions, setup, sms_gateway, view_as};
use crate::openapi::{delete, get, patch, post};

/// Setting up, signing in, one's own account.
pub(super) fn own() -> Vec<Route> {
    vec![
        get("/setup", "getSetup", "Whether the server still needs its first administrator")
            .for_everyone()
            .answers::<setup::SetupState>()
            .by(setup::state),
        post("/setup", "setUp", "Make the first administrator").for_everyone().takes::<setup::SetUp>().answers::<me_json::Me>().by(setup::set_up),
        get("/me", "getMe", "Who I am").answers::<me_json::Me>().by(me::get),
        patch("/me", "changeMe", "Change my name and preferences").takes::<me::ChangedMe>().answers::<me_json::Me>().by(me::change),
        post("/me/password", "changePassword", "Change my password").takes::<password::ChangedPassword>().by(password::change),
        get("/me/sessions", "listSessions", "Where I am signed in").answers::<Items<sessions::ToldSession>>().by(sessions::list),
        delete("/me/sessions", "endOtherSessions", "End all my sessions but this one").answers::<sessions::EndedSessions>().by(sessions::end_others),
        delete("/me/sessions/{id}", "endSession", "End one of my sessions").by(sessions::end),
        get("/me/views", "listViewsLeft", "How many records I may still open today, of each pool that counts them")
            .answers::<Items<my_views::ViewAllowance>>()
            .by(my_views::list),
        delete("/me/view", "endView", "Look with my own rights again").by(view_as::end),
        get("/me/api-keys", "listApiKeys", "My keys").answers::<Items<ApiKey>>().by(api_keys::list),
        post("/me/api-keys", "addApiKey", "Make a key; it is shown once")
            .takes::<api_keys::NewApiKey>()
            .creates::<api_keys::MadeApiKey>()
            .by(api_keys::add),
        delete("/me/api-keys/{id}", "removeApiKey", "Remove a key").by(api_keys::remove),
    ]
}

/// Where one is reached while one does not look, and the gateway text messages go through.
pub(super) fn outreach() -> Vec<Route> {
    vec![
        get("/me/push", "getPush", "What a browser needs to show my news, and my browsers that do").answers::<push::PushState>().by(push::list),
        post("/me/push/key", "makePushKey", "The server's key for the browsers that show my news, made where there is none")
            .answers::<push::PushKey>()
            .by(push::make_key),
        post("/me/push", "addPushSubscription", "Have my news shown by this browser")
            .takes::<push::NewPushSubscription>()
            .creates::<push::PushSubscription>()
            .by(push::add),
        delete("/me/push/{id}", "removePushSubscription", "Have my news shown by a browser no more").by(push::remove),
        get("/me/phone", "getPhone", "The number my news are texted to").answers::<phone::PhoneState>().by(phone::get),
        post("/me/phone", "beginPhone", "Have a code sent to a number of mine")
            .takes::<phone::NewPhone>()
            .answers::<phone::PhoneState>()
            .by(phone::begin),
        post("/me/phone/confirm", "confirmPhone", "Confirm the number by the code")
            .takes::<phone::PhoneCode>()
            .answers::<phone::PhoneState>()
            .by(phone::confirm),
        delete("/me/phone", "removePhone", "Have nothing texted any more").by(phone::remove),
        get("/sms-gateway", "getSmsGateway", "The gateway text messages go through; administrators")
            .answers::<sms_gateway::ToldGateway>()
            .by(sms_gateway::get),
        patch("/sms-gateway", "changeSmsGateway", "Change the gateway text messages go through; administrators")
            .takes::<sms_gateway::ChangedSmsGateway>()
            .answers::<sms_gateway::ToldGateway>()
            .by(sms_gateway::change),
        post("/sms-gateway/test", "testSmsGateway", "Send a trial by the gateway; administrators")
            .takes::<sms_gateway::SmsTrial>()
            .answers::<sms_gateway::SmsTried>()
            .by(sms_gateway::test),
        get("/sms-messages", "listSmsMessages", "What became of text messages, the newest first; administrators")
            .with(&["limit-200"])
            .answers::<Items<sms_gateway::ToldSms>>()
            .by(sms_gateway::messages),
    ]
}
