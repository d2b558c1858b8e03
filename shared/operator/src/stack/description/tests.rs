use super::*;

fn subscription(types: &[&str], endpoints: Option<&[&str]>) -> Subscription {
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    let description = crate::stack::sample();
    Subscription {
        types: owned(types),
        endpoints: endpoints.map(owned),
        ..description.subscriptions["invoices"].clone()
    }
}

#[test]
fn an_endpoint_may_keep_less_than_its_stack() {
    let text = testkit::STACK.replacen(
        "\"subscriptions\": {",
        r#""retention": {"short": 22}, "subscriptions": {"#,
        1,
    );
    let description = StackDescription::parse(&text).unwrap();
    let days = |name: &str| {
        let name = name.to_owned().try_into().unwrap();
        (
            description.payload_days(&name),
            description.pointer_days(&name),
        )
    };
    assert_eq!((days("short"), days("stripe")), ((22, 29), (30, 90)));
    let sample = crate::stack::sample();
    let least = [&description, &sample].map(StackDescription::least_payload_days);
    assert_eq!(least, [22, 30]);
}

#[test]
fn a_filter_reads_what_a_pointer_stores() {
    let filtered = Subscription {
        filter: Some(Filter::parse(r#"{"plan":["50%"],"amount":[{"numeric":[">",9]}]}"#).unwrap()),
        ..subscription(&["*"], None)
    };
    let pointer = |plan: &str, amount: &str| -> Image {
        let stored = [("x_plan", plan), ("x_amount", amount), ("plan", "50%")];
        stored
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    };
    assert!(filtered.passes(&pointer("50%25", "10")));
    assert!(!filtered.passes(&pointer("50%25", "9")));
    assert!(!filtered.passes(&pointer("50", "10")));
    assert!(!filtered.passes(&Image::new()));
    assert!(subscription(&["*"], None).passes(&Image::new()));
}

#[test]
fn a_quarantined_event_is_for_who_asks_for_such() {
    let others = subscription(&["*"], None);
    let mut asking = others.clone();
    asking.quarantined = true;
    for (check, expected) in [
        (None, [true, false]),
        (Some("passed"), [true, false]),
        (Some("failed"), [true, false]),
        (Some("quarantined"), [false, true]),
    ] {
        let pointer: Image = check
            .map(|check| ("x_schemacheck".to_owned(), check.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(
            [&others, &asking].map(|one| one.takes_checked(&pointer)),
            expected,
            "{check:?}"
        );
    }
}

#[test]
fn the_query_of_an_address_is_not_shown() {
    let mut target = crate::stack::sample().subscriptions["invoices"]
        .target
        .clone();
    assert_eq!(target.place(), target.arn);
    target.kind = "http".to_owned();
    for address in [
        "https://a.example/b",
        "https://a.example/b?key=1",
        "https://a.example/b#c",
    ] {
        target.arn = address.to_owned();
        assert_eq!(target.place(), "https://a.example/b");
    }
}

#[test]
fn the_urls_follow_the_domain() {
    let mut description = crate::stack::sample();
    let (own, domain) = ("https://hooks.example.com/v1", "https://in.example.org/v1");
    assert_eq!(description.public_url(false), own);
    for (mtls, default_endpoint, without, with) in [
        (false, true, domain, domain),
        (true, false, domain, domain),
        (true, true, own, domain),
    ] {
        let door = serde_json::json!({
            "domain": "in.example.org", "default_endpoint": default_endpoint, "mtls": mtls,
            "certificate_arn": "arn:c", "zone_id": null,
            "target": "d-1.execute-api.eu-central-1.amazonaws.com", "web_acl_arn": null,
        });
        description.front_door = serde_json::from_value(door).unwrap();
        assert_eq!(
            description.public_url(false),
            without,
            "{mtls} {default_endpoint}"
        );
        assert_eq!(
            description.public_url(true),
            with,
            "{mtls} {default_endpoint}"
        );
    }
}

#[test]
fn takes_what_the_stacks_filters_let_through() {
    let invoices = subscription(&["invoice.*", "charge"], Some(&["stripe"]));
    for (endpoint, kind, is) in [
        ("stripe", "invoice.paid", true),
        ("stripe", "charge", true),
        ("stripe", "charge.failed", false),
        ("stripe", "invoice", false),
        ("github", "invoice.paid", false),
    ] {
        assert_eq!(invoices.takes(endpoint, kind), is, "{endpoint} {kind}");
    }
    let all = subscription(&["*"], None);
    assert!(all.takes("github", "push") && !all.takes("github", "coatcheck.test"));
    assert!(subscription(&["*", "coatcheck.test"], None).takes("a", "coatcheck.test"));
}
