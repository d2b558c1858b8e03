//! A small local cloud: it answers the front's calls, and records what it gets.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
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

/// The authorizer of `a2`, which has the provider's default for an identity source: `terraform
/// plan` shows it if we set none.
const DEFAULT: &str = "method.request.header.Authorization";

/// The function behind `/hooks`.
const APP: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:app/invocations";

/// What reached the cloud besides the front's own calls; for `a2` and `a3` also the calls of the
/// authorizer's function.
pub(crate) type Seen = Arc<Mutex<Vec<Got>>>;

/// Starts it; returns its URL.
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
    let path = target.split('?').next().unwrap_or_default();
    if let Some(own) = domain(path, &target) {
        return Response::new(Full::new(own.into()));
    }
    if path.starts_with("/domainnames/") {
        let mut answer = Response::new(Full::new(Bytes::from_static(b"{}")));
        *answer.status_mut() = hyper::StatusCode::NOT_FOUND;
        return answer;
    }
    let own = match path
        .strip_prefix("/restapis/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((api, "stages/v1")) if !api.is_empty() => stage(),
        Some((api, "authorizers")) => authorizers((api == "a2").then_some(DEFAULT)),
        Some((_, "requestvalidators")) => validators(),
        Some((api, "gatewayresponses")) => refusals(api == "a3"),
        Some((api, "resources")) => resources(api != "a1"),
        None if path.starts_with("/restapis/") => {
            let closed = path.ends_with("/a4");
            json!({"binaryMediaTypes": ["*/*"], "disableExecuteApiEndpoint": closed}).to_string()
        }
        None if path.contains("app") && path.ends_with("/invocations") => {
            keep(seen, &parts, &body);
            json!({"statusCode": 201, "headers": {"x-app": "1"}, "body": "dGFrZW4=", "isBase64Encoded": true})
                .to_string()
        }
        None if path.ends_with("/invocations") => {
            if form.contains(":a2/") || form.contains(":a3/") {
                keep(seen, &parts, &body);
            }
            ruling(form.contains("x-deny"))
        }
        None if form.contains("Action=GetRole") => role(),
        None if form.contains("Action=AssumeRole") => session(),
        _ => {
            keep(seen, &parts, &body);
            let mut answer = Response::new(Full::new(body));
            if !target.starts_with("/payloads/") {
                *answer.status_mut() = hyper::StatusCode::IM_A_TEAPOT;
                answer
                    .headers_mut()
                    .insert("x-of-the-cloud", "1".parse().unwrap());
            }
            return answer;
        }
    };
    Response::new(Full::new(own.into()))
}

/// Domain names, their mappings to `a2` and `a4`, and the truststore of those that have mutual TLS.
fn domain(path: &str, target: &str) -> Option<String> {
    if path == "/trust/ca.pem" {
        // Another version would be another text.
        return target.ends_with("?versionId=v7").then(|| clients().pem());
    }
    let rest = path.strip_prefix("/domainnames/")?;
    let (name, mappings) = match rest.strip_suffix("/basepathmappings") {
        Some(name) => (name, true),
        None => (rest, false),
    };
    let json = match (name, mappings) {
        ("mutual.example.com" | "plain.example.com", true) => json!({"item": [
            {"basePath": "in", "restApiId": "a2", "stage": "v1"},
            {"basePath": "closed", "restApiId": "a4", "stage": "v1"},
        ]}),
        ("mutual.example.com", false) => json!({
            "domainName": name, "securityPolicy": "TLS_1_2",
            "mutualTlsAuthentication": {"truststoreUri": "s3://trust/ca.pem", "truststoreVersion": "v7"},
        }),
        ("plain.example.com", false) => json!({
            "domainName": name, "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09", "mutualTlsAuthentication": null,
        }),
        _ => return None,
    };
    Some(json.to_string())
}

/// The CA of the truststore.
pub(crate) fn clients() -> &'static CertifiedIssuer<'static, KeyPair> {
    static CA: OnceLock<CertifiedIssuer<'static, KeyPair>> = OnceLock::new();
    CA.get_or_init(ca)
}

/// A new CA.
pub(crate) fn ca() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// With the key as the local cloud stores it: decoded.
fn stage() -> String {
    json!({"stageName": "v1", "methodSettings": {
        "*/*": {"throttlingRateLimit": 500.0},
        "/direct/{endpoint}/POST": {"throttlingRateLimit": 100.0},
    }})
    .to_string()
}

fn keep(seen: &Seen, parts: &Parts, body: &Bytes) {
    seen.lock().unwrap().push(Got {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: parts.headers.clone(),
        body: body.clone(),
    });
}

fn ruling(denies: bool) -> String {
    if denies {
        return json!({
            "policyDocument": {"Statement": [{"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"}]},
            "context": {"denial_code": "body_too_small"},
        })
        .to_string();
    }
    json!({
        "policyDocument": {"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]},
        "context": {"name": "a/b", "delivery": "{\"key_id\":\"k1\"}"},
    })
    .to_string()
}

fn validators() -> String {
    json!({"item": [{"id": "v", "validateRequestParameters": true, "validateRequestBody": false}]})
        .to_string()
}

/// The denial of `telling` ones shows what the authorizer said.
fn refusals(telling: bool) -> String {
    let template = |error: &str| json!({"application/json": json!({"error": error}).to_string()});
    let denied = if telling {
        "$context.authorizer.denial_code"
    } else {
        "forbidden"
    };
    json!({"item": [
        {"responseType": "ACCESS_DENIED", "statusCode": "403", "responseTemplates": template(denied)},
        {"responseType": "UNAUTHORIZED", "statusCode": "401", "responseTemplates": template("unauthorized")},
        {"responseType": "BAD_REQUEST_PARAMETERS", "statusCode": "415", "responseTemplates": template("content_type_missing")},
    ]})
    .to_string()
}

fn authorizers(identity: Option<&str>) -> String {
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations";
    json!({"item": [
        {"id": "x", "type": "REQUEST", "authorizerUri": uri, "authorizerResultTtlInSeconds": 0, "identitySource": identity},
    ]})
    .to_string()
}

/// In `strict` ones both lanes have the authorizer, and the direct one requires a Content-Type.
fn resources(strict: bool) -> String {
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
            "contentHandling": "CONVERT_TO_TEXT",
            "responseTemplates": {"application/json": "{\"request_id\":\"$context.requestId\"}"},
        }},
    });
    let (validator, required, authorization) = if strict {
        let required = json!({"method.request.header.Content-Type": true});
        (json!("v"), required, "CUSTOM")
    } else {
        (json!(null), json!({}), "NONE")
    };
    let method = json!({
        "httpMethod": "POST",
        "authorizationType": "CUSTOM",
        "authorizerId": "x",
        "requestValidatorId": validator,
        "requestParameters": required,
        "methodIntegration": integration,
    });
    let other = json!({
        "httpMethod": "POST",
        "authorizationType": authorization,
        "authorizerId": "x",
        "methodIntegration": {"type": "AWS_PROXY", "uri": APP},
    });
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
