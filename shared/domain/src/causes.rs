use std::error::Error;

/// What caused an error, in one line: the texts of its sources. `None` if it has no source.
#[must_use]
pub fn causes(error: &dyn Error) -> Option<String> {
    chain(error.source())
}

/// An error and its causes, in one line.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    chain(Some(error)).unwrap_or_default()
}

fn chain(mut next: Option<&dyn Error>) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    while let Some(error) = next {
        let text = error.to_string();
        // Some errors repeat the text of their source.
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    (!texts.is_empty()).then(|| texts.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Layer(&'static str, #[source] Option<Box<Layer>>);

    #[test]
    fn each_cause_is_said_once() {
        let inner = Layer("no credentials", None);
        assert_eq!(causes(&inner), None);
        let repeats = Layer("no credentials", Some(Box::new(inner)));
        let outer = Layer("dispatch failure", Some(Box::new(repeats)));
        assert_eq!(causes(&outer).as_deref(), Some("no credentials"));
        assert_eq!(with_causes(&outer), "dispatch failure: no credentials");
    }
}
