use std::{fmt, ops::RangeInclusive};

/// Reads settings and collects every problem, so that a person mends them in
/// one go.
pub struct Settings<R> {
    read: R,
    problems: Vec<String>,
}

/// The settings cannot be used; the text lists every one. Do not start.
#[derive(Debug)]
pub struct SettingsProblem(Vec<String>);

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "settings: {}", self.0.join("; "))
    }
}

impl std::error::Error for SettingsProblem {}

impl Settings<fn(&str) -> Option<String>> {
    /// Settings of this process's environment.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl<R: Fn(&str) -> Option<String>> Settings<R> {
    /// Settings that `read` gives by name.
    pub fn new(read: R) -> Self {
        Self {
            read,
            problems: Vec::new(),
        }
    }

    /// A text that need not be there.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.read)(name)
    }

    /// A text that must be there and not empty.
    pub fn text(&mut self, name: &str) -> String {
        match (self.read)(name) {
            Some(value) if !value.is_empty() => value,
            _ => {
                self.problems.push(format!("{name} is not set"));
                String::new()
            }
        }
    }

    /// A whole number that must be there and within the range.
    pub fn number(&mut self, name: &str, range: RangeInclusive<u32>) -> u32 {
        let text = self.text(name);
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                if !text.is_empty() {
                    self.problems.push(format!(
                        "{name} must be a whole number from {} to {}",
                        range.start(),
                        range.end()
                    ));
                }
                *range.start()
            }
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`SettingsProblem`] with all that was wrong.
    pub fn done(self) -> Result<(), SettingsProblem> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(SettingsProblem(self.problems))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_at_once() {
        let mut settings = Settings::new(|name: &str| match name {
            "TABLE" => Some("events".to_owned()),
            "DAYS" => Some("0".to_owned()),
            _ => None,
        });
        assert_eq!(settings.text("TABLE"), "events");
        settings.number("DAYS", 1..=3650);
        settings.text("BUCKET");
        let problem = settings.done().unwrap_err().to_string();
        assert!(
            problem.contains("DAYS must be a whole number from 1 to 3650"),
            "{problem}"
        );
        assert!(problem.contains("BUCKET is not set"), "{problem}");
    }
}
