//! A browser as far as the server sees one: a cookie and the right headers.

use anyhow::{Context, ensure};
use reqwest::{Client, Response, StatusCode, Url, header, redirect::Policy};

pub(crate) struct Visitor {
    client: Client,
    base: Url,
    cookie: String,
}

impl Visitor {
    /// Opens the console with the address that it printed.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let base: Url = url.parse()?;
        let host = base.host_str().context("no host")?.to_owned();
        let port = base.port().context("no port")?;
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            // Not every system's resolver knows names below .localhost.
            .resolve(&host, ([127, 0, 0, 1], port).into())
            .build()?;
        let answer = client.get(base.clone()).send().await?;
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.context("the console set no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self {
            client,
            base,
            cookie,
        })
    }

    /// Reads a page to its end, and returns its length.
    pub(crate) async fn visit(&self, path: &str) -> anyhow::Result<usize> {
        let mut answer = self.get(self.base.join(path)?).await?;
        // A find that finds one event leads to it.
        if answer.status().is_redirection() {
            let to = answer.headers().get(header::LOCATION);
            let to = to.context("it leads nowhere")?.to_str()?.to_owned();
            answer = self.get(self.base.join(&to)?).await?;
        }
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status == StatusCode::OK, "{path}: {status}: {text}");
        Ok(text.len())
    }

    async fn get(&self, url: Url) -> reqwest::Result<Response> {
        let request = self.client.get(url);
        let request = request.header(header::COOKIE, &self.cookie);
        let request = request.header("sec-fetch-site", "same-origin");
        request.send().await
    }
}
