//! The page of an event.

use super::{
    Way,
    cloud::Reply,
    hostile::{BYTES, TEXTS, assert_tame, main_of},
    store::{Stored, server_with},
};

const TYPES: [&str; 5] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/html",
    "application/octet-stream",
    "<script>",
];

#[tokio::test]
async fn a_hostile_event_is_text_whatever_its_payload_is() {
    for text in TEXTS {
        let stored = Stored::new(text, "application/json", text.as_bytes());
        let (server, cookie) = server_with(&stored, Way::operating()).await;
        for content_type in TYPES {
            for payload in [
                text.as_bytes(),
                BYTES,
                b"",
                b"a=<script>&b=%3Cscript%3E&%00=%ff",
            ] {
                let stored = Stored {
                    content_type: content_type.to_owned(),
                    payload: payload.to_vec(),
                    ..stored.clone()
                };
                stored.fill(&server.cloud);
                let page = server.get(&stored.path("events"), &cookie).await;
                assert_eq!(page.status, 200, "{}", page.body);
                assert_tame(main_of(&page.body));
                assert!(
                    page.body.contains("invoices: to be retried, try 1"),
                    "{}",
                    page.body
                );
            }
        }
    }
}

#[tokio::test]
async fn a_large_payload_is_cut_and_stays_usable() {
    let line = vec![b'<'; 1 << 20];
    let worst = vec![0x1b; 1 << 20];
    for payload in [line, worst] {
        for content_type in TYPES {
            let stored = Stored::new("evt", content_type, &payload);
            let (server, cookie) = server_with(&stored, Way::default()).await;
            let page = server.get(&stored.path("events"), &cookie).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(
                page.body.len() < 2_000_000,
                "{content_type}: {}",
                page.body.len()
            );
            let is_form = content_type == "application/x-www-form-urlencoded";
            assert!(page.body.contains("of 1048576 bytes are shown") || is_form);
        }
    }
}

#[tokio::test]
async fn a_page_makes_seven_requests_and_a_part_three() {
    let stored = Stored::new("evt", "application/json", b"{}");
    let (server, cookie) = server_with(&stored, Way::default()).await;
    // Pointer and records, payload, headers, and the log of the one processor that takes it.
    for (path, requests) in [
        (stored.path("events"), 5),
        (
            format!(
                "/parts/way?ref={}&until=2026-11-26T19:31:00Z&replayed=r-20261126T193000-5c1e",
                stored.reference(0)
            ),
            3,
        ),
        (stored.path("payloads"), 2),
        (stored.path("replay"), 2),
    ] {
        server.cloud.forget();
        let page = server.get(&path, &cookie).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert_eq!(
            server.cloud.asked().len(),
            requests,
            "{path}: {:?}",
            server.cloud.asked()
        );
    }
}

