//! What is found, and how it is read.

use super::*;

#[test]
fn finds_each_kind_of_scalar() {
    let document = r#" { "s" : "text" , "n":-1.50e+3,"t":true,"f":false,
        "z":null,"o":{"s":1},"a":[{}] } "#;
    let texts = [
        "/s",
        "/n",
        "/t",
        "/f",
        "/z",
        "/o",
        "/a",
        "/o/s",
        "/none",
        "/s/deeper",
        "/a/0",
    ];
    assert_eq!(
        found(document, &texts).unwrap(),
        [
            string("text"),
            number("-1.50e+3"),
            Some(Scalar::Bool(true)),
            Some(Scalar::Bool(false)),
            Some(Scalar::Null),
            Some(Scalar::Composite),
            Some(Scalar::Composite),
            number("1"),
            None,
            None,
            Some(Scalar::Composite),
        ]
    );
}

#[test]
fn follows_array_indices() {
    let document = r#"{"a":[10,[20,21],{"b":30,"0":31},"x",null]}"#;
    let texts = [
        "/a/0", "/a/1/1", "/a/2/b", "/a/2/0", "/a/3", "/a/5", "/a/-", "/a/01", "/a/4",
    ];
    assert_eq!(
        found(document, &texts).unwrap(),
        [
            number("10"),
            number("21"),
            number("30"),
            number("31"),
            string("x"),
            None,
            None,
            None,
            Some(Scalar::Null),
        ]
    );
    assert_eq!(
        found("[1,2]", &["/1", "/0"]).unwrap(),
        [number("2"), number("1")]
    );
    // A key that looks like an index, and an index where there is an object.
    assert_eq!(
        found(r#"{"01":1,"-":2}"#, &["/01", "/-"]).unwrap(),
        [number("1"), number("2")]
    );
}

#[test]
fn the_same_pointer_twice_is_answered_twice() {
    assert_eq!(
        found(r#"{"a":1}"#, &["/a", "/a"]).unwrap(),
        [number("1"), number("1")]
    );
}

#[test]
fn a_lone_scalar_is_a_document() {
    for document in [
        "1",
        "-0",
        "0.5",
        "1e9",
        " true ",
        "null",
        "\"\"",
        "\t\"a\"\r\n",
    ] {
        assert_eq!(found(document, &["/a"]).unwrap(), [None], "{document}");
    }
}

#[test]
fn keys_are_compared_decoded() {
    assert_eq!(
        found(r#"{"\u0069\u0064":1}"#, &["/id"]).unwrap(),
        [number("1")]
    );
    assert_eq!(
        found(r#"{"a\/b":1,"m~n":2}"#, &["/a~1b", "/m~0n"]).unwrap(),
        [number("1"), number("2")]
    );
    assert_eq!(found(r#"{"":{"":"x"}}"#, &["//"]).unwrap(), [string("x")]);
    assert_eq!(
        found(r#"{"\ud83d\ude00":1}"#, &["/😀"]).unwrap(),
        [number("1")]
    );
    assert_eq!(
        found(r#"{"idx":1,"i":2,"ID":3}"#, &["/id"]).unwrap(),
        [None]
    );
}

#[test]
fn strings_are_decoded() {
    let document = r#"{"a":"\"\\\/\b\f\n\r\t\u00e9é\uD83D\ude00\u0000"}"#;
    assert_eq!(
        found(document, &["/a"]).unwrap(),
        [string("\"\\/\u{8}\u{c}\n\r\téé😀\0")]
    );
}
