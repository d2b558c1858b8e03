//! Credentials, and when they are read again.

use super::{
    server::{Reply, Seen, answer},
    *,
};

/// Answers 200 if the header is one of these, else 401.
async fn wanting(header: &'static str, values: &'static [&'static str]) -> Server {
    Server::start(move |_, seen: &Seen| {
        let given = seen.headers.get(header).map(String::as_str);
        let known = given.is_some_and(|given| values.contains(&given));
        Reply::Answer(answer(if known { 200 } else { 401 }, "", ""))
    })
    .await
}

fn refused() -> Outcome {
    Outcome::Reject {
        reason: Reason("refused"),
        status: Some(401),
        answer: Vec::new(),
    }
}

#[tokio::test]
async fn a_header_and_basic_credentials() {
    let server = wanting("x-api-key", &["k 1"]).await;
    let auth = json!({"type": "header", "header": "X-Api-Key"});
    let http = setup(&server)
        .with("auth", auth)
        .secret(&json!({"header": "k 1"}))
        .http();
    assert_eq!(deliver(&http).await, delivered(200));

    // The example of RFC 7617.
    let server = wanting("authorization", &["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]).await;
    let secret = json!({"username": "Aladdin", "password": "open sesame"});
    let http = setup(&server)
        .with("auth", json!({"type": "basic"}))
        .secret(&secret)
        .http();
    assert_eq!(deliver(&http).await, delivered(200));
}

#[tokio::test]
async fn a_secret_is_kept_for_five_minutes_and_with_it_the_connection() {
    let server = Server::of_status(200).await;
    let setup = setup(&server)
        .with("auth", json!({"type": "header", "header": "x-key"}))
        .secret(&json!({"header": "1"}));
    let http = setup.http();
    for (later_s, reads) in [(0, 1), (299, 1), (1, 2), (299, 2)] {
        freeze_s(later_s);
        deliver(&http).await;
        assert_eq!(setup.vault.reads(), reads, "{later_s}");
    }
    // The same secret: the connection of a second before was used again.
    assert_eq!(server.connections(), 3);
    setup.vault.put(&json!({"header": "2"}));
    freeze_s(300);
    deliver(&http).await;
    assert_eq!(server.seen().last().unwrap().headers["x-key"], "2");
}

#[tokio::test]
async fn a_401_makes_us_look_for_a_new_secret_but_not_all_the_time() {
    let server = wanting("x-key", &["2"]).await;
    let setup = setup(&server)
        .with("auth", json!({"type": "header", "header": "x-key"}))
        .secret(&json!({"header": "1"}));
    let http = setup.http();
    assert_eq!(deliver(&http).await, refused());
    assert_eq!((setup.vault.reads(), server.seen().len()), (2, 1));
    assert_eq!(deliver(&http).await, refused());
    assert_eq!(setup.vault.reads(), 2, "within thirty seconds");
    setup.vault.put(&json!({"header": "2"}));
    freeze_s(30);
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!(setup.vault.reads(), 3);
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!(setup.vault.reads(), 3);
}

#[tokio::test]
async fn a_secret_that_is_missing_or_wrong_waits() {
    let server = Server::of_status(200).await;
    for (secret, expected) in [
        (json!(null), "secret_unreadable"),
        (json!("text"), "secret_unusable"),
        (json!({}), "secret_unusable"),
        (json!({"username": "a"}), "secret_unusable"),
    ] {
        let setup = setup(&server)
            .with("auth", json!({"type": "basic"}))
            .secret(&secret);
        let http = setup.http();
        assert_eq!(deliver(&http).await, ours(expected), "{secret}");
        assert_eq!(deliver(&http).await, ours(expected), "{secret}");
        assert_eq!(setup.vault.reads(), 1, "not asked again at once");
        setup.vault.put(&json!({"username": "a", "password": "b"}));
        freeze_s(5);
        assert_eq!(deliver(&http).await, delivered(200));
    }
    let signed = setup(&server).with("sign", json!("standard-webhooks"));
    for keys in [json!([]), json!([{"id": "1", "secret": "no base64!"}])] {
        let setup = setup(&server)
            .with("sign", json!("standard-webhooks"))
            .secret(&json!({"signing_keys": keys}));
        assert_eq!(deliver(&setup.http()).await, ours("secret_unusable"));
    }
    drop(signed);
}

#[tokio::test]
async fn without_need_no_secret_is_read() {
    let server = Server::of_status(200).await;
    let setup = setup(&server).secret(&json!(null));
    assert_eq!(deliver(&setup.http()).await, delivered(200));
    assert_eq!(setup.vault.reads(), 0);
}

/// A token endpoint that gives `t1`, `t2`, ...
async fn tokens(expires_in: &'static str) -> Server {
    Server::start(move |number, _| {
        let text = format!(
            r#"{{"access_token":"t{}","token_type":"bearer","expires_in":{expires_in}}}"#,
            number + 1
        );
        Reply::Answer(answer(200, "", &text))
    })
    .await
}

fn with_tokens(server: &Server, tokens: &Server) -> Setup {
    setup(server)
        .with(
            "auth",
            json!({
                "type": "oauth2_client_credentials", "token_url": tokens.url("/token"),
                "scope": "events write", "audience": "https://crm.example/",
            }),
        )
        .secret(&json!({"client_id": "us:er", "client_secret": "p&ss word"}))
}

#[tokio::test]
async fn a_token_is_asked_for_and_used_until_it_ends() {
    for (expires_in, used_for_s) in [("3600", 3540), ("\"100\"", 90), ("null", 270), ("20", 18)] {
        let (server, tokens) = (Server::of_status(200).await, tokens(expires_in).await);
        let http = with_tokens(&server, &tokens).http();
        for (later_s, token) in [
            (0, "Bearer t1"),
            (used_for_s - 2, "Bearer t1"),
            (3, "Bearer t2"),
        ] {
            freeze_s(later_s);
            assert_eq!(deliver(&http).await, delivered(200));
            let header = server.seen().last().unwrap().headers["authorization"].clone();
            assert_eq!(header, token, "{expires_in} {later_s}");
        }
        let asked = &tokens.seen()[0];
        assert_eq!(asked.line, "POST /token HTTP/1.1");
        assert_eq!(
            asked.body,
            b"grant_type=client_credentials&scope=events+write&audience=https%3A%2F%2Fcrm.example%2F"
        );
        // us%3Aer:p%26ss+word
        let basic = "Basic dXMlM0FlcjpwJTI2c3Mrd29yZA==";
        assert_eq!(asked.headers["authorization"], basic);
    }
}

#[tokio::test]
async fn many_events_ask_for_one_token() {
    let (server, tokens) = (Server::of_status(200).await, tokens("3600").await);
    let http = with_tokens(&server, &tokens).http();
    futures_util::future::join_all((0..8).map(|_| deliver(&http))).await;
    assert_eq!((tokens.seen().len(), server.seen().len()), (1, 8));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let server = wanting("authorization", &["Bearer t2"]).await;
    let tokens = tokens("3600").await;
    let http = with_tokens(&server, &tokens).http();
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!((tokens.seen().len(), server.seen().len()), (2, 2));

    let server = wanting("authorization", &[]).await;
    let http = with_tokens(&server, &tokens).http();
    let before = tokens.seen().len();
    for _ in 0..5 {
        assert_eq!(deliver(&http).await, refused());
    }
    assert_eq!(tokens.seen().len() - before, 2, "not with every event");
}

/// Nothing has been sent yet: the event must not be given up for it.
#[tokio::test]
async fn a_token_endpoint_that_fails_is_tried_again() {
    let server = Server::of_status(200).await;
    let refusal = |after: Option<u64>| Outcome::Retry {
        reason: Reason("token_refused"),
        status: None,
        after: after.map(Duration::from_secs),
        strikes: true,
    };
    for (reply, expected) in [
        (Reply::Answer(answer(500, "", "")), refusal(None)),
        (
            Reply::Answer(answer(429, "retry-after: 9\r\n", "")),
            refusal(Some(9)),
        ),
        (
            Reply::Answer(answer(401, "", r#"{"error":"invalid_client"}"#)),
            refusal(None),
        ),
        (
            Reply::Answer(answer(302, "location: http://127.0.0.1/\r\n", "")),
            refusal(None),
        ),
        (
            Reply::Answer(answer(200, "", "<html>")),
            struck("token_unusable"),
        ),
        (
            Reply::Answer(answer(
                200,
                "",
                r#"{"access_token":"t","token_type":"mac"}"#,
            )),
            struck("token_unusable"),
        ),
        (Reply::Reset, struck("token_endpoint")),
        (Reply::Hang, struck("token_endpoint")),
    ] {
        let tokens = Server::start(move |_, _| reply.clone()).await;
        let http = with_tokens(&server, &tokens).http();
        assert_eq!(deliver(&http).await, expected);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_token_endpoint_is_guarded_too() {
    let server = Server::of_status(200).await;
    let setup = setup(&server)
        .with(
            "auth",
            json!({"type": "oauth2_client_credentials", "token_url": "http://169.254.169.254/"}),
        )
        .secret(&json!({"client_id": "a", "client_secret": "b"}));
    assert_eq!(deliver(&setup.http()).await, struck("token_endpoint"));
    assert!(server.seen().is_empty());
}

#[test]
fn every_wrong_setting_is_reported_at_once() {
    let setup = Setup::new("http://user@a.example/")
        .with("method", json!("GET"))
        .with("auth", json!({"type": "header", "header": "Host"}))
        .with("sign", json!("md5"))
        .with("headers", json!({"ce-id": "x"}))
        .with("body", json!("all"))
        .with("success", json!(["2xx", "ok"]))
        .with("timeout_s", json!(61));
    let config: HttpConfig = serde_json::from_value(setup.config.clone()).unwrap();
    let http = Http::over(&config, "crm", setup.shelf, setup.vault, setup.names, now);
    let problem = http.err().unwrap().to_string();
    for word in [
        "url",
        "method",
        "auth.header",
        "sign",
        "ce-id",
        "body",
        "success",
        "timeout_s",
    ] {
        assert!(problem.contains(word), "{word}: {problem}");
    }
}
