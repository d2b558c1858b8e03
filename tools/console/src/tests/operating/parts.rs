use crate::tests::{Server, Way};

async fn operating() -> (Server, String) {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    (server, cookie)
}

async fn page(server: &Server, cookie: &str, path: &str) -> String {
    let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}
