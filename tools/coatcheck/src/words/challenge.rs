use signature::{Challenge, Demand, Method, ReplyTemplate, Scheme};

/// What a provider may ask of an endpoint that is no delivery, and who may ask.
pub(crate) fn handshake(scheme: &Scheme) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    for challenge in &scheme.challenges {
        let words = one(challenge);
        if !all.contains(&words) {
            all.push(words);
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
    format!("{method} {who}: {}", answer(&challenge.respond))
}

fn answer(reply: &ReplyTemplate) -> String {
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
    use crate::scheme::preset;

    #[test]
    fn handshakes_are_told_by_who_may_ask_for_what() {
        for (name, words) in [
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
            let told = handshake(&preset(name).unwrap());
            assert_eq!(told.as_deref(), Some(words), "{name}");
        }
        assert_eq!(handshake(&preset("stripe").unwrap()), None);
    }
}
