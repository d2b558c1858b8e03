//! Reads the object of a message once and posts it once: the least that any `deliver` must do. It reads by the same SDK
//! and posts by the same HTTP library, over a connection that it keeps.

use std::pin::pin;

use anyhow::Context;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use lambda_http::lambda_runtime::{self, Error, LambdaEvent, service_fn};
use runtime::Settings;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Mutex};

type Connection = http1::SendRequest<Full<bytes::Bytes>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut settings = Settings::of_process();
    let destination: Option<Value> = settings.json("DESTINATION");
    settings.done()?;
    let url = destination.as_ref().and_then(|one| one["url"].as_str());
    let (address, _) = url
        .and_then(|url| url.strip_prefix("http://")?.split_once('/'))
        .ok_or("no address")?;
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let config = aws_sdk_s3::config::Builder::from(&config)
        .force_path_style(true)
        .build();
    let s3 = &aws_sdk_s3::Client::from_conf(config);
    let connection = &Mutex::new(None);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let body = event.payload.pointer("/Records/0/body");
        let event: Value = serde_json::from_str(body.and_then(Value::as_str).ok_or("no message")?)?;
        let place = event
            .get("dataref")
            .and_then(Value::as_str)
            .and_then(|place| place.strip_prefix("s3://"));
        let (bucket, key) = place
            .and_then(|place| place.split_once('/'))
            .ok_or("no place")?;
        let object = s3.get_object().bucket(bucket).key(key).send().await?;
        let body = object.body.collect().await?.into_bytes();
        post(connection, address, body).await?;
        Ok::<_, Error>(json!({"batchItemFailures": []}))
    }))
    .await
}

async fn post(
    connection: &Mutex<Option<Connection>>,
    address: &str,
    body: bytes::Bytes,
) -> anyhow::Result<()> {
    let mut connection = connection.lock().await;
    if connection.is_none() {
        let stream = TcpStream::connect(address).await?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        *connection = Some(sender);
    }
    let sender = connection.as_mut().context("no connection")?;
    sender.ready().await?;
    let request = Request::post("/destination").header("host", address);
    let answer = sender.send_request(request.body(Full::new(body))?).await?;
    anyhow::ensure!(answer.status() == 200, "{}", answer.status());
    let mut body = pin!(answer.into_body());
    while body.frame().await.is_some() {}
    Ok(())
}
