//! Contents in a real store of objects: s3rver, which knows whose key a request is signed with (not whether a
//! signature of version 4 is right: that is tested where it is made, in rusty-s3).

use guanxi_kernel::contents::{ContentStore as _, Stretch};
use guanxi_storage::{S3Address, S3Store};
use guanxi_testkit::{S3Peer, TestServer};
use std::io::{ErrorKind, Read as _};

use super::file_versions::upload;

const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[test]
fn contents_go_into_a_bucket_and_come_back() {
    let Some(peer) = S3Peer::start() else { return };
    let store = S3Store::new(S3Address::parse(&peer.url()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("content");
    std::fs::write(&file, "test content").unwrap();
    assert!(!store.holds(SHA).unwrap());
    assert_eq!(store.open(SHA, None).err().unwrap().kind(), ErrorKind::NotFound);
    store.keep(SHA, &file).unwrap();
    let read = |stretch| {
        let mut text = String::new();
        store.open(SHA, stretch).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert_eq!((read(None), read(Some(Stretch { first: 5, last: 7 }))), ("test content".into(), "con".into()));
    let mut names = Vec::new();
    store
        .each(&mut |name| {
            names.push(name.to_owned());
            Ok(())
        })
        .unwrap();
    assert_eq!(names, [SHA]);
    assert!(!store.remove(SHA).unwrap(), "it came just now");
    assert!(store.holds(SHA).unwrap() && store.remove(&SHA.replace('9', "8")).unwrap());
    assert!(store.open("../secret", None).is_err() && !store.holds("x").unwrap());
    assert!(!store.describe().contains("S3RVER"));
    let stranger = S3Store::new(S3Address::parse(&peer.url_of("stranger", "hush")).unwrap());
    let refused = stranger.keep(SHA, &file).unwrap_err().to_string();
    assert!(refused.contains("403") && refused.contains("InvalidAccessKeyId"), "{refused}");
    assert!(!refused.contains("hush") && !refused.contains("stranger") && !refused.contains("Signature="), "{refused}");
}

#[test]
fn a_server_keeps_its_files_in_a_bucket() {
    let Some(peer) = S3Peer::start() else { return };
    let url = peer.url();
    let server = TestServer::with_settings(&[("file-store", &url)]);
    let client = server.caller("sales");
    let file = upload(&client, "offer.txt", b"in the bucket");
    assert_eq!(client.get(&file).bytes, b"in the bucket");
    assert_eq!(client.with_header("range", "bytes=7-12").get(&file).bytes, b"bucket");
    assert_eq!(client.get(&format!("{file}/preview")).expect(200)["text"], "in the bucket");
    let here: Vec<_> = std::fs::read_dir(server.data_folder().join("files")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(here, ["incoming"], "nothing stays on this machine");
    assert_eq!(std::fs::read_dir(server.data_folder().join("files/incoming")).unwrap().count(), 0);
    drop(peer);
    client.get(&file).problem(503, "unavailable");
}
