//! The write path as a model: the real decisions of `ingest`, `admit` and `sweep` over stores in memory, which misbehave as a
//! script says. One call to a store happens at a time, so a script decides every order of concurrent calls. Scripts are
//! tried in every order up to a bound, and at random beyond it; the promises of [`invariants`] are checked after each call.
//! Planted bugs ([`bugs`], [`planted`]) show that each promise is looked at.
//!
//! `COATCHECK_MODEL_SEED` and `COATCHECK_MODEL_CASES` choose the random scripts; `make model` runs ten times as many.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test tells what went wrong by panicking there"
)]

mod bugs;
mod calls;
mod explore;
mod invariants;
mod judge;
mod planted;
mod provider;
mod random;
mod run;
mod scenarios;
mod script;
mod stores;
mod turn;
mod world;

use bugs::Bug;

#[test]
fn every_script_up_to_the_bound_keeps_every_promise() {
    let mut all = explore::Tally::default();
    for scenario in scenarios::ALL {
        match scenario.explore(None) {
            Ok(tally) => {
                println!(
                    "{}: {} runs, {} calls",
                    scenario.name, tally.runs, tally.calls
                );
                all.runs += tally.runs;
                all.calls += tally.calls;
            }
            Err((script, violation)) => panic!("{}: {violation}\n{script:?}", scenario.name),
        }
    }
    println!(
        "every script up to the bound: {} runs, {} calls",
        all.runs, all.calls
    );
}

#[test]
fn random_scripts_keep_every_promise() {
    let (seed, cases) = random::settings();
    match random::search(seed, cases) {
        Ok(calls) => println!("random scripts of seed {seed}: {cases} runs, {calls} calls"),
        Err((script, violation)) => panic!("COATCHECK_MODEL_SEED={seed}: {violation}\n{script:?}"),
    }
}

/// The same scripts as above, with one thing put together wrongly.
#[test]
fn each_planted_bug_breaks_its_promise() {
    for (bug, promise, name) in Bug::ALL {
        let mut all = scenarios::ALL.iter();
        let scenario = all.find(|scenario| scenario.name == name);
        let scenario = scenario.unwrap_or_else(|| panic!("no scenario is named {name}"));
        let found = scenario.explore(Some((bug, promise))).err();
        let (script, violation) = found.unwrap_or_else(|| panic!("{bug:?} kept {promise:?}"));
        let (script, violation) = explore::shrink(&script, violation, bug);
        println!("{bug:?} breaks {violation}\n{script:?}\n");
        assert_eq!(violation.of, promise);
    }
}
