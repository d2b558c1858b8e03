use super::*;

fn endpoint(json: &str) -> Endpoint {
    Endpoint::from_json(json).unwrap()
}

#[test]
fn a_name_and_a_scheme_are_enough() {
    let minimal = endpoint(r#"{"name":"stripe","scheme":"stripe"}"#);
    assert!(minimal.enabled);
    assert_eq!(minimal.lane, Lane::Standard);
    assert_eq!(minimal.body_limit(), 4_500_000);
    assert!(minimal.admits(None));
}

#[test]
fn an_unknown_field_is_an_error_not_a_default() {
    assert!(Endpoint::from_json(r#"{"name":"a","scheme":"github","allow_cidrs":[]}"#).is_err());
}

#[test]
fn attributes_are_read_and_bad_ones_are_refused_with_the_reason() {
    let with = |attributes: &str| {
        let json = format!(r#"{{"name":"a","scheme":"github","attributes":{attributes}}}"#);
        Endpoint::from_json(&json)
    };
    let some = with(r#"{"plan":{"header":"x-plan"},"customer":{"json":"/c"}}"#).unwrap();
    let names: Vec<_> = some.attributes.keys().map(AttributeName::as_str).collect();
    assert_eq!(names, ["customer", "plan"]);
    let written = serde_json::to_string(&some).unwrap();
    assert_eq!(Endpoint::from_json(&written).unwrap(), some);
    let none = serde_json::to_string(&endpoint(r#"{"name":"a","scheme":"github"}"#)).unwrap();
    assert!(!none.contains("attributes"), "{none}");
    let eleven: Vec<_> = (0..11)
        .map(|at| format!(r#""a{at}":{{"json":"/a"}}"#))
        .collect();
    for (bad, reason) in [
        (r#"{"ref":{"json":"/a"}}"#, "named ref"),
        (r#"{"A":{"json":"/a"}}"#, "1 to 20"),
        (r#"{"a":{}}"#, "exactly one"),
        (&format!("{{{}}}", eleven.join(",")), "at most 10"),
    ] {
        let problem = with(bad).unwrap_err();
        let why = crate::with_causes(&problem);
        assert!(why.contains(reason), "{bad}: {why}");
    }
}

#[test]
fn an_allow_list_admits_only_its_networks() {
    let listed = endpoint(
        r#"{"name":"a","scheme":"github","allowed_cidrs":["192.0.2.0/24","2001:db8::/32"]}"#,
    );
    assert!(listed.admits("192.0.2.7".parse().ok()));
    assert!(listed.admits("2001:db8::1".parse().ok()));
    assert!(listed.admits("::ffff:192.0.2.7".parse().ok()));
    assert!(!listed.admits("198.51.100.7".parse().ok()));
    assert!(!listed.admits(None));
}

#[test]
fn the_lane_caps_the_endpoint() {
    let big = endpoint(r#"{"name":"a","scheme":"github","max_body_bytes":9000000}"#);
    assert_eq!(big.body_limit(), STANDARD_LANE_MAX_BYTES);
    let small = endpoint(r#"{"name":"a","scheme":"github","max_body_bytes":10}"#);
    assert_eq!(small.body_limit(), 10);
}

#[test]
fn only_small_bodies_of_the_standard_lane_are_inline() {
    let of = |members: &str| endpoint(&format!(r#"{{"name":"a","scheme":"github"{members}}}"#));
    assert!(!of("").holds_inline(0));
    let some = of(r#","inline_max_bytes":4096"#);
    assert_eq!(
        [0, 4096, 4097].map(|bytes| some.holds_inline(bytes)),
        [true, true, false]
    );
    let direct = of(r#","inline_max_bytes":4096,"lane":"direct""#);
    assert!(!direct.holds_inline(1));
    // Terraform refuses it.
    let much = of(r#","inline_max_bytes":9000"#);
    assert_eq!(
        [8192, 8193].map(|bytes| much.holds_inline(bytes)),
        [true, false]
    );
    let json = serde_json::to_string(&of("")).unwrap();
    assert!(!json.contains("inline"), "{json}");
}

#[test]
fn names_hold_no_separator() {
    for bad in ["", "-a", "A", "a/b", "a#b", "a_b", "a.b", &"a".repeat(64)] {
        assert!(EndpointName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
    for good in ["a", "0", "erp-2", &"a".repeat(63)] {
        assert!(EndpointName::try_from(good.to_owned()).is_ok(), "{good}");
    }
}
