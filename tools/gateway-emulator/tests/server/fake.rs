//! A small local cloud: it answers what the front asks, and keeps what it was sent.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

/// A request that the cloud got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What reached the cloud beside the calls of the front's own.
pub(crate) type Seen = Arc<Mutex<Vec<Got>>>;

/// Starts it; its URL.
pub(crate) async fn start() -> (String, Seen) {
    let seen = Seen::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let seen = Arc::clone(&kept);
            let service = service_fn(move |request| {
                let seen = Arc::clone(&seen);
                async move { Ok::<_, Infallible>(answer(request, &seen).await) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    (url, seen)
}

async fn answer(request: Request<Incoming>, seen: &Seen) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let target = parts.uri.to_string();
    let form = String::from_utf8_lossy(&body);
    let own = match target.split('?').next().unwrap_or_default() {
        "/restapis/a1" => json!({"id": "a1", "binaryMediaTypes": ["*/*"]}).to_string(),
        "/restapis/a1/stages/v1" => json!({"stageName": "v1"}).to_string(),
        "/restapis/a1/authorizers" => authorizers(),
        "/restapis/a1/gatewayresponses" => json!({"item": []}).to_string(),
        "/restapis/a1/resources" => resources(),
        path if path.ends_with("/invocations") => json!({
            "policyDocument": {"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]},
            "context": {"name": "a/b", "delivery": "{\"key_id\":\"k1\"}"},
        })
        .to_string(),
        "/" if form.contains("Action=GetRole") => role(),
        "/" if form.contains("Action=AssumeRole") => session(),
        _ => {
            seen.lock().unwrap().push(Got {
                method: parts.method.to_string(),
                target: target.clone(),
                headers: parts.headers,
                body: body.clone(),
            });
            let mut answer = Response::new(Full::new(body));
            if !target.starts_with("/payloads/") {
                *answer.status_mut() = hyper::StatusCode::IM_A_TEAPOT;
                answer.headers_mut().insert("x-of-the-cloud", "1".parse().unwrap());
            }
            return answer;
        }
    };
    Response::new(Full::new(own.into()))
}

fn authorizers() -> String {
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations";
    json!({"item": [
        {"id": "x", "type": "REQUEST", "authorizerUri": uri, "authorizerResultTtlInSeconds": 0},
    ]})
    .to_string()
}

fn resources() -> String {
    let integration = json!({
        "type": "AWS",
        "httpMethod": "PUT",
        "uri": "arn:aws:apigateway:us-east-1:s3:path/payloads/incoming/{name}/{id}",
        "credentials": "arn:aws:iam::000000000000:role/direct",
        "requestParameters": {
            "integration.request.path.name": "context.authorizer.name",
            "integration.request.path.id": "context.requestId",
            "integration.request.header.x-amz-meta-delivery": "context.authorizer.delivery",
            "integration.request.header.x-amz-checksum-sha256": "context.authorizer.sha256",
        },
        "integrationResponses": {"200": {
            "statusCode": "200",
            "responseTemplates": {"application/json": "{\"request_id\":\"$context.requestId\"}"},
        }},
    });
    let method = json!({"httpMethod": "POST", "authorizationType": "CUSTOM", "authorizerId": "x", "methodIntegration": integration});
    let other = json!({"httpMethod": "POST", "authorizationType": "NONE", "methodIntegration": {"type": "AWS_PROXY", "uri": "arn:x"}});
    json!({"item": [
        {"id": "r0", "path": "/"},
        {"id": "r1", "path": "/direct/{endpoint}", "resourceMethods": {"POST": method}},
        {"id": "r2", "path": "/hooks/{endpoint}", "resourceMethods": {"POST": other}},
    ]})
    .to_string()
}

fn role() -> String {
    let policy = r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let policy = percent_encoding::utf8_percent_encode(policy, percent_encoding::NON_ALPHANUMERIC);
    format!(
        "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>direct</RoleName><RoleId>R</RoleId>\
         <Arn>arn:aws:iam::000000000000:role/direct</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"
    )
}

fn session() -> String {
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>SESSION</AccessKeyId>\
     <SecretAccessKey>s</SecretAccessKey><SessionToken>token</SessionToken>\
     <Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        .to_owned()
}
