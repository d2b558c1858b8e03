use domain::Headers;

/// A W3C trace context, always present: the provider's if it sent a valid one,
/// else X-Ray's, else a new one.
/// <https://www.w3.org/TR/trace-context/#traceparent-header>
#[must_use]
pub fn traceparent(headers: &Headers, xray: Option<&str>) -> String {
    if let Ok(Some(theirs)) = headers.one("traceparent")
        && is_sound(theirs)
    {
        return theirs.to_owned();
    }
    xray.and_then(from_xray).unwrap_or_else(|| {
        format!(
            "00-{:032x}-{:016x}-00",
            fastrand::u128(1..),
            fastrand::u64(1..)
        )
    })
}

fn is_sound(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut parts = text.split('-');
    let (Some("00"), Some(trace), Some(parent), Some(flags), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return false;
    };
    hex(trace, 32)
        && hex(parent, 16)
        && hex(flags, 2)
        && trace.bytes().any(|b| b != b'0')
        && parent.bytes().any(|b| b != b'0')
}

/// `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`
/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
fn from_xray(header: &str) -> Option<String> {
    let field = |name: &str| {
        header
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let (epoch, unique) = field("Root")?.strip_prefix("1-")?.split_once('-')?;
    let flags = if field("Sampled") == Some("1") {
        "01"
    } else {
        "00"
    };
    let text = format!("00-{epoch}{unique}-{}-{flags}", field("Parent")?);
    is_sound(&text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    fn of(header: &str, xray: Option<&str>) -> String {
        traceparent(&Headers::from_pairs([("traceparent", header)]), xray)
    }

    #[test]
    fn the_providers_context_goes_on() {
        let theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(of(theirs, Some(OURS)), theirs);
    }

    #[test]
    fn an_unsound_one_gives_way_to_x_ray() {
        for bad in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        ] {
            assert_eq!(
                of(bad, Some(OURS)),
                "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
                "{bad}"
            );
        }
    }

    #[test]
    fn without_either_a_new_one_is_made() {
        for xray in [None, Some("Root=1-x"), Some("Self=1")] {
            assert!(is_sound(&of("nonsense", xray)));
        }
    }
}
