use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use provider::RawReply;
use serde::Serialize;

/// The file in the stack's folder that holds each answer to a delivery, one JSON object a line. `scripts/api-check`
/// compares them with `api/openapi.yaml`.
const ANSWERS: &str = "answers.jsonl";

#[derive(Serialize)]
struct Answer<'a> {
    method: &'a str,
    /// Below the stage.
    path: &'a str,
    status: u16,
    headers: BTreeMap<&'a str, &'a str>,
    body: &'a [u8],
}

/// Adds an answer to the recording.
pub(crate) fn answer(folder: &Path, method: &str, path: &str, reply: &RawReply) -> io::Result<()> {
    let headers = reply.headers.iter();
    let answer = Answer {
        method,
        path,
        status: reply.status,
        headers: headers
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect(),
        body: &reply.body,
    };
    line(&mut open(&folder.join(ANSWERS))?, &answer)
}

/// A file that lines are added to.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Adds a line in one write, so that lines of several tests do not mix.
pub(crate) fn line(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn each_answer_is_a_line() {
        let folder = std::env::temp_dir().join(format!("answers-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let reply = RawReply {
            status: 429,
            headers: vec![("retry-after".to_owned(), "1".to_owned())],
            body: b"{}".to_vec(),
            took: Duration::ZERO,
        };
        for path in ["/hooks/a", "/direct/b"] {
            answer(&folder, "POST", path, &reply).unwrap();
        }
        let text = std::fs::read_to_string(folder.join(ANSWERS)).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let expected = |path: &str| {
            json!({
                "method": "POST", "path": path, "status": 429,
                "headers": {"retry-after": "1"}, "body": [0x7b, 0x7d],
            })
        };
        assert_eq!(lines, [expected("/hooks/a"), expected("/direct/b")]);
    }
}
