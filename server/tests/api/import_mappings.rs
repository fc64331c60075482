//! Mappings kept for the next file, and those for the exports of other systems.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{counts, path, upload};

fn save(client: &Client<'_>, name: &str, shared: bool) -> Json {
    let plan = json!({
        "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" },
            { "column": 2, "field": "title", "options": { "values": { "VP": "副总" } } }],
        "match": null,
    });
    let values = json!({ "name": name, "object": "contact", "headers": ["Who", "Cell", "Rank"], "plan": plan, "shared": shared });
    client.post("/records/import_mapping", values).expect(201)
}

fn known(client: &Client<'_>, query: &str) -> Vec<Json> {
    let answer = client.get(&format!("/imports/mappings?object=contact{query}")).expect(200);
    answer["items"].as_array().unwrap().clone()
}

#[test]
fn a_saved_mapping_is_offered_where_the_headers_are_the_same() {
    on_both_stores(|server| {
        let (client, colleague) = (server.caller("sales"), server.caller("sales"));
        let saved = save(&client, "我的", false);
        // Another order of the columns: found by their headers.
        let up = upload(&client, "contact", "a.csv", "rank,WHO,Cell\nVP,王伟,13800000001\n".as_bytes());
        assert_eq!(up["suggested"][0], json!({ "id": saved["id"], "key": null, "name": "我的", "source": "saved", "fit": 1.0 }));
        let columns = up["columns"].as_array().unwrap();
        let fields: Vec<&Json> = columns.iter().map(|it| &it["field"]).collect();
        assert_eq!(fields, [&json!("title"), &json!("name"), &json!("mobile")]);
        assert_eq!(columns[0]["options"]["values"]["VP"], "副总");
        let import = up["id"].as_str().unwrap();
        let offered = known(&client, &format!("&import={import}")).into_iter().find(|it| it["id"] == saved["id"]).unwrap();
        assert_eq!((&offered["mine"], &offered["fit"], &offered["shared"]), (&json!(true), &json!(1.0), &json!(false)));
        let plan = offered["plan"].clone();
        let planned = client.post(&path(&up, "/plan"), plan).expect(200);
        assert_eq!(planned["counts"], counts(1, 0, 0, 0));
        // A colleague sees it once it is shared.
        assert!(known(&colleague, "").iter().all(|it| it["id"] != saved["id"]));
        let at = format!("/records/import_mapping/{}", saved["id"].as_str().unwrap());
        client.patch(&at, json!({ "shared": true })).expect(200);
        let offered = known(&colleague, "").into_iter().find(|it| it["id"] == saved["id"]).unwrap();
        assert_eq!((&offered["mine"], &offered["fit"]), (&json!(false), &Json::Null));
        // He is offered it, and not given it unasked; of two that fit, one's own comes first.
        let theirs = upload(&colleague, "contact", "a.csv", "Rank,Who,Cell\nVP,王伟,13800000001\n".as_bytes());
        assert_eq!(theirs["suggested"][0]["id"], saved["id"]);
        assert!(theirs["columns"].as_array().unwrap().iter().all(|it| it["field"] != "title"), "{theirs}");
        let own = save(&colleague, "后来的", false);
        let theirs = upload(&colleague, "contact", "a.csv", "Rank,Who,Cell\nVP,王伟,13800000001\n".as_bytes());
        assert_eq!((&theirs["suggested"][0]["id"], &theirs["columns"][0]["field"]), (&own["id"], &json!("title")));
        colleague.patch(&at, json!({ "name": "x" })).problem(403, "forbidden");
        // A file with other headers is not helped by it.
        let up = upload(&client, "contact", "a.csv", "姓名,手机\n王伟,\n".as_bytes());
        assert!(up["suggested"].as_array().unwrap().iter().all(|it| it["id"] != saved["id"]));
        client.get("/imports/mappings").problem(400, "bad_request");
        client.get("/imports/mappings?object=nothing").problem(404, "not_found");
        server.caller("analyst").get("/imports/mappings?object=contact").problem(403, "forbidden");
        colleague.get(&format!("/imports/mappings?object=contact&import={import}")).problem(404, "not_found");
    });
}

