use super::*;
use crate::testing::call;

fn of(template: &str, input: &str) -> Result<Rendered, Refusal> {
    let call = call();
    render(template, input, &|name| call.context(name))
}

fn text(template: &str, input: &str) -> String {
    of(template, input).unwrap().text
}

#[test]
fn variables() {
    assert_eq!(
        text(
            r#"{"id":"$context.requestId","e":"${context.authorizer.name}x"}"#,
            ""
        ),
        r#"{"id":"req-1","e":"shopx"}"#
    );
    assert_eq!(text("$context.requestId.", ""), "req-1.");
    assert_eq!(text("<$context.authorizer.none>", ""), "<>");
    assert_eq!(text("costs $5 or # 1, 100$", ""), "costs $5 or # 1, 100$");
}

const DIGEST: &str = "#if($input.body.contains(\"<Code>BadDigest</Code>\"))\n{\"error\":\"digest_mismatch\"}\n#else\n#set($context.responseOverride.status = 503)\n{\"error\":\"unavailable\"}\n#end\n";

#[test]
fn conditions_and_the_status() {
    let bad = of(DIGEST, "<Error><Code>BadDigest</Code></Error>").unwrap();
    assert_eq!(bad.text, "{\"error\":\"digest_mismatch\"}\n");
    assert_eq!(bad.status, None);
    let other = of(DIGEST, "<Error><Code>SlowDown</Code></Error>").unwrap();
    assert_eq!(other.text, "{\"error\":\"unavailable\"}\n");
    assert_eq!(other.status, Some(503));
    assert_eq!(
        text("#if($input.body.contains(\"a\"))A#else B#end.", "b"),
        " B."
    );
    assert_eq!(text("#if($input.body.contains(\"a\"))A#end.", "b"), ".");
    let nested = "#if($input.body.contains(\"a\"))#if($input.body.contains(\"b\"))AB#{x}#end#end";
    assert!(of(nested, "").is_err());
    let nested =
        "#if($input.body.contains(\"a\"))#if($input.body.contains(\"b\"))AB#else A#end#else 0#end";
    assert_eq!(text(nested, "ab"), "AB");
    assert_eq!(text(nested, "a"), " A");
    assert_eq!(text(nested, "b"), " 0");
}

/// Like the stack's own template: no digest, or a fault that S3 names, means try again.
const AGAIN: &str = "#if(\"$!context.authorizer.sha256\" == \"\" || $input.body.contains(\"<Code>SlowDown<\") || $input.body.contains(\"PENvZGU+U2xvd0Rvd248\"))\n#set($context.responseOverride.status = 503)\nlater\n#else\nmismatch\n#end\n";

/// The forms in which S3's XML may reach the template: text, base64, or nothing that can be read.
#[test]
fn the_three_readings_of_s3s_answer() {
    let again = |digest: Option<&str>, input: &str| {
        let mut call = call();
        if let Some(digest) = digest {
            let value = ("sha256".to_owned(), digest.to_owned());
            call.authorizer.extend([value]);
        }
        let made = render(AGAIN, input, &|name| call.context(name)).unwrap();
        let later = made.text == "later\n" && made.status == Some(503);
        assert!(later || made.text == "mismatch\n" && made.status.is_none());
        later
    };
    let (busy, wrong) = ("<Code>SlowDown</Code>", "<Code>BadDigest</Code>");
    for (digest, input, expected) in [
        (Some("d"), busy.to_owned(), true),
        (Some("d"), wrong.to_owned(), false),
        (
            Some("d"),
            base64_simd::STANDARD.encode_to_string(busy),
            true,
        ),
        (
            Some("d"),
            base64_simd::STANDARD.encode_to_string(wrong),
            false,
        ),
        (Some("d"), String::new(), false),
        (Some("d"), "\u{fffd}\u{fffd}".to_owned(), false),
        (None, wrong.to_owned(), true),
        (None, String::new(), true),
        (Some(""), String::new(), true),
    ] {
        assert_eq!(again(digest, &input), expected, "{digest:?} {input}");
    }
}

#[test]
fn a_condition_has_alternatives() {
    let has = |part: &str| format!("$input.body.contains(\"{part}\")");
    let (a, b) = (has("a"), has("b"));
    for (condition, input, met) in [
        (format!("({a}||{b})"), "b", true),
        (format!("( {a} || {b} )"), "a", true),
        (format!("({a} || {b})"), "c", false),
        (
            "(\"$!{context.authorizer.name}\" == \"shop\")".to_owned(),
            "",
            true,
        ),
        (
            "(\"$!context.authorizer.none\" == \"x\")".to_owned(),
            "",
            false,
        ),
    ] {
        let made = text(&format!("#if{condition}yes#else no#end"), input);
        assert_eq!(made, if met { "yes" } else { " no" }, "{condition}");
    }
}

#[test]
fn anything_else_is_refused() {
    for template in [
        "$input.json('$.x')",
        "$util.escapeJavaScript($context.requestId)",
        "$!context.requestId",
        "$x",
        "$context",
        "$context.requestId.length()",
        "$context.identity.caller",
        "#foreach($i in $x)#end",
        "## a comment",
        "#* a comment *#",
        "#if($context.requestId == 1)A#end",
        "#if(\"$context.requestId\" == \"\")A#end",
        "#if(\"$!context.identity.caller\" == \"\")A#end",
        "#if(\"$!x\" == \"\")A#end",
        "#if($input.body.contains(\"a\") && $input.body.contains(\"b\"))A#end",
        "#if($input.body.contains(\"a\") || )A#end",
        "#if()A#end",
        "#if($input.body.contains(\"a\"))A",
        "#if($input.body.contains(\"a\"))A#elseif($x)B#end",
        "#if($input.body.contains(\"$x\"))A#end",
        "#set($x = 1)",
        "#set($context.responseOverride.status = 9999)",
        "A#end",
        "A#else B",
        "#elseB",
    ] {
        assert!(of(template, "").is_err(), "{template}");
    }
}

#[test]
fn a_gateway_response_has_variables_only() {
    let call = call();
    let lookup: &Lookup<'_> = &|name| call.context(name);
    assert_eq!(plain("<$context.stage>", lookup).unwrap(), "<v1>");
    assert!(plain("#set($context.responseOverride.status = 503)", lookup).is_err());
    assert!(plain("#end", lookup).is_err());
}
