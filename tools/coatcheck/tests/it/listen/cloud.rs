//! As much of AWS as `listen` calls: the index, pointers and payloads of a stack, and nothing
//! that writes. Anything else is answered 501 and remembered.

use std::{
    collections::BTreeSet,
    io::{BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

use domain::{DataRef, Digest, Ref, TimeBucket, Timestamp, format_time};
use serde_json::{Value, json};

use crate::server::{Request, read};

/// An event of the stack.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) reference: String,
    pub(super) kind: String,
    pub(super) received_at: Timestamp,
    pub(super) content_type: &'static str,
    pub(super) metadata: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// Whether its pointer holds the body and the metadata, and there is no object.
    pub(super) inline: bool,
    /// Whether it is in the index yet.
    pub(super) is_listed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) events: Vec<Stored>,
    /// Configurations by endpoint.
    pub(super) endpoints: Vec<(String, String)>,
    /// What was called.
    pub(super) calls: BTreeSet<String>,
    /// Every connection breaks.
    pub(super) is_down: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Cloud {
    pub(super) url: String,
    inside: Arc<Mutex<Inside>>,
}

impl Stored {
    pub(super) fn new(reference: &str, received_at: Timestamp, body: impl Into<Vec<u8>>) -> Self {
        Self {
            reference: reference.to_owned(),
            kind: "push".to_owned(),
            received_at,
            content_type: "application/json",
            metadata: Vec::new(),
            body: body.into(),
            inline: false,
            is_listed: true,
        }
    }

    fn parsed(&self) -> Ref {
        self.reference.parse().unwrap()
    }

    fn sha256(&self) -> Digest {
        Digest::of(&self.body)
    }

    /// The shard is the first digit of the digest.
    fn bucket(&self) -> TimeBucket {
        let digest = self.sha256().to_string();
        let shard = usize::from_str_radix(&digest[..1], 16).unwrap();
        TimeBucket::shards(self.received_at).nth(shard).unwrap()
    }

    fn item(&self) -> Value {
        let reference = self.parsed();
        let size = self.body.len().to_string();
        let mut item = json!({
            "pk": {"S": reference.partition_key().to_string()},
            "sk": {"S": reference.event_key.as_str()},
            "time_bucket": {"S": self.bucket().to_string()},
            "ref": {"S": self.reference},
            "id": {"S": "id"}, "subject": {"S": ""},
            "type": {"S": self.kind},
            "endpoint": {"S": reference.endpoint.as_str()},
            "size": {"N": size},
            "received_at": {"S": format_time(self.received_at)},
            "content_type": {"S": self.content_type},
            "sha256": {"S": self.sha256().to_string()},
            "dataref": {"S": format!("s3://coatcheck-payloads/payloads/{}", self.sha256())},
        });
        if self.inline {
            let dataref = DataRef::Inline(self.body.clone());
            item["dataref"] = json!({"S": dataref.to_string()});
            for (name, value) in &self.metadata {
                item[name] = json!({"S": value});
            }
        }
        item
    }
}

impl Cloud {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let cloud = Self {
            url,
            inside: Arc::default(),
        };
        let served = cloud.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let cloud = served.clone();
                thread::spawn(move || cloud.serve(&stream));
            }
        });
        cloud
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub(super) fn add(&self, event: Stored) {
        self.inside().events.push(event);
    }

    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let request = read(&mut reader)?;
            let answer = self.inside().answer(&request);
            let (status, headers, body) = answer?;
            let mut text = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                text += &format!("{name}: {value}\r\n");
            }
            text += "\r\n";
            let mut whole = text.into_bytes();
            whole.extend(body);
            (&*stream).write_all(&whole).ok()?;
        }
    }
}

type Answer = (u16, Vec<(String, String)>, Vec<u8>);

impl Inside {
    /// `None`: the connection breaks.
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        if self.is_down {
            return None;
        }
        let target = request.header("x-amz-target");
        let call = if target.is_empty() {
            request.line.split(' ').next().unwrap().to_owned()
        } else {
            target.rsplit('.').next().unwrap().to_owned()
        };
        self.calls.insert(call.clone());
        Some(match call.as_str() {
            "GetItem" | "Query" => {
                let asked = serde_json::from_slice(&request.body).unwrap();
                let answer = if call == "Query" {
                    self.query(&asked)
                } else {
                    self.item(&asked)
                };
                let kind = "application/x-amz-json-1.0".to_owned();
                let headers = vec![("content-type".to_owned(), kind)];
                (200, headers, answer.to_string().into_bytes())
            }
            "GET" => self.object(request),
            _ => (501, Vec::new(), Vec::new()),
        })
    }

    fn item(&self, asked: &Value) -> Value {
        let name = asked["Key"]["name"]["S"].as_str();
        if name == Some("-") {
            return json!({"Item": {"stack": {"S": testkit::STACK}}});
        }
        if let Some(name) = name {
            let found = self.endpoints.iter().find(|(have, _)| have == name);
            return found.map_or(
                json!({}),
                |(_, config)| json!({"Item": {"config": {"S": config}}}),
            );
        }
        let key = |name: &str| &asked["Key"][name];
        let items = self.events.iter().map(Stored::item);
        let mut found = items.filter(|item| &item["pk"] == key("pk") && &item["sk"] == key("sk"));
        found.next().map_or(json!({}), |item| json!({"Item": item}))
    }

    /// One row a page, so that pages are read on. The filter of the endpoint is DynamoDB's.
    fn query(&self, asked: &Value) -> Value {
        let value = |name: &str| asked["ExpressionAttributeValues"][name]["S"].as_str();
        let (first, last) = (value(":first").unwrap(), value(":last").unwrap());
        let after = asked["ExclusiveStartKey"]["ref"]["S"].as_str();
        let mut rows: Vec<&Stored> = self.events.iter().filter(|event| event.is_listed).collect();
        rows.retain(|event| {
            let at = format_time(event.received_at);
            Some(event.bucket().to_string().as_str()) == value(":partition")
                && at.as_str() >= first
                && at.as_str() <= last
        });
        rows.sort_by_key(|event| (event.received_at, event.reference.clone()));
        if let Some(after) = after {
            let end = rows.iter().position(|event| event.reference == after);
            rows = rows.split_off(end.map_or(rows.len(), |end| end + 1));
        }
        let more = rows.len() > 50;
        rows.truncate(50);
        let last = rows.last().map(|event| event.reference.clone());
        rows.retain(|event| {
            value(":endpoint").is_none_or(|name| name == event.parsed().endpoint.as_str())
        });
        let items: Vec<Value> = rows.into_iter().map(Stored::item).collect();
        let mut answer = json!({"Count": items.len(), "Items": items});
        if let Some(last) = last.filter(|_| more) {
            answer["LastEvaluatedKey"] = json!({"ref": {"S": last}});
        }
        answer
    }

    fn object(&self, request: &Request) -> Answer {
        let path = request.line.split(' ').nth(1).unwrap_or_default();
        let found = self
            .events
            .iter()
            .find(|event| !event.inline && path.contains(&event.sha256().to_string()));
        let Some(event) = found else {
            let body = "<Error><Code>NoSuchKey</Code></Error>";
            return (404, Vec::new(), body.as_bytes().to_vec());
        };
        let metadata = event.metadata.iter();
        let headers = metadata.map(|(name, value)| (format!("x-amz-meta-{name}"), value.clone()));
        (200, headers.collect(), event.body.clone())
    }
}
