//! What the scripts say where a tool is missing: one line that names it and the remedy.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the scripts may use of every system.
const EVERYWHERE: [&str; 6] = ["dirname", "sed", "awk", "sort", "head", "id"];

/// A machine that has these programs, each saying what stands beside it, and no others.
struct Machine(PathBuf);

impl Machine {
    fn with(name: &str, programs: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("machine-{name}"));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        for (program, script) in programs {
            let path = folder.join(program);
            std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        for tool in EVERYWHERE.iter().filter(|tool| programs.iter().all(|it| it.0 != **tool)) {
            let found = ["/usr/bin", "/bin"].map(|it| Path::new(it).join(tool)).into_iter().find(|it| it.exists()).unwrap();
            symlink(found, folder.join(tool)).unwrap();
        }
        Self(folder)
    }

    /// Calls a function of the scripts there; answers whether it went on and what it said.
    fn run(&self, call: &str) -> (bool, String) {
        let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/lib.sh");
        let output = Command::new("/bin/bash").args(["-c", &format!(". {library}; {call}")]).env_clear().env("PATH", &self.0).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    #[track_caller]
    fn refuses(&self, call: &str, parts: &[&str]) {
        let (well, said) = self.run(call);
        assert!(!well && said.lines().count() == 1 && said.starts_with("guanxi: "), "{call}: {said}");
        assert!(parts.iter().all(|it| said.contains(it)), "{call}: {said}");
    }
}

const CARGO: (&str, &str) = ("cargo", "");
const RUST: (&str, &str) = ("rustc", "echo rustc 99.0.0");

#[test]
fn a_missing_tool_is_named_with_its_remedy_in_one_line() {
    Machine::with("bare", &[]).refuses("need_rust", &["no cargo in PATH", "rustup"]);
    Machine::with("old", &[CARGO, ("rustc", "echo rustc 1.0.0")]).refuses("need_rust", &["this is Rust 1.0.0", "rustup update"]);
    Machine::with("no-c", &[CARGO, RUST]).refuses("need_rust", &["a C compiler is needed", "no cc in PATH", "build-essential"]);
    Machine::with("no-node", &[]).refuses("need_node", &["Node.js 20.19", "nodejs.org"]);
    Machine::with("old-node", &[("node", "echo v18.1.0"), ("npm", "")]).refuses("need_node", &["this is v18.1.0"]);
    Machine::with("no-apt", &[]).refuses("apt_install Chromium chromium", &["Chromium is needed", "no apt-get", "chromium"]);
    let stranger = [("apt-get", ""), ("id", "echo 1000"), ("sudo", "exit 1")];
    Machine::with("no-rights", &stranger).refuses("apt_install Chromium chromium", &["no rights", "sudo apt-get install chromium"]);
}

#[test]
fn a_machine_that_has_everything_is_not_asked_for_more() {
    let whole = Machine::with("whole", &[CARGO, RUST, ("cc", ""), ("node", "echo v22.1.0"), ("npm", "")]);
    assert_eq!(whole.run("need_rust; need_node"), (true, String::new()));
}
