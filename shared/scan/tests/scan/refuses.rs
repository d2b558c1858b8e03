//! What is no JSON.

use super::*;

#[test]
fn half_a_surrogate_pair_is_refused_where_it_is_wanted() {
    for half in [
        r"\ud800",
        r"\ud800x",
        r"\ud800\n",
        r"\ud800\ud800",
        r"\udc00",
        r"\udc00\ud800",
    ] {
        let wanted = format!(r#"{{"a":"{half}"}}"#);
        assert_eq!(code(&wanted, &["/a"]), "json_not_utf8", "{half}");
        assert_eq!(code(&wanted, &["/b"]), "valid", "{half}");
        let key = format!(r#"{{"{half}":1}}"#);
        assert_eq!(code(&key, &["/a"]), "valid", "{half}");
        assert_eq!(code(&key, &[]), "valid", "{half}");
    }
}

#[test]
fn malformed_documents_are_refused() {
    let broken = [
        "",
        " ",
        "{",
        "[",
        "]",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "[:]",
        "{\"a\"::1}",
        "{\"a\":1]",
        "1 2",
        "{}{}",
        "[],",
        "nul",
        "nulll",
        "True",
        "truE",
        "fals",
        "NaN",
        "Infinity",
        "-",
        "--1",
        "+1",
        "01",
        "-01",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "1E-",
        "1e5.5",
        "1.2.3",
        "0x10",
        "1_000",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\u123",
        "\"\\",
        "\"\u{0}\"",
        "\"\u{1f}\"",
        "\"\n\"",
        "\"\t\"",
        "\u{feff}",
        "\u{feff}\u{feff}{}",
        " \u{feff}{}",
        "\u{a0}{}",
        "{}\u{0}",
        "[1]\u{c}",
        "/**/1",
        "[1]//",
        "[\u{b}1]",
        "[\"a\",\"b\\\"]",
        "[tru]",
        "[nul,1]",
        "{\"a\":-}",
        "\\u0031",
    ];
    for document in broken {
        assert_eq!(code(document, &[]), "json_malformed", "{document:?}");
        assert_eq!(
            code(document, &["/a", "/0", "/a/b"]),
            "json_malformed",
            "{document:?}"
        );
    }
}

#[test]
fn every_control_character_is_refused_in_every_kind_of_string() {
    for control in (0..0x20).map(char::from) {
        for document in [
            format!("[\"{control}\"]"),
            format!("{{\"{control}\":1}}"),
            format!("{{\"a\":\"{}{control}\"}}", "x".repeat(200)),
            format!("{{\"a\":\"\\n{control}\"}}"),
        ] {
            assert_eq!(code(&document, &[]), "json_malformed", "{document:?}");
            assert_eq!(code(&document, &["/a"]), "json_malformed", "{document:?}");
        }
    }
    assert_eq!(code("[\"\u{7f}\"]", &["/0"]), "valid");
}

#[test]
fn any_document_cut_short_is_refused() {
    let document = r#"{"a":[1,-2.5e+1,true,false,null,"x\u00e9\n"],"b":{"c":"d"}}"#;
    for end in 0..document.len() {
        assert_eq!(
            code(&document[..end], &["/a/1", "/b/c"]),
            "json_malformed",
            "{end}"
        );
    }
    assert_eq!(code(document, &["/a/1", "/b/c"]), "valid");
}
