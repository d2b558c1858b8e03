//! The JSON paths of Pipes: `$.name.other[0][*]`, as input templates and target parameters write them.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

/// A parsed path. An empty one (`$`) names the whole event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    All,
}

impl Path {
    /// `None` unless the text is `$(\.[\w/_-]+(\[(\d+|\*)\])*)*`, the pattern of the API's `JsonPath`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        if rest.is_empty() {
            return Some(Self {
                text: text.to_owned(),
                steps,
            });
        }
        for part in rest.strip_prefix('.')?.split('.') {
            let (key, brackets) = match part.find('[') {
                Some(at) => part.split_at_checked(at)?,
                None => (part, ""),
            };
            let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '-');
            if key.is_empty() || !key.chars().all(word) {
                return None;
            }
            steps.push(Step::Key(key.to_owned()));
            let mut rest = brackets;
            while !rest.is_empty() {
                let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
                steps.push(match inside {
                    "*" => Step::All,
                    digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
                        Step::Index(digits.parse().ok()?)
                    }
                    _ => return None,
                });
                rest = after;
            }
        }
        Some(Self {
            text: text.to_owned(),
            steps,
        })
    }

    /// What the path names in `value`; `None` if nothing is there.
    pub(crate) fn find<'a>(&self, value: &'a Value) -> Option<Cow<'a, Value>> {
        walk(&self.steps, value)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn walk<'a>(steps: &[Step], value: &'a Value) -> Option<Cow<'a, Value>> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(Cow::Borrowed(value));
    };
    match step {
        Step::Key(key) => walk(rest, value.as_object()?.get(key)?),
        Step::Index(index) => walk(rest, value.as_array()?.get(*index)?),
        Step::All => {
            let found = value
                .as_array()?
                .iter()
                .filter_map(|item| walk(rest, item))
                .map(Cow::into_owned);
            Some(Cow::Owned(Value::Array(found.collect())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn find(path: &str, value: &Value) -> Option<Value> {
        Path::parse(path).unwrap().find(value).map(Cow::into_owned)
    }

    #[test]
    fn finds_keys_indexes_and_all() {
        let value = json!({"a": {"detail-type": [1, {"b": "x"}, {"b": "y"}]}});
        assert_eq!(find("$.a.detail-type[0]", &value), Some(json!(1)));
        assert_eq!(find("$.a.detail-type[1].b", &value), Some(json!("x")));
        assert_eq!(
            find("$.a.detail-type[*].b", &value),
            Some(json!(["x", "y"]))
        );
        assert_eq!(find("$", &value), Some(value.clone()));
        assert_eq!(find("$.a.b", &value), None);
        assert_eq!(find("$.a.detail-type[9]", &value), None);
    }

    #[test]
    fn refuses_what_the_api_refuses() {
        for bad in [
            "", "a", "$a", "$.", "$.a.", "$..a", "$.a[", "$.a[x]", "$.a[-1]", "$.a b", "$['a']",
            "$.a[0",
        ] {
            assert_eq!(Path::parse(bad), None, "{bad}");
        }
    }
}
