//! Which method of an API a request is for. Pure.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::rest_api::{Method, Resource};

/// A URL of an API as the local cloud spells it: `/restapis/{api}/{stage}/_user_request_/{path}`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) api: &'a str,
    pub(crate) stage: &'a str,
    /// Decoded, without the slashes.
    pub(crate) segments: Vec<String>,
}

impl<'a> Target<'a> {
    /// `None`: the request is for something else.
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let mut parts = path.strip_prefix("/restapis/")?.splitn(4, '/');
        let (api, stage) = (parts.next()?, parts.next()?);
        if parts.next()? != "_user_request_" || api.is_empty() || stage.is_empty() {
            return None;
        }
        Some(Self {
            api,
            stage,
            segments: segments(parts.next().unwrap_or_default()),
        })
    }
}

/// The parts of a path, decoded.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

/// A method, and the path's other values.
#[derive(Debug)]
pub(crate) struct Route<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) method: &'a Method,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// How a part of a resource's path matches; smaller is more exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Literal,
    Parameter,
    Greedy,
}

/// Finds the method: first the resource whose path matches most exactly; if it does not have the
/// method, a greedy one that does
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html>).
pub(crate) fn find<'a>(
    resources: &'a [Resource],
    segments: &[String],
    method: &str,
) -> Option<Route<'a>> {
    let mut fitting: Vec<_> = resources
        .iter()
        .filter_map(|resource| {
            let (fits, parameters) = fit(&resource.path, segments)?;
            Some((fits, parameters, resource))
        })
        .collect();
    fitting.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    fitting
        .into_iter()
        .enumerate()
        .filter(|(at, (fits, ..))| *at == 0 || fits.contains(&Fit::Greedy))
        .find_map(|(_, (_, parameters, resource))| {
            let methods = &resource.resource_methods;
            Some(Route {
                resource,
                method: methods.get(method).or_else(|| methods.get("ANY"))?,
                parameters,
            })
        })
}

type Parameters = BTreeMap<String, String>;

fn fit(path: &str, segments: &[String]) -> Option<(Vec<Fit>, Parameters)> {
    let mut fits = Vec::new();
    let mut parameters = BTreeMap::new();
    let mut rest = segments;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let (first, others) = rest.split_first()?;
        let name = part.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
        match name.map(|name| (name, name.strip_suffix('+'))) {
            Some((_, Some(greedy))) => {
                fits.push(Fit::Greedy);
                parameters.insert(greedy.to_owned(), rest.join("/"));
                return Some((fits, parameters));
            }
            Some((name, None)) => {
                fits.push(Fit::Parameter);
                parameters.insert(name.to_owned(), first.clone());
            }
            None if part == first => fits.push(Fit::Literal),
            None => return None,
        }
        rest = others;
    }
    rest.is_empty().then_some((fits, parameters))
}

/// The target of an integration of type `AWS` with a service's path: `bucket/{key}`
/// of `arn:aws:apigateway:{region}:s3:path/bucket/{key}`. `None`: another target.
pub(crate) fn s3_path(method: &Method) -> Option<&str> {
    let integration = method.method_integration.as_ref()?;
    if integration.kind != "AWS" {
        return None;
    }
    let mut parts = integration.uri.splitn(6, ':');
    let (arn, _, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (_region, target, path) = (parts.next()?, parts.next()?, parts.next()?);
    if arn != "arn" || service != "apigateway" || target != "s3" {
        return None;
    }
    path.strip_prefix("path/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest_api::Integration;

    fn resource(path: &str, methods: &[&str]) -> Resource {
        let methods = methods
            .iter()
            .map(|method| ((*method).to_owned(), Method::default()));
        Resource {
            path: path.to_owned(),
            resource_methods: methods.collect(),
            ..Resource::default()
        }
    }

    fn found(resources: &[Resource], path: &str, method: &str) -> Option<(String, Parameters)> {
        let path = format!("/restapis/a/v1/_user_request_{path}");
        let target = Target::parse(&path).unwrap();
        let route = find(resources, &target.segments, method)?;
        Some((route.resource.path.clone(), route.parameters.clone()))
    }

    #[test]
    fn urls() {
        let target = Target::parse("/restapis/a1/v1/_user_request_/direct/a%2Fb%20c/").unwrap();
        assert_eq!((target.api, target.stage), ("a1", "v1"));
        assert_eq!(target.segments, ["direct", "a/b c"]);
        assert!(
            Target::parse("/restapis/a1/v1/_user_request_")
                .unwrap()
                .segments
                .is_empty()
        );
        for other in [
            "/restapis/a1/resources",
            "/restapis/a1/stages/v1",
            "/",
            "/restapis//v1/_user_request_/x",
        ] {
            assert_eq!(Target::parse(other), None, "{other}");
        }
    }

    #[test]
    fn the_most_exact_path_wins() {
        let all = [
            resource("/{proxy+}", &["ANY"]),
            resource("/direct/{endpoint}", &["POST"]),
            resource("/direct/health", &["GET"]),
            resource("/", &["GET"]),
        ];
        let (path, parameters) = found(&all, "/direct/shop", "POST").unwrap();
        assert_eq!(path, "/direct/{endpoint}");
        assert_eq!(parameters["endpoint"], "shop");
        assert_eq!(
            found(&all, "/direct/health", "GET").unwrap().0,
            "/direct/health"
        );
        assert_eq!(found(&all, "/", "GET").unwrap().0, "/");
        let (path, parameters) = found(&all, "/a/b", "PUT").unwrap();
        assert_eq!((path.as_str(), &*parameters["proxy"]), ("/{proxy+}", "a/b"));
    }

    #[test]
    fn a_missing_method_falls_to_a_greedy_resource_only() {
        let mut all = vec![
            resource("/direct/{endpoint}", &["POST"]),
            resource("/direct/health", &["GET"]),
        ];
        assert_eq!(found(&all, "/direct/health", "POST"), None);
        all.push(resource("/{proxy+}", &["POST"]));
        assert_eq!(
            found(&all, "/direct/health", "POST").unwrap().0,
            "/{proxy+}"
        );
        assert_eq!(found(&all, "/direct/x/y", "DELETE"), None);
    }

    #[test]
    fn integrations_with_s3() {
        let of = |kind: &str, uri: &str| {
            let integration = Integration {
                kind: kind.to_owned(),
                uri: uri.to_owned(),
                ..Integration::default()
            };
            let method = Method {
                method_integration: Some(integration),
                ..Method::default()
            };
            s3_path(&method).map(str::to_owned)
        };
        let uri = "arn:aws:apigateway:us-east-1:s3:path/b/in/{x}";
        assert_eq!(of("AWS", uri).unwrap(), "b/in/{x}");
        assert_eq!(of("AWS_PROXY", uri), None);
        for other in [
            "arn:aws:apigateway:us-east-1:sqs:path/0/q",
            "arn:aws:apigateway:us-east-1:s3:action/PutObject",
            "https://example.com",
        ] {
            assert_eq!(of("AWS", other), None, "{other}");
        }
    }
}
