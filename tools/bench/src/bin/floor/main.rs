//! The floor: the least that any `ingest` must do, and nothing else. It reads the event once,
//! decodes its base64 once and in place, computes one HMAC-SHA-256 and one SHA-256 over the body,
//! and writes the body once to S3. One thread, blocking sockets, no SDK, no JSON, no signature of
//! the request, no pointer, no log. Do not deploy it.

mod connection;

use anyhow::{Context, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64_simd::STANDARD;
use runtime::Settings;

use connection::Connection;

/// Of every endpoint here: `SECRET` of the bench.
const SECRET: &[u8] = b"bench-bench-bench-bench-bench-bench";

/// How our REST API ends an event.
const END: &[u8] = br#"","isBase64Encoded":true}"#;

fn main() -> anyhow::Result<()> {
    let mut settings = Settings::of_process();
    let runtime_api = settings.text("AWS_LAMBDA_RUNTIME_API");
    let s3 = settings.text("AWS_ENDPOINT_URL");
    settings.done()?;
    let mut lambda = Connection::open(&format!("http://{runtime_api}"))?;
    let mut s3 = Connection::open(&s3)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let (mut event, mut answer) = (Vec::new(), Vec::new());
    loop {
        let head = lambda.exchange(
            "GET /2018-06-01/runtime/invocation/next",
            "",
            &[],
            &mut event,
        )?;
        let id = after(head.as_bytes(), b"lambda-runtime-aws-request-id: ", b'\r')?;
        let response = format!(
            "POST /2018-06-01/runtime/invocation/{}/response",
            std::str::from_utf8(id)?
        );
        let (signed, body) = open(&mut event)?;
        ensure!(signed.is_by(&key, body)?, "the signature is wrong");
        let sha256 = STANDARD.encode_to_string(digest(&SHA256, body));
        let checksum = format!("x-amz-checksum-sha256: {sha256}\r\n");
        let head = s3.exchange("PUT /bench-payloads/floor", &checksum, body, &mut answer)?;
        ensure!(head.starts_with("HTTP/1.1 200"), "S3 refused: {head}");
        lambda.exchange(&response, "", br#"{"statusCode":200}"#, &mut answer)?;
    }
}

/// What a provider signed besides the body, and its MAC.
struct Signed {
    before_body: Vec<u8>,
    mac: Vec<u8>,
}

impl Signed {
    fn is_by(&self, key: &hmac::Key, body: &[u8]) -> anyhow::Result<bool> {
        let mut context = hmac::Context::with_key(key);
        context.update(&self.before_body);
        context.update(body);
        let mac = context.sign();
        Ok(aws_lc_rs::constant_time::verify_slices_are_equal(mac.as_ref(), &self.mac).is_ok())
    }
}

/// The signature and the decoded body, which takes the place of its base64.
fn open(event: &mut [u8]) -> anyhow::Result<(Signed, &[u8])> {
    const BODY: &[u8] = br#","body":""#;
    let begin = place(event, BODY).context("no body")? + BODY.len();
    let (head, body) = event.split_at_mut(begin);
    let end = body.len().checked_sub(END.len()).context("no end")?;
    let (body, rest) = body.split_at_mut(end);
    ensure!(rest == END, "the body is not last");
    let signed = signature(head)?;
    let body = STANDARD.decode_inplace(body)?;
    Ok((signed, body))
}

/// Of Stripe, else of GitHub.
fn signature(head: &[u8]) -> anyhow::Result<Signed> {
    if let Ok(stripe) = after(head, br#""stripe-signature":""#, b'"') {
        let mut before_body = after(stripe, b"t=", b',')?.to_vec();
        before_body.push(b'.');
        let mac = place(stripe, b"v1=").and_then(|at| stripe.get(at + 3..at + 67));
        return Ok(Signed {
            before_body,
            mac: hex::decode(mac.context("no v1")?)?,
        });
    }
    let mac = after(head, br#""x-hub-signature-256":"sha256="#, b'"')?;
    Ok(Signed {
        before_body: Vec::new(),
        mac: hex::decode(mac)?,
    })
}

fn place(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|part| part == word)
}

/// What follows the word, up to this byte.
fn after<'a>(text: &'a [u8], word: &[u8], end: u8) -> anyhow::Result<&'a [u8]> {
    let from = place(text, word).map(|at| at + word.len());
    let rest = from.and_then(|from| text.get(from..));
    let rest = rest.with_context(|| format!("no {}", String::from_utf8_lossy(word)))?;
    rest.split(|byte| *byte == end).next().context("no end")
}
