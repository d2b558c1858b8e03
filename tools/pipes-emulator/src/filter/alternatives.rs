use serde_json::{Map, Value, json};

/// Patterns that together match what this one does. A list with `exists: false` beside other choices becomes two:
/// in one, quamina does not match a record without the field. AWS's matcher takes both in one list, as its own tests do
/// (`[{"exists": false}, "1"]`).
/// <https://github.com/aws/event-ruler/blob/main/src/test/software/amazon/event/ruler/ACMachineTest.java>
pub(super) fn alternatives(pattern: &Value) -> Vec<Value> {
    match pattern {
        Value::Object(fields) => {
            let none = vec![Map::new()];
            let all = fields.iter().fold(none, |made, (name, value)| {
                let values = alternatives(value);
                let with = |so_far: &Map<_, _>| {
                    let so_far = so_far.clone();
                    values.clone().into_iter().map(move |value| {
                        let mut fields = so_far.clone();
                        fields.insert(name.clone(), value);
                        fields
                    })
                };
                made.iter().flat_map(with).collect()
            });
            all.into_iter().map(Value::Object).collect()
        }
        Value::Array(choices) => {
            let is_absent = |choice: &&Value| **choice == json!({"exists": false});
            let (absent, others): (Vec<_>, Vec<_>) = choices.iter().partition(is_absent);
            let lists = [absent, others].into_iter().filter(|list| !list.is_empty());
            lists.map(|list| json!(list)).collect()
        }
        other => vec![other.clone()],
    }
}
