//! The Pipes API: REST and JSON, as `aws-sdk-pipes` and Terraform speak it.

pub(crate) mod error;
pub(crate) mod render;
pub(crate) mod shapes;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::error::{ApiError, InvalidField};
use self::render::{Page, described, listed, summary};
use self::shapes::{CreatePipe, NOT_EMULATED, TagResource, UpdatePipe};
use crate::blueprint::{Blueprint, name_problem, tag_problems};
use crate::definition::{Definition, Place};
use crate::pipes::{Engine, Pipes};

/// What the handlers share.
pub(crate) struct Api<E> {
    pub(crate) pipes: Arc<Pipes<E>>,
    pub(crate) place: Place,
}

type Shared<E> = State<Arc<Api<E>>>;
type ApiResult = Result<Json<Value>, ApiError>;

/// The routes.
pub(crate) fn router<E: Engine>(api: Api<E>) -> Router {
    Router::new()
        .route("/v1/pipes", get(list::<E>))
        .route(
            "/v1/pipes/{name}",
            get(describe::<E>)
                .post(create::<E>)
                .put(update::<E>)
                .delete(delete::<E>),
        )
        .route("/v1/pipes/{name}/start", post(start::<E>))
        .route("/v1/pipes/{name}/stop", post(stop::<E>))
        .route(
            "/tags/{*arn}",
            get(list_tags::<E>).post(tag::<E>).delete(untag::<E>),
        )
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(axum::middleware::map_response(with_request_id))
        .layer(DefaultBodyLimit::max(1 << 20))
        .with_state(Arc::new(api))
}

async fn with_request_id(mut response: Response) -> Response {
    if let Ok(id) = uuid::Uuid::new_v4().to_string().parse() {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

async fn unknown(uri: Uri) -> Response {
    ApiError::UnknownOperation(uri.path().to_owned()).into_response()
}

async fn create<E: Engine>(
    State(api): Shared<E>,
    Path(name): Path<String>,
    body: Bytes,
) -> ApiResult {
    let request: CreatePipe = read(&body)?;
    let definition = Definition::new(&api.place, &name, request).map_err(ApiError::Validation)?;
    Blueprint::of(&definition).map_err(ApiError::Validation)?;
    Ok(Json(summary(&api.pipes.create(definition)?)))
}

async fn update<E: Engine>(
    State(api): Shared<E>,
    Path(name): Path<String>,
    body: Bytes,
) -> ApiResult {
    let request: UpdatePipe = read(&body)?;
    let before = api.pipes.get(&name)?;
    let definition = before
        .definition
        .updated(request)
        .map_err(ApiError::Validation)?;
    Blueprint::of(&definition).map_err(ApiError::Validation)?;
    Ok(Json(summary(&api.pipes.update(definition)?)))
}

async fn describe<E: Engine>(State(api): Shared<E>, Path(name): Path<String>) -> ApiResult {
    Ok(Json(described(&api.pipes.get(&checked(name)?)?)))
}

async fn delete<E: Engine>(State(api): Shared<E>, Path(name): Path<String>) -> ApiResult {
    let mut answer = summary(&api.pipes.delete(&checked(name)?)?);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("DesiredState".to_owned(), json!("DELETED"));
    }
    Ok(Json(answer))
}

async fn start<E: Engine>(State(api): Shared<E>, Path(name): Path<String>) -> ApiResult {
    Ok(Json(summary(&api.pipes.start(&checked(name)?)?)))
}

async fn stop<E: Engine>(State(api): Shared<E>, Path(name): Path<String>) -> ApiResult {
    Ok(Json(summary(&api.pipes.stop(&checked(name)?)?)))
}

async fn list<E: Engine>(
    State(api): Shared<E>,
    Query(query): Query<Vec<(String, String)>>,
) -> ApiResult {
    let page = Page::parse(query).map_err(|problem| ApiError::Validation(vec![problem]))?;
    Ok(Json(listed(&page, &api.pipes.all())))
}

async fn list_tags<E: Engine>(State(api): Shared<E>, Path(arn): Path<String>) -> ApiResult {
    let pipe = api.pipes.get(pipe_of(&api.place, &arn)?)?;
    Ok(Json(json!({"tags": pipe.definition.tags})))
}

async fn tag<E: Engine>(State(api): Shared<E>, Path(arn): Path<String>, body: Bytes) -> ApiResult {
    let request: TagResource = read(&body)?;
    api.pipes.retag(pipe_of(&api.place, &arn)?, |tags| {
        tags.extend(request.tags);
        let problems = tag_problems(tags.iter(), "tags");
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ApiError::Validation(problems))
        }
    })?;
    Ok(Json(json!({})))
}

async fn untag<E: Engine>(
    State(api): Shared<E>,
    Path(arn): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> ApiResult {
    if let Some((other, _)) = query.iter().find(|(name, _)| name != "tagKeys") {
        let problem = InvalidField::new(other, "unknown query parameter; tagKeys is expected");
        return Err(ApiError::Validation(vec![problem]));
    }
    api.pipes.retag(pipe_of(&api.place, &arn)?, |tags| {
        for (_, key) in &query {
            tags.remove(key);
        }
        Ok(())
    })?;
    Ok(Json(json!({})))
}

fn checked(name: String) -> Result<String, ApiError> {
    match name_problem(&name) {
        Some(problem) => Err(ApiError::Validation(vec![problem])),
        None => Ok(name),
    }
}

/// The name in the ARN of a pipe of this place.
fn pipe_of<'a>(place: &Place, arn: &'a str) -> Result<&'a str, ApiError> {
    arn.strip_prefix(place.pipe_arn("").as_str())
        .ok_or_else(|| ApiError::NotFound(arn.to_owned()))
}

/// A request's body, or the path of the first field that is invalid.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut input = serde_json::Deserializer::from_slice(body);
    let problem = match serde_path_to_error::deserialize(&mut input) {
        Ok(request) => match input.end() {
            Ok(()) => return Ok(request),
            Err(_) => InvalidField::new("body", "the JSON document is followed by something else"),
        },
        Err(error) => {
            let path = error.path().to_string();
            let said = error.into_inner().to_string();
            // serde_json adds the position, which a JSON API's caller cannot use.
            let said = said
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned();
            let field = said.split('`').nth(1).unwrap_or_default();
            let message = if NOT_EMULATED.contains(&field) {
                format!("{field} is not emulated here")
            } else {
                said.clone()
            };
            match said.starts_with("unknown field") || said.starts_with("missing field") {
                true => InvalidField::new(joined(&path, field), message),
                false => InvalidField::new(path, message),
            }
        }
    };
    Err(ApiError::Validation(vec![problem]))
}

fn joined(path: &str, field: &str) -> String {
    match path {
        "" | "." => field.to_owned(),
        path if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        path => format!("{path}.{field}"),
    }
}

#[cfg(test)]
mod tests;
