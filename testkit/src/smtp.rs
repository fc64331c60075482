//! A real mail server for tests: aiosmtpd, which keeps what it is given in a maildir.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;

/// The interpreter that has aiosmtpd; Debian's package installs it for this one.
const PYTHON: &str = "/usr/bin/python3";

/// Prints every message of a maildir, decoded, oldest first.
const READ: &str = "
import email, email.policy, json, mailbox, re, sys
box = mailbox.Maildir(sys.argv[1], create=True)
mails = [email.message_from_bytes(box.get_bytes(key), policy=email.policy.default) for key in sorted(box.keys(), key=lambda it: int(re.search('Q([0-9]+)', it).group(1)))]
body = lambda mail, kind: (lambda part: part.get_content() if part else None)(mail.get_body((kind,)))
print(json.dumps([{'from': m['from'], 'to': m['to'], 'subject': m['subject'], 'text': body(m, 'plain'), 'html': body(m, 'html'), 'unsubscribe': m['List-Unsubscribe']} for m in mails]))
";

/// A mail server; ended when dropped.
pub struct SmtpPeer {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl SmtpPeer {
    /// Starts one and waits until it listens; `None`, said aloud, where aiosmtpd is not installed.
    pub fn start() -> Option<Self> {
        let installed = Command::new(PYTHON).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !installed.is_ok_and(|it| it.success()) {
            println!("skipped: {PYTHON} has no aiosmtpd (apt-get install python3-aiosmtpd)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mailbox = folder.path().join("mail").to_string_lossy().into_owned();
        let listen = format!("127.0.0.1:{port}");
        let arguments = ["-m", "aiosmtpd", "-n", "-d", "-c", "aiosmtpd.handlers.Mailbox", &mailbox, "-l", &listen];
        let mut child = Command::new(PYTHON).args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the mail server ended");
        }
        // It goes on talking: nobody must leave it waiting for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Some(Self { child, port, folder })
    }

    /// Value of the setting `smtp-url`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What it was given: `{from, to, subject, text, html, unsubscribe}`, oldest first.
    pub fn mails(&self) -> Vec<Json> {
        let output = Command::new(PYTHON).args(["-c", READ]).arg(self.folder.path().join("mail")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for SmtpPeer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
