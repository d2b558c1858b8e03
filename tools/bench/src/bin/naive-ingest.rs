//! The obvious ingest, to compare ours with: `lambda_http` and the SDK as they come, the body as a
//! `serde_json::Value`. It does the same job for well-behaved deliveries and no more: no limits,
//! no rotation, no table of refusals. Do not deploy it.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use lambda_http::request::RequestContext;
use lambda_http::{Body, Error, Request, RequestExt, Response, service_fn};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

struct App {
    s3: aws_sdk_s3::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    secrets: aws_sdk_secretsmanager::Client,
    secret: OnceCell<String>,
    bucket: String,
    table: String,
    prefix: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_http::tracing::init_default_subscriber();
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let app = App {
        s3: aws_sdk_s3::Client::new(&config),
        dynamodb: aws_sdk_dynamodb::Client::new(&config),
        secrets: aws_sdk_secretsmanager::Client::new(&config),
        secret: OnceCell::new(),
        bucket: setting("PAYLOADS_BUCKET")?,
        table: setting("EVENTS_TABLE")?,
        prefix: setting("KEYS_PREFIX")?,
    };
    let app = &app;
    lambda_http::run(service_fn(move |request| receive(app, request))).await
}

#[expect(
    clippy::disallowed_methods,
    reason = "the obvious way to read a setting"
)]
fn setting(name: &str) -> Result<String, Error> {
    Ok(std::env::var(name)?)
}

async fn receive(app: &App, request: Request) -> Result<Response<Body>, Error> {
    let endpoint = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => context.authorizer.fields.get("endpoint"),
        _ => None,
    };
    let endpoint: Value =
        serde_json::from_str(endpoint.and_then(Value::as_str).ok_or("no endpoint")?)?;
    let name = text(&endpoint, "name")?;
    let body = request.body().to_vec();

    let secret = app.secret.get_or_try_init(|| secret(app, name)).await?;
    if !signed(name, &request, &body, secret)? {
        return Ok(Response::builder()
            .status(401)
            .body(json!({"error": "unauthorized"}).to_string().into())?);
    }

    // GitHub's id and type are in headers.
    let document: Value = match name {
        "github" => Value::Null,
        _ => serde_json::from_slice(&body)?,
    };
    let (id, kind) = match name {
        "github" => (
            header(&request, "x-github-delivery")?,
            header(&request, "x-github-event")?,
        ),
        "standard-webhooks" => (header(&request, "webhook-id")?, text(&document, "type")?),
        _ => (text(&document, "id")?, text(&document, "type")?),
    };
    let sha256 = hex::encode(digest(&SHA256, &body));
    let size = body.len().to_string();
    let key = format!("payloads/{name}/{id}-{sha256}");
    app.s3
        .put_object()
        .bucket(&app.bucket)
        .key(&key)
        .content_type("application/json")
        .if_none_match("*")
        .metadata("id", id)
        .metadata("type", kind)
        .body(ByteStream::from(body))
        .send()
        .await?;
    app.dynamodb
        .put_item()
        .table_name(&app.table)
        .item("pk", AttributeValue::S(format!("{name}#{id}")))
        .item("sk", AttributeValue::S(id.to_owned()))
        .item("type", AttributeValue::S(kind.to_owned()))
        .item("endpoint", AttributeValue::S(name.to_owned()))
        .item("bucket", AttributeValue::S(app.bucket.clone()))
        .item("key", AttributeValue::S(key))
        .item("sha256", AttributeValue::S(sha256))
        .item("size", AttributeValue::N(size))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await?;
    let answer = json!({"status": "accepted", "ref": format!("{name}/{id}")});
    Ok(Response::builder()
        .status(200)
        .header("content-type", "application/json")
        .body(answer.to_string().into())?)
}

async fn secret(app: &App, endpoint: &str) -> Result<String, Error> {
    let name = format!("{}{endpoint}", app.prefix);
    let answer = app
        .secrets
        .get_secret_value()
        .secret_id(name)
        .send()
        .await?;
    Ok(answer.secret_string.ok_or("the secret is binary")?)
}

/// Whether the signature is right. Its age is not checked.
fn signed(name: &str, request: &Request, body: &[u8], secret: &str) -> Result<bool, Error> {
    let (key, content, signature) = match name {
        "github" => {
            let signature = header(request, "x-hub-signature-256")?;
            let hex = signature.strip_prefix("sha256=").ok_or("no sha256=")?;
            (secret.as_bytes().to_vec(), body.to_vec(), hex::decode(hex)?)
        }
        "standard-webhooks" => {
            let key = decode(secret.strip_prefix("whsec_").ok_or("no whsec_")?)?;
            let (id, time) = (
                header(request, "webhook-id")?,
                header(request, "webhook-timestamp")?,
            );
            let signature = header(request, "webhook-signature")?;
            let content = [format!("{id}.{time}.").as_bytes(), body].concat();
            (
                key,
                content,
                decode(signature.strip_prefix("v1,").ok_or("no v1")?)?,
            )
        }
        _ => {
            let signature = header(request, "stripe-signature")?;
            let part = |name: &str| {
                signature
                    .split(',')
                    .find_map(|part| part.strip_prefix(name))
            };
            let (time, hex) = (part("t=").ok_or("no t")?, part("v1=").ok_or("no v1")?);
            let content = [format!("{time}.").as_bytes(), body].concat();
            (secret.as_bytes().to_vec(), content, hex::decode(hex)?)
        }
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    Ok(hmac::verify(&key, &content, &signature).is_ok())
}

fn decode(base64: &str) -> Result<Vec<u8>, Error> {
    Ok(base64_simd::STANDARD.decode_to_vec(base64)?)
}

fn header<'a>(request: &'a Request, name: &str) -> Result<&'a str, Error> {
    let value = request
        .headers()
        .get(name)
        .ok_or_else(|| format!("no header {name}"))?;
    Ok(value.to_str()?)
}

fn text<'a>(document: &'a Value, name: &str) -> Result<&'a str, Error> {
    document
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("no {name}").into())
}
