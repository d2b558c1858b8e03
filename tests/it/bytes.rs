//! The signed bytes are the stored bytes and the redeemed bytes, at each kind of
//! processor.

use e2e::Sender;

use crate::support::{BINARY, fresh, redeemed, shared};

#[tokio::test]
async fn every_kind_of_processor_redeems_the_exact_bytes() {
    let stack = shared().await;
    let partner = Sender::of(&stack, "partner").await.unwrap();
    let bodies: [(&str, Vec<u8>); 6] = [
        ("CRLF and escapes", b"{\r\n  \"a\": \"\\u001b\\/\\ud83d\\ude00\\\\ \\\"\",\r\n\t\"b\": 1.0e+2, \"b\": -0\r\n}\r\n".to_vec()),
        ("bytes that are no UTF-8", vec![0x00, 0xff, 0xfe, 0xc3, 0x28, 0x0d, 0x0a, 0x1a, 0x00]),
        ("an empty object", b"{}".to_vec()),
        ("nothing", Vec::new()),
        ("4.4 MB of JSON", testkit::json("x", "y", 4_400_000)),
        ("4.4 MB of anything", testkit::binary(9, 4_400_000)),
    ];
    let mut sent = Vec::new();
    for (what, body) in bodies {
        let id = fresh("inv");
        let headers = [
            ("x-partner-id", id.as_str()),
            ("x-partner-event", "exact.bytes"),
            BINARY,
        ];
        let delivery = partner.sign(&headers, body.clone()).unwrap();
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(answer.status, 200, "{what}: {answer:?}");
        sent.push((what, answer.body.reference, body));
    }
    for (what, reference, body) in sent {
        redeemed(&stack, what, &reference, &body).await;
    }
}
