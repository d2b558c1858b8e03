//! New secrets, in the form that a scheme decodes.

use aws_lc_rs::rand;
use base64_simd::STANDARD;
use domain::Secret;
use signature::{KeyDecode, KeySpec, Proof, Scheme};

use crate::{Problem, Result, problem::refuse};

/// 256 bits: 64 characters in hex, which every provider accepts that lets you choose the
/// secret.
const BYTES: usize = 32;

/// A random secret of a scheme. `user`: the user of HTTP Basic credentials.
///
/// # Errors
/// If only the provider can create a key of this scheme.
pub(super) fn random(scheme: &Scheme, user: &str) -> Result<Secret> {
    if scheme
        .describe()
        .is_ok_and(|described| described.has_public_key)
    {
        refuse!(
            "its key is the provider's public key: get the new one from the provider and pass it with --secret-file"
        );
    }
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes)
        .map_err(|_| Problem::Refused("the system has no random bytes".to_owned()))?;
    let hex = || hex::encode(bytes);
    let decoded = |spec: &KeySpec| {
        let prefix = spec.strip_prefix.as_deref().unwrap_or_default();
        match spec.decode {
            KeyDecode::Base64 => format!("{prefix}{}", STANDARD.encode_to_string(bytes)),
            KeyDecode::Hex => format!("{prefix}{}", hex()),
            KeyDecode::Utf8 => hex(),
        }
    };
    Ok(Secret::new(match &scheme.proof {
        Proof::Signed(signed) => decoded(&signed.key),
        Proof::Message(message) => decoded(&message.key),
        Proof::Basic => format!("{user}:{}", hex()),
        _ => hex(),
    }))
}

#[cfg(test)]
mod tests {
    use domain::SchemeRef;
    use signature::Site;
    use signature::{Key, Verifier, presets};

    use super::*;

    #[test]
    fn every_preset_whose_key_is_shared_takes_its_random_secrets_without_a_remark() {
        for preset in presets().unwrap() {
            let site = Site {
                url: Some("https://hooks.example.com/v1/hooks/example"),
                ..Site::default()
            };
            let verifier = Verifier::compile(&preset.scheme, &site).unwrap();
            let made = random(&preset.scheme, "user");
            if preset
                .scheme
                .describe()
                .is_ok_and(|described| described.has_public_key)
            {
                assert!(made.is_err(), "{}", preset.name);
                continue;
            }
            let key = Key::new("new", made.unwrap().expose());
            assert_eq!(verifier.key_problem(&key), None, "{}", preset.name);
        }
    }

    #[test]
    fn a_secret_has_the_form_of_its_scheme_and_is_another_each_time() {
        let secret = |name: &str| {
            let scheme = Scheme::resolve(&SchemeRef::Preset(name.to_owned())).unwrap();
            random(&scheme, "user").unwrap().expose().to_owned()
        };
        let standard = secret("standard-webhooks");
        assert!(
            standard.starts_with("whsec_") && standard.len() == 50,
            "{standard}"
        );
        assert_eq!(secret("github").len(), 64);
        assert!(secret("treasury-prime").starts_with("user:"));
        assert_ne!(secret("github"), secret("github"));
    }
}
