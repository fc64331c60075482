//! Real calendar programs for tests: the `caldav` library of Python, and vdirsyncer.

use std::path::Path;
use std::process::{Command, Stdio};

/// The interpreter that has the library; Debian's package installs it for this one.
const PYTHON: &str = "/usr/bin/python3";

/// Runs a program in Python that has `caldav`, with these arguments; answers what it printed, `None`, said aloud, where the
/// library is not installed.
pub fn run_with_caldav(program: &str, arguments: &[&str]) -> Option<String> {
    let installed = Command::new(PYTHON).args(["-c", "import caldav"]).stderr(Stdio::null()).status();
    if !installed.is_ok_and(|it| it.success()) {
        println!("skipped: {PYTHON} has no caldav (apt-get install python3-caldav)");
        return None;
    }
    let output = Command::new(PYTHON).args(["-c", program]).args(arguments).output().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "the calendar program failed: {said}\n{wrong}");
    Some(said)
}

/// vdirsyncer, which keeps a folder of files and a calendar the same.
pub struct Vdirsyncer {
    folder: tempfile::TempDir,
}

impl Vdirsyncer {
    /// One that looks for calendars at an address; `None`, said aloud, where it is not installed.
    pub fn of(url: &str, user: &str, password: &str) -> Option<Self> {
        let installed = Command::new("vdirsyncer").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !installed.is_ok_and(|it| it.success()) {
            println!("skipped: there is no vdirsyncer (apt-get install vdirsyncer)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let settings = format!(
            "[general]\nstatus_path = \"{}\"\n\n[pair both]\na = \"here\"\nb = \"there\"\ncollections = [\"from b\"]\nconflict_resolution = \"b wins\"\n\n\
             [storage here]\ntype = \"filesystem\"\npath = \"{}\"\nfileext = \".ics\"\n\n\
             [storage there]\ntype = \"caldav\"\nurl = \"{url}\"\nusername = \"{user}\"\npassword = \"{password}\"\n",
            at("status"),
            at("files")
        );
        std::fs::write(folder.path().join("config"), settings).unwrap();
        Some(Self { folder })
    }

    /// The folder in which each calendar has one of its own.
    pub fn files(&self) -> std::path::PathBuf {
        self.folder.path().join("files")
    }

    /// Finds out which calendars there are.
    pub fn discover(&self) {
        self.run(&["discover", "--no-list"]);
    }

    /// Makes both sides the same.
    pub fn sync(&self) {
        self.run(&["sync", "--force-delete"]);
    }

    fn run(&self, arguments: &[&str]) {
        use std::io::Write as _;
        let mut command = Command::new("vdirsyncer");
        command.arg("-c").arg(Path::new(self.folder.path()).join("config")).args(arguments).env("LC_ALL", "C.UTF-8");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It asks whether it shall make the folders of calendars it found.
        child.stdin.take().unwrap().write_all("y\n".repeat(20).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "vdirsyncer {arguments:?}: {told}");
    }
}
