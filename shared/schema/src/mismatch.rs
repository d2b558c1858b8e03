use std::collections::BTreeSet;

use domain::Mismatch;
use serde_json::Value;

/// Where in a payload a rule is broken, from the pointers that the library gives. The place shows
/// no name of a member that the schema does not have itself, for such names may be data: for
/// instance addresses. They are `*`.
pub(crate) fn broken(at: &str, rule: &str, payload: &Value, names: &BTreeSet<String>) -> Mismatch {
    let mut place = String::new();
    let mut here = Some(payload);
    for segment in at.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        place.push('/');
        // A number names an item of an array, and may be data as a member's name.
        here = match here {
            Some(Value::Array(items)) => {
                place.push_str(segment);
                name.parse().ok().and_then(|index: usize| items.get(index))
            }
            Some(Value::Object(members)) if names.contains(&name) => {
                place.push_str(segment);
                members.get(&name)
            }
            Some(Value::Object(members)) => {
                place.push('*');
                members.get(&name)
            }
            _ => {
                place.push('*');
                None
            }
        };
    }
    Mismatch::Rule {
        place,
        rule: rule.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_shows_the_schemas_names_and_no_others() {
        let payload =
            json!({"users": {"a@example.com": {"age": "x", "4111": 1}}, "a/b": [{"~": 1}]});
        let names = ["users", "age", "a/b", "~"].map(str::to_owned).into();
        let place = |at: &str| match broken(at, "/r", &payload, &names) {
            Mismatch::Rule { place, .. } => place,
            other => panic!("{other}"),
        };
        for (at, shown) in [
            ("", ""),
            ("/users/a@example.com/age", "/users/*/age"),
            ("/users/a@example.com/4111", "/users/*/*"),
            ("/a~1b/0/~0", "/a~1b/0/~0"),
            ("/a~1b/9/x", "/a~1b/9/*"),
        ] {
            assert_eq!(place(at), shown, "{at}");
        }
    }
}
