//! Headers in the form of `curl -H`: `Name: value`, or `@file` with one per line.

use std::path::Path;

use anyhow::{Result, bail};

use crate::host;

/// The headers of `--header`, in order. An error names only the place of a mistake, because the
/// text may hold a secret.
pub(crate) fn read(given: &[String]) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (at, text) in given.iter().enumerate() {
        match file(text) {
            None => pairs.push(pair(text, &format!("--header number {}", at + 1))?),
            Some(path) => {
                let Ok(lines) = String::from_utf8(host::read(path)?) else {
                    bail!("{} is not UTF-8", path.display());
                };
                for (at, line) in lines
                    .lines()
                    .enumerate()
                    .filter(|(_, line)| !line.is_empty())
                {
                    let place = format!("line {} of {}", at + 1, path.display());
                    pairs.push(pair(line, &place)?);
                }
            }
        }
    }
    Ok(pairs)
}

/// The file that a `--header` names, if it names one.
pub(crate) fn file(given: &str) -> Option<&Path> {
    given.strip_prefix('@').map(Path::new)
}

fn pair(text: &str, place: &str) -> Result<(String, String)> {
    let Some((name, value)) = text.split_once(':') else {
        bail!("{place} has no colon: write it as 'Name: value'");
    };
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
        bail!("{place} has no valid header name: write it as 'Name: value'");
    }
    let value = value.strip_prefix(' ').unwrap_or(value);
    Ok((name.to_ascii_lowercase(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_space_after_the_colon_is_not_part_of_the_value() {
        let given = ["X-A: b", "x-a:b", "X-B:  c: d ", "X-C:"].map(str::to_owned);
        let pairs = read(&given).unwrap();
        let expected = [("x-a", "b"), ("x-a", "b"), ("x-b", " c: d "), ("x-c", "")];
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_mistake_is_named_by_its_place_alone() {
        for bad in ["hunter2", ": hunter2", "a b: hunter2"] {
            let problem = read(&["X-A: b".to_owned(), bad.to_owned()]).unwrap_err();
            let text = problem.to_string();
            assert!(text.starts_with("--header number 2 has no "), "{text}");
            assert!(!text.contains("hunter2"));
        }
    }
}
