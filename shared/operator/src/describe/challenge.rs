use signature::{Challenge, Demand, Method, ReplyTemplate, Scheme};

/// The scheme's challenges, and who may send them.
pub fn handshake(scheme: &Scheme) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    for challenge in &scheme.challenges {
        let text = one(challenge);
        if !all.contains(&text) {
            all.push(text);
        }
    }
    (!all.is_empty()).then(|| all.join("; "))
}

fn one(challenge: &Challenge) -> String {
    let method = match challenge.method {
        Method::Post => "POST",
        Method::Get => "GET",
        Method::Head => "HEAD",
    };
    let who = match challenge.demand {
        Demand::Signature => "proven like a delivery",
        Demand::Token(_) => "with a token of yours (use `challenge`)",
        Demand::None => "from anyone",
        Demand::Operator => "from anyone while `handshake` is on",
    };
    format!("{method} {who}: {}", reply_text(&challenge.respond))
}

fn reply_text(reply: &ReplyTemplate) -> String {
    let body = reply.json.as_ref().map(ToString::to_string);
    let texts = reply.text.iter().chain(&body).chain(reply.headers.values());
    let all: String = texts.map(String::as_str).collect();
    if all.contains("{mac_") {
        "MAC of its value".to_owned()
    } else if all.contains("{value}") {
        "echo of its value".to_owned()
    } else {
        reply.status.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::test_schemes::preset;

    #[test]
    fn handshakes_are_told_by_who_may_ask_for_what() {
        for (name, expected) in [
            ("zoom", "POST proven like a delivery: MAC of its value"),
            ("x", "GET from anyone: MAC of its value"),
            (
                "meta",
                "GET with a token of yours (use `challenge`): echo of its value",
            ),
            (
                "woocommerce",
                "POST from anyone while `handshake` is on: 200",
            ),
        ] {
            let text = handshake(&preset(name));
            assert_eq!(text.as_deref(), Some(expected), "{name}");
        }
        assert_eq!(handshake(&preset("stripe")), None);
    }
}
