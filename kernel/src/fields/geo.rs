//! Point on the earth, WGS 84, in degrees to six digits (about 11 cm).

use guanxi_expr::{Type, Value};
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value as Json};

use super::keys::{Key, check_entered};
use super::numeric::{at_scale, read_decimal, write_decimal};
use super::parts::check_members;
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Digits after the point. Devices report more than they can measure, so further digits are rounded here.
const SCALE: u32 = 6;
/// Names of the parts in the order of the cells. There is no main part.
const PARTS: [&str; 2] = ["lat", "lng"];

/// Latitude and longitude.
pub type Point = (Decimal, Decimal);

/// Mean radius of the earth in metres.
const EARTH_RADIUS: f64 = 6_371_008.8;

/// Metres between two points as the crow flies (haversine; the earth taken for a sphere, so right to half a per cent).
pub fn metres_between(from: Point, to: Point) -> i64 {
    let radians = |degrees: Decimal| degrees.to_f64().unwrap_or_default().to_radians();
    let (south, north) = (radians(from.0), radians(to.0));
    let (rise, run) = ((north - south) / 2.0, (radians(to.1) - radians(from.1)) / 2.0);
    let chord = rise.sin().powi(2) + south.cos() * north.cos() * run.sin().powi(2);
    let metres = 2.0 * EARTH_RADIUS * chord.clamp(0.0, 1.0).sqrt().asin();
    Decimal::from_f64(metres.round()).and_then(|it| it.to_i64()).unwrap_or_default()
}

/// See the module. Read from `{"lat", "lng"}` or from a text with the latitude first: `31.230416,121.473701`.
pub struct GeoField;

impl FieldType for GeoField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        PARTS.into_iter().map(|it| PartSpec::named(it, Storage::Decimal { scale: SCALE }, Type::Decimal)).collect()
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        const NONE: &[Key] = &[];
        check_entered(self, field, NONE)
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let point = match json {
            Json::Object(members) => {
                check_members(field, members, &PARTS)?;
                (coordinate(field, members, 0)?, coordinate(field, members, 1)?)
            }
            Json::String(text) if trim(text).is_empty() => (None, None),
            Json::String(text) => {
                let (lat, lng) = text.split_once([',', '，']).ok_or_else(|| wrong_type(field))?;
                let members: Map<String, Json> = PARTS.into_iter().map(String::from).zip([lat.into(), lng.into()]).collect();
                (coordinate(field, &members, 0)?, coordinate(field, &members, 1)?)
            }
            _ => return Err(wrong_type(field)),
        };
        match point {
            (Some(lat), Some(lng)) => Ok(vec![Value::Decimal(lat), Value::Decimal(lng)]),
            (None, None) => Ok(empty(self, field)),
            _ => Err(problem(field, "bad_format", "纬度和经度须同时填写", "latitude and longitude belong together; give both")),
        }
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        for (position, name) in PARTS.into_iter().enumerate() {
            out.push_str(if position == 0 { "{\"" } else { ",\"" });
            out.push_str(name);
            out.push_str("\":");
            match cells.get(position).and_then(Value::as_decimal) {
                Some(degrees) => write_decimal(degrees, SCALE, out),
                None => out.push_str("null"),
            }
        }
        out.push('}');
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        let (lat, lng) = (cells.first()?.as_decimal()?, cells.get(1)?.as_decimal()?);
        let mut text = String::new();
        write_decimal(lat, SCALE, &mut text);
        text.push(',');
        write_decimal(lng, SCALE, &mut text);
        Some(text)
    }
}

