//! Marketing: campaigns and what they cost, communities, and forms on other people's pages.

use guanxi_kernel::app::App;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    Ok(App::default())
}
