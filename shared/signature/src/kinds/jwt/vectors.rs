//! Signatures that others published: RFC 7515 and RFC 8037, and Wycheproof's (fixtures/README.md).

use serde::Deserialize;
use serde_json::{Value, json};

use super::compact::Compact;
use crate::{JwtAlgorithm, jwk::PublicJwk};

const ALL: [JwtAlgorithm; 4] = [
    JwtAlgorithm::Rs256,
    JwtAlgorithm::Ps256,
    JwtAlgorithm::Es256,
    JwtAlgorithm::EdDsa,
];

/// Whether it is signed by this key, and by the one that it names.
fn is_good(token: &str, jwk: &Value) -> bool {
    let Some(token) = Compact::read(token, &ALL) else {
        return false;
    };
    let names_it = token
        .head
        .kid
        .as_deref()
        .is_none_or(|kid| jwk["kid"] == kid);
    let Ok(key) = PublicJwk::parse(jwk.to_string().as_bytes()) else {
        return false;
    };
    let message = token.message.as_bytes();
    names_it && key.is_signed(token.head.algorithm, message, &token.signature)
}

/// RFC 7515, appendices A.2 and A.3; RFC 8037, appendix A.4.
#[test]
fn the_examples_of_the_rfcs_are_good() {
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let rs256 = format!(
        "eyJhbGciOiJSUzI1NiJ9.{claims}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"});
    let es256 = format!(
        "eyJhbGciOiJFUzI1NiJ9.{claims}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let ec = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let eddsa = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg".to_owned();
    let okp =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let all = [(rs256, rsa), (es256, ec), (eddsa, okp)];
    for (token, key) in &all {
        assert!(is_good(token, key), "{token}");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let other = format!("{message}.{}", signature.replacen(|c| c != 'A', "A", 1));
        assert!(!is_good(&other, key), "{other}");
        for (_, other) in all.iter().filter(|(_, other)| other != key) {
            assert!(!is_good(token, other), "{token}");
        }
    }
}

#[derive(Deserialize)]
struct Group {
    public: Value,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    id: u32,
    about: String,
    jws: String,
    valid: bool,
}

#[test]
fn wycheproof_agrees() {
    let groups: Vec<Group> =
        serde_json::from_str(include_str!("../../../fixtures/wycheproof-jws.json")).unwrap();
    let tests = groups
        .iter()
        .flat_map(|group| group.tests.iter().map(|test| (&group.public, test)));
    let mut seen = [0, 0];
    for (
        public,
        Test {
            id,
            about,
            jws,
            valid,
        },
    ) in tests
    {
        assert_eq!(is_good(jws, public), *valid, "{id}: {about}");
        seen[usize::from(*valid)] += 1;
    }
    assert!(seen[0] > 90 && seen[1] > 12, "{seen:?}");
}
