//! TLS: the certificate and its key, read again when they change, so that a renewed one needs no restart.

use std::io::{BufReader, Cursor};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::shutdown::Shutdown;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// The certificate in use and where it comes from.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Current>,
}

struct Current {
    files: Files,
    acceptor: TlsAcceptor,
}

/// What stood in the two files.
#[derive(PartialEq, Eq)]
struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Tls {
    /// Reads the files: PEM, the certificate first and the ones that vouch for it after it.
    ///
    /// # Errors
    /// Says which file is wrong and why.
    pub fn load(certificate: PathBuf, key: PathBuf) -> Result<Self, String> {
        let files = Files::read(&certificate, &key)?;
        let acceptor = files.acceptor()?;
        Ok(Self { certificate, key, current: RwLock::new(Current { files, acceptor }) })
    }

    /// Makes connections TLS, with the certificate of now.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.current.read().unwrap_or_else(PoisonError::into_inner).acceptor.clone()
    }

    /// Reads the files again; answers whether they had changed. The certificate in use stays where the new one is wrong.
    ///
    /// # Errors
    /// Says which file is wrong and why.
    pub fn reload(&self) -> Result<bool, String> {
        let files = Files::read(&self.certificate, &self.key)?;
        if self.current.read().unwrap_or_else(PoisonError::into_inner).files == files {
            return Ok(false);
        }
        let acceptor = files.acceptor()?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Current { files, acceptor };
        Ok(true)
    }

    /// Reads the files again on SIGHUP and every minute, until the shutdown begins. Tells about each new certificate.
    ///
    /// # Errors
    /// Where the signal cannot be listened for.
    pub fn keep_fresh(self: Arc<Self>, shutdown: Shutdown, tell: fn()) -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
        let asked = signal(SignalKind::hangup())?;
        Ok(self.look_again(asked, shutdown, tell))
    }

    async fn look_again(self: Arc<Self>, mut asked: Signal, shutdown: Shutdown, tell: fn()) {
        loop {
            tokio::select! {
                _ = asked.recv() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = shutdown.wait() => return,
            }
            let tls = self.clone();
            match tokio::task::spawn_blocking(move || tls.reload()).await {
                Ok(Ok(true)) => tell(),
                Ok(Ok(false)) => {}
                Ok(Err(error)) => tracing::error!(error, "the new certificate cannot be used; the old one stays"),
                Err(error) => tracing::error!(%error, "reading the certificate panicked"),
            }
        }
    }
}

impl Files {
    fn read(certificate: &std::path::Path, key: &std::path::Path) -> Result<Self, String> {
        let read = |setting: &str, path: &std::path::Path| std::fs::read(path).map_err(|error| format!("{setting} {}: {error}", path.display()));
        Ok(Self { certificate: read("tls-certificate", certificate)?, key: read("tls-key", key)? })
    }

    fn acceptor(&self) -> Result<TlsAcceptor, String> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_reader_iter(BufReader::new(Cursor::new(&self.certificate)))
            .collect::<Result<_, _>>()
            .map_err(|error| format!("tls-certificate is no PEM file of certificates: {error}"))?;
        if chain.is_empty() {
            return Err("tls-certificate holds no certificate (-----BEGIN CERTIFICATE-----)".into());
        }
        let key =
            PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| format!("tls-key is no PEM file of an unencrypted private key: {error}"))?;
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let mut config = builder
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS: {error}"))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| format!("tls-certificate and tls-key: {error}"))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &std::path::Path) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.join("certificate"), made.cert.pem()).unwrap();
        std::fs::write(folder.join("key"), made.signing_key.serialize_pem()).unwrap();
    }

    #[test]
    fn a_new_certificate_is_taken_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let tls = Tls::load(folder.path().join("certificate"), folder.path().join("key")).unwrap();
        assert_eq!(tls.reload(), Ok(false));
        let old_key = std::fs::read(folder.path().join("key")).unwrap();
        write(folder.path());
        let new_key = std::fs::read(folder.path().join("key")).unwrap();
        std::fs::write(folder.path().join("key"), old_key).unwrap();
        assert!(tls.reload().unwrap_err().starts_with("tls-certificate and tls-key: "), "the key does not fit yet");
        std::fs::write(folder.path().join("key"), new_key).unwrap();
        assert_eq!(tls.reload(), Ok(true));
        assert_eq!(tls.reload(), Ok(false));
    }
}
