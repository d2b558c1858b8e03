/// As many attributes one endpoint may declare.
pub const ATTRIBUTES_AT_MOST: usize = 10;

/// The most bytes of one value, as UTF-8.
pub const ATTRIBUTE_MAX_BYTES: usize = 128;

/// The most bytes that all attributes of one event add to its pointer's item, names included: less than one write unit.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>
pub const ATTRIBUTES_MAX_BYTES: usize = 900;
