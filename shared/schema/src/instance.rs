//! A payload as the validator sees it: each look costs, and when the cost of a check is spent,
//! or its stack, the check ends.
//!
//! The library cannot be asked to stop. So the look that passes the bound unwinds, up to
//! [`within`]; nothing below it holds anything that would be left half done. An unwind by
//! `resume_unwind` calls no hook and writes nothing.

use std::{
    borrow::Cow,
    cell::Cell,
    ops::ControlFlow,
    panic::{UnwindSafe, catch_unwind, resume_unwind},
    ptr::from_ref,
};

use domain::Mismatch;
use jsonschema::{
    JsonType,
    json::{Array, Json, Node, NodeIdentity, Object, cmp},
};
use serde_json::{Map, Number, Value, map};

use crate::{
    bounds::{
        COST_OF_A_BYTE, COST_OF_A_HASH, COST_OF_A_NAMES_BYTE, COST_OF_AN_OBJECT, STACK_BYTES,
    },
    unique,
};

/// Which bound ended a check.
struct Ended(&'static str);

/// Does the work of a check; the error says which bound it passed.
pub(crate) fn within<T>(work: impl FnOnce() -> T + UnwindSafe) -> Result<T, Mismatch> {
    catch_unwind(work).map_err(|why| {
        // Whatever else unwinds is a fault of the library: the payload was not checked.
        let bound = why.downcast_ref().map_or("validator", |Ended(bound)| bound);
        Mismatch::Limit(bound)
    })
}

fn end(bound: &'static str) -> ! {
    resume_unwind(Box::new(Ended(bound)))
}

/// What a check may still cost, and where its stack begins.
pub(crate) struct Meter {
    left: Cell<u64>,
    stack: usize,
    /// What a byte of a member's name costs.
    name_byte: usize,
}

impl Meter {
    /// For so much, by a schema that compares a name with so many patterns.
    pub(crate) fn of(cost: u64, name_patterns: usize) -> Self {
        let here = 0_u8;
        Self {
            left: Cell::new(cost),
            stack: from_ref(&here).addr(),
            name_byte: name_patterns * COST_OF_A_NAMES_BYTE,
        }
    }

    /// What is left of it.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    #[inline]
    fn spend(&self, cost: usize) {
        match self.left.get().checked_sub(cost as u64) {
            Some(left) => self.left.set(left),
            None => {
                self.left.set(0);
                end("cost")
            }
        }
    }

    /// Where the validator may go deeper.
    #[inline]
    fn descend(&self) {
        let here = 0_u8;
        if from_ref(&here).addr().abs_diff(self.stack) > STACK_BYTES {
            end("stack");
        }
    }
}

/// How much a text costs if all of it is looked at.
const fn by_length(bytes: usize) -> usize {
    1 + bytes / 32
}

/// The representation.
pub(crate) struct Metered;

/// One value of a payload.
#[derive(Clone, Copy)]
pub(crate) struct Instance<'a> {
    value: &'a Value,
    /// `None`: a name that the library wraps itself. Names are short.
    meter: Option<&'a Meter>,
}

impl<'a> Instance<'a> {
    pub(crate) const fn new(value: &'a Value, meter: &'a Meter) -> Self {
        let meter = Some(meter);
        Self { value, meter }
    }

    /// The number that it is, at this cost.
    #[inline]
    pub(crate) fn number(&self, cost: usize) -> Option<&'a Number> {
        self.spend(cost);
        self.value.as_number()
    }

    #[inline]
    fn of(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    #[inline]
    fn spend(&self, cost: usize) {
        if let Some(meter) = self.meter {
            meter.spend(cost);
        }
    }

    /// Of a copy of the value with all that it holds.
    fn spend_copy(&self, value: &Value) {
        match value {
            Value::String(text) => self.spend(by_length(text.len())),
            Value::Array(items) => {
                self.spend(1);
                items.iter().for_each(|item| self.spend_copy(item));
            }
            Value::Object(members) => {
                self.spend(COST_OF_AN_OBJECT);
                for (name, value) in members {
                    self.spend(by_length(name.len()));
                    self.spend_copy(value);
                }
            }
            _ => self.spend(1),
        }
    }

    /// Of the value with all that it holds.
    fn spend_whole(&self, value: &Value) {
        match value {
            Value::String(text) => self.spend(by_length(text.len())),
            Value::Array(items) => {
                self.spend(1);
                items.iter().for_each(|item| self.spend_whole(item));
            }
            Value::Object(members) => {
                self.spend(1);
                for (name, value) in members {
                    self.spend(by_length(name.len()));
                    self.spend_whole(value);
                }
            }
            _ => self.spend(1),
        }
    }
}

impl Json for Metered {
    type Node<'a> = Instance<'a>;
    type PreparedKey = String;
    type StringBuffer = Value;

    // As for `serde_json` itself, whose map this is.
    const KEYS_PER_LOOKUP: usize = 2;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        buffer: &mut Value,
        string: &str,
        f: impl FnOnce(Instance<'_>) -> T,
    ) -> T {
        *buffer = Value::String(string.to_owned());
        let value = &*buffer;
        f(Instance { value, meter: None })
    }
}

