//! The signing keys of an HTTP destination, without their secrets.

use maud::{Markup, html};
use operator::{
    Result, Tone,
    subscriptions::{KeyPlace, ListedSigningKey},
};

use crate::{
    address::Address,
    app::Console,
    markup::{Column, button, notice, shown, state, table, time},
};

/// Its keys, if it has a secret for them.
pub(super) async fn read(app: &Console, name: &str) -> Option<Result<Vec<ListedSigningKey>>> {
    let one = app.stack.description.subscriptions.get(name)?;
    one.deliver.as_ref()?.secret.as_ref()?;
    Some(listed(app, name).await)
}

/// Its keys; an error if it has no HTTP destination.
pub(super) async fn listed(app: &Console, name: &str) -> Result<Vec<ListedSigningKey>> {
    KeyPlace::find(&app.stack, name)?.list(&app.stack).await
}

pub(super) fn card(name: &str, keys: &Result<Vec<ListedSigningKey>>, operate: bool) -> Markup {
    let rotate = Address::to(&["subscriptions", name, "rotate"]);
    html! {
        section class="card" aria-label="Signing keys" {
            div class="head" {
                h2 { "Signing keys" }
                @if operate && keys.is_ok() { (button("Rotate key …", &rotate, "")) }
            }
            @match keys {
                Err(problem) => (notice(Tone::Attention, false, html! {
                    @for line in problem.with_causes().lines() { p { (shown(line)) } }
                })),
                Ok(keys) if keys.is_empty() => p class="note" { "There is none yet, so nothing can be signed." },
                Ok(keys) => (listing(keys)),
            }
        }
    }
}

fn listing(keys: &[ListedSigningKey]) -> Markup {
    let columns = [
        Column::head("Key"),
        Column::text("State"),
        Column::time("Ends"),
    ];
    let cells: Vec<Vec<Markup>> = keys
        .iter()
        .map(|key| {
            vec![
                html! { code { (shown(&key.id)) } },
                if key.live {
                    state("signs", Tone::Good)
                } else {
                    state("ended", Tone::Quiet)
                },
                html! { @match key.not_after { Some(at) => (time(at)), None => "no end" } },
            ]
        })
        .collect();
    table("Keys, without their secrets", &columns, &cells)
}

/// Keys for the tests of these pages.
#[cfg(test)]
pub(super) mod samples {
    use super::ListedSigningKey;

    pub(crate) fn key(id: &str, not_after: Option<&str>, live: bool) -> ListedSigningKey {
        ListedSigningKey {
            id: id.to_owned(),
            not_after: not_after.map(|at| at.parse().unwrap()),
            live,
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::Problem;

    use super::{samples::key, *};

    #[test]
    fn each_key_says_whether_it_signs_and_until_when() {
        let keys = vec![
            key("<new>", None, true),
            key("old", Some("2026-11-28T00:00:00Z"), true),
            key("gone", Some("2026-11-26T00:00:00Z"), false),
        ];
        let html = card("crm", &Ok(keys), true).into_string();
        for part in [
            "&lt;new&gt;",
            "no end",
            "2026-11-28T00:00:00.000Z",
            "ended",
            "href=\"/subscriptions/crm/rotate\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let none = card("crm", &Ok(Vec::new()), false).into_string();
        assert!(
            none.contains("none yet") && !none.contains("/rotate"),
            "{none}"
        );
    }

    #[test]
    fn keys_that_cannot_be_read_say_why_and_cannot_be_rotated() {
        let denied = Problem::Refused("secretsmanager:GetSecretValue <is> missing".to_owned());
        let html = card("crm", &Err(denied), true).into_string();
        assert!(
            html.contains("GetSecretValue &lt;is&gt;") && !html.contains("/rotate"),
            "{html}"
        );
    }
}
