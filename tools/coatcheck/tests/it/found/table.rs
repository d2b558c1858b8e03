//! An `events` table with many events, its indexes, and how often it was asked.

use std::{
    collections::BTreeMap,
    io::{BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use domain::{SignedDuration, Timestamp, format_time};
use serde_json::{Value, json};

use crate::server::{Request, read};

/// How many events there are, and how far apart in time.
pub(super) const EVENTS: usize = 100_000;
const APART: SignedDuration = SignedDuration::from_millis(860);

/// DynamoDB ends a page after so many even if it is asked for more: 1 MB.
const PAGE: usize = 3_000;

#[derive(Clone)]
pub(super) struct Table {
    pub(super) url: String,
    /// Of the newest event.
    newest: Timestamp,
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// Every tenth event is of one customer, the others of a thousand.
pub(super) fn customer(event: usize) -> String {
    if event.is_multiple_of(10) {
        "cus_large".to_owned()
    } else {
        format!("cus_{}", event % 1_000)
    }
}

/// The plan has a character that is stored otherwise.
pub(super) fn plan(event: usize) -> &'static str {
    ["free", "50%", "full"][event % 3]
}

impl Table {
    pub(super) fn serve(newest: Timestamp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let table = Self {
            url,
            newest,
            calls: Arc::default(),
        };
        let served = table.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let table = served.clone();
                thread::spawn(move || table.connection(&stream));
            }
        });
        table
    }

    /// What was called since the last look, and how often.
    pub(super) fn calls(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn connection(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let request = read(&mut reader)?;
            let body = self.answer(&request).to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            (&*stream).write_all(head.as_bytes()).ok()?;
            (&*stream).write_all(body.as_bytes()).ok()?;
        }
    }

    fn answer(&self, request: &Request) -> Value {
        let target = request.header("x-amz-target");
        let call = target.rsplit('.').next().unwrap();
        *self
            .calls
            .lock()
            .unwrap()
            .entry(call.to_owned())
            .or_default() += 1;
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        match call {
            "GetItem" => json!({"Item": {"stack": {"S": stack().to_string()}}}),
            "Query" => self.query(&asked),
            "BatchGetItem" => self.pointers(&asked),
            other => panic!("nothing else is called: {other}"),
        }
    }

    fn at(&self, event: usize) -> Timestamp {
        self.newest - APART * i32::try_from(event).unwrap()
    }

    fn query(&self, asked: &Value) -> Value {
        let value = |name: &str| asked["ExpressionAttributeValues"][name]["S"].as_str();
        let bounds = value(":first").unwrap()..=value(":last").unwrap();
        let partition = value(":partition").unwrap();
        let is_in = |event: &usize| {
            let at = format_time(self.at(*event));
            let here = match asked["IndexName"].as_str().unwrap() {
                "by-time" => format!("{}#{:x}", &at[..13], event % 16),
                "by-attribute-1" => format!("shop#customer={}", customer(*event)),
                other => panic!("the table has no index {other}"),
            };
            here == partition && bounds.contains(&at.as_str())
        };
        // The newest event is the first one.
        assert_eq!(asked["ScanIndexForward"], false);
        let after = asked["ExclusiveStartKey"]["sk"]["S"].as_str();
        let start = after.map_or(0, |key| key.parse::<usize>().unwrap() + 1);
        let limit = asked["Limit"].as_u64().unwrap();
        let limit = usize::try_from(limit).unwrap().min(PAGE);
        let mut rows: Vec<usize> = (start..EVENTS).filter(is_in).take(limit + 1).collect();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items: Vec<Value> = rows.iter().map(|event| self.row(*event)).collect();
        let mut answer = json!({"Count": items.len(), "Items": items});
        if more {
            let last = *rows.last().unwrap();
            answer["LastEvaluatedKey"] = json!({
                "sk": {"S": last.to_string()},
                "received_at": {"S": format_time(self.at(last))},
            });
        }
        answer
    }

    fn row(&self, event: usize) -> Value {
        json!({
            "ref": {"S": format!("shop/{event}")},
            "id": {"S": event.to_string()}, "subject": {"S": ""},
            "type": {"S": "order.paid"},
            "size": {"N": "1000"},
            "received_at": {"S": format_time(self.at(event))},
        })
    }

    /// Only what was asked for.
    fn pointers(&self, asked: &Value) -> Value {
        let asked = &asked["RequestItems"]["coatcheck-events"];
        let names = asked["ExpressionAttributeNames"].as_object().unwrap();
        let keys = asked["Keys"].as_array().unwrap();
        assert!(keys.len() <= 100);
        let items = keys.iter().map(|key| {
            let event: usize = key["sk"]["S"].as_str().unwrap().parse().unwrap();
            let mut item = self.row(event);
            item["x_customer"] = json!({"S": customer(event)});
            item["x_plan"] = json!({"S": plan(event).replace('%', "%25")});
            let item = item.as_object().unwrap().clone().into_iter();
            let item = item.filter(|(name, _)| names.values().any(|wanted| wanted == name));
            Value::Object(item.collect())
        });
        json!({"Responses": {"coatcheck-events": items.collect::<Vec<_>>()}})
    }
}

fn stack() -> Value {
    let mut stack: Value = serde_json::from_str(testkit::STACK).unwrap();
    stack["declared"] = json!({"shop": {
        "customer": {"as": "text", "index": true},
        "plan": {"as": "text", "index": false},
    }});
    stack
}
