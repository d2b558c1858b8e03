use base64_simd::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{Encoding, KeyDecode};

impl Encoding {
    /// The bytes, if the text is exactly what an encoder would write (hex in either case).
    pub(crate) fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => hex::decode(text).ok(),
            Self::Base64 => STANDARD.decode_to_vec(text).ok(),
            Self::Base64Url => URL_SAFE_NO_PAD.decode_to_vec(text).ok(),
        }
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(bytes),
            Self::Base64 => STANDARD.encode_to_string(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode_to_string(bytes),
        }
    }
}

impl KeyDecode {
    /// The key's bytes. Base64 may lack its padding, as providers' secrets do.
    pub(crate) fn decode(self, secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Utf8 => Some(secret.to_vec()),
            Self::Hex => hex::decode(secret).ok(),
            Self::Base64 if secret.len().is_multiple_of(4) => STANDARD.decode_to_vec(secret).ok(),
            Self::Base64 => STANDARD_NO_PAD.decode_to_vec(secret).ok(),
        }
        .map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_decode_strictly() {
        assert_eq!(Encoding::Hex.decode("00fF"), Some(vec![0, 255]));
        assert_eq!(Encoding::Base64.decode("AP8="), Some(vec![0, 255]));
        assert_eq!(Encoding::Base64Url.decode("AP8"), Some(vec![0, 255]));
        // Odd length; padding missing, extra, misplaced; other alphabet; spaces;
        // trailing bits that an encoder leaves at zero.
        for bad in ["0", "0g", " 00", "00 ", "0x00"] {
            assert_eq!(Encoding::Hex.decode(bad), None, "{bad}");
        }
        for bad in ["AP8", "AP8==", "AP8=\n", " AP8=", "AP9=", "A-8=", "="] {
            assert_eq!(Encoding::Base64.decode(bad), None, "{bad}");
        }
        for bad in ["AP8=", "AP9", "A+8", "A"] {
            assert_eq!(Encoding::Base64Url.decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn key_padding_is_optional() {
        for text in ["AP8=", "AP8"] {
            assert_eq!(
                KeyDecode::Base64
                    .decode(text.as_bytes())
                    .unwrap()
                    .as_slice(),
                [0, 255]
            );
        }
        assert!(KeyDecode::Base64.decode(b"A*8=").is_none());
        assert!(KeyDecode::Hex.decode(b"abc").is_none());
    }
}
