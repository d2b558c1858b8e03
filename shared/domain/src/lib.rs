//! The vocabulary of Coatcheck: types, pure decisions and ports.
//!
//! Nothing here knows a runtime, a network or AWS: time and stored data
//! are arguments, decisions are return values. The words are those of the
//! project's documentation: endpoint, scheme, key, delivery, event, payload,
//! pointer, lane, subscription, processor, ref.

mod attributes;
mod cache;
mod cause;
mod causes;
mod client_certificate;
mod cloud_event;
mod dataref;
mod digest;
mod directory;
mod endpoint;
mod event;
mod event_key;
mod filter;
mod find_key;
mod given_up;
mod handover;
mod header_names;
mod headers;
mod heartbeat;
mod in_order;
mod item;
mod key_cache;
mod keys;
mod locate;
mod media_range;
mod object_key;
mod partition_key;
mod payload;
mod pointer;
mod ports;
mod processed;
mod redaction;
mod reference;
mod retention;
mod schema;
mod schema_ports;
mod text;
mod time;
mod time_bucket;
mod tombstone;

pub use attributes::{
    ATTRIBUTE_MAX_BYTES, ATTRIBUTES_AT_MOST, ATTRIBUTES_MAX_BYTES, AttributeKind, AttributeName,
    AttributePlace, AttributeProblem, AttributeRule, Attributes, KeptAttribute, LeftOut, Unkept,
    canonical_number, decode_attribute, encode_attribute,
};
pub use cache::Cache;
pub use cause::{Cause, MAY_NOT_READ_OBJECT, is_transient};
pub use causes::{causes, with_causes};
pub use client_certificate::{
    AlternativeName, Attribute, CertificateDemand, CertificateDemandProblem, CertificateDigest,
    CertificateFacts, CertificateSerial, DistinguishedName, RevokedCertificates,
};
pub use cloud_event::CloudEvent;
pub use dataref::DataRef;
pub use digest::{Digest, DigestProblem};
pub use directory::{Directory, DirectoryError};
pub use endpoint::{
    DIRECT_LANE_MAX_BYTES, Dedupe, Endpoint, EndpointName, EndpointProblem, INLINE_MAX_BYTES,
    JwtSettings, Lane, STANDARD_LANE_MAX_BYTES, SchemeRef,
};
pub use event::{EventFields, EventIdentity, Field, IdentityProblem, Naming};
pub use event_key::{EventKey, Neighbours};
pub use filter::{Filter, FilterProblem, order_text};
pub use find_key::{FindIndex, FindKey};
pub use given_up::GivenUp;
pub use handover::{HANDOVER_MAX_BYTES, Handover};
pub use header_names::{is_credential, is_of_the_connection, may_be_named};
pub use headers::{Headers, Repeated};
pub use heartbeat::Heartbeat;
pub use in_order::InOrder;
pub use item::{
    ANOTHER_EVENT, CONFLICT_TRIES, Cancelled, CancelledItem, ERASED_AT, ItemValue, ONLY_IF_NEW,
    WITH_DIGEST,
};
pub use key_cache::{KEYS_KEPT_FOR, Keys};
pub use keys::{DatedVersion, Key, KeyCoverage, KeyRing, KeyRingProblem, KeyUse, Secret};
pub use locate::{EventLocations, Location};
pub use media_range::{MediaRange, MediaRangeProblem};
pub use object_key::{IncomingParts, ObjectKey, ObjectParts};
pub use partition_key::{PartitionKey, REPLAY_SEPARATOR};
pub use payload::{
    KEEP_HEADERS_MAX_BYTES, KeptHeaders, METADATA_MAX_BYTES, Metadata, MetadataProblem,
    ObjectFacts, StoredHeaders,
};
pub use pointer::{InlineHeaders, Pointer};
pub use ports::{
    EndpointDirectory, Inserted, KeyStore, PayloadStore, PointerStore, Siblings, StoreError, Stored,
};
pub use processed::{Attempt, Claimed, Marking, Receipt, RecordWrite};
pub use redaction::{
    REDACTED, REDACTED_PART_MAX_BYTES, RedactedView, RedactedWish, Withheld, is_json,
};
pub use reference::{Ref, RefProblem};
pub use retention::Retention;
pub use schema::{Mismatch, OnMismatch, SCHEMA_CHECK, SchemaCheck, SchemaRule};
pub use schema_ports::{SchemaJudge, SchemaTexts, SchemaUnusable};
pub use time::{SignedDuration, Timestamp, format_time, parse_time};
pub use time_bucket::TimeBucket;
pub use tombstone::{ERASING, Tombstone};
