//! A real MariaDB for tests, with what a test wants in it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::ldap::certificates;

/// Where Debian puts it, and the statements that make its own tables.
const SERVER: &str = "/usr/sbin/mariadbd";
const OWN_TABLES: &str = "/usr/share/mysql";

/// A server; ended when dropped.
pub struct MariaDbPeer {
    child: Child,
    /// Its host with its port.
    pub host: String,
    /// The authority behind its certificate, as PEM.
    pub authority: String,
    folder: tempfile::TempDir,
}

impl MariaDbPeer {
    /// Starts one, lets it carry out these statements, each of which is one line, and waits until it listens; `None`, said aloud,
    /// where it is not installed. `root` has no password; databases are where the statements make them.
    pub fn start(statements: &str) -> Option<Self> {
        if !Path::new(SERVER).exists() {
            println!("skipped: {SERVER} is not installed (apt-get install mariadb-server-core)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let authority = certificates(folder.path());
        std::fs::write(at("begin.sql"), statements).unwrap();
        std::fs::create_dir(at("data")).unwrap();
        // Nothing of this machine's own configuration; root must say that it is meant.
        // What it writes for a while lies with the rest: two servers in one folder take each other's tables away.
        let mut common = vec!["--no-defaults".to_owned(), format!("--datadir={}", at("data")), format!("--tmpdir={}", at(""))];
        common.push("--innodb-log-file-size=8M".to_owned());
        if user() == "root" {
            common.push("--user=root".to_owned());
        }
        make_own_tables(folder.path(), &common);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(SERVER)
            .args(&common)
            .args([format!("--port={port}"), format!("--socket={}", at("socket")), format!("--pid-file={}", at("pid"))])
            .args([format!("--init-file={}", at("begin.sql")), format!("--ssl-ca={}", at("authority.pem"))])
            .args([format!("--ssl-cert={}", at("server.pem")), format!("--ssl-key={}", at("server.key"))])
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        // From here on it ends with the test, whatever becomes of that.
        let peer = Self { child, host: format!("127.0.0.1:{port}"), authority, folder };
        let mut all = String::new();
        while !all.contains("ready for connections") {
            assert!(said.read_line(&mut all).unwrap() > 0, "mariadbd ended: {all}");
        }
        // A statement that failed is told and passed over.
        assert!(!all.contains("ERROR"), "{all}");
        // It goes on talking: nobody must leave it waiting for a reader.
        std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
        Some(peer)
    }

    /// A place where the server itself may read and write a file.
    pub fn own_file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// What the installer of the distribution does, which wants more packages than the server.
fn make_own_tables(folder: &Path, common: &[String]) {
    let mut statements = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n".to_owned();
    for name in ["mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"] {
        statements += &std::fs::read_to_string(Path::new(OWN_TABLES).join(name)).unwrap();
    }
    let file = folder.join("own.sql");
    std::fs::write(&file, statements).unwrap();
    let made = Command::new(SERVER).args(common).arg("--bootstrap").stdin(File::open(&file).unwrap()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn user() -> String {
    String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap().trim().to_owned()
}

impl Drop for MariaDbPeer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
