//! Holds the model to the shapes in Terraform: what is priced exists there, and what is there is priced or known to be
//! free.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use costs::{Front, Group, Lane, Line, Model, Refused, Scenario};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|problem| panic!("{file}: {problem}"))
}

/// The text of a top-level block.
fn block(file: &str, address: &str) -> Option<String> {
    let head = match address.split_once('.')? {
        ("module", name) => format!("module \"{name}\" {{"),
        (kind, name) => format!("resource \"{kind}\" \"{name}\" {{"),
    };
    let text = read(file);
    let (_, rest) = text.split_once(&head)?;
    Some(rest.split("\n}").next()?.to_owned())
}

/// Everything that can be on a bill.
fn lines() -> Vec<Line> {
    let model = Model::shipped().unwrap();
    let mut standard = Scenario::of(1e6, 10_000.0).unwrap().subscribed(1.0);
    standard.indexed = 3.0;
    let direct = Scenario {
        lane: Lane::Direct,
        ..standard.clone()
    };
    let events = [&standard, &direct].map(|scenario| model.bill(scenario).unwrap());
    let refusals = [
        (&standard, Refused::Authorizer),
        (&standard, Refused::UnknownName),
        (&standard, Refused::Ingest),
        (&direct, Refused::Admit),
    ]
    .map(|(scenario, by)| model.refused(scenario, by).unwrap());
    events
        .into_iter()
        .chain(refusals)
        .flat_map(|bill| bill.lines)
        .collect()
}

#[test]
fn each_priced_thing_is_made_in_terraform() {
    let lines = lines();
    for group in Group::ALL {
        assert!(lines.iter().any(|line| line.group == group), "{group}");
    }
    for line in lines {
        let place = line.resource;
        assert!(
            block(place.file, place.address).is_some(),
            "{}: no {} in {}",
            line.item,
            place.address,
            place.file
        );
    }
    // Except what is not offered.
    let front = Front::Http;
    let scenario = Scenario {
        front,
        ..Scenario::of(1e6, 10_000.0).unwrap()
    };
    let bill = Model::shipped().unwrap().bill(&scenario).unwrap();
    let nowhere = bill
        .lines
        .iter()
        .filter(|line| line.resource.file.is_empty());
    assert_eq!(
        nowhere.map(|line| line.item).collect::<Vec<_>>(),
        ["HTTP API"]
    );
}

/// The facts about a resource on which the quantities rest.
#[test]
fn the_shapes_are_those_that_the_model_counts() {
    for (file, address, fact) in [
        // Two writes for a pointer, each by the request, and the backup.
        (
            "terraform/tables.tf",
            "aws_dynamodb_table.events",
            "billing_mode                = \"PAY_PER_REQUEST\"",
        ),
        (
            "terraform/tables.tf",
            "aws_dynamodb_table.events",
            "global_secondary_index {",
        ),
        (
            "terraform/tables.tf",
            "aws_dynamodb_table.events",
            "point_in_time_recovery {",
        ),
        (
            "terraform/tables.tf",
            "aws_dynamodb_table.processed",
            "billing_mode                = \"PAY_PER_REQUEST\"",
        ),
        // One request to KMS for many objects: none is on the bill.
        (
            "terraform/storage.tf",
            "aws_s3_bucket_server_side_encryption_configuration.payloads",
            "bucket_key_enabled = true",
        ),
        // What a flood of the direct lane may send.
        (
            "terraform/stage.tf",
            "aws_api_gateway_method_settings.direct",
            "coalesce(var.throttle.direct.rate, var.throttle.rate / 5)",
        ),
        // The authorizer is called for each request.
        (
            "terraform/api.tf",
            "aws_api_gateway_authorizer.this",
            "authorizer_result_ttl_in_seconds = 0",
        ),
        (
            "terraform/routing.tf",
            "aws_pipes_pipe.router",
            "batch_size                         = 10",
        ),
        // A filter over the body is paid by its bytes.
        (
            "terraform/modules/subscription/queue.tf",
            "aws_sns_topic_subscription.this",
            "filter_policy_scope  = \"MessageBody\"",
        ),
        // Lambda's own lines about each invocation are off.
        (
            "terraform/modules/function/main.tf",
            "aws_lambda_function.this",
            "? \"DEBUG\" : \"WARN\"",
        ),
        (
            "terraform/admit.tf",
            "aws_cloudwatch_event_target.admit",
            "message_group_id",
        ),
        (
            "terraform/admit.tf",
            "aws_lambda_event_source_mapping.admit",
            "batch_size                         = 1\n",
        ),
    ] {
        let text = block(file, address).unwrap_or_else(|| panic!("no {address} in {file}"));
        assert!(text.contains(fact), "{address}: no {fact:?}");
    }
    let events = block("terraform/tables.tf", "aws_dynamodb_table.events").unwrap();
    assert_eq!(events.matches("global_secondary_index {").count(), 1);
    // One entry more for each key of a pointer, and none in a stack in which no endpoint has one.
    let found = "dynamic \"global_secondary_index\" {\n    for_each = local.find_indexes\n";
    assert_eq!(events.matches(found).count(), 1);
    assert_eq!(
        events.matches("dynamic \"global_secondary_index\"").count(),
        1
    );
    let find = read("terraform/find.tf");
    assert!(find.contains("for attribute, rule in endpoint.attributes : attribute if rule.index"));
    assert!(find.contains("range(1, 1 + max(0, "));
}

