//! The binary, from outside.

#[cfg(test)]
mod arguments;
#[cfg(test)]
mod challenges;
#[cfg(test)]
mod console;
#[cfg(test)]
mod document;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod left_out;
#[cfg(test)]
mod listen;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod redacted;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod run;
#[cfg(test)]
mod schemes;
#[cfg(test)]
mod send;
#[cfg(test)]
mod send_refused;
#[cfg(test)]
mod server;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod vectors;
