//! Makes the web app's folder exist, so that the server can be built before the web app is.

use std::path::Path;

fn main() {
    let dist = Path::new("../web/dist");
    println!("cargo:rerun-if-changed=../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    if !dist.is_dir() {
        // The embedding macro needs the folder; an empty one makes the server say how to build the web app.
        if let Err(error) = std::fs::create_dir_all(dist) {
            println!("cargo:warning=cannot make {}: {error}", dist.display());
        }
    }
}
