use domain::Handover;

use super::*;

async fn direct(
    judge: &Judged<'_>,
    endpoint: &str,
    headers: &[(String, String)],
) -> Result<Value, String> {
    let resource = "/direct/{endpoint}";
    asked(
        judge,
        "POST",
        resource,
        endpoint,
        headers,
        json!(null),
        "192.0.2.1",
    )
    .await
}

#[tokio::test]
async fn a_direct_delivery_is_told_where_it_goes_and_what_goes_with_it() {
    let table = table();
    let mut headers = signed(NOW);
    headers.push(("Content-Type".to_owned(), "text/plain".to_owned()));
    headers.push(("Traceparent".to_owned(), "\u{fc}".to_owned()));
    headers.push(("Cookie".to_owned(), "not kept".to_owned()));
    let answer = direct(&judge(&table), "direct", &headers).await;
    assert_eq!(effect(&answer), "Allow");
    let context = &answer.as_ref().unwrap()["context"];
    assert_eq!(context["name"], "direct");
    assert_eq!(
        (&context["shard"], &context["hour"]),
        (&json!("3"), &json!("2026-11-21T21"))
    );
    assert_eq!(context["sha256"], Value::Null);
    assert_eq!(
        context["endpoint"],
        Value::Null,
        "the configuration is for ingest"
    );
    let handover = Handover::from_metadata(context["delivery"].as_str().unwrap()).unwrap();
    assert_eq!((handover.received_at, handover.key_id), (at(NOW), None));
    for kept in [
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
        "traceparent",
    ] {
        assert!(matches!(handover.headers.one(kept), Ok(Some(_))), "{kept}");
    }
    assert_eq!(handover.headers.one("cookie"), Ok(None));
}

