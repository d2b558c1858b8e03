//! What a destination gets: the exact bytes, their content type, and the event's attributes.

use bytes::Bytes;
use e2e::Sender;

use super::*;
use crate::support::{BINARY, JSON, fresh, shared};

/// The attributes that docs/destinations.md shows. Of others a destination learns nothing.
const ATTRIBUTES: [&str; 14] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "ref",
    "subscription",
    "datasha256",
    "datasize",
    "receivedat",
    "partitionkey",
    "traceparent",
    "replayid",
];

/// What the partner says that it sends, by either lane.
async fn partner(stack: &Stack, endpoint: &str, content_type: &str, body: &[u8]) -> String {
    let id = fresh("inv");
    let headers = [
        ("x-partner-id", id.as_str()),
        ("x-partner-event", "http.answer"),
        ("content-type", content_type),
    ];
    let provider = Sender::of(stack, endpoint).await.unwrap();
    let delivery = provider.sign(&headers, Bytes::copy_from_slice(body));
    send(stack, &delivery.unwrap()).await;
    format!("{endpoint}/{id}")
}

#[tokio::test]
async fn a_destination_gets_the_exact_bytes_with_their_type_and_attributes() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let text = "text/plain; charset=iso-8859-1";
    let cases: [(&str, &str, Vec<u8>); 6] = [
        (
            "partner",
            BINARY.1,
            vec![0x00, 0xff, 0xfe, 0xc3, 0x28, 0x0d, 0x0a, 0x1a, 0x00],
        ),
        ("partner", text, Vec::new()),
        ("partner", JSON.1, testkit::json("x", "y", 1_000_000)),
        ("partner", BINARY.1, testkit::binary(3, 4_400_000)),
        ("direct-partner", BINARY.1, testkit::binary(4, 10_000_000)),
        ("direct-partner", text, Vec::new()),
    ];
    let mut sent = Vec::new();
    for (endpoint, kind, body) in cases {
        let reference = partner(&stack, endpoint, kind, &body).await;
        sent.push((endpoint, kind, body, reference));
    }
    for (endpoint, kind, body, reference) in sent {
        delivered(&stack, "http-answers", &reference).await;
        let mut requests = destination.requests(&reference);
        requests.retain(|one| one.path == "/http-answers");
        let request = &requests[0];
        let size = body.len().to_string();
        assert!(
            request.complete && request.body == body,
            "{endpoint} {size} bytes"
        );
        for (name, value) in [
            ("content-type", kind),
            ("content-length", &size),
            ("ce-specversion", "1.0"),
            ("ce-type", "http.answer"),
            ("ce-id", reference.rsplit('/').next().unwrap()),
            ("ce-source", &format!("/endpoints/{endpoint}")),
            ("ce-subscription", "http-answers"),
            ("ce-datasha256", &e2e::digest(&body)),
            ("ce-datasize", &size),
            ("webhook-id", &reference),
        ] {
            assert_eq!(request.header(name), Some(value), "{name} of {reference}");
        }
        // Where the payload is concerns only what redeems it.
        assert_eq!(request.header("ce-dataref"), None);
        let names = request.headers.iter();
        let undocumented: Vec<_> = names
            .filter_map(|(name, _)| name.strip_prefix("ce-"))
            .filter(|name| !ATTRIBUTES.contains(name))
            .collect();
        assert_eq!(undocumented, [""; 0], "{reference}");

        delivered(&stack, "http-event", &reference).await;
        let of_path = |one: &Request| one.path == "/http-event";
        let requests = destination.requests("/http-event");
        let told: Vec<_> = requests
            .iter()
            .filter(|one| of_path(one))
            .filter_map(|one| Some((one, serde_json::from_slice::<Value>(&one.body).ok()?)))
            .filter(|(_, event)| event["ref"] == reference.as_str())
            .collect();
        let (request, event) = &told[0];
        assert_eq!(
            request.header("content-type"),
            Some("application/cloudevents+json; charset=UTF-8")
        );
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("x-credential"), Some(CREDENTIAL));
        assert_eq!(request.header("webhook-signature"), None);
        assert_eq!(event["type"], "http.answer");
        assert_eq!(event["datasha256"], e2e::digest(&body).as_str());
        let place = event["dataref"].as_str().unwrap();
        let key = place.split_once("//").unwrap().1.split_once('/').unwrap().1;
        assert!(stack.payload(key).await.unwrap() == body, "{reference}");
    }
    for canary in [CREDENTIAL, KEY, OLD_KEY, "PRIVATE KEY"] {
        for subscription in ["http-answers", "http-event"] {
            // A part of it: scripts/canaries would find the whole in this request.
            let part = canary.get(..16).unwrap_or(canary);
            let lines = logged(&stack, subscription, part).await;
            assert_eq!(lines, Vec::<Value>::new(), "{subscription}");
        }
    }
}

#[tokio::test]
async fn a_ca_of_ones_own_counts_and_a_client_certificate_is_shown() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let (reference, delivery) = billing(&stack, "http.tls", 2_000).await;
    send(&stack, &delivery).await;
    delivered(&stack, "http-tls", &reference).await;
    let request = destination.requests(&reference).remove(0);
    assert_eq!((request.tls, request.certified), (true, true));
    assert!(request.body == delivery.body);
}
