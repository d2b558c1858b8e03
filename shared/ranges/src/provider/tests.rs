//! Providers here are a server on this machine, which answers as the real ones do.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, crypto::aws_lc_rs::default_provider, pki_types::PrivateKeyDer,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{Difference, Form, bundled};

/// A server that answers every path with one of these documents.
struct World {
    port: u16,
    asked: Arc<AtomicUsize>,
    provider: Provider,
}

impl World {
    async fn start(documents: Vec<(&'static str, String)>) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.der().clone()).unwrap();
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                count.fetch_add(1, Ordering::Relaxed);
                let mut request = vec![0; 4096];
                let read = stream.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default();
                let found = documents.iter().find(|(at, _)| *at == path);
                let (status, text) = match found {
                    Some((_, text)) => ("200 OK", text.as_str()),
                    None => ("404 Not Found", "not found"),
                };
                let size = text.len();
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {size}\r\n\r\n{text}");
                let _gone = stream.write_all(answer.as_bytes()).await;
                let _gone = stream.shutdown().await;
            }
        });
        // The server is on this machine.
        let fetcher = Fetcher::trusting(roots).unwrap().allowing_private();
        Self {
            port,
            asked,
            provider: Provider::new(fetcher),
        }
    }

    /// A list of ours, with its source at this server.
    fn list(&self, name: &str, path: &str) -> List {
        let lists = bundled().unwrap();
        let (_, list) = lists.into_iter().find(|(one, _)| *one == name).unwrap();
        let source = format!("https://localhost:{}{path}", self.port);
        List { source, ..list }
    }
}

/// What the provider of this list answers, with these ranges.
fn published(list: &List) -> String {
    let ranges: Vec<String> = list.cidrs.iter().map(ToString::to_string).collect();
    match &list.form {
        Form::Text => ranges.join("\n").replace("/32", ""),
        Form::Json(pointers) => pointers[0]
            .split('/')
            .skip(1)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .fold(
                serde_json::json!(ranges),
                |value, member| serde_json::json!({ member: value, "z": "other" }),
            )
            .to_string(),
    }
}

#[tokio::test]
async fn every_list_is_read_in_its_providers_form() {
    for (name, list) in bundled().unwrap() {
        let mut world = World::start(vec![("/ranges", published(&list))]).await;
        let local = world.list(name, "/ranges");
        let today = world.provider.read(&local).await;
        let today = today.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(
            Difference::between(&list.ranges(), &today).is_none(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_large_document_is_read_whole() {
    // As GitHub's: all networks, of which webhooks are the least.
    let actions = "\"4.148.0.0/16\",".repeat(20_000);
    let text = format!(
        r#"{{"actions":[{actions}"4.149.0.0/18"],"hooks":["192.30.252.0/22","9.234.98.160/28"]}}"#
    );
    let mut world = World::start(vec![("/meta", text), ("/much", "1".repeat(MAX_BYTES + 1))]).await;
    let github = world.list("github", "/meta");
    let today = world.provider.read(&github).await.unwrap();
    let difference = Difference::between(&github.ranges(), &today);
    assert!(difference.added.is_empty());
    assert!(
        difference
            .removed
            .contains(&"140.82.112.0/20".parse().unwrap())
    );
    let much = world.list("stripe", "/much");
    assert_eq!(
        world.provider.read(&much).await,
        Err(FetchProblem::TooLarge.into())
    );
}

#[tokio::test]
async fn lists_of_one_source_ask_it_once() {
    let text = r#"{"us":["44.228.126.217"],"eu":["52.215.16.239","2a05:d028:17:8000::/56"]}"#;
    let mut world = World::start(vec![("/ips", text.to_owned())]).await;
    let (us, eu, au) = (
        world.list("svix-us", "/ips"),
        world.list("svix-eu", "/ips"),
        world.list("svix-au", "/ips"),
    );
    assert_eq!(world.provider.read(&us).await.unwrap().len(), 1);
    assert_eq!(world.provider.read(&eu).await.unwrap().len(), 2);
    let gone = PublishedProblem::Place("/au".to_owned());
    assert_eq!(world.provider.read(&au).await, Err(gone.into()));
    assert_eq!(world.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_is_no_list_is_not_taken_for_one() {
    let mut world = World::start(vec![
        ("/empty", String::new()),
        ("/none", r#"{"hooks":[]}"#.to_owned()),
        ("/page", "<!doctype html><title>Sign in</title>".to_owned()),
    ])
    .await;
    for (name, path, problem) in [
        (
            "stripe",
            "/gone",
            ReadProblem::Fetch(FetchProblem::Status(404)),
        ),
        ("stripe", "/empty", PublishedProblem::Empty.into()),
        ("github", "/none", PublishedProblem::Empty.into()),
        ("stripe", "/page", PublishedProblem::Entry(1).into()),
        ("github", "/page", PublishedProblem::Json.into()),
    ] {
        let list = world.list(name, path);
        assert_eq!(
            world.provider.read(&list).await,
            Err(problem),
            "{name} {path}"
        );
    }
}

#[tokio::test]
async fn nothing_on_a_private_network_is_asked() {
    let world = World::start(vec![("/ranges", "34.1.2.3".to_owned())]).await;
    let list = world.list("stripe", "/ranges");
    let mut stranger = Provider::new(Fetcher::new().unwrap());
    assert_eq!(
        stranger.read(&list).await,
        Err(FetchProblem::PrivateAddress.into())
    );
    assert_eq!(world.asked.load(Ordering::Relaxed), 0);
}
