//! What the fuzz targets reach (`make fuzz`): cargo-fuzz sets `cfg(fuzzing)`, and nothing else does.

use serde_json::{Value, json};

use crate::{event::SourceEvent, filter::Filter, template::InputTemplate};

/// A message with this body, through a pipe with this pattern and this template. Ok: whether it passes, what the target
/// gets, and whether that must be JSON.
///
/// # Errors
/// Pattern or template are refused, or the message cannot be evaluated.
pub fn pipe(pattern: &str, template: &str, body: &str) -> Result<(bool, String, bool), String> {
    let record: Value =
        json!({"messageId": "1", "body": body, "attributes": {"SentTimestamp": "1"}});
    let event = SourceEvent::from_queue(record, "handle".to_owned());
    let template = InputTemplate::parse(template)?;
    let text = template.render(&event).text;
    let filter = Filter::parse([pattern]).map_err(|(_, problem)| problem)?;
    Ok((filter.passes(&event)?, text, template.is_json()))
}
