//! `POST /addresses/split`: the parts of an address written in one line, as saving it would find them.

use guanxi_kernel::KernelError;
use guanxi_text::address::parse_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Longest line in characters, as an address field takes it.
const MAX_LINE: usize = 500;

/// An address as people write it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressLine {
    /// At most 500 characters.
    #[schemars(length(max = 500))]
    line: String,
}

/// What was found in a line; null is what was not.
#[derive(Serialize, JsonSchema)]
pub struct AddressParts {
    /// Two-letter code.
    country: Option<String>,
    /// Province, state.
    province: Option<String>,
    /// City.
    city: Option<String>,
    /// District, county.
    district: Option<String>,
    /// Street and number, and all that is none of the rest.
    street: Option<String>,
    /// Postcode.
    postcode: Option<String>,
}

/// Splits a line. Nothing is written.
pub async fn split(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, |_, body| {
            let AddressLine { line } = body.read()?;
            if line.chars().count() > MAX_LINE {
                return Err(KernelError::invalid("line", "too_long", "最多500个字符", "at most 500 characters").into());
            }
            let address = parse_line(&line);
            let part = |text: String| Some(text).filter(|it| !it.is_empty());
            Answer::json(&AddressParts {
                country: part(address.country),
                province: part(address.province),
                city: part(address.city),
                district: part(address.district),
                street: part(address.street),
                postcode: part(address.postcode),
            })
        })
        .await
}