impl<'a> Node<'a, Metered> for Instance<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = &'a Number;

    #[inline]
    fn as_object(&self) -> Option<Members<'a>> {
        self.spend(1);
        let members = self.value.as_object()?;
        if let Some(meter) = self.meter {
            meter.descend();
        }
        Some(Members { members, of: *self })
    }

    #[inline]
    fn as_array(&self) -> Option<Items<'a>> {
        self.spend(1);
        let items = self.value.as_array()?;
        if let Some(meter) = self.meter {
            meter.descend();
        }
        Some(Items { items, of: *self })
    }

    /// Patterns read a whole text, and they are what is slowest of all.
    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.spend(1);
        let text = self.value.as_str()?;
        self.spend(text.len().saturating_mul(COST_OF_A_BYTE));
        Some(Cow::Borrowed(text))
    }

    #[inline]
    fn as_number(&self) -> Option<&'a Number> {
        self.number(1)
    }

    #[inline]
    fn as_boolean(&self) -> Option<bool> {
        self.spend(1);
        self.value.as_bool()
    }

    #[inline]
    fn is_null(&self) -> bool {
        self.spend(1);
        self.value.is_null()
    }

    #[inline]
    fn is_number(&self) -> bool {
        self.spend(1);
        self.value.is_number()
    }

    #[inline]
    fn is_string(&self) -> bool {
        self.spend(1);
        self.value.is_string()
    }

    #[inline]
    fn json_type(&self) -> JsonType {
        self.spend(1);
        match self.value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::String(_) => JsonType::String,
            Value::Array(_) => JsonType::Array,
            Value::Object(_) => JsonType::Object,
        }
    }

    fn string_length(&self) -> Option<u64> {
        let text = self.value.as_str()?;
        self.spend(by_length(text.len()));
        Some(text.chars().count() as u64)
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        let text = self.value.as_str()?;
        // A code point takes one to four bytes.
        let bytes = text.len() as u64;
        let fewest = bytes.div_ceil(4);
        if bytes < min || fewest > max {
            self.spend(1);
            return Some(false);
        }
        if min <= fewest && bytes <= max {
            self.spend(1);
            return Some(true);
        }
        self.string_length()
            .map(|length| (min..=max).contains(&length))
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match self.value {
            // No more is compared than the shorter one has.
            Value::String(text) => self.spend(by_length(
                text.len().min(expected.as_str().map_or(0, str::len)),
            )),
            Value::Array(_) | Value::Object(_) if expected.is_array() || expected.is_object() => {
                self.spend_whole(self.value);
            }
            _ => self.spend(1),
        }
        cmp::equal(self.value, expected)
    }

    /// For an error, which is copied if it is that of a branch.
    fn to_value(&self) -> Cow<'a, Value> {
        self.spend_copy(self.value);
        Cow::Borrowed(self.value)
    }

    fn identity(&self) -> Option<NodeIdentity> {
        self.spend(1);
        if let Some(meter) = self.meter {
            meter.descend();
        }
        Some(NodeIdentity::new(from_ref(self.value).addr()))
    }
}

/// An object.
pub(crate) struct Members<'a> {
    members: &'a Map<String, Value>,
    of: Instance<'a>,
}

/// The members of an object.
pub(crate) struct MembersIter<'a> {
    members: map::Iter<'a>,
    of: Instance<'a>,
}

impl<'a> Iterator for MembersIter<'a> {
    type Item = (&'a str, Instance<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.of.spend(1);
        let (name, value) = self.members.next()?;
        if let Some(meter) = self.of.meter {
            meter.spend(name.len() * meter.name_byte);
        }
        Some((name, self.of.of(value)))
    }
}

impl<'a> Object<'a, Metered> for Members<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = MembersIter<'a>;

    fn len(&self) -> usize {
        self.members.len()
    }

    #[inline]
    fn get(&self, key: &String) -> Option<Instance<'a>> {
        // The whole name is hashed.
        self.of.spend(by_length(key.len()));
        self.members.get(key).map(|value| self.of.of(value))
    }

    fn members(&self) -> MembersIter<'a> {
        MembersIter {
            members: self.members.iter(),
            of: self.of,
        }
    }

    fn try_for_each_name_node<B>(
        &self,
        buffer: &mut Value,
        mut f: impl FnMut(Instance<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for name in self.members.keys() {
            self.of.spend(by_length(name.len()));
            *buffer = Value::String(name.clone());
            let value = &*buffer;
            let meter = self.of.meter;
            f(Instance { value, meter })?;
        }
        ControlFlow::Continue(())
    }
}

/// An array.
pub(crate) struct Items<'a> {
    items: &'a [Value],
    of: Instance<'a>,
}

/// The items of an array.
pub(crate) struct ItemsIter<'a> {
    items: std::slice::Iter<'a, Value>,
    of: Instance<'a>,
}

impl<'a> Iterator for ItemsIter<'a> {
    type Item = Instance<'a>;

    #[inline]
    fn next(&mut self) -> Option<Instance<'a>> {
        self.of.spend(1);
        self.items.next().map(|item| self.of.of(item))
    }
}

impl<'a> Array<'a, Metered> for Items<'a> {
    type Node = Instance<'a>;
    type ElementsIter = ItemsIter<'a>;

    fn len(&self) -> usize {
        self.items.len()
    }

    fn elements(&self) -> ItemsIter<'a> {
        ItemsIter {
            items: self.items.iter(),
            of: self.of,
        }
    }

    fn is_unique(&self) -> bool {
        for item in self.items {
            self.of.spend_whole(item);
            self.of.spend(COST_OF_A_HASH);
        }
        unique::differ(self.items)
    }
}
