//! Tables from elsewhere, as they are: everything that can be a record becomes one, and nothing else.

use std::path::PathBuf;

use guanxi_kernel::workspace::Settings;
use guanxi_testkit::{Client, TestServer};
use serde_json::{Value as Json, json};

use super::encode;

/// A shared file, where there is one.
pub fn shared(name: &str) -> Option<Vec<u8>> {
    let root =
        std::env::var_os("GUANXI_SHARED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let bytes = std::fs::read(root.join(name)).ok();
    if bytes.is_none() {
        println!("skipped: {name} is not there");
    }
    bytes
}

/// Imports a file with the fields given by header; answers the end.
fn import(server: &TestServer, client: &Client<'_>, object: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Json {
    let named = client.with_header("content-disposition", &format!("attachment; filename*=UTF-8''{}", encode(name)));
    let up = named.post_bytes(&format!("/imports?object={object}"), "text/csv", bytes).expect(201);
    let columns = up["columns"].as_array().unwrap();
    let column = |header: &str| columns.iter().find(|it| it["header"] == header).unwrap_or_else(|| panic!("no column {header}"))["index"].clone();
    let mapping: Vec<Json> = fields.iter().map(|(header, field)| json!({ "column": column(header), "field": field })).collect();
    let path = format!("/imports/{}", up["id"].as_str().unwrap());
    let plan = client.post(&format!("{path}/plan"), json!({ "mapping": mapping })).expect(200);
    client.post(&format!("{path}/run"), json!({})).expect(202);
    server.settle();
    let end = client.get(&path).expect(200);
    assert_eq!((&end["state"], &end["counts"]), (&json!("done"), &plan["counts"]), "the dry run told the truth: {end}");
    end
}

fn refused(end: &Json) -> Vec<(String, String)> {
    let text = |it: &Json, key: &str| it[key].as_str().unwrap().to_owned();
    end["problems"].as_array().unwrap().iter().map(|it| (text(it, "field"), text(it, "value"))).collect()
}

fn counts(create: u64, reject: u64) -> Json {
    json!({ "create": create, "update": 0, "skip": 0, "reject": reject })
}

/// An object of these fields, `(name, type, scale)`.
fn make_object(client: &Client<'_>, name: &str, title: &str, fields: &[(&str, &str, Option<u32>)]) {
    let field = |(name, kind, scale): &(&str, &str, Option<u32>)| {
        let mut field = json!({ "name": name, "type": kind, "label": { "zh-CN": name, "en": name } });
        if let Some(scale) = scale {
            field["scale"] = json!(scale);
        }
        field
    };
    let fields: Vec<Json> = fields.iter().map(field).collect();
    let object = json!({ "name": name, "label": { "zh-CN": name, "en": name }, "title_field": title, "field": fields });
    client.post("/schema/apply", json!({ "changes": [{ "op": "add_object", "object": object }] })).expect(200);
}

fn sum(client: &Client<'_>, object: &str, measure: &str) -> Json {
    client.get(&format!("/records/{object}/aggregate?measures={}", encode(measure))).expect(200)["groups"][0]["values"][measure].clone()
}

#[test]
fn people_with_errors_in_them() {
    let Some(bytes) = shared("febrl1.csv") else { return };
    let server = TestServer::sqlite();
    let client = server.administrator();
    let fields = [
        ("given_name", "name.given"),
        ("surname", "name.family"),
        ("street_number", "address.street"),
        ("address_1", "address.street"),
        ("suburb", "address.city"),
        ("state", "address.province"),
        ("postcode", "address.postcode"),
        ("date_of_birth", "birthday"),
        ("rec_id", "wechat"),
    ];
    let end = import(&server, &client, "contact", "febrl1.csv", &bytes, &fields);
    // Three people were born on days that are not in the calendar.
    assert_eq!(end["counts"], counts(997, 3), "{:?}", refused(&end));
    assert!(refused(&end).iter().all(|it| it.0 == "birthday"), "{:?}", refused(&end));
    let filter = encode("wechat == 'rec-373-org'");
    let one = client.get(&format!("/records/contact?filter={filter}")).expect(200)["items"][0].clone();
    assert_eq!((&one["name"]["full"], &one["birthday"]), (&json!("deakin sondergeld"), &json!("1960-02-10")));
    assert_eq!((&one["address"]["street"], &one["address"]["city"]), (&json!("48 goldfinch circuit"), &json!("canterbury")));
}

#[test]
fn restaurants_with_american_phones() {
    let (Some(fodors), Some(zagats)) = (shared("restaurants_fodors.csv"), shared("restaurants_zagats.csv")) else { return };
    let server = TestServer::sqlite();
    let client = server.administrator();
    let context =
        server.workspace.system_context(guanxi_kernel::context::Ids::next(server.workspace.ids.as_ref(), server.workspace.clock.now()), "test");
    server.workspace.save_settings(&context, Settings { region: "US".into(), ..(*server.workspace.settings()).clone() }).unwrap();
    let fields = [("name", "name"), ("addr", "address.street"), ("city", "address.city"), ("phone", "phone"), ("type", "description")];
    let end = import(&server, &client, "account", "fodors.csv", &fodors, &fields);
    let known: Vec<(String, String)> = refused(&end);
    assert!(known.iter().all(|it| it.0 == "phone"), "{known:?}");
    assert!(known.contains(&("phone".into(), "310/788-".into())), "half a number is none: {known:?}");
    assert_eq!(end["counts"], counts(533 - known.len() as u64, known.len() as u64));
    let first = known.len();
    let end = import(&server, &client, "account", "zagats.csv", &zagats, &fields);
    let more = refused(&end);
    assert!(first + more.len() <= 4, "{known:?} {more:?}");
    assert_eq!(end["counts"], counts(331 - more.len() as u64, more.len() as u64), "{more:?}");
    let filter = encode("name == 'apple pan  the' || name == 'apple pan the'");
    let one = client.get(&format!("/records/account?filter={filter}")).expect(200)["items"][0].clone();
    assert_eq!((&one["phone"], &one["address"]["city"]), (&json!("+13104753585"), &json!("west la")));
}

#[test]
fn a_shop_s_orders_to_the_cent() {
    let Some(bytes) = shared("superstore.csv") else { return };
    let server = TestServer::sqlite();
    let client = server.administrator();
    let object = [
        ("order_id", "text", None),
        ("ordered_on", "date", None),
        ("shipped_on", "date", None),
        ("customer", "text", None),
        ("product", "text", None),
        ("postal_code", "text", None),
        ("sales", "decimal", Some(4)),
        ("quantity", "number", None),
        ("discount", "decimal", Some(2)),
        ("profit", "decimal", Some(4)),
    ];
    make_object(&client, "order_line", "order_id", &object);
    let fields = [
        ("Order ID", "order_id"),
        ("Order Date", "ordered_on"),
        ("Ship Date", "shipped_on"),
        ("Customer Name", "customer"),
        ("Product Name", "product"),
        ("Postal Code", "postal_code"),
        ("Sales", "sales"),
        ("Quantity", "quantity"),
        ("Discount", "discount"),
        ("Profit", "profit"),
    ];
    let end = import(&server, &client, "order_line", "superstore.csv", &bytes, &fields);
    assert_eq!(end["counts"], counts(9_994, 0), "{:?}", refused(&end));
    assert_eq!(sum(&client, "order_line", "sum(sales)"), "2297200.8603");
    assert_eq!(sum(&client, "order_line", "sum(quantity)"), 37_873);
}

#[test]
fn telephone_customers_with_blanks() {
    let Some(bytes) = shared("telco_churn_ibm_with_id.csv") else { return };
    let server = TestServer::sqlite();
    let client = server.administrator();
    let object = [
        ("customer_id", "text", None),
        ("senior", "boolean", None),
        ("partner", "boolean", None),
        ("tenure", "number", None),
        ("contract", "text", None),
        ("monthly", "decimal", Some(2)),
        ("total", "decimal", Some(2)),
        ("churn", "boolean", None),
    ];
    make_object(&client, "subscriber", "customer_id", &object);
    let fields = [
        ("customerID", "customer_id"),
        ("SeniorCitizen", "senior"),
        ("Partner", "partner"),
        ("tenure", "tenure"),
        ("Contract", "contract"),
        ("MonthlyCharges", "monthly"),
        ("TotalCharges", "total"),
        ("Churn", "churn"),
    ];
    let end = import(&server, &client, "subscriber", "telco.csv", &bytes, &fields);
    assert_eq!(end["counts"], counts(7_043, 0), "{:?}", refused(&end));
    assert_eq!(sum(&client, "subscriber", "sum(tenure)"), 227_990);
    let count = |filter: &str| {
        client.get(&format!("/records/subscriber?limit=1&count=exact&filter={}", encode(filter))).expect(200)["count"]["value"].clone()
    };
    assert_eq!((count("churn == true"), count("total == null")), (json!(1_869), json!(11)));
}
