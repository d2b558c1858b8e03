use domain::Lane;
use operator::events::{EventDetails, KeptHeaders};

use crate::shell;

/// Commands that send the stored bytes again, as they came: to try an endpoint, or a program.
pub(super) fn command(base: &str, details: &EventDetails, headers: &KeptHeaders) -> String {
    let lane = match details.lane() {
        Lane::Standard => "hooks",
        Lane::Direct => "direct",
    };
    let url = format!("{base}/{lane}/{}", details.attribute("endpoint"));
    let mut lines = vec![
        format!(
            "coatcheck events payload {} -o payload",
            shell::word(&details.reference.to_string())
        ),
        format!("curl {}", shell::word(&url)),
    ];
    let header =
        |name: &str, value: &str| format!("  -H {}", shell::word(&format!("{name}: {value}")));
    let kept: Vec<(&str, &str)> = match headers {
        KeptHeaders::Kept(headers) => headers.iter().collect(),
        KeptHeaders::None(_) => Vec::new(),
    };
    let content_type = details.attribute("content_type");
    if !content_type.is_empty() && !kept.iter().any(|(name, _)| *name == "content-type") {
        lines.push(header("content-type", content_type));
    }
    lines.extend(kept.iter().map(|(name, value)| header(name, value)));
    lines.push("  --data-binary @payload".to_owned());
    let (first, rest) = lines.split_at(1);
    format!("{}\n{}", first.concat(), rest.join(" \\\n"))
}
