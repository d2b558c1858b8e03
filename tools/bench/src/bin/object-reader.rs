//! Reads the object of a message once and does nothing with it: the least that any `admit` must do.

use lambda_http::lambda_runtime::{self, Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let config = aws_sdk_s3::config::Builder::from(&config)
        .force_path_style(true)
        .build();
    let s3 = &aws_sdk_s3::Client::from_conf(config);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let body = event
            .payload
            .pointer("/Records/0/body")
            .and_then(Value::as_str);
        let notice: Value = serde_json::from_str(body.ok_or("no message")?)?;
        let text = |path: &str| {
            notice
                .pointer(path)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let object = s3
            .get_object()
            .set_bucket(text("/detail/bucket/name"))
            .set_key(text("/detail/object/key"))
            .send()
            .await?;
        let mut body = object.body;
        let mut size = 0;
        while let Some(piece) = body.next().await {
            size += piece?.len();
        }
        if object.content_length != Some(size.try_into()?) {
            return Err(Error::from("cut off"));
        }
        Ok::<_, Error>(json!({"batchItemFailures": []}))
    }))
    .await
}
