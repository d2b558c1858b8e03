//! Reads the object of each message once and posts it once: the least that any `deliver` must do. It reads by the same SDK
//! and posts by the same HTTP and TLS libraries, over a connection that it keeps.

use std::{pin::pin, sync::Arc};

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use lambda_http::lambda_runtime::{self, Error, LambdaEvent, service_fn};
use runtime::Settings;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Mutex};
use tokio_rustls::TlsConnector;

type Connection = http1::SendRequest<Full<Bytes>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut settings = Settings::of_process();
    let destination: Option<Value> = settings.json("DESTINATION");
    settings.done()?;
    let url = destination.as_ref().and_then(|one| one["url"].as_str());
    let (scheme, rest) = url.and_then(|url| url.split_once("://")).ok_or("no URL")?;
    let destination = &Destination {
        address: rest.split_once('/').ok_or("no path")?.0.to_owned(),
        tls: (scheme == "https").then(tls).transpose()?,
        connection: Mutex::default(),
    };
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let config = aws_sdk_s3::config::Builder::from(&config)
        .force_path_style(true)
        .build();
    let s3 = &aws_sdk_s3::Client::from_conf(config);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let records = event.payload.pointer("/Records").and_then(Value::as_array);
        for record in records.ok_or("no messages")? {
            let body = record.get("body").and_then(Value::as_str);
            let event: Value = serde_json::from_str(body.ok_or("no message")?)?;
            let place = event
                .get("dataref")
                .and_then(Value::as_str)
                .and_then(|place| place.strip_prefix("s3://"));
            let (bucket, key) = place
                .and_then(|place| place.split_once('/'))
                .ok_or("no place")?;
            let object = s3.get_object().bucket(bucket).key(key).send().await?;
            let body = object.body.collect().await?.into_bytes();
            destination.post(body).await?;
        }
        Ok::<_, Error>(json!({"batchItemFailures": []}))
    }))
    .await
}

struct Destination {
    address: String,
    tls: Option<TlsConnector>,
    connection: Mutex<Option<Connection>>,
}

impl Destination {
    async fn post(&self, body: Bytes) -> anyhow::Result<()> {
        let mut connection = self.connection.lock().await;
        if connection.is_none() {
            *connection = Some(self.connect().await?);
        }
        let sender = connection.as_mut().context("no connection")?;
        sender.ready().await?;
        let request = Request::post("/destination").header("host", &self.address);
        let answer = sender.send_request(request.body(Full::new(body))?).await?;
        anyhow::ensure!(answer.status() == 200, "{}", answer.status());
        let mut body = pin!(answer.into_body());
        while body.frame().await.is_some() {}
        Ok(())
    }

    async fn connect(&self) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => {
                let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(driver);
                Ok(sender)
            }
            Some(tls) => {
                let host = self.address.split_once(':').context("no port")?.0;
                let stream = tls.connect(host.to_owned().try_into()?, stream).await?;
                let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(driver);
                Ok(sender)
            }
        }
    }
}

/// Trusts whom the system trusts.
fn tls() -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