/// What the configuration makes and the model leaves out, and why.
const LEFT_OUT: [(&str, &str); 26] = [
    ("aws_acm_certificate", "public certificates are free"),
    ("aws_acm_certificate_validation", "free"),
    (
        "aws_api_gateway_",
        "free: what the API consists of; requests are priced",
    ),
    (
        "aws_cloudwatch_event_target",
        "free: what a rule matches is priced",
    ),
    (
        "aws_cloudwatch_log_metric_filter",
        "one metric, counted with the others",
    ),
    ("aws_dynamodb_table_item", "written when Terraform applies"),
    ("aws_iam_role", "free"),
    ("aws_iam_role_policy", "free"),
    ("aws_kms_alias", "free"),
    (
        "aws_lambda_event_source_mapping",
        "its polls of a quiet queue are some cents a month",
    ),
    ("aws_lambda_function", "priced by the module that makes it"),
    ("aws_lambda_permission", "free"),
    ("aws_route53_record", "in a zone of yours; an alias is free"),
    ("aws_s3_bucket_notification", "free: the events are priced"),
    ("aws_s3_bucket_ownership_controls", "free"),
    ("aws_s3_bucket_policy", "free"),
    ("aws_s3_bucket_public_access_block", "free"),
    ("aws_s3_bucket_server_side_encryption_configuration", "free"),
    ("aws_s3_bucket_versioning", "free; the trust store's bucket"),
    ("aws_s3_object", "one object"),
    (
        "aws_sfn_state_machine",
        "an option of a processor: 1.00 a million and its time",
    ),
    ("aws_sns_topic_policy", "free"),
    ("aws_sqs_queue", "priced by the module that makes it"),
    ("aws_wafv2_ip_set", "an option: docs/cost.md"),
    ("aws_wafv2_web_acl", "an option: docs/cost.md"),
    ("aws_wafv2_web_acl_association", "an option: docs/cost.md"),
];

fn configuration(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            configuration(&path, all);
        } else if path.extension().is_some_and(|end| end == "tf") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn each_resource_is_priced_or_left_out_for_a_reason() {
    let mut all = String::new();
    configuration(&root().join("terraform"), &mut all);
    let heads = all
        .lines()
        .filter_map(|line| line.strip_prefix("resource \"")?.split('"').next());
    let made: BTreeSet<&str> = heads.collect();
    assert!(made.len() > 30);
    let lines = lines();
    let priced = |kind: &str| {
        lines
            .iter()
            .any(|line| line.resource.address.starts_with(&format!("{kind}.")))
    };
    let left_out = |kind: &str| {
        LEFT_OUT
            .iter()
            .any(|(name, _)| *name == kind || (name.ends_with('_') && kind.starts_with(name)))
    };
    let unknown: Vec<_> = made
        .iter()
        .filter(|kind| !priced(kind) && !left_out(kind))
        .collect();
    assert!(
        unknown.is_empty(),
        "price these in shared/costs, or say why not: {unknown:?}"
    );
}

/// A line of the access log with values of usual lengths.
#[test]
fn the_access_log_has_as_many_bytes_as_the_model_says() {
    let text = read("terraform/stage.tf");
    let (_, rest) = text.split_once("  access_log = {\n").unwrap();
    let (fields, _) = rest.split_once("\n  }").unwrap();
    let mut bytes = "{}".len() - ",".len();
    for field in fields.lines() {
        let (name, value) = field.split_once('=').unwrap();
        let value = match value.trim().trim_matches('"') {
            "var.stack" => "coatcheck",
            "$context.requestId" => "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "$context.identity.sourceIp" => "203.0.113.107",
            "$context.resourcePath" => "/hooks/{endpoint}",
            "$context.status" | "$context.integration.status" => "200",
            "$context.responseLatency" => "41",
            "$context.error.responseType" => "-",
            other => panic!("how long is {other}?"),
        };
        bytes += format!("\"{}\":\"{value}\",", name.trim()).len();
    }
    let said = Model::shipped().unwrap().measured().bytes.log_access;
    assert!(
        (bytes as f64 - said).abs() <= 10.0,
        "{bytes} bytes, and measured.json says {said}"
    );
}
