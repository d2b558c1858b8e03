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
