//! Where nothing is ever sent.

use outbound::Reach;

use super::{
    super::dial::SystemResolver,
    server::{Reply, answer},
    *,
};

/// Both ends of every range in IANA's registries of special-purpose addresses, and what is next to
/// the ranges that a network of one's own has.
#[test]
fn every_special_range() {
    use Reach::{Never, Private, Public};
    let table: [(&str, Reach); 111] = [
        // IPv4, by number.
        ("0.0.0.0", Never),
        ("0.255.255.255", Never),
        ("1.0.0.0", Public),
        ("9.255.255.255", Public),
        ("10.0.0.0", Private),
        ("10.255.255.255", Private),
        ("11.0.0.0", Public),
        ("100.63.255.255", Public),
        ("100.64.0.0", Private),
        ("100.127.255.255", Private),
        ("100.128.0.0", Public),
        ("127.0.0.0", Private),
        ("127.0.0.1", Private),
        ("127.255.255.255", Private),
        ("128.0.0.0", Public),
        ("169.253.255.255", Public),
        ("169.254.0.0", Never),
        ("169.254.169.123", Never),
        ("169.254.169.253", Never),
        ("169.254.169.254", Never),
        ("169.254.170.2", Never),
        ("169.254.255.255", Never),
        ("169.255.0.0", Public),
        ("172.15.255.255", Public),
        ("172.16.0.0", Private),
        ("172.31.255.255", Private),
        ("172.32.0.0", Public),
        ("192.0.0.0", Never),
        ("192.0.0.9", Never),
        ("192.0.0.170", Never),
        ("192.0.0.255", Never),
        ("192.0.1.0", Public),
        ("192.0.2.0", Never),
        ("192.0.2.255", Never),
        ("192.31.196.1", Never),
        ("192.52.193.1", Never),
        ("192.88.99.1", Never),
        ("192.167.255.255", Public),
        ("192.168.0.0", Private),
        ("192.168.255.255", Private),
        ("192.169.0.0", Public),
        ("192.175.48.1", Never),
        ("198.17.255.255", Public),
        ("198.18.0.0", Never),
        ("198.19.255.255", Never),
        ("198.20.0.0", Public),
        ("198.51.100.0", Never),
        ("198.51.100.255", Never),
        ("203.0.113.0", Never),
        ("203.0.113.255", Never),
        ("223.255.255.255", Public),
        ("224.0.0.0", Never),
        ("239.255.255.255", Never),
        ("240.0.0.0", Never),
        ("255.255.255.254", Never),
        ("255.255.255.255", Never),
        // IPv6, by number.
        ("::", Never),
        ("::1", Private),
        ("::2", Never),
        // IPv4-compatible.
        ("::127.0.0.1", Never),
        ("::8.8.8.8", Never),
        // IPv4-mapped.
        ("::ffff:127.0.0.1", Private),
        ("::ffff:10.0.0.1", Private),
        ("::ffff:169.254.169.254", Never),
        ("::ffff:0.0.0.0", Never),
        ("::ffff:8.8.8.8", Public),
        // IPv4-translated.
        ("::ffff:0:8.8.8.8", Never),
        ("::ffff:0:169.254.169.254", Never),
        // NAT64.
        ("64:ff9b::127.0.0.1", Private),
        ("64:ff9b::10.0.0.1", Private),
        ("64:ff9b::169.254.169.254", Never),
        ("64:ff9b::8.8.8.8", Public),
        ("64:ff9b:1::8.8.8.8", Never),
        ("64:ff9b::1:8.8.8.8", Never),
        // Discard and dummy.
        ("100::", Never),
        ("100::ffff:ffff:ffff:ffff", Never),
        ("100:0:0:1::1", Never),
        ("1fff:ffff::", Never),
        // IETF protocol assignments: Teredo, benchmarks, AMT, AS112, ORCHID, drones.
        ("2001::", Never),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Never),
        ("2001:1::1", Never),
        ("2001:2::1", Never),
        ("2001:3::1", Never),
        ("2001:4:112::1", Never),
        ("2001:10::1", Never),
        ("2001:20::1", Never),
        ("2001:30::1", Never),
        ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", Never),
        ("2001:200::1", Public),
        ("2001:4860:4860::8888", Public),
        // Documentation.
        ("2001:db8::1", Never),
        ("2001:db9::1", Public),
        ("3ffe::1", Public),
        ("3fff::1", Never),
        ("3fff:fff::1", Never),
        ("3fff:1000::1", Public),
        // 6to4, whatever is in it.
        ("2002:7f00:1::", Never),
        ("2002:a9fe:a9fe::", Never),
        ("2002:808:808::", Never),
        ("2600:9000::1", Public),
        ("2620:4f:8000::1", Never),
        ("4000::1", Never),
        ("5f00::1", Never),
        // Unique local, and AWS's services among them.
        ("fc00::1", Private),
        ("fd00::1", Private),
        ("fd00:ec2::254", Never),
        ("fd00:ec2::23", Never),
        ("fdff:ffff::1", Private),
        // Link-local, site-local, multicast.
        ("fe80::1", Never),
        ("fec0::1", Never),
        ("ff02::1", Never),
    ];
    for (address, expected) in table {
        assert_eq!(Reach::of(address.parse().unwrap()), expected, "{address}");
    }
}

