use crate::Problem;

const VARIABLES: &str = include_str!("../../../terraform/variables.tf");
const PROCESSORS: &str = include_str!("../../../terraform/variables_processors.tf");

/// The defaults of the stack that change what it costs, as Terraform has them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// Memory of `ingest`, in MB.
    pub ingest_mb: f64,
    /// Memory of the authorizer, in MB.
    pub authorizer_mb: f64,
    /// Memory of `admit`, in MB.
    pub admit_mb: f64,
    /// Memory of a processor, in MB.
    pub processor_mb: f64,
    /// How many messages `admit` works on at once.
    pub admit_at_once: f64,
    /// Requests a second that the API takes for each method.
    pub rate: f64,
    /// Events that a processor works on at once.
    pub events_at_once: f64,
    /// Days for which payloads are kept.
    pub payload_days: f64,
    /// Days for which pointers are kept.
    pub pointer_days: f64,
    /// Days for which logs are kept.
    pub log_days: f64,
}

impl Defaults {
    /// Reads them.
    ///
    /// # Errors
    /// If one is not where it was, which a test excludes.
    pub fn of_terraform() -> Result<Self, Problem> {
        Self::read(VARIABLES, PROCESSORS)
    }

    fn read(variables: &str, processors: &str) -> Result<Self, Problem> {
        let of_function = |name: &'static str, what: &str| {
            let after = block(variables, "variable \"functions\"");
            let after = after.and_then(|text| rest(text, &format!("{name} = optional(object({{")));
            optional(after, what).ok_or(Problem::NoDefault(name))
        };
        let function = |name: &'static str| of_function(name, "memory_mb");
        let days = |name: &'static str| {
            let text = block(variables, &format!("variable \"{name}\""));
            let value = text
                .and_then(|text| number(rest(text, "default")?.trim_start().strip_prefix('=')?));
            value.ok_or(Problem::NoDefault(name))
        };
        let processor = |name: &'static str| {
            optional(block(processors, "variable \"processors\""), name)
                .ok_or(Problem::NoDefault(name))
        };
        Ok(Self {
            ingest_mb: function("ingest")?,
            authorizer_mb: function("authorizer")?,
            admit_mb: function("admit")?,
            admit_at_once: of_function("admit", "max_concurrency")?,
            rate: optional(block(variables, "variable \"throttle\""), "rate")
                .ok_or(Problem::NoDefault("throttle"))?,
            processor_mb: processor("memory_mb")?,
            events_at_once: processor("events_at_once")?,
            payload_days: days("payload_retention_days")?,
            pointer_days: days("pointer_ttl_days")?,
            log_days: days("log_retention_days")?,
        })
    }
}

/// The text of a top-level block, which ends where a line begins with its brace.
fn block<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let text = rest(text, head)?;
    text.split("\n}").next()
}

fn rest<'a>(text: &'a str, after: &str) -> Option<&'a str> {
    text.split_once(after).map(|(_, rest)| rest)
}

/// The default in `NAME = optional(number, DEFAULT)`, however it is aligned.
fn optional(text: Option<&str>, name: &str) -> Option<f64> {
    let line = text?.lines().find(|line| {
        let line = line.trim_start().strip_prefix(name);
        line.is_some_and(|rest| rest.trim_start().starts_with('='))
    })?;
    number(rest(line, "optional(number,")?)
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    text.get(..end.unwrap_or(text.len()))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_default_changes_what_is_read() {
        let today = Defaults::of_terraform().unwrap();
        assert!(
            today.ingest_mb >= 128.0 && today.processor_mb >= 128.0,
            "{today:?}"
        );
        assert!(today.pointer_days >= today.payload_days, "{today:?}");
        let (before, after) = VARIABLES.split_once("ingest = optional(object({").unwrap();
        let old = format!("optional(number, {})", today.ingest_mb);
        let after = after.replacen(&old, "optional(number, 777)", 1);
        let changed = format!("{before}ingest = optional(object({{{after}");
        let changed = Defaults::read(&changed, PROCESSORS).unwrap();
        assert_eq!(
            changed,
            Defaults {
                ingest_mb: 777.0,
                ..today
            }
        );
    }

    #[test]
    fn a_default_that_is_gone_is_named() {
        let text = VARIABLES.replace("variable \"log_retention_days\"", "variable \"x\"");
        let problem = Defaults::read(&text, PROCESSORS).unwrap_err().to_string();
        assert!(problem.contains("log_retention_days"), "{problem}");
        let problem = Defaults::read(VARIABLES, "").unwrap_err().to_string();
        assert!(problem.contains("memory_mb"), "{problem}");
    }
}