#[test]
fn what_is_no_mapping_is_refused_when_it_is_saved() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let whole = json!({ "name": "x", "object": "contact", "headers": ["a"], "plan": { "mapping": [] } });
        let refuse = |field: &str, value: Json, code: &str| {
            let mut values = whole.clone();
            values[field] = value;
            client.post("/records/import_mapping", values).field_problem(422, field, code);
        };
        refuse("plan", json!({ "mapping": "all" }), "bad_format");
        refuse("plan", json!({ "mapping": [], "other": 1 }), "bad_format");
        refuse("headers", json!("a"), "bad_format");
        refuse("headers", json!([]), "bad_format");
        refuse("object", json!("nothing"), "bad_option");
        client.post("/records/import_mapping", whole).expect(201);
        assert!([403, 404].contains(&server.caller("member").get("/records/import_mapping").status));
    });
}

/// Uploads an export, takes the plan that is offered for it, runs it, and answers the end.
fn take(server: &guanxi_testkit::TestServer, client: &Client<'_>, object: &str, key: &str, csv: &str) -> Json {
    let up = upload(client, object, "export.csv", csv.as_bytes());
    let first = up["suggested"].as_array().unwrap().first().cloned().unwrap_or_default();
    assert_eq!((&first["key"], &first["source"]), (&json!(key), &json!("ready")), "{key}: {}", up["suggested"]);
    let offered = client.get(&format!("/imports/mappings?object={object}&import={}", up["id"].as_str().unwrap())).expect(200);
    let plan = offered["items"].as_array().unwrap().iter().find(|it| it["key"] == key).unwrap()["plan"].clone();
    let planned = client.post(&path(&up, "/plan"), plan).expect(200);
    assert_eq!(planned["problems"], json!([]), "{key}");
    client.post(&path(&up, "/run"), json!({})).expect(202);
    server.settle();
    let end = client.get(&path(&up, "")).expect(200);
    assert_eq!((&end["state"], &end["counts"]["reject"]), (&json!("done"), &json!(0)), "{key}: {end}");
    end
}