#[tokio::test]
async fn the_download_is_the_exact_bytes_and_two_at_once_are_enough() {
    let payload: Vec<u8> = (b' '..=b'~').cycle().take(300_000).collect();
    let stored = Stored::new("evt", "text/html", &payload);
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let answer = server.get(&stored.path("payloads"), &cookie).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(answer.header("content-security-policy"), Some("sandbox"));
    assert_eq!(answer.header("content-length"), Some("300000"));
    assert_eq!(answer.body.as_bytes(), payload);
    let way = Way {
        limits: crate::limits::Limits {
            payloads: 0,
            ..Default::default()
        },
        ..Way::default()
    };
    let (server, cookie) = server_with(&stored, way).await;
    let answer = server.get(&stored.path("payloads"), &cookie).await;
    assert!(
        answer.status == 503 && server.cloud.asked().is_empty(),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn bytes_that_are_not_the_payload_are_neither_shown_nor_given() {
    let stored = Stored::new("evt", "text/plain", b"true");
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let other = Stored {
        payload: b"canary".to_vec(),
        ..stored.clone()
    };
    let digest = stored.clone();
    server.cloud.answers(move |operation, body| {
        let from = if operation.starts_with("GET /coatcheck-payloads/") {
            &other
        } else {
            &digest
        };
        from.answer(operation, body)
    });
    let page = server.get(&stored.path("events"), &cookie).await;
    assert!(
        page.status == 200 && page.body.contains("SHA-256 differs"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("canary"));
    let answer = server.get(&stored.path("payloads"), &cookie).await;
    assert!(answer.status == 404 && !answer.body.contains("canary"));
}

#[tokio::test]
async fn a_payload_that_its_pointer_holds_is_shown_and_given_without_s3() {
    let stored = Stored {
        inline: true,
        ..Stored::new("evt", "text/plain", b"canary")
    };
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let page = server.get(&stored.path("events"), &cookie).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for text in ["in its pointer (inline)", "canary", "of the pointer"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let answer = server.get(&stored.path("payloads"), &cookie).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "canary"));
    let asked = server.cloud.asked();
    assert!(
        !asked.iter().any(|one| one.contains("coatcheck-payloads")),
        "{asked:?}"
    );

    // Someone has written to the table.
    let (digest, other) = (Stored::new("evt", "text/plain", b"true"), stored.clone());
    server.cloud.answers(move |operation, body| {
        let mut answer = other.answer(operation, body);
        if let Some(Reply::Json(json)) = &mut answer
            && json["Item"]["sha256"].is_object()
        {
            json["Item"]["sha256"]["S"] = domain::Digest::of(&digest.payload).to_string().into();
        }
        answer
    });
    let page = server.get(&stored.path("events"), &cookie).await;
    assert!(page.body.contains("SHA-256 differs") && !page.body.contains("canary"));
    let answer = server.get(&stored.path("payloads"), &cookie).await;
    assert!(answer.status == 404 && !answer.body.contains("canary"));
}

#[tokio::test]
async fn verify_again_answers_a_part_or_a_page_and_needs_its_policy() {
    let stored = Stored::new("evt", "application/json", b"{}");
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let cookie = cookie.trim().strip_prefix("Cookie: ").unwrap().to_owned();
    // The cloud refuses to give the secret.
    let answer = server.post(&stored.path("verify"), &cookie, "").await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(answer.body.contains("policy verify"), "{}", answer.body);
    let secret = stored.clone();
    server
        .cloud
        .answers(move |operation, body| match operation {
            "GetSecretValue" => Some(Reply::Json(serde_json::json!({ "SecretString": "s" }))),
            _ => secret.answer(operation, body),
        });
    let answer = server.post(&stored.path("verify"), &cookie, "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("Not valid today") && answer.body.contains("<nav "));
    let host = &server.host;
    let head = format!(
        "Host: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\nHX-Request: true\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let answer = server.send("POST", &stored.path("verify"), &head, "").await;
    assert!(
        answer.body.starts_with("<div id=\"verdict\""),
        "{}",
        answer.body
    );
    assert_tame(&answer.body);
}

#[tokio::test]
async fn the_way_is_drawn_again_only_if_it_changed_and_ends() {
    let stored = Stored::new("evt", "application/json", b"{}");
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let part = |more: &str| format!("/parts/way?ref={}{more}", stored.reference(0));
    // It was rejected: nothing more will happen.
    let page = server.get(&stored.path("events"), &cookie).await;
    assert!(!page.body.contains("live-event"), "{}", page.body);
    let replayed = format!("{}?replayed=r-20261126T193014-5c1e", stored.path("events"));
    let page = server.get(&replayed, &cookie).await;
    assert!(
        page.body.contains("live-event")
            && page.body.contains("sent again, as r-20261126T193014-5c1e")
    );
    let spoofed = format!("{}?replayed=%3Cscript%3E", stored.path("events"));
    assert!(
        !server
            .get(&spoofed, &cookie)
            .await
            .body
            .contains("sent again")
    );
    let first = server
        .get(
            &part("&until=2026-11-26T19:31:00Z&replayed=r-20261126T193000-5c1e"),
            &cookie,
        )
        .await;
    let seen = first
        .body
        .split("seen=")
        .nth(1)
        .unwrap()
        .get(..16)
        .unwrap()
        .to_owned();
    let again = server
        .get(
            &part(&format!(
                "&until=2026-11-26T19:31:00Z&replayed=r-20261126T193000-5c1e&seen={seen}"
            )),
            &cookie,
        )
        .await;
    assert_eq!((again.status, &*again.body), (204, ""));
    let ended = server
        .get(
            &part(&format!(
                "&until=2026-11-26T19:30:00Z&replayed=r-20261126T193000-5c1e&seen={seen}"
            )),
            &cookie,
        )
        .await;
    assert!(
        ended.status == 200 && !ended.body.contains("hx-get"),
        "{}",
        ended.body
    );
}

#[tokio::test]
async fn what_is_copied_steers_no_terminal_and_links_stay_here() {
    for text in TEXTS {
        let stored = Stored::new(text, text, b"{}");
        let (server, cookie) = server_with(&stored, Way::default()).await;
        let page = server.get(&stored.path("events"), &cookie).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let copied: Vec<&str> = page
            .body
            .split("data-copy=\"")
            .skip(1)
            .map(|part| part.split('"').next().unwrap())
            .collect();
        assert_eq!(copied.len(), 2);
        for one in copied {
            assert!(!one.chars().any(operator::steers), "{one}");
        }
        assert!(!page.body.contains("Replay …"), "this console is read-only");
    }
}