/// A host, and what becomes of a delivery to it without and with `allow_private`.
async fn to_host(host: &str, port: u16, allow_private: bool) -> Outcome {
    let scheme = if allow_private { "http" } else { "https" };
    let mut setup = Setup::new(&format!("{scheme}://{host}:{port}/"))
        .with("allow_private", json!(allow_private))
        .payload("k", "{}");
    setup.names = Names::default();
    let config: HttpConfig = serde_json::from_value(setup.config.clone()).unwrap();
    let (shelf, vault) = (setup.shelf.clone(), setup.vault.clone());
    let http = Http::over(&config, "crm", shelf, vault, SystemResolver, now).unwrap();
    let event = Event::decode(&message("k", b"{}").to_string()).unwrap();
    http.deliver(Outgoing {
        event: &event,
        message_id: "message-1",
        deadline: Instant::now() + Duration::from_secs(5),
        turn: &AtOnce,
    })
    .await
}

#[tokio::test]
async fn odd_forms_of_this_machine_are_this_machine() {
    let server = Server::of_status(200).await;
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "localhost.",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ] {
        let outcome = to_host(host, port, false).await;
        // A system may know fewer forms than others.
        let refused = [struck("private_address"), struck("dns")];
        assert!(refused.contains(&outcome), "{host}: {outcome:?}");
    }
    assert_eq!(server.connections(), 0);
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "localhost",
        "[::ffff:127.0.0.1]",
    ] {
        assert_eq!(to_host(host, port, true).await, delivered(200), "{host}");
    }
}

#[tokio::test]
async fn metadata_is_never_asked() {
    for host in [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::169.254.169.254]",
        "[2002:a9fe:a9fe::]",
        "2852039166",
        "0xa9fea9fe",
        "0.0.0.0",
        "[::]",
        "255.255.255.255",
        "224.0.0.1",
        "[fe80::1]",
    ] {
        for allow_private in [false, true] {
            let started = Instant::now();
            let outcome = to_host(host, 80, allow_private).await;
            let refused = [struck("private_address"), struck("dns")];
            assert!(refused.contains(&outcome), "{host}: {outcome:?}");
            assert!(started.elapsed().as_secs() < 2, "{host}");
        }
    }
}

/// A resolver that answers with an allowed address first, and then with another one.
#[tokio::test]
async fn rebinding_does_not_pass() {
    let victim = Server::of_status(200).await;
    let port = victim.address.port();
    let public = Server::at(
        format!("127.0.0.2:{port}").parse().unwrap(),
        None,
        |_, _| Reply::Last(answer(200, "", "")),
    )
    .await;
    let mut setup = Setup::new(&format!("https://name.example:{port}/")).payload("k", "{}");
    setup.public = vec![public.address.ip()];
    setup.names = Names::of(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let mut http = setup.with("allow_private", json!(false)).http();
    // Plain, as TLS would only hide what is tested here.
    let mut url = (*http.access.settings.url).clone();
    url.https = false;
    http.access.settings.url = Arc::new(url);
    http.access.guard.plain = true;
    let asked = Arc::clone(&http.access.resolver.asked);

    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "judged and connected by one answer"
    );
    freeze_s(10);
    assert_eq!(deliver(&http).await, struck("private_address"));
    assert_eq!((public.connections(), victim.connections()), (1, 0));
}

/// Of several addresses, those that are not allowed are left out.
#[tokio::test]
async fn an_allowed_address_among_others_is_taken() {
    let server = Server::of_status(200).await;
    let mut setup = setup(&server);
    setup.config["url"] = json!(format!("http://name.example:{}/", server.address.port()));
    setup.names = Names::of(&[&["169.254.169.254", "127.0.0.1"]]);
    assert_eq!(deliver(&setup.http()).await, delivered(200));
    setup.names = Names::of(&[&["169.254.169.254", "fd00:ec2::254"]]);
    assert_eq!(deliver(&setup.http()).await, struck("private_address"));
    setup.names = Names::of(&[&[]]);
    assert_eq!(deliver(&setup.http()).await, struck("dns"));
}

/// With `allow_private`, but to the internet.
#[tokio::test]
async fn plain_http_stays_in_private_networks() {
    let server = Server::of_status(200).await;
    let mut setup = setup(&server);
    setup.public = vec![server.address.ip()];
    assert_eq!(deliver(&setup.http()).await, struck("private_address"));
    assert_eq!(server.connections(), 0);
}
