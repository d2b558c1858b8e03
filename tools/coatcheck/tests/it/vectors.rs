//! Published signatures, through the binary's own arguments.

use serde_json::Value;

use crate::run::{Folder, Run};

fn vectors() -> Vec<Value> {
    let all = include_str!("../../../../shared/signature/fixtures/signature-vectors.json");
    serde_json::from_str(all).unwrap()
}

fn judge(vector: &str, scheme: &str) -> Run {
    let all = vectors();
    let vector = all.iter().find(|one| one["name"] == vector).unwrap();
    verify(vector, scheme)
}

fn verify(vector: &Value, scheme: &str) -> Run {
    let name = vector["name"].as_str().unwrap();
    let folder = Folder::new(&format!("vector-{name}-{scheme}"));
    let body = vector["body_b64"].as_str().unwrap();
    folder.write("body", base64_simd::STANDARD.decode_to_vec(body).unwrap());
    let settled = settle(&folder, vector, scheme);
    let mut args: Vec<String> = ["verify", "--json", "--scheme", &settled]
        .map(str::to_owned)
        .to_vec();
    let one = vec![vector["secret"].clone()];
    for (at, key) in vector["secret"]
        .as_array()
        .unwrap_or(&one)
        .iter()
        .enumerate()
    {
        let secret = key.as_str().or_else(|| key["secret"].as_str()).unwrap();
        if key["use"] == "basic" {
            args.extend(["--basic".to_owned(), secret.to_owned()]);
            continue;
        }
        let file = format!("secret-{at}");
        folder.write(&file, format!("{secret}\n"));
        args.extend(["--secret-file".to_owned(), file]);
        if let Some(id) = key["id"].as_str() {
            args.extend(["--secret-id".to_owned(), id.to_owned()]);
        }
    }
    for (name, value) in vector["headers"].as_object().unwrap() {
        args.extend([
            "-H".to_owned(),
            format!("{name}: {}", value.as_str().unwrap()),
        ]);
    }
    if let Some(now) = vector["now"].as_i64() {
        args.extend(["--now".to_owned(), now.to_string()]);
    }
    if let Some(url) = vector["url"].as_str() {
        args.extend(["--url".to_owned(), url.to_owned()]);
    }
    args.push("body".to_owned());
    folder.run(&args)
}

/// The preset's name; or a file with what an endpoint says of its tokens, as `schemes` and `verify`
/// tell people to write one.
fn settle(folder: &Folder, vector: &Value, scheme: &str) -> String {
    let Some(settings) = vector["jwt"].as_object() else {
        return scheme.to_owned();
    };
    let mut written = folder.run(&["schemes", scheme, "--json"]).json()["scheme"].clone();
    for (name, value) in settings {
        match value.as_object() {
            Some(claims) => {
                let all = written[name].as_object_mut().unwrap();
                all.extend(claims.clone());
            }
            None => written[name] = value.clone(),
        }
    }
    folder.write("scheme.json", written.to_string());
    "./scheme.json".to_owned()
}

/// The facts are those that the engine's own fixtures expect.
#[test]
fn every_vector_of_a_preset_is_valid_and_its_facts_are_told() {
    let mut judged = 0;
    for vector in vectors() {
        let schemes = vector["schemes"].as_array().cloned().unwrap_or_default();
        for scheme in schemes.iter().filter_map(Value::as_str) {
            let run = verify(&vector, scheme);
            assert!(
                run.code == 0 && run.outcome() == "valid",
                "{}: {run:?}",
                vector["name"]
            );
            judged += 1;
            let json = run.json();
            let from = json["key_from"].as_str().unwrap();
            assert!(from.starts_with("--secret-file secret-") || from == "--basic");
            // Some published bodies are not events, such as `Hello World!`. None of them expects a fact.
            if json["event"].is_null() {
                let code = json["refused"]["code"].as_str().unwrap();
                assert!(
                    ["json_malformed", "type_missing", "id_missing"].contains(&code),
                    "{code}: {run:?}"
                );
                continue;
            }
            for fact in ["id", "type", "subject", "ordering_key"] {
                let expected = &vector["expect"][fact];
                if !expected.is_null() {
                    assert_eq!(
                        &json["event"][fact], expected,
                        "{fact} of {}",
                        vector["name"]
                    );
                }
            }
        }
    }
    assert!(judged > 60, "{judged}");
}

#[test]
fn the_event_is_told_with_what_names_it() {
    let event = &judge("standard-webhooks-sign", "standard-webhooks").json()["event"];
    assert_eq!(event["id"], "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert_eq!(event["key"], event["id"]);
    assert_eq!(event["key_kind"], "id");
    let json = judge("github-docs", "github").json();
    assert_eq!(json["event"], Value::Null);
    assert_eq!(json["refused"]["code"], "type_missing");
}
