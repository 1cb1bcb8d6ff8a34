//! Arithmetic of the prime field ℤ/p.

use crate::error::{Error, SettingKind};

/// ℤ/p for a prime below 2^15, with its inverses.
#[derive(Debug)]
pub(super) struct PrimeField {
    modulus: u32,
    inverses: Vec<u32>,
}

impl PrimeField {
    pub(super) fn new(modulus: u32) -> Result<Self, Error> {
        let is_prime = (2..1 << 15).contains(&modulus)
            && (2..modulus).take_while(|d| d * d <= modulus).all(|d| !modulus.is_multiple_of(d));
        if !is_prime {
            return Err(SettingKind::NotPrime { modulus }.into());
        }
        // From p = q a + r: the inverse of a is -q times the inverse of r = p mod a, which is smaller.
        let mut inverses = vec![0, 1];
        for a in 2..modulus {
            let of_remainder = inverses[(modulus % a) as usize];
            inverses.push((modulus - (modulus / a) * of_remainder % modulus) % modulus);
        }
        Ok(Self { modulus, inverses })
    }

    /// Whether it is ℤ/2.
    pub(super) fn is_binary(&self) -> bool {
        self.modulus == 2
    }

    #[inline]
    pub(super) fn add(&self, a: u32, b: u32) -> u32 {
        let sum = a + b;
        if sum >= self.modulus { sum - self.modulus } else { sum }
    }

    #[inline]
    pub(super) fn negate(&self, a: u32) -> u32 {
        if a == 0 { 0 } else { self.modulus - a }
    }

    #[inline]
    pub(super) fn multiply(&self, a: u32, b: u32) -> u32 {
        a * b % self.modulus
    }

    /// The factor f with a + f b = 0.
    #[inline]
    pub(super) fn eliminating_factor(&self, a: u32, b: u32) -> u32 {
        self.negate(self.multiply(a, self.inverses[b as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_but_zero_has_an_inverse() {
        for modulus in [2, 3, 5, 7, 251, 32749] {
            let field = PrimeField::new(modulus).unwrap();
            for a in 1..modulus {
                assert_eq!(field.multiply(a, field.inverses[a as usize]), 1);
                assert_eq!(field.add(1, field.multiply(a, field.eliminating_factor(1, a))), 0);
            }
        }
    }

    #[test]
    fn composites_and_large_primes_are_errors() {
        for modulus in [0, 1, 4, 9, 32768, 65537] {
            assert!(PrimeField::new(modulus).is_err(), "{modulus}");
        }
    }
}
