use anyhow::{Context, Result};
use serde_json::Value;

use crate::Stack;

/// A line in a function's log.
#[derive(Debug)]
pub struct Logged {
    /// The log stream, which identifies the environment in which the function ran.
    pub environment: String,
    /// The line.
    pub line: Value,
}

impl Stack {
    /// The lines that a function logged and that contain this text, oldest first.
    ///
    /// # Errors
    /// If there is no such function, or CloudWatch Logs fails.
    pub async fn log_lines(&self, function: &str, holding: &str) -> Result<Vec<Value>> {
        let logged = self.logged(function, holding).await?;
        Ok(logged.into_iter().map(|one| one.line).collect())
    }

    /// The lines that a function logged and that contain this text, oldest first, and where
    /// it ran.
    ///
    /// # Errors
    /// If there is no such function, or CloudWatch Logs fails.
    pub async fn logged(&self, function: &str, holding: &str) -> Result<Vec<Logged>> {
        let function = self.outputs.functions.get(function);
        let function = function.context("the stack has no such function")?;
        let mut pages = aws_sdk_cloudwatchlogs::Client::new(&self.sdk)
            .filter_log_events()
            .log_group_name(&function.log_group)
            // The service filters: the local cloud returns a log's first 10,000 lines, and no next
            // page.
            .filter_pattern(format!("\"{holding}\""))
            .into_paginator()
            .send();
        let mut events = Vec::new();
        while let Some(page) = pages.next().await {
            events.extend(page?.events.unwrap_or_default());
        }
        events.sort_by_key(|event| event.timestamp);
        let logged = events.into_iter().filter_map(|event| {
            Some(Logged {
                environment: event.log_stream_name?,
                line: serde_json::from_str(&event.message?).ok()?,
            })
        });
        Ok(logged.collect())
    }
}
