use crate::tests::{Server, Way};

pub(super) async fn operating() -> (Server, String) {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    (server, cookie)
}

pub(super) async fn page(server: &Server, cookie: &str, path: &str) -> String {
    let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}
