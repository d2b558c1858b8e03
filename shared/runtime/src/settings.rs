use std::{fmt, ops::RangeInclusive};

use serde::de::DeserializeOwned;

/// Reads settings and collects every problem, so that you can fix them in one go.
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

    /// An optional text.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.read)(name)
    }

    /// A required text that is not empty.
    pub fn text(&mut self, name: &str) -> String {
        match (self.read)(name) {
            Some(value) if !value.is_empty() => value,
            _ => {
                self.problems.push(format!("{name} is not set"));
                String::new()
            }
        }
    }

    /// A required whole number within the range.
    pub fn number(&mut self, name: &str, range: RangeInclusive<u32>) -> u32 {
        let lowest = *range.start();
        let text = self.text(name);
        if text.is_empty() {
            return lowest;
        }
        self.parsed(name, &text, &range).unwrap_or(lowest)
    }

    /// An optional whole number within the range.
    pub fn optional_number(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let text = self.optional(name)?;
        self.parsed(name, &text, &range)
    }

    fn parsed(&mut self, name: &str, text: &str, range: &RangeInclusive<u32>) -> Option<u32> {
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.problems.push(format!(
                "{name} must be a whole number from {} to {}",
                range.start(),
                range.end()
            ));
        }
        number
    }

    /// A required value, written as JSON.
    pub fn json<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let value = serde_json::from_str(&text);
        // Its own text could show a part of the value.
        value
            .map_err(|_| self.problem(&format!("{name} is not the JSON it must be")))
            .ok()
    }

    /// Adds a problem that only the caller can see.
    pub fn problem(&mut self, problem: &str) {
        self.problems.push(problem.to_owned());
    }

    /// `on` or `off`; the caller decides what a missing one means.
    pub fn switch(&mut self, name: &str, otherwise: bool) -> bool {
        match self.optional(name).as_deref() {
            None => otherwise,
            Some("on") => true,
            Some("off") => false,
            Some(_) => {
                self.problems.push(format!("{name} must be on or off"));
                otherwise
            }
        }
    }

    /// One of these values, if set.
    pub fn choice(&mut self, name: &str, values: &[&'static str]) -> Option<&'static str> {
        let text = self.optional(name)?;
        let chosen = values.iter().copied().find(|value| *value == text);
        if chosen.is_none() {
            let all = values.join(", ");
            let all = match all.rsplit_once(", ") {
                Some((others, last)) => format!("{others} or {last}"),
                None => all,
            };
            self.problems.push(format!("{name} must be {all}"));
        }
        chosen
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
    fn every_problem_is_reported_at_once() {
        let mut settings = Settings::new(|name: &str| match name {
            "TABLE" => Some("events".to_owned()),
            "DAYS" => Some("0".to_owned()),
            "AT_ONCE" => Some("many".to_owned()),
            "ORDER" => Some("yes".to_owned()),
            "IDEMPOTENCY" => Some("off".to_owned()),
            _ => None,
        });
        assert_eq!(settings.text("TABLE"), "events");
        settings.number("DAYS", 1..=3650);
        settings.text("BUCKET");
        assert_eq!(settings.optional_number("AT_ONCE", 1..=100), None);
        assert_eq!(settings.optional_number("NOT_SET", 1..=100), None);
        settings.switch("ORDER", false);
        assert!(!settings.switch("IDEMPOTENCY", true));
        assert!(settings.switch("NOT_SET", true));
        let problem = settings.done().unwrap_err().to_string();
        assert!(
            problem.contains("DAYS must be a whole number from 1 to 3650"),
            "{problem}"
        );
        for text in [
            "BUCKET is not set",
            "AT_ONCE must be a whole number",
            "ORDER must be on or off",
        ] {
            assert!(problem.contains(text), "{problem}");
        }
        assert!(!problem.contains("NOT_SET"), "{problem}");
    }
}