/// One coordinate; `None` where it is not given.
fn coordinate(field: &FieldDefinition, members: &Map<String, Json>, position: usize) -> Result<Option<Decimal>, FieldError> {
    let name = PARTS[position];
    let most = if position == 0 { 90 } else { 180 };
    let at_part = |error: FieldError| FieldError { field: format!("{}.{name}", field.name), ..error };
    let degrees = match members.get(name) {
        None | Some(Json::Null) => return Ok(None),
        Some(json) => read_decimal(field, json).map_err(at_part)?,
    };
    let Some(degrees) = degrees else { return Ok(None) };
    if degrees.abs() > Decimal::from(most) {
        return Err(at_part(problem(
            field,
            if degrees.is_sign_negative() { "too_small" } else { "too_large" },
            format!("应在 -{most} 与 {most} 度之间"),
            format!("must be from -{most} to {most} degrees"),
        )));
    }
    let degrees = degrees.round_dp_with_strategy(SCALE, RoundingStrategy::MidpointAwayFromZero);
    at_scale(field, degrees, SCALE).map(Some).map_err(at_part)
}

fn wrong_type(field: &FieldDefinition) -> FieldError {
    problem(
        field,
        "wrong_type",
        "应为坐标，例如 {\"lat\": 31.230416, \"lng\": 121.473701}",
        "must be a point, such as {\"lat\": 31.230416, \"lng\": 121.473701}",
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_objects_and_texts() {
        let field = field(FieldKind::Geo);
        let shanghai = json!({"lat": 31.230416, "lng": 121.473701});
        for given in [
            shanghai.clone(),
            json!({"lat": "31.230416", "lng": "121.473701"}),
            json!("31.2304160, 121.4737009"),
            json!({"lat": 31.230_416_000_1, "lng": 121.473_700_999_9}),
        ] {
            let cells = GeoField.parse(&field, &given, &context()).expect("a point");
            assert_eq!(json_of(&field, &cells), shanghai, "{given}");
            assert_eq!(GeoField.text(&field, &cells).as_deref(), Some("31.230416,121.473701"));
        }
        for given in [json!(""), json!({}), json!({"lat": null, "lng": ""})] {
            assert_eq!(GeoField.parse(&field, &given, &context()), Ok(vec![Value::Null; 2]), "{given}");
        }
    }

    #[test]
    fn metres_are_those_of_the_map() {
        let point = |lat: &str, lng: &str| (lat.parse::<Decimal>().expect("a number"), lng.parse::<Decimal>().expect("a number"));
        let bund = point("31.240000", "121.490000");
        assert_eq!(metres_between(bund, bund), 0);
        // A thousandth of a degree to the north is 111 m; to the east it is less, the farther north the less.
        assert_eq!(metres_between(bund, point("31.241000", "121.490000")), 111);
        assert_eq!(metres_between(bund, point("31.240000", "121.491000")), 95);
        // Shanghai to Beijing, and half way round the earth across the date line.
        assert_eq!(metres_between(point("31.230416", "121.473701"), point("39.904200", "116.407400")) / 1000, 1067);
        assert_eq!(metres_between(point("0", "-179.999500"), point("0", "179.999500")), 111);
        assert_eq!(metres_between(point("0", "0"), point("0", "180")) / 1000, 20015);
    }

    #[test]
    fn refusals_name_the_part() {
        let field = field(FieldKind::Geo);
        let refusal = |json: Json| GeoField.parse(&field, &json, &context()).map_err(|it| (it.field, it.code));
        assert_eq!(refusal(json!({"lat": 91, "lng": 0})), Err(("field.lat".into(), "too_large")));
        assert_eq!(refusal(json!({"lat": 0, "lng": -180.000001})), Err(("field.lng".into(), "too_small")));
        assert_eq!(refusal(json!({"lat": "north", "lng": 0})), Err(("field.lat".into(), "bad_format")));
        assert_eq!(refusal(json!({"lat": 1})), Err(("field".into(), "bad_format")));
        assert_eq!(refusal(json!({"lat": 1, "lng": 1, "alt": 1})), Err(("field".into(), "bad_format")));
        assert_eq!(refusal(json!([1, 2])), Err(("field".into(), "wrong_type")));
        assert_eq!(refusal(json!("Shanghai")), Err(("field".into(), "wrong_type")));
    }
}
