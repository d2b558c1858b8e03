//! Rotates the signing key of an HTTP destination. No secret comes to a page: the command line shows it.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{SignedDuration, format_time};
use maud::{Markup, html};
use operator::{
    Tone,
    subscriptions::{ListedSigningKey, plan_key_rotation},
};

use super::{
    keys::listed,
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
    markup::{choice, confirm, notice, shown, words},
};

/// When the old key ends: the field's values, in words, with what that means.
const OVERLAPS: [(&str, &str, &str, SignedDuration); 3] = [
    (
        "24h",
        "in 24 hours",
        "if the receiver gets the new key today",
        SignedDuration::from_hours(24),
    ),
    ("7d", "in 7 days", "", SignedDuration::from_hours(168)),
    (
        "5m",
        "in 5 minutes",
        "the old key leaked, and the receiver drops it now",
        SignedDuration::from_mins(5),
    ),
];

/// What the form's nonce is for.
fn what(name: &str) -> String {
    format!("rotate the signing key of {name}")
}

/// The keys that were there when it was confirmed. Another set means that someone else has rotated
/// meanwhile.
fn known(keys: &[ListedSigningKey]) -> String {
    let ids = keys.iter().map(|key| {
        let end = key.not_after.map(format_time).unwrap_or_default();
        format!("{}@{end}", key.id)
    });
    ids.collect::<Vec<_>>().join("\n")
}

pub(super) async fn ask(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    if !app.operate {
        return Err(Failure::ReadOnly);
    }
    // Says at once why it is not possible. The secret that it makes is dropped.
    plan_key_rotation(&app.stack, &name, OVERLAPS[0].3).await?;
    let keys = listed(&app, &name).await?;
    let nonce = app
        .nonces
        .issue(&what(&name))
        .map_err(|_| Failure::Busy("The system has no random numbers now."))?;
    let title = format!("Rotate the signing key of {name}?");
    let command = format!("coatcheck subscriptions rotate-key {name}");
    let asking = Page {
        crumb: Some(crumb(Some(&name))),
        ..Page::new(&title, Section::Subscriptions, &command)
    };
    Ok(page(&app, asking, form(&name, &keys, &nonce)))
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
    // A browser sends line ends in its own way.
    let confirmed = fields.needs("keys")?.replace("\r\n", "\n");
    if confirmed != known(&listed(&app, &name).await?) {
        return Err(Failure::Changed(
            "Nothing was changed: the subscription has other keys now. Look at them, then confirm again."
                .to_owned(),
        ));
    }
    let planned = plan_key_rotation(&app.stack, &name, *overlap).await?;
    let did = format!("{}, whose old key ends {when}", what(&name));
    let rotation = change(&app, &did, planned.apply(&app.stack)).await?;
    app.log(&rotation.rotated().to_string());
    let said = done(&rotation.rotated().to_string(), &rotation.remarks());
    let extra = Extra {
        first: Some(said),
        ..Extra::default()
    };
    shown_with(&app, &name, None, &extra).await
}

fn form(name: &str, keys: &[ListedSigningKey], nonce: &str) -> Markup {
    let live: Vec<&ListedSigningKey> = keys.iter().filter(|key| key.live).collect();
    html! {
        form action=(Address::to(&["subscriptions", name, "rotate"])) method="post" class="card" {
            (notice(Tone::Attention, false, html! {
                p { b { (shown(name)) " gets " @if live.is_empty() { "its first signing key." } @else { "another signing key." } } }
                ul {
                    @for key in &live {
                        li {
                            "The key " code { (shown(&key.id)) } " signs too until the end that you choose"
                            @if key.not_after.is_some() { ", or until its own" }
                            ". Then a receiver without the new key refuses the events."
                        }
                    }
                    li { "No secret is shown here. The command line shows it, for the receiver." }
                }
            }))
            input type="hidden" name="nonce" value=(nonce);
            input type="hidden" name="keys" value=(known(keys));
            @if live.is_empty() {
                input type="hidden" name="overlap" value=(OVERLAPS[0].0);
            } @else {
                fieldset class="choices" {
                    legend { "The old key ends" }
                    @for (at, (value, text, remark, _)) in OVERLAPS.iter().enumerate() {
                        (choice(("overlap", value), at == 0, text, remark))
                    }
                }
            }
            (confirm("Create the new key", "primary", &Address::to(&["subscriptions", name])))
        }
    }
}

fn done(text: &str, remarks: &[String]) -> Markup {
    html! {
        div role="status" {
            (notice(Tone::Good, false, html! {
                p { b { (shown(text)) "." } }
                @for line in remarks { p { (words(line)) } }
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::keys::samples::key, *};

    #[test]
    fn the_form_says_which_key_ends() {
        let keys = [
            key("<new>", None, true),
            key("gone", Some("2026-11-26T00:00:00Z"), false),
        ];
        let html = form("crm", &keys, "0123").into_string();
        for part in [
            "name=\"nonce\" value=\"0123\"",
            "value=\"24h\" checked",
            "gets another signing key",
            "&lt;new&gt;",
            "action=\"/subscriptions/crm/rotate\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("<code><bdi>gone"), "{html}");
        let first = form("crm", &[], "0").into_string();
        assert!(
            first.contains("its first signing key") && !first.contains("radio"),
            "{first}"
        );
    }

    #[test]
    fn what_was_confirmed_changes_with_the_keys() {
        let end = Some("2026-11-28T00:00:00Z");
        let before = known(&[key("a", None, true), key("b", end, true)]);
        assert_eq!(before, known(&[key("a", None, true), key("b", end, true)]));
        assert_ne!(before, known(&[key("a", None, true), key("b", None, true)]));
        assert_ne!(before, known(&[key("a", None, true)]));
    }

    #[test]
    fn what_was_done_is_text() {
        let html = done(
            "crm: the key <b> is in place",
            &["Then: `coatcheck`".to_owned()],
        );
        let html = html.into_string();
        assert!(
            html.contains("&lt;b&gt;") && html.contains("notice good"),
            "{html}"
        );
    }
}