fn one(client: &Client<'_>, object: &str, title: &str) -> Json {
    let page = client.get(&format!("/records/{object}?limit=500")).expect(200);
    let is_it = |it: &&Json| it["name"] == title || it["name"]["full"] == title;
    page["items"].as_array().unwrap().iter().find(is_it).cloned().unwrap_or_else(|| panic!("{title} in {page}"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a sample of each export")]
fn exports_of_other_systems_are_known() {
    on_both_stores(|server| {
        let client = server.administrator();
        let customers = "客户名称,客户级别,客户来源,客户行业,成交状态,手机,电话,网址,备注,负责人,创建时间\n\
            星河智能,A（重点客户）,转介绍,生产,未成交,,0571-88886666,https://xinghe.example,老客户,张经理,2026-01-02 08:00:00\n";
        take(server, &client, "account", "wukong-customers", customers);
        let xinghe = one(&client, "account", "星河智能");
        assert_eq!((&xinghe["level"], &xinghe["source"], &xinghe["industry"]), (&json!("a"), &json!("referral"), &json!("machinery")));
        let people = "姓名,客户名称,手机,电话,电子邮箱,职务,是否关键决策人,性别,地址,备注\n王伟,星河智能,13800000001,,wei@x.example,总监,是,男,,\n李娜,新客户公司,13800000002,,,,否,女,,\n";
        take(server, &client, "contact", "wukong-contacts", people);
        let wei = one(&client, "contact", "王伟");
        assert_eq!((&wei["account"]["id"], &wei["decision_role"], &wei["gender"]), (&xinghe["id"], &json!("decision_maker"), &json!("male")));
        assert_eq!(one(&client, "contact", "李娜")["account"]["label"], "新客户公司");
        take(
            server,
            &client,
            "lead",
            "wukong-leads",
            "线索名称,线索来源,手机,电话,客户行业,客户级别,地址,备注\n赵六,陌拜,13800000003,,IT,B（普通客户）,,\n",
        );
        assert_eq!(one(&client, "lead", "赵六")["source"], "outreach");
        let deals = "商机名称,客户名称,商机阶段,商机金额,预计成交日期,备注\n灌装线,星河智能,方案/报价,200000,2026-12-31,\n旧项目,星河智能,输单,1000,2026-10-01,\n";
        take(server, &client, "opportunity", "wukong-opportunities", deals);
        assert_eq!(one(&client, "opportunity", "灌装线")["stage"], "presentation");
        assert_eq!(one(&client, "opportunity", "旧项目")["stage"], "lost");

        let accounts = "\"Account Owner\",\"Account Name\",\"Billing State/Province\",\"Billing City\",\"Billing Street\",\"Type\",\"Industry\",\"Phone\",\"Website\",\"Annual Revenue\",\"Employees\",\"Account ID\"\n\
            \"Pat\",\"Burlington Textiles\",\"浙江省\",\"杭州市\",\"525 Lexington\",\"Customer - Direct\",\"Apparel\",\"0571-88881234\",\"https://bt.example\",\"350000000\",\"9000\",\"001A\"\n";
        take(server, &client, "account", "salesforce-accounts", accounts);
        assert_eq!(one(&client, "account", "Burlington Textiles")["industry"], "textile");
        let exported = "\"Id\",\"AccountId\",\"LastName\",\"FirstName\",\"Title\",\"Email\",\"MobilePhone\",\"LeadSource\",\"OwnerId\",\"CreatedDate\"\n\
            \"003A\",\"001A\",\"Levy\",\"Babara\",\"SVP\",\"b.levy@bt.example\",\"13800000010\",\"Web\",\"005A\",\"2026-01-02T03:04:05.000+0000\"\n";
        take(server, &client, "contact", "salesforce-contacts", exported);
        let chances = "\"Opportunity Owner\",\"Account Name\",\"Opportunity Name\",\"Stage\",\"Probability (%)\",\"Amount\",\"Close Date\",\"Lead Source\",\"Type\"\n\
            \"Pat\",\"Burlington Textiles\",\"Weaving Plant\",\"Closed Won\",\"100\",\"235000\",\"2026-03-01\",\"Web\",\"New Customer\"\n";
        take(server, &client, "opportunity", "salesforce-opportunities", chances);
        assert_eq!(one(&client, "opportunity", "Weaving Plant")["stage"], "won");
        let leads = "\"Lead Owner\",\"First Name\",\"Last Name\",\"Title\",\"Company\",\"Email\",\"Phone\",\"Lead Source\",\"Lead Status\",\"Rating\"\n\
            \"Pat\",\"Bertha\",\"Boxer\",\"Director\",\"Farmers Coop\",\"bertha@fc.example\",\"0571-88881111\",\"Web\",\"Working - Contacted\",\"Hot\"\n";
        take(server, &client, "lead", "salesforce-leads", leads);

        take(
            server,
            &client,
            "account",
            "hubspot-companies",
            "Record ID,Company name,Company owner,Create Date,Phone Number,City,Country/Region,Industry\n9001,Bluebay Ltd,Sam Sales,2026-02-01 09:30,0571-88882222,杭州市,中国,COMPUTER_SOFTWARE\n",
        );
        assert_eq!(one(&client, "account", "Bluebay Ltd")["industry"], "software");
        take(
            server,
            &client,
            "contact",
            "hubspot-contacts",
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Job Title,Associated Company,Lifecycle Stage\n901,Priya,Example,priya@bluebay.example,,Sam Sales,Buyer,Bluebay Ltd,Lead\n",
        );
        take(
            server,
            &client,
            "opportunity",
            "hubspot-deals",
            "Record ID,Deal Name,Deal Stage,Amount,Close Date,Deal owner,Pipeline,Associated Company\n7001,Bluebay deal,Contract Sent,15000,2026-12-01,Sam Sales,Sales Pipeline,Bluebay Ltd\n",
        );
        assert_eq!(one(&client, "opportunity", "Bluebay deal")["stage"], "negotiation");

        take(
            server,
            &client,
            "account",
            "espocrm-accounts",
            "名称,网站,电子邮件,电话,Sic代码,行业,类型,街道,市,州,邮政编码,国家,描述\n埃斯波公司,https://espo.example,a@espo.example,0571-88883333,,软件,顾客,文三路1号,杭州市,浙江省,310000,中国,\n",
        );
        assert_eq!(one(&client, "account", "埃斯波公司")["industry"], "software");
        take(
            server,
            &client,
            "contact",
            "espocrm-contacts",
            "First Name,Last Name,Account,Account Title,Email,Phone,Created At\nAnna,Smith,埃斯波公司,CEO,anna@espo.example,13800000020,2026-01-02 08:00\n",
        );
        take(
            server,
            &client,
            "lead",
            "espocrm-leads",
            "First Name,Last Name,Account Name,Status,Source,Email,Phone\nTom,Dead,Old Co,Dead,Web Site,tom@old.example,13800000021\n",
        );
        assert_eq!(one(&client, "lead", "Tom Dead")["status"], "disqualified");
        take(
            server,
            &client,
            "opportunity",
            "espocrm-opportunities",
            "名称,客户,阶段,量,金额货币,关闭日期\n埃斯波项目,埃斯波公司,需求分析,5000,CNY,2026-12-31\n",
        );
        assert_eq!(one(&client, "opportunity", "埃斯波项目")["stage"], "need_confirmed");

        take(
            server,
            &client,
            "account",
            "zoho-accounts",
            "\"Record Id\",\"Account Owner\",\"Account Name\",\"Phone\",\"Website\",\"Account Type\",\"Billing City\",\"Description\"\n\"zcrm_1\",\"Pat\",\"Ridge Group\",\"0571-88884444\",\"https://ridge.example\",\"Customer\",\"杭州市\",\"12 lots\"\n",
        );
        take(
            server,
            &client,
            "contact",
            "zoho-contacts",
            "\"Record Id\",\"Contact Owner\",\"First Name\",\"Last Name\",\"Account Name\",\"Account Name.id\",\"Email\",\"Phone\",\"Mobile\"\n\"zcrm_2\",\"Pat\",\"Dana\",\"Whitfield\",\"Ridge Group\",\"zcrm_1\",\"dana@ridge.example\",\"\",\"13800000030\"\n",
        );
        take(
            server,
            &client,
            "lead",
            "zoho-leads",
            "\"Record Id\",\"Lead Owner\",\"Company\",\"First Name\",\"Last Name\",\"Email\",\"Lead Source\",\"Lead Status\"\n\"zcrm_3\",\"Pat\",\"Hillcrest\",\"Mary\",\"Ames\",\"mary@hillcrest.example\",\"Trade Show\",\"Junk Lead\"\n",
        );
        take(
            server,
            &client,
            "opportunity",
            "zoho-deals",
            "\"Record Id\",\"Deal Name\",\"Account Name\",\"Account Name.id\",\"Stage\",\"Closing Date\",\"Amount\",\"Lead Source\"\n\"zcrm_4\",\"Maple Plaza\",\"Ridge Group\",\"zcrm_1\",\"Proposal/Price Quote\",\"2026-11-30\",\"95570.69\",\"Referral\"\n",
        );
        assert_eq!(one(&client, "opportunity", "Maple Plaza")["stage"], "presentation");
    });
}

fn plan_of(offered: &Json, key: &str) -> Json {
    offered["items"].as_array().unwrap().iter().find(|it| it["key"] == key).unwrap()["plan"].clone()
}

/// What a record is called that a field of another refers to.
fn named(record: &Json, field: &str) -> Json {
    record[field]["label"].clone()
}

/// Files of a system that know each other by ids alone, as its data export has them, and two companies of one name.
#[test]
fn records_of_another_system_find_each_other_by_their_ids() {
    on_both_stores(|server| {
        let client = server.administrator();
        let accounts = "Id,Name,ParentId,Website\n001A,Acme,000000000000000AAA,https://one.example\n001B,Acme,001A,https://two.example\n";
        take(server, &client, "account", "salesforce-accounts", accounts);
        let all = client.get("/records/account?sort=created_at").expect(200)["items"].as_array().unwrap().clone();
        let by_id = |id: &str| all.iter().find(|it| it["external_id"] == format!("salesforce:{id}")).unwrap().clone();
        let (first, second) = (by_id("001A"), by_id("001B"));
        assert_eq!((all.len(), &second["parent"]["id"], &first["parent"]), (2, &first["id"], &Json::Null), "of one name, and not one");

        let contacts = "Id,AccountId,LastName,FirstName,Email,MobilePhone,HasOptedOutOfEmail,DoNotCall\n\
            003A,001B,Levy,Babara,shared@x.example,,1,0\n003B,001A,Moss,Ann,shared@x.example,,0,0\n003C,,Ray,Joe,,13800000077,false,TRUE\n";
        take(server, &client, "contact", "salesforce-contacts", contacts);
        let contact = |id: &str| {
            let page = client.get("/records/contact").expect(200);
            page["items"].as_array().unwrap().iter().find(|it| it["external_id"] == format!("salesforce:{id}")).cloned().unwrap()
        };
        let (levy, moss, ray) = (contact("003A"), contact("003B"), contact("003C"));
        assert_eq!((&levy["account"]["id"], &moss["account"]["id"], named(&ray, "account")), (&second["id"], &first["id"], Json::Null));
        let refuses = [&levy, &moss, &ray].map(|it| it["do_not_contact"] == true);
        assert_eq!(refuses, [true, false, true], "who said no is not contacted here either");

        // The same files once more find what they made, and change nothing.
        let again = take(server, &client, "contact", "salesforce-contacts", contacts);
        assert_eq!(again["counts"], counts(0, 0, 3, 0), "also without an address, and with one that two share");
        let deals = "Id,AccountId,Name,StageName,Amount,CloseDate\n006A,001B,Plant,Closed Won,235000,2026-03-01\n";
        take(server, &client, "opportunity", "salesforce-opportunities", deals);
        assert_eq!(one(&client, "opportunity", "Plant")["account"]["id"], second["id"]);
        assert_eq!(take(server, &client, "opportunity", "salesforce-opportunities", deals)["counts"], counts(0, 0, 1, 0));

        // An id that leads nowhere is told at its row, rather than a person without a company made of it.
        let up = upload(&client, "contact", "more.csv", "Id,AccountId,LastName,FirstName,Email\n003D,001X,Lost,Al,al@x.example\n".as_bytes());
        let offered = client.get(&format!("/imports/mappings?object=contact&import={}", up["id"].as_str().unwrap())).expect(200);
        let planned = client.post(&path(&up, "/plan"), plan_of(&offered, "salesforce-contacts")).expect(200);
        assert_eq!((&planned["problems"][0]["field"], &planned["problems"][0]["code"]), (&json!("account"), &json!("no_such_record")), "{planned}");
    });
}

/// Who was there before is found as before, and learns his id; who is known to be another stays another.
#[test]
fn what_lacks_an_id_is_found_by_its_other_fields() {
    on_both_stores(|server| {
        let client = server.administrator();
        let known = client.post("/records/contact", json!({ "name": "Dana Whitfield", "email": "dana@ridge.example" })).expect(201);
        let company = client.post("/records/account", json!({ "name": "Ridge Group" })).expect(201);
        let header = "Record Id,Contact Owner,First Name,Last Name,Account Name,Account Name.id,Email,Email Opt Out,Unsubscribed Mode";
        let row = |id: &str, last: &str, email: &str, out: &str| format!("{id},Pat,Dana,{last},Ridge Group,zcrm_1,{email},{out}\n");
        let file = format!(
            "{header}\n{}{}",
            row("zcrm_2", "Whitfield", "dana@ridge.example", "true,"),
            row("zcrm_3", "Other", "dana@ridge.example", "false,Manual")
        );
        let end = take(server, &client, "contact", "zoho-contacts", &file);
        assert_eq!(end["counts"], counts(1, 1, 0, 0), "{end}");
        let now = client.get(&super::path_of("contact", &known)).expect(200);
        assert_eq!((&now["external_id"], &now["do_not_contact"], &now["account"]["id"]), (&json!("zoho:zcrm_2"), &json!(true), &company["id"]));
        let other = one(&client, "contact", "Dana Other");
        assert_eq!((&other["external_id"], &other["do_not_contact"]), (&json!("zoho:zcrm_3"), &json!(true)));
        // A company of another id is another one, although it has the name of one that is known.
        take(server, &client, "account", "zoho-accounts", "Record Id,Account Owner,Account Name\nzcrm_1,Pat,Ridge Group\nzcrm_9,Pat,Ridge Group\n");
        let all = client.get("/records/account").expect(200)["items"].as_array().unwrap().clone();
        let ids: Vec<&str> = all.iter().map(|it| it["external_id"].as_str().unwrap()).collect();
        assert!(all.len() == 2 && ids.contains(&"zoho:zcrm_1") && ids.contains(&"zoho:zcrm_9"), "{ids:?}");
        // What finds records is given by the file, or the plan is refused.
        let csv = "姓名,邮箱,职务\nDana,dana@ridge.example,总监\n";
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        let plan = json!({ "mapping": [{ "column": 1, "field": "email" }, { "column": 2, "field": "title" }],
            "match": { "field": "external_id", "or_fields": ["email"], "on_match": "fill" } });
        client.post(&path(&up, "/plan"), plan).problem(400, "bad_request");
    });
}
