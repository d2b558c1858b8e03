//! Endpoints of every sort.

use testkit::MemoryDirectory;

pub(super) const BILLING: &str = r#"{"name":"billing","scheme":"standard-webhooks"}"#;

pub(super) fn table() -> MemoryDirectory {
    let table = MemoryDirectory::default();
    table.put("billing", BILLING);
    table.put(
        "off",
        r#"{"name":"off","scheme":"standard-webhooks","enabled":false}"#,
    );
    table.put(
        "direct",
        r#"{"name":"direct","scheme":"standard-webhooks","lane":"direct"}"#,
    );
    table.put(
        "listed",
        r#"{"name":"listed","scheme":"standard-webhooks","allowed_cidrs":["192.0.2.0/24"]}"#,
    );
    table.put(
        "direct-token",
        r#"{"name":"direct-token","scheme":"gitlab-token","lane":"direct"}"#,
    );
    table.put(
        "direct-signed",
        r#"{"name":"direct-signed","lane":"direct","scheme":{"kind":"http-message","algorithm":"hmac-sha256","components":["content-digest"]},"event":{"type":{"header":"x-type"}}}"#,
    );
    table.put(
        "direct-keeps",
        r#"{"name":"direct-keeps","scheme":"standard-webhooks","lane":"direct","keep_headers":["user-agent","x-long","cookie","x-id"]}"#,
    );
    table.put(
        "direct-attributes",
        r#"{"name":"direct-attributes","scheme":"standard-webhooks","lane":"direct","attributes":{"plan":{"header":"x-plan"},"long":{"header":"x-long"},"customer":{"json":"/customer"}},"keep_headers":["user-agent"]}"#,
    );
    table.put(
        "direct-short",
        r#"{"name":"direct-short","scheme":"standard-webhooks","lane":"direct","retention_days":22}"#,
    );
    table.put(
        "direct-meta",
        r#"{"name":"direct-meta","scheme":"meta","lane":"direct"}"#,
    );
    table.put("slack", r#"{"name":"slack","scheme":"slack"}"#);
    table.put("meta", r#"{"name":"meta","scheme":"meta"}"#);
    table.put("gitlab", r#"{"name":"gitlab","scheme":"gitlab-token"}"#);
    table.put("asana", r#"{"name":"asana","scheme":"asana"}"#);
    table.put(
        "shaking",
        r#"{"name":"shaking","scheme":"asana","handshake":true}"#,
    );
    table.put(
        "picky",
        r#"{"name":"picky","scheme":"standard-webhooks","content_types":["application/json","text/*"],"required_headers":["x-tenant"],"min_bytes":20}"#,
    );
    table.put(
        "direct-picky",
        r#"{"name":"direct-picky","scheme":"standard-webhooks","lane":"direct","content_types":["application/json","text/*"],"required_headers":["x-tenant"],"min_bytes":20}"#,
    );
    table.put(
        "picky-meta",
        r#"{"name":"picky-meta","scheme":"meta","content_types":["application/json"],"min_bytes":20}"#,
    );
    table.put(
        "pinned",
        r#"{"name":"pinned","scheme":"standard-webhooks","mtls":{"san":["dns:client.acme.example"]}}"#,
    );
    table.put(
        "direct-pinned",
        r#"{"name":"direct-pinned","scheme":"standard-webhooks","lane":"direct","mtls":{"san":["dns:client.acme.example"]}}"#,
    );
    table.put(
        "pinned-meta",
        r#"{"name":"pinned-meta","scheme":"meta","mtls":{"san":["dns:client.acme.example"]}}"#,
    );
    table.put("broken", r#"{"name":"broken","scheme":"nobody"}"#);
    table
}
