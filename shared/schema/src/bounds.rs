//! How much a schema, a payload and a check may need. Measured in `docs/schemas.md`.

/// The longest schema, in bytes. Two of them fit into an item of DynamoDB, which holds 400 KB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
pub const SCHEMA_BYTES: usize = 131_072;

/// How deep a schema may be nested.
pub const SCHEMA_DEPTH: usize = 48;

/// References in a schema. Each may lead to another one, and needs room on the stack.
pub const SCHEMA_REFERENCES: usize = 500;

/// Patterns in a schema.
pub const SCHEMA_PATTERNS: usize = 100;

/// Bytes of a pattern as it is written. The library compares a text with `^(a|b|...)$` word by word.
pub const PATTERN_LENGTH: usize = 2_048;

/// Bytes of a compiled pattern.
pub const PATTERN_BYTES: usize = 262_144;

/// The longest payload that is checked, in bytes.
pub const PAYLOAD_BYTES: usize = 1_048_576;

/// How deep a checked payload may be nested.
pub const PAYLOAD_DEPTH: usize = 64;

/// Values in a checked payload: objects, arrays and what they hold.
pub const PAYLOAD_VALUES: usize = 200_000;

/// The longest name of a member in a checked payload, in bytes.
pub const NAME_BYTES: usize = 1_024;

/// What a check may cost: one for each look at a value of the payload, and more for a long text
/// or a comparison of many values.
pub const COST: u64 = 10_000_000;

/// What it may cost to find the place of a mismatch. The library makes a copy of what each error is
/// about, and one for each branch that it tried.
pub const PLACE_COST: u64 = 2_000_000;

/// What it costs to copy an object: its map has room for eleven members.
pub const COST_OF_AN_OBJECT: usize = 16;

/// What it costs to compare a byte with a pattern.
pub const COST_OF_A_BYTE: usize = 16;

/// What it costs to compare a byte of a member's name with each pattern of `patternProperties`, in a schema with any.
pub const COST_OF_A_NAMES_BYTE: usize = 4;

/// What it costs to divide a number, however far it is from 1.
pub const COST_OF_A_DIVISION: usize = 16;

/// What it costs to hash an item of `uniqueItems` and to look for the hash, beside what the item holds.
pub const COST_OF_A_HASH: usize = 8;

/// Bytes of the stack that a check may use. A thread has 2 MB at least, the main thread 8.
pub const STACK_BYTES: usize = 1_048_576;
