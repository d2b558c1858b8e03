//! Lists the files of `presets/`, so that adding a preset is adding its file.

use std::{env, fs, io, path::Path};

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to a build script through the environment"
)]
fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=presets");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(Path::new(&root).join("presets"))? {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|_| io::Error::other("a preset's name is not UTF-8"))?;
        if let Some(stem) = name.strip_suffix(".json") {
            names.push(stem.to_owned());
        }
    }
    names.sort();
    let mut code = String::from("&[\n");
    for name in names {
        code += &format!(
            "({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/presets/{name}.json\"))),\n"
        );
    }
    code.push_str("]\n");
    fs::write(Path::new(&out).join("presets.rs"), code)
}
