use super::*;

fn rules(json: &str) -> BTreeMap<AttributeName, AttributeRule> {
    serde_json::from_str(json).unwrap()
}

fn pairs(kept: &Attributes) -> Vec<(&str, &str)> {
    kept.iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

#[test]
fn values_are_kept_in_the_order_of_their_names() {
    let rules = rules(
        r#"{"customer":{"json":"/c","index":true},"amount":{"json":"/a","as":"number","order":true},"plan":{"header":"x-plan"},"gone":{"json":"/g"}}"#,
    );
    let (kept, left_out) = Attributes::keep(&rules, |rule| match &rule.place {
        AttributePlace::Json(pointer) if pointer == "/c" => Ok("cus \"1\"".to_owned()),
        AttributePlace::Json(pointer) if pointer == "/a" => Ok("1.50e1".to_owned()),
        AttributePlace::Json(_) => Err(Unkept::Missing),
        AttributePlace::Header(name) => Ok(name.clone()),
    });
    assert_eq!(
        pairs(&kept),
        [
            ("amount", "15"),
            ("customer", "cus \"1\""),
            ("plan", "x-plan")
        ]
    );
    assert_eq!(left_out.to_string(), "missing 1");
    let flags: Vec<_> = kept.kept().map(|(_, one)| (one.index, one.order)).collect();
    assert_eq!(flags, [(false, true), (true, false), (false, false)]);
    assert_eq!(kept.get("amount"), Some("15"));
    assert_eq!(kept.get("gone"), None);
}

#[test]
fn what_does_not_fit_is_left_out_and_shorter_ones_after_it_are_kept() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let text = names.map(|name| format!("\"{name}\":{{\"json\":\"/{name}\"}}"));
    let rules = rules(&format!("{{{}}}", text.join(",")));
    // Each takes 2 + 1 + 128 bytes; of the last there is none to spare.
    let (kept, left_out) = Attributes::keep(&rules, |rule| {
        let short = rule.place == AttributePlace::Json("/h".to_owned());
        Ok("v".repeat(if short { 111 } else { 128 }))
    });
    let names: String = kept.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, "abcdefh");
    assert_eq!(left_out.of(Unkept::NoRoom), 1);
    let bytes = |kept: &Attributes| {
        let sizes = kept.stored().map(|(name, text)| name.len() + text.len());
        sizes.sum::<usize>()
    };
    assert!(bytes(&kept) <= ATTRIBUTES_MAX_BYTES);
    // The stored form counts: it may be three times as long.
    let (kept, _) = Attributes::keep(&rules, |_| Ok("%".repeat(128)));
    assert_eq!(kept.iter().count(), 2);
    assert!(bytes(&kept) <= ATTRIBUTES_MAX_BYTES);
}

#[test]
fn an_item_has_them_escaped_and_gives_them_back() {
    let rules = rules(r#"{"customer":{"json":"/c"}}"#);
    let (kept, _) = Attributes::keep(&rules, |_| Ok("50% \"\\".to_owned()));
    let stored: Vec<_> = kept.stored().collect();
    assert_eq!(
        stored,
        [("x_customer".to_owned(), Cow::from("50%25 %22%5C"))]
    );
    let mut image: HashMap<String, String> = stored
        .into_iter()
        .map(|(name, text)| (name, text.into_owned()))
        .collect();
    let name = AttributeName::try_from("customer".to_owned()).unwrap();
    assert_eq!(Attributes::stored_in(&image, &name), "50%25 %22%5C");
    for (other, text) in [
        ("id", "x"),
        ("x_", "x"),
        ("x_Customer", "x"),
        ("x_empty", ""),
    ] {
        image.insert(other.to_owned(), text.to_owned());
    }
    assert_eq!(
        pairs(&Attributes::of_image(&image)),
        [("customer", "50% \"\\")]
    );
    assert_eq!(Attributes::stored_in(&HashMap::new(), &name), "");
}

#[test]
fn json_gives_them_back_without_what_the_rules_say() {
    let rules = rules(r#"{"customer":{"json":"/c","index":true}}"#);
    let (kept, _) = Attributes::keep(&rules, |_| Ok("\u{5ba2} \"".to_owned()));
    let read = Attributes::from_json(&kept.to_json()).unwrap();
    assert_eq!(pairs(&read), pairs(&kept));
    assert_eq!(read.under(&rules), kept);
    for bad in ["", "[]", "{\"a\":1}", "{\"A\":\"x\"}"] {
        assert_eq!(Attributes::from_json(bad), None, "{bad}");
    }
}

#[test]
fn those_that_are_there_win_over_others() {
    let of = |json: &str| Attributes::from_json(json).unwrap();
    let both = of(r#"{"a":"1"}"#).or(of(r#"{"a":"2","b":"3"}"#));
    assert_eq!(pairs(&both), [("a", "1"), ("b", "3")]);
}

#[test]
fn nothing_shows_a_value() {
    let kept = Attributes::from_json(r#"{"customer":"canary"}"#).unwrap();
    let shown = format!("{kept:?} {:?}", kept.kept().next());
    assert!(
        shown.contains("customer") && !shown.contains("canary"),
        "{shown}"
    );
}

#[test]
fn the_order_text_of_a_compared_number_is_stored_and_counts() {
    let rules = rules(
        r#"{"amount":{"json":"/a","as":"number","order":true},"large":{"json":"/l","as":"number","order":true},"count":{"json":"/a","as":"number"}}"#,
    );
    let (kept, _) = Attributes::keep(&rules, |rule| {
        let large = rule.place == AttributePlace::Json("/l".to_owned());
        Ok(if large { "1e20" } else { "100" }.to_owned())
    });
    let stored: BTreeMap<_, _> = kept.stored().collect();
    let names: Vec<_> = stored.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["n_amount", "n_large", "x_amount", "x_count", "x_large"]
    );
    assert_eq!(
        Some(stored["n_amount"].clone().into_owned()),
        order_text("100")
    );
    assert_eq!(stored["n_large"], NOT_COMPARABLE);
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let text =
        names.map(|name| format!("\"{name}\":{{\"json\":\"/\",\"as\":\"number\",\"order\":true}}"));
    let rules = self::rules(&format!("{{{}}}", text.join(",")));
    let digits = "1".repeat(38);
    let (kept, left_out) = Attributes::keep(&rules, |_| Ok(digits.clone()));
    let bytes: usize = kept
        .stored()
        .map(|(name, _)| name.len() + ORDER_BYTES.min(38))
        .sum();
    assert!(bytes <= ATTRIBUTES_MAX_BYTES, "{bytes}");
    // Each takes 3 + 38 and 3 + 55 bytes.
    assert_eq!((kept.iter().count(), left_out.of(Unkept::NoRoom)), (9, 1));
}
