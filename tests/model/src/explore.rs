//! Every script of a scenario: each order of its actions and of the calls of the invocations that they begin, with each fault at
//! each call, up to a number of faults and of switches from an invocation that could go on.

use crate::{
    bugs::Bug,
    invariants::{Invariant, Violation},
    run::{self, Runner},
    script::{Action, Fate, Script, Way},
    world::World,
};

/// What may happen, in every order.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    pub(crate) config: usize,
    /// Each happens at most once.
    pub(crate) menu: &'static [Action],
    /// How many calls go wrong at most.
    pub(crate) faults: usize,
    /// How often something else happens before an invocation has made all its calls. Few switches show most mistakes, and
    /// the number of orders grows with each.
    pub(crate) switches: usize,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) runs: u64,
    pub(crate) calls: u64,
}

impl Scenario {
    /// Runs all of it, up to the first promise that is broken; with a planted bug, up to the one that it must break.
    pub(crate) fn explore(
        &self,
        planted: Option<(Bug, Invariant)>,
    ) -> Result<Tally, (Script, Violation)> {
        let bug = planted.map(|(bug, _)| bug);
        let mut tally = Tally::default();
        let mut choices = Choices::default();
        loop {
            let mut script = Script {
                way: self.way,
                config: self.config,
                quick: true,
                actions: Vec::new(),
            };
            let world = World::new(self.way, self.config, bug, true);
            let run = self.run(&world, &mut choices, &mut script.actions);
            match run {
                Err(violation) if planted.is_none_or(|(_, wanted)| violation.of == wanted) => {
                    return Err((script, violation));
                }
                _ => {}
            }
            tally.runs += 1;
            tally.calls += world.turn.calls();
            if !choices.next() {
                return Ok(tally);
            }
        }
    }

    fn run(
        &self,
        world: &World,
        choices: &mut Choices,
        taken: &mut Vec<Action>,
    ) -> Result<(), Violation> {
        let mut runner = Runner::new(world);
        let mut menu = self.menu.to_vec();
        let (mut faults, mut switches) = (self.faults, self.switches);
        let mut last = None;
        loop {
            let goes_on = last.and_then(|task| runner.place(task));
            let mut options = Vec::new();
            for (at, action) in menu.iter().enumerate() {
                let is_first = !menu.iter().take(at).any(|earlier| earlier == action);
                if is_first && runner.can(*action) && (goes_on.is_none() || switches > 0) {
                    options.push(*action);
                }
            }
            for number in 0..runner.running() {
                if goes_on.is_some_and(|own| own != number) && switches == 0 {
                    continue;
                }
                let number = u8::try_from(number).unwrap_or_default();
                let wrong = Fate::FAULTS.iter().filter(|_| faults > 0);
                let fates = std::iter::once(&Fate::Done).chain(wrong);
                options.extend(fates.map(|fate| Action::Step(number, *fate)));
            }
            // With nothing at work the script may also end here.
            let ends = usize::from(runner.running() == 0);
            if options.is_empty() {
                break;
            }
            let Some(action) = options.get(choices.choose(options.len() + ends)) else {
                break;
            };
            let stays =
                matches!(action, Action::Step(number, _) if Some(usize::from(*number)) == goes_on);
            switches -= usize::from(goes_on.is_some() && !stays);
            last = match action {
                Action::Step(number, fate) => {
                    faults -= usize::from(*fate != Fate::Done);
                    runner.task(usize::from(*number))
                }
                other => {
                    menu.remove(menu.iter().position(|one| one == other).unwrap_or_default());
                    last
                }
            };
            taken.push(*action);
            let before = runner.running();
            runner.apply(*action)?;
            if runner.running() > before {
                last = runner.task(before);
            }
        }
        runner.rest()
    }
}

/// A path through a tree of choices that is not held in memory.
#[derive(Debug, Default)]
struct Choices {
    path: Vec<(usize, usize)>,
    at: usize,
}

impl Choices {
    fn choose(&mut self, of: usize) -> usize {
        if self.at == self.path.len() {
            self.path.push((0, of));
        }
        let (chosen, _) = self.path[self.at];
        self.at += 1;
        chosen
    }

    /// Turns to the next path; `false` if there is none.
    fn next(&mut self) -> bool {
        self.at = 0;
        while let Some((chosen, of)) = self.path.pop() {
            if chosen + 1 < of {
                self.path.push((chosen + 1, of));
                return true;
            }
        }
        false
    }
}

/// The same violation with as few actions as possible: each that is not needed is left out.
pub(crate) fn shrink(script: &Script, violation: Violation, bug: Bug) -> (Script, Violation) {
    let (mut script, mut violation) = (script.clone(), violation);
    let mut at = 0;
    while at < script.actions.len() {
        let mut shorter = script.clone();
        shorter.actions.remove(at);
        match run::run(&shorter, Some(bug)) {
            Err(same) if same.of == violation.of => (script, violation, at) = (shorter, same, 0),
            _ => at += 1,
        }
    }
    (script, violation)
}
