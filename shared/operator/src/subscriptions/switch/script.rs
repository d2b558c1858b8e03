//! A pipe whose states are written down, for tests.

use std::cell::RefCell;

use super::*;

/// Goes through these states, one a look; the last stays.
pub(in super::super) struct Script {
    states: RefCell<Vec<&'static str>>,
    answers: RefCell<Vec<PipeRequest>>,
    pub(in super::super) asked: RefCell<Vec<Goal>>,
}

impl Script {
    pub(in super::super) fn of(states: &[&'static str]) -> Self {
        Self {
            states: RefCell::new(states.iter().rev().copied().collect()),
            answers: RefCell::new(Vec::new()),
            asked: RefCell::new(Vec::new()),
        }
    }

    pub(super) fn answering(self, answers: &[PipeRequest]) -> Self {
        *self.answers.borrow_mut() = answers.iter().rev().copied().collect();
        self
    }
}

impl Switched for Script {
    async fn status(&self) -> Result<PipeState, StoreError> {
        let mut states = self.states.borrow_mut();
        let state = if states.len() > 1 {
            states.pop()
        } else {
            states.last().copied()
        };
        Ok(PipeState {
            current: state.unwrap().to_owned(),
            desired: None,
            reason: Some("no right".to_owned()),
        })
    }

    async fn ask(&self, goal: Goal) -> Result<PipeRequest, StoreError> {
        self.asked.borrow_mut().push(goal);
        Ok(self
            .answers
            .borrow_mut()
            .pop()
            .unwrap_or(PipeRequest::Accepted))
    }
}