#[tokio::test]
async fn what_the_endpoint_names_is_kept_as_far_as_it_fits() {
    let table = table();
    let mut headers = signed(NOW);
    let more = [
        ("User-Agent", "provider/1"),
        ("X-Long", &"l".repeat(2_000)),
        ("X-Id", "1"),
        ("X-Id", "2"),
        ("Cookie", "c-1"),
    ];
    headers.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let answer = direct(&judge(&table), "direct-keeps", &headers).await;
    assert_eq!(effect(&answer), "Allow");
    let text = &answer.as_ref().unwrap()["context"]["delivery"];
    let kept = Handover::from_metadata(text.as_str().unwrap())
        .unwrap()
        .headers;
    assert_eq!(kept.one("user-agent"), Ok(Some("provider/1")));
    assert_eq!(kept.get_all("x-id").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(
        (kept.one("x-long"), kept.one("cookie")),
        (Ok(None), Ok(None))
    );
    assert!(matches!(kept.one("webhook-signature"), Ok(Some(_))));
}

/// Facts must fit; attributes never refuse a delivery.
#[tokio::test]
async fn headers_of_attributes_are_handed_over_as_far_as_they_fit() {
    let table = table();
    let mut headers = signed(NOW);
    let more = [
        ("X-Long", "l".repeat(2_000)),
        ("X-Plan", "pro".to_owned()),
        ("User-Agent", "provider/1".to_owned()),
    ];
    headers.extend(more.map(|(name, value)| (name.to_owned(), value)));
    let answer = direct(&judge(&table), "direct-attributes", &headers).await;
    assert_eq!(effect(&answer), "Allow");
    let text = &answer.as_ref().unwrap()["context"]["delivery"];
    let handover = Handover::from_metadata(text.as_str().unwrap()).unwrap();
    for (name, value) in [
        ("x-plan", Some("pro")),
        ("user-agent", Some("provider/1")),
        ("x-long", None),
    ] {
        assert_eq!(handover.headers.one(name), Ok(value), "{name}");
    }
}

#[tokio::test]
async fn the_headers_alone_may_prove_a_direct_delivery_and_name_its_digest() {
    let table = table();
    let judge = judge(&table);
    let token = vec![(
        "X-Gitlab-Token".to_owned(),
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(),
    )];
    let answer = direct(&judge, "direct-token", &token).await.unwrap();
    let text = answer["context"]["delivery"].as_str().unwrap();
    assert!(
        !text.contains("C2FVsBQ"),
        "a secret that was shown is not kept"
    );
    assert_eq!(
        Handover::from_metadata(text).unwrap().key_id.as_deref(),
        Some("current")
    );
    let wrong = vec![("X-Gitlab-Token".to_owned(), "wrong".to_owned())];
    assert_eq!(
        effect(&direct(&judge, "direct-token", &wrong).await),
        "Unauthorized"
    );

    let config = domain::Endpoint::from_json(
        r#"{"name":"a","scheme":{"kind":"http-message","algorithm":"hmac-sha256","components":["content-digest"]}}"#,
    );
    let scheme = Scheme::resolve(&config.unwrap().scheme).unwrap();
    let key = Key::new("test", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    let input = SignInput {
        body: b"abc",
        now: NOW,
        ..SignInput::default()
    };
    let mut headers = sign(&scheme, &key, &input).unwrap();
    headers.push(("x-type".to_owned(), "t".to_owned()));
    let answer = direct(&judge, "direct-signed", &headers).await.unwrap();
    // SHA-256 of `abc` (FIPS 180-2, B.1).
    assert_eq!(
        answer["context"]["sha256"],
        "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    );
    let text = answer["context"]["delivery"].as_str().unwrap();
    assert_eq!(
        Handover::from_metadata(text).unwrap().headers.one("x-type"),
        Ok(Some("t"))
    );
}

#[tokio::test]
async fn only_an_endpoint_with_days_of_its_own_has_its_objects_tagged() {
    let table = table();
    let judge = judge(&table);
    for (endpoint, tagging) in [
        ("direct-short", json!("retention-days=22")),
        ("direct", Value::Null),
    ] {
        let answer = direct(&judge, endpoint, &signed(NOW)).await.unwrap();
        assert_eq!(answer["context"]["tagging"], tagging, "{endpoint}");
    }
}

#[tokio::test]
async fn what_does_not_fit_into_metadata_is_refused_before_it_is_stored() {
    let table = table();
    let long = set(signed(NOW), "content-type", &"a".repeat(2000));
    assert_eq!(
        effect(&direct(&judge(&table), "direct", &long).await),
        "Deny"
    );
}

/// It becomes a header of the S3 request, and nothing can answer 400 after the authorizer.
#[tokio::test]
async fn a_content_type_that_ingest_would_refuse_is_refused_at_once() {
    let table = table();
    for kind in ["text/plain; charset=\u{fc}", "a\u{0}b", &"a".repeat(257)] {
        let headers = set(signed(NOW), "content-type", kind);
        let answer = direct(&judge(&table), "direct", &headers).await;
        assert_eq!(effect(&answer), "Deny", "{kind}");
    }
    let mut twice = signed(NOW);
    for _ in 0..2 {
        twice.push(("content-type".to_owned(), "text/plain".to_owned()));
    }
    let answer = direct(&judge(&table), "direct", &twice).await;
    assert_eq!(effect(&answer), "Deny");
    // The method's validator checks that it is present.
    let answer = direct(&judge(&table), "direct", &signed(NOW)).await;
    assert_eq!(effect(&answer), "Allow");
}

/// Headers are no proof, so a request in the wrong lane gets the same answer as any other.
#[tokio::test]
async fn the_wrong_lane_is_denied_as_whatever_does_not_exist() {
    let table = table();
    let judge = judge(&table);
    let nobody = direct(&judge, "nobody", &signed(NOW)).await;
    assert_eq!(effect(&nobody), "Deny");
    let there = ask(&judge, "direct", &signed(NOW), "192.0.2.1").await;
    let here = direct(&judge, "billing", &signed(NOW)).await;
    assert_eq!((&there, &here), (&nobody, &nobody));
}

#[tokio::test]
async fn the_direct_lane_answers_no_challenge() {
    let table = table();
    let query =
        json!({"hub.mode": ["subscribe"], "hub.challenge": ["1"], "hub.verify_token": ["a"]});
    let resource = "/direct/{endpoint}";
    let answer = asked(
        &judge(&table),
        "GET",
        resource,
        "direct-meta",
        &[],
        query,
        "192.0.2.1",
    )
    .await;
    assert_eq!(effect(&answer), "Deny");
}
