use domain::Headers;
use operator::describe::{description, has_public_key, is_in_body, reads};
use signature::{Preset, Proof};

use crate::scheme::EXAMPLE_URL;

/// Commands that sign a body and verify it again.
pub(super) fn of(preset: &Preset, needs_url: bool) -> String {
    let scheme = &preset.scheme;
    let mut common = format!("--scheme {}", preset.name);
    if description(scheme).names_its_key {
        common += " --secret-id KID";
    }
    if scheme.also_basic {
        common += " --basic USER:PASSWORD";
    }
    if needs_url {
        common += &format!(" --url {EXAMPLE_URL}");
    }
    let (signs, verifies) = if has_public_key(scheme) {
        ("private-key.txt", "public-key.txt")
    } else {
        ("secret.txt", "secret.txt")
    };
    if let Proof::Jwt(_) = scheme.proof {
        return format!(
            "An endpoint says the rest under jwt. To try it, put issuer, audience and the claims into a copy of the scheme above:\n\n  coatcheck verify --scheme ./scheme.json --secret-id KID --secret-file {verifies} --header 'authorization: Bearer TOKEN' body.json\n"
        );
    }
    if is_in_body(scheme) {
        return format!(
            "Verify (the signature is in the body, so `sign` cannot make one):\n\n  coatcheck verify {common} --secret-file {verifies} body.json\n"
        );
    }
    let headers: String = reads(scheme, &Headers::default())
        .iter()
        .filter(|read| !read.is_written)
        .filter_map(|read| Some(format!(" --header '{}: msg_1'", read.names.first()?)))
        .collect();
    format!(
        "Sign and verify:\n\n  coatcheck sign {common} --secret-file {signs}{headers} body.json |\n    coatcheck verify {common} --secret-file {verifies} --header @- body.json\n"
    )
}
