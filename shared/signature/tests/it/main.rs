//! What the engine accepts and what it refuses, from outside.

#[cfg(test)]
mod challenges;
#[cfg(test)]
mod common;
#[cfg(test)]
mod ecdsa;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod several;
#[cfg(test)]
mod signed_bytes;
#[cfg(test)]
mod timestamps;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod windows;
