use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server with a certificate for `localhost`, and a fetcher that trusts its CA.
struct World {
    at: SocketAddr,
    fetcher: Fetcher,
}

impl World {
    /// Answers every request with these bytes and closes; `None` never answers.
    async fn start(answer: Option<String>) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&params, &ca_key);
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &issuer).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(ca.der().clone()).unwrap();
        let chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone()];
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .unwrap();
        let listener = TcpListener::bind((LOCAL, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answer) = (acceptor.clone(), answer.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut request = vec![0; 4096];
                    let read = stream.read(&mut request).await.unwrap();
                    let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
                    assert!(
                        request.starts_with("get /keys?x=1 http/1.1\r\n"),
                        "{request}"
                    );
                    assert!(request.contains("\r\nhost: localhost:"), "{request}");
                    match answer {
                        Some(answer) => {
                            let _gone = stream.write_all(answer.as_bytes()).await;
                            let _gone = stream.shutdown().await;
                        }
                        None => std::future::pending().await,
                    }
                });
            }
        });
        let fetcher = Fetcher::trusting(roots).unwrap();
        let fetcher = fetcher.reaching(&[LOCAL, IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)]);
        Self { at, fetcher }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/keys?x=1", self.at.port())
    }

    async fn get(&self) -> Result<Vec<u8>, FetchProblem> {
        self.fetcher.get(&self.url()).await
    }
}

fn answer(status: &str, text: &str) -> Option<String> {
    let size = text.len();
    Some(format!(
        "HTTP/1.1 {status}\r\nlocation: https://elsewhere.example/\r\ncontent-length: {size}\r\n\r\n{text}"
    ))
}

#[tokio::test]
async fn a_document_is_what_the_server_answers() {
    let world = World::start(answer("200 OK", "{}")).await;
    assert_eq!(world.get().await, Ok(b"{}".to_vec()));
}

#[tokio::test]
async fn no_redirect_is_followed_and_no_error_is_a_document() {
    for (status, problem) in [
        ("301 X", FetchProblem::Redirect),
        ("302 X", FetchProblem::Redirect),
        ("307 X", FetchProblem::Redirect),
        ("404 X", FetchProblem::Status(404)),
        ("500 X", FetchProblem::Status(500)),
        ("201 X", FetchProblem::Status(201)),
    ] {
        let world = World::start(answer(status, "{}")).await;
        assert_eq!(world.get().await, Err(problem), "{status}");
    }
}

#[tokio::test]
async fn a_document_has_a_size() {
    let whole = World::start(answer("200 OK", &"x".repeat(65_536))).await;
    assert_eq!(whole.get().await.unwrap().len(), 65_536);
    let more = World::start(answer("200 OK", &"x".repeat(65_536 + 1))).await;
    assert_eq!(more.get().await, Err(FetchProblem::TooLarge));
    let endless = "HTTP/1.1 200 OK\r\n\r\n".to_owned() + &"x".repeat(65_536 + 1);
    let endless = World::start(Some(endless)).await;
    assert_eq!(endless.get().await, Err(FetchProblem::TooLarge));
    let mut larger = World::start(answer("200 OK", &"x".repeat(100_000))).await;
    larger.fetcher = larger.fetcher.up_to(100_000);
    assert_eq!(larger.get().await.unwrap().len(), 100_000);
    larger.fetcher = larger.fetcher.up_to(99_999);
    assert_eq!(larger.get().await, Err(FetchProblem::TooLarge));
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}".to_owned();
    let cut = World::start(Some(cut)).await;
    assert_eq!(cut.get().await, Err(FetchProblem::Connection));
    let garbage = World::start(Some("garbage".to_owned())).await;
    assert_eq!(garbage.get().await, Err(FetchProblem::Connection));
}

#[tokio::test]
async fn only_public_addresses_are_asked() {
    let mut world = World::start(answer("200 OK", "{}")).await;
    world.fetcher.public.clear();
    assert_eq!(world.get().await, Err(FetchProblem::PrivateAddress));
    for host in [
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        "10.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
    ] {
        let outcome = world
            .fetcher
            .get(&format!("https://{host}:{}/", world.at.port()))
            .await;
        assert_eq!(outcome, Err(FetchProblem::PrivateAddress), "{host}");
    }
    for url in [
        "http://localhost/",
        "https://u@localhost/",
        "file:///etc/passwd",
        "localhost",
    ] {
        let outcome = world.fetcher.get(url).await;
        assert!(matches!(outcome, Err(FetchProblem::Url(_))), "{url}");
    }
}

#[tokio::test]
async fn a_server_proves_who_it_is() {
    let world = World::start(answer("200 OK", "{}")).await;
    let stranger = World::start(answer("200 OK", "{}")).await;
    assert_eq!(
        world.fetcher.get(&stranger.url()).await,
        Err(FetchProblem::Tls)
    );
    let by_address = format!("https://127.0.0.1:{}/keys?x=1", world.at.port());
    assert_eq!(world.fetcher.get(&by_address).await, Err(FetchProblem::Tls));
    let plain = TcpListener::bind((LOCAL, 0)).await.unwrap();
    let port = plain.local_addr().unwrap().port();
    drop(plain);
    let nobody = world
        .fetcher
        .get(&format!("https://localhost:{port}/"))
        .await;
    assert_eq!(nobody, Err(FetchProblem::Connection));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_does_not_hold_us() {
    let world = World::start(None).await;
    let start = tokio::time::Instant::now();
    assert_eq!(world.get().await, Err(FetchProblem::Timeout));
    assert_eq!(start.elapsed().as_secs(), 10);
}
