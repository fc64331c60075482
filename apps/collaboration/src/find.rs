//! Records by what stands in a field, as the engine itself knows them: for what follows from an act, never for an answer.

pub use guanxi_kernel::read::{among, known_records as records};
