//! Which addresses requests may go to.
//!
//! The ranges are those of IANA's registries of special-purpose addresses:
//! <https://www.iana.org/assignments/iana-ipv4-special-registry/> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry/>. Of IPv6 only the global unicast
//! addresses can be a destination at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To the internet.
    Public,
    /// Into a network of one's own, or to this machine. Only with `allow_private`.
    Private,
    /// To a metadata service, to neighbours on the link, to many, or to nobody. Never a destination.
    Never,
}

impl Reach {
    /// Where this address leads, whatever form it is written in.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        // RFC 1918, the shared space of RFC 6598, loopback.
        [10 | 127, ..] | [100, 64..=127, ..] | [172, 16..=31, ..] | [192, 168, ..] => {
            Reach::Private
        }
        // "This network".
        [0, ..]
        // Link-local. On AWS: metadata of instances (169.254.169.254), credentials of ECS tasks
        // (169.254.170.2), time, DNS.
        | [169, 254, ..]
        // IETF protocol assignments.
        | [192, 0, 0, _]
        // Documentation.
        | [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _]
        // Relays of 6to4, AS112 and AMT.
        | [192, 88, 99, _] | [192, 31, 196, _] | [192, 175, 48, _] | [192, 52, 193, _]
        // Benchmarks.
        | [198, 18..=19, ..]
        // Multicast, reserved, broadcast.
        | [224..=255, ..] => Reach::Never,
        _ => Reach::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Reach {
    let segments = address.segments();
    let [.., high, low] = segments;
    let embedded = || {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        of_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // IPv4-mapped, and NAT64 as a resolver with DNS64 writes a public IPv4 address (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => embedded(),
        // AWS's local services: metadata at fd00:ec2::254, credentials of pods at fd00:ec2::23.
        [0xfd00, 0xec2, ..]
        // IETF protocol assignments: Teredo, ORCHID, benchmarks, ...
        | [0x2001, 0..=0x1ff, ..]
        // Documentation.
        | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..]
        // 6to4.
        | [0x2002, ..]
        // AS112.
        | [0x2620, 0x4f, 0x8000, ..] => Reach::Never,
        // Loopback, unique local.
        [0, 0, 0, 0, 0, 0, 0, 1] | [0xfc00..=0xfdff, ..] => Reach::Private,
        [0x2000..=0x3fff, ..] => Reach::Public,
        // Everything else is no global unicast address: unspecified, IPv4-compatible and
        // -translated, link-local and site-local, multicast, discard, SRv6, reserved.
        _ => Reach::Never,
    }
}
