//! What a CRM has to know about text: phone numbers, pinyin, names, addresses, encodings, safe HTML.
//!
//! Pure functions only: no files, no network, no clock, no schema. The heavy data (phone metadata, collation,
//! divisions) lives here so that the engine compiles without it.

pub mod address;
pub mod company_name;
pub mod csv_safe;
pub mod divisions;
pub mod duration;
pub mod email;
pub mod encoding;
pub mod encoding_change;
pub mod han_variants;
pub mod html;
pub mod id_numbers;
pub mod mask;
pub mod password;
pub mod person_name;
pub mod phone;
pub mod pinyin;
pub mod script;
pub mod search_marks;
pub mod search_tokens;
pub mod spelling;
pub mod url;
