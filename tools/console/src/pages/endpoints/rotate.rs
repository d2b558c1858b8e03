//! Rotates a key. The new secret is in one answer, and nowhere else.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::SignedDuration;
use maud::{Markup, html};
use operator::{
    Tone,
    endpoints::{ListedEndpoint, RotationOptions, find, listed, plan_rotation},
};

use super::{
    one::{Extra, shown_with},
    parts::crumb,
};
use crate::{
    address::Address,
    app::App,
    change::change,
    failure::Failure,
    fields::Fields,
    frame::{Page, Section, page},
    markup::{choice, confirm, copy, notice, shown, words},
};

/// When the old keys end: the field's values, in words, with what that means.
const OVERLAPS: [(&str, &str, &str, Option<SignedDuration>); 3] = [
    (
        "24h",
        "in 24 hours",
        "if you can change it at the provider today",
        Some(SignedDuration::from_hours(24)),
    ),
    ("7d", "in 7 days", "", Some(SignedDuration::from_hours(168))),
    (
        "now",
        "now",
        "the old secret leaked: deliveries that are signed with it are refused from now on",
        None,
    ),
];

/// What the form's nonce is for.
fn what(name: &str) -> String {
    format!("rotate the key of {name}")
}

/// The keys that were there when it was confirmed. Another set means that someone else has
/// rotated meanwhile.
fn known(row: &ListedEndpoint) -> String {
    let ids = row.keys.iter().map(|key| {
        let end = key.not_after.as_deref().unwrap_or_default();
        format!("{}@{end}", key.id)
    });
    ids.collect::<Vec<_>>().join("\n")
}

fn options(overlap: Option<SignedDuration>) -> RotationOptions<'static> {
    RotationOptions {
        secret: None,
        id: None,
        overlap,
        replace: false,
    }
}

pub(super) async fn ask(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    if !app.operate {
        return Err(Failure::ReadOnly);
    }
    // Says at once why it is not possible. The secret that it makes is dropped.
    let plan = plan_rotation(&app.stack, &name, options(OVERLAPS[0].3)).await?;
    let row = listed(&app.stack, &find(&app.stack, &name).await?).await;
    let nonce = app
        .nonces
        .issue(&what(&name))
        .map_err(|_| Failure::Busy("The system has no random numbers now."))?;
    let title = format!("Rotate the key of {name}?");
    let command = format!("coatcheck endpoints rotate-key {name}");
    let asking = Page {
        crumb: Some(crumb(Some(&name))),
        ..Page::new(&title, Section::Endpoints, &command)
    };
    Ok(page(&app, asking, form(&row, &nonce, plan.is_alone())))
}

pub(super) async fn rotate(
    State(app): State<App>,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let overlap = fields.needs("overlap")?;
    let overlap = OVERLAPS.iter().find(|(value, ..)| *value == overlap);
    let Some((_, when, _, overlap)) = overlap else {
        return Err(Failure::Unreadable(
            "Choose when the old key ends.".to_owned(),
        ));
    };
    if !app.nonces.take(fields.needs("nonce")?, &what(&name)) {
        return Err(Failure::Changed(
            "Nothing was changed: this form was sent before, or is too old. Open it again."
                .to_owned(),
        ));
    }
    let found = find(&app.stack, &name).await?;
    // A browser sends line ends in its own way.
    let confirmed = fields.needs("keys")?.replace("\r\n", "\n");
    if confirmed != known(&listed(&app.stack, &found).await) {
        return Err(Failure::Changed(
            "Nothing was changed: the endpoint has other keys now. Look at them, then confirm again."
                .to_owned(),
        ));
    }
    let rotation = plan_rotation(&app.stack, &name, options(*overlap)).await?;
    let did = format!("{}, whose old keys end {when}", what(&name));
    change(&app, &did, rotation.apply(&app.stack)).await?;
    app.log(&format!(
        "{}: the new key is {}",
        what(&name),
        rotation.id()
    ));
    let secret = rotation.rotated_key().to_string();
    let extra = Extra {
        first: Some(made(
            &secret,
            &rotation.remarks(),
            rotation.warning.as_deref(),
        )),
        ..Extra::default()
    };
    // The key is in place: whatever fails now, the secret must be seen.
    match shown_with(&app, &name, &extra).await {
        Ok(response) => Ok(response),
        Err(_) => Ok(page(
            &app,
            Page::new(&name, Section::Endpoints, Section::Endpoints.command()),
            extra.first.unwrap_or_default(),
        )),
    }
}

