use signature::Verifier;

/// Whether a captured delivery is refused later, and after how long.
pub fn replay(verifier: &Verifier) -> String {
    match verifier.window() {
        Some(window) if verifier.replay_protected() => format!("yes, {} s", window.max_age_s),
        Some(_) => "no: its timestamp is not signed".to_owned(),
        None if verifier.replay_protected() => "yes, until its token ends".to_owned(),
        None => "no".to_owned(),
    }
}
