//! Replaying an event.

use super::{
    Way,
    hostile::{TEXTS, assert_tame, main_of},
    store::{Stored, server_with},
};

#[tokio::test]
async fn it_is_asked_said_and_done_once() {
    let stored = Stored::new("evt", "application/json", b"{}");
    let (server, cookie) = server_with(&stored, Way::operating()).await;
    let form = server.get(&stored.path("replay"), &cookie).await;
    assert!(
        form.status == 200 && form.body.contains("all subscriptions that take it"),
        "{}",
        form.body
    );
    let preview = format!("{}?to=invoices&force=no", stored.path("replay"));
    let sure = server.get(&preview, &cookie).await;
    assert!(
        sure.body.contains("has failed at it, and tries again"),
        "{}",
        sure.body
    );
    assert!(
        sure.body
            .contains("coatcheck replay stripe/evt --subscription invoices")
    );
    assert!(
        !server
            .cloud
            .asked()
            .iter()
            .any(|one| one == "SendMessage" || one == "PutItem")
    );
    assert!(server.said().is_empty());
    let cookie = cookie.trim().strip_prefix("Cookie: ").unwrap();
    for (to, operation) in [
        ("invoices", "SendMessage"),
        ("", "PutItem"),
        ("ledger", "SendMessage"),
    ] {
        server.cloud.forget();
        let body = format!("to={to}&force=yes");
        let done = server.post(&stored.path("replay"), cookie, &body).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let location = done.header("location").unwrap();
        assert!(
            location.starts_with(&format!("{}?replayed=r-2026", stored.path("events"))),
            "{location}"
        );
        assert_eq!(
            server
                .cloud
                .asked()
                .iter()
                .filter(|one| *one == operation)
                .count(),
            1
        );
    }
    let said = server.said();
    assert_eq!(said.len(), 6, "{said:?}");
    assert!(
        said[0].contains("replay the event stripe/evt to invoices, forced: starts"),
        "{said:?}"
    );
    assert!(
        said[2].contains("to all subscriptions that take it, forced"),
        "{said:?}"
    );
}

#[tokio::test]
async fn what_is_not_a_choice_is_refused_and_sends_nothing() {
    let stored = Stored::new("evt", "application/json", b"{}");
    let (server, cookie) = server_with(&stored, Way::operating()).await;
    let cookie = cookie.trim().strip_prefix("Cookie: ").unwrap();
    for body in [
        "",
        "to=invoices",
        "force=yes",
        "to=invoices&force=perhaps",
        "to=a&to=b&force=no",
        "to=none&force=no",
    ] {
        let answer = server.post(&stored.path("replay"), cookie, body).await;
        assert!(
            (400..500).contains(&answer.status),
            "{body}: {}",
            answer.status
        );
    }
    assert!(
        !server
            .cloud
            .asked()
            .iter()
            .any(|one| one == "SendMessage" || one == "PutItem")
    );
}

#[tokio::test]
async fn a_read_only_console_shows_what_it_would_do_and_has_no_button() {
    let stored = Stored::new("evt", "application/json", b"{}");
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let sure = server
        .get(&format!("{}?to=&force=no", stored.path("replay")), &cookie)
        .await;
    assert!(
        sure.status == 200 && sure.body.contains("This console is read-only"),
        "{}",
        sure.body
    );
    assert!(!sure.body.contains("Replay to"));
    let cookie = cookie.trim().strip_prefix("Cookie: ").unwrap();
    let answer = server
        .post(&stored.path("replay"), cookie, "to=&force=no")
        .await;
    assert_eq!(answer.status, 403);
    assert!(
        !server
            .cloud
            .asked()
            .iter()
            .any(|one| one == "SendMessage" || one == "PutItem")
    );
}

#[tokio::test]
async fn hostile_names_and_reasons_are_text() {
    for text in TEXTS {
        let stored = Stored::new(text, "application/json", b"{}");
        let (server, cookie) = server_with(&stored, Way::operating()).await;
        for query in ["", "?to=&force=no", "?to=invoices&force=yes"] {
            let page = server
                .get(&format!("{}{query}", stored.path("replay")), &cookie)
                .await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert_tame(main_of(&page.body));
        }
    }
}
