use aws_lc_rs::rand;

use crate::ProviderError;

/// Numbers that no two deliveries share: each run has its own, and each delivery of a run.
#[derive(Debug, Clone, Copy)]
pub struct Nonces(u64);

impl Nonces {
    /// Starts at a random number.
    ///
    /// # Errors
    /// [`ProviderError::Random`].
    pub fn new() -> Result<Self, ProviderError> {
        let mut bytes = [0; 8];
        rand::fill(&mut bytes).map_err(|_| ProviderError::Random)?;
        Ok(Self(u64::from_le_bytes(bytes)))
    }

    /// That of the delivery with this number.
    #[must_use]
    pub fn of(self, number: u64) -> u64 {
        self.0.wrapping_add(number)
    }
}

/// So many hex digits. Neighbours differ in the last ones, so that a short text does too.
pub(crate) fn hex(nonce: u64, digits: usize) -> String {
    let text = format!("{nonce:016x}");
    let least = text.get(16_usize.saturating_sub(digits)..);
    format!("{:0>digits$}", least.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_differ_whatever_the_length() {
        for digits in [1, 8, 16, 40] {
            let (one, two) = (hex(u64::MAX, digits), hex(u64::MAX.wrapping_add(1), digits));
            assert_eq!((one.len(), two.len()), (digits, digits));
            assert_ne!(one, two);
        }
        assert_eq!(hex(0x1f, 3), "01f");
    }

    #[test]
    fn runs_differ() {
        assert_ne!(Nonces::new().unwrap().of(0), Nonces::new().unwrap().of(0));
    }
}