fn form(row: &ListedEndpoint, nonce: &str, is_alone: bool) -> Markup {
    let name = &row.name;
    let live: Vec<&str> = row
        .keys
        .iter()
        .filter(|key| key.live)
        .map(|key| key.id.as_str())
        .collect();
    html! {
        form action=(Address::to(&["endpoints", name, "rotate"])) method="post" class="card" {
            (notice(Tone::Attention, false, html! {
                p { b { (shown(name)) " gets " @if is_alone { "its first key." } @else { "another key." } } }
                ul {
                    @if !live.is_empty() {
                        li { "It accepts now: " @for id in &live { code { (shown(id)) } " " } }
                        li { "The old keys stay valid until the end that you choose." }
                    }
                    li { "The new secret is shown once, on the next page. Have the provider's settings open." }
                }
            }))
            input type="hidden" name="nonce" value=(nonce);
            input type="hidden" name="keys" value=(known(row));
            fieldset class="choices" {
                legend { "The old keys end" }
                @for (at, (value, text, remark, _)) in OVERLAPS.iter().enumerate() {
                    (choice(("overlap", value), at == 0, text, remark))
                }
            }
            p class="note" {
                "If the provider issues its own secrets, use the command line: "
                code { "coatcheck endpoints rotate-key " (shown(name)) " --secret-file FILE" }
                ". A secret is never typed into this page."
            }
            (confirm("Create the new key", "primary", &Address::to(&["endpoints", name])))
        }
    }
}

fn made(secret: &str, remarks: &[String], warning: Option<&str>) -> Markup {
    html! {
        div class="notice attention" role="status" {
            p { b { "Give this secret to the provider. It is not shown again." } }
            pre class="command secret" tabindex="0" aria-label="The new secret" { (secret) }
            p { (copy(secret, "the secret")) }
            @for line in remarks { p { (words(line)) } }
            @if let Some(warning) = warning { p { "Warning: " (shown(warning)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::parts::samples::{KEYS, listed as sample},
        *,
    };

    #[test]
    fn the_form_says_what_ends_and_never_asks_for_a_secret() {
        let html = form(&sample("billing", KEYS), "0123", false).into_string();
        for part in [
            "name=\"nonce\" value=\"0123\"",
            "value=\"24h\" checked",
            "billing</bdi> gets another key.",
            "<code><bdi>new</bdi></code>",
            "shown once",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(
            !html.contains("type=\"password\"") && !html.contains("hunter"),
            "{html}"
        );
        assert!(!html.contains("<bdi>gone</bdi>"), "{html}");
        let first = form(
            &sample("billing", r#"{"keys":[{"id":"a","secret":"b"}]}"#),
            "0",
            true,
        );
        assert!(first.into_string().contains("gets its first key."));
    }

    #[test]
    fn what_was_confirmed_changes_with_the_keys() {
        let before = known(&sample("billing", KEYS));
        assert_eq!(before, known(&sample("billing", KEYS)));
        let other = KEYS.replace("2026-11-23", "2026-11-24");
        assert_ne!(before, known(&sample("billing", &other)));
        assert_ne!(
            before,
            known(&sample(
                "billing",
                r#"{"keys":[{"id":"new","secret":"x"}]}"#
            ))
        );
        assert!(!before.contains("hunter"));
    }

    #[test]
    fn the_secret_is_in_the_answer_once_as_text() {
        let html = made("a<b>\"c", &["Next: <i>".to_owned()], None).into_string();
        assert!(html.contains("a&lt;b&gt;&quot;c</pre>"), "{html}");
        assert!(html.contains("data-copy=\"a&lt;b&gt;&quot;c\""), "{html}");
        assert!(html.contains("Next: &lt;i&gt;"), "{html}");
    }
}
