//! Random scripts, beyond what can be tried in every order.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

use crate::{
    invariants::Violation,
    provider::CONFIGS,
    run,
    script::{Action, Fate, Script, Sent, Wait, Way},
};

/// What `make check` takes.
const SEED: u64 = 20;
const CASES: u32 = 2_000;

/// The longest random script.
const LONGEST: usize = 60;

/// The seed and the number of scripts.
pub(crate) fn settings() -> (u64, u32) {
    let number = |name: &str| {
        #[expect(
            clippy::disallowed_methods,
            reason = "who runs the model says which scripts to try"
        )]
        let text = std::env::var(name).ok()?;
        Some(
            text.parse::<u64>()
                .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        )
    };
    let cases = number("COATCHECK_MODEL_CASES").map(|cases| u32::try_from(cases).unwrap());
    (
        number("COATCHECK_MODEL_SEED").unwrap_or(SEED),
        cases.unwrap_or(CASES),
    )
}

/// Runs so many scripts: the calls that were made, or the shortest script found that breaks a promise.
pub(crate) fn search(seed: u64, cases: u32) -> Result<u64, (Script, Violation)> {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let calls = std::cell::Cell::new(0);
    let found = TestRunner::new_with_rng(config, rng).run(&scripts(), |script| {
        match run::run(&script, None) {
            Ok(made) => calls.set(calls.get() + made),
            Err(violation) => return Err(TestCaseError::fail(violation.to_string())),
        }
        Ok(())
    });
    match found {
        Ok(()) => Ok(calls.get()),
        Err(TestError::Fail(_, script)) => {
            let violation = run::run(&script, None).expect_err("the same script does the same");
            Err((script, violation))
        }
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

fn scripts() -> impl Strategy<Value = Script> {
    let way = prop_oneof![Just(Way::Standard), Just(Way::Direct)];
    (way, 0..CONFIGS, vec(actions(), 1..LONGEST)).prop_map(|(way, config, actions)| Script {
        way,
        config,
        quick: false,
        actions,
    })
}

fn actions() -> impl Strategy<Value = Action> {
    let fate = prop_oneof![
        12 => Just(Fate::Done),
        6 => proptest::sample::select(&Fate::FAULTS[..]),
    ];
    let sent = prop_oneof![
        4 => Just(Sent::First),
        2 => Just(Sent::Altered),
        1 => Just(Sent::UnderThePreviousKey),
        1 => Just(Sent::Forged),
    ];
    let wait = prop_oneof![Just(Wait::Minute), Just(Wait::AgeFloor)];
    prop_oneof![
        14 => (any::<u8>(), fate).prop_map(|(number, fate)| Action::Step(number, fate)),
        4 => (0..2_u8, sent).prop_map(|(event, sent)| Action::Deliver(event, sent)),
        3 => any::<u8>().prop_map(Action::Admit),
        1 => Just(Action::Sweep),
        1 => Just(Action::Rotate),
        1 => Just(Action::Configure),
        1 => wait.prop_map(Action::Wait),
    ]
}
