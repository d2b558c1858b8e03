//! What is tried in every order.

use crate::{
    explore::Scenario,
    script::{
        Action::{Admit, Configure, Deliver, Rotate, Sweep, Wait},
        Sent::{Altered, First, Forged, UnderThePreviousKey},
        Wait::AgeFloor,
        Way::{Direct, Standard},
    },
};

const RETRY: &[crate::script::Action] = &[Deliver(0, First), Deliver(0, First)];
const ALTERED: &[crate::script::Action] = &[Deliver(0, First), Deliver(0, Altered)];

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "a delivery and its retry",
        way: Standard,
        config: 0,
        menu: RETRY,
        faults: 2,
    },
    Scenario {
        name: "a delivery and an altered one",
        way: Standard,
        config: 0,
        menu: ALTERED,
        faults: 2,
    },
    Scenario {
        name: "the same, inline",
        way: Standard,
        config: 1,
        menu: ALTERED,
        faults: 2,
    },
    Scenario {
        name: "three deliveries",
        way: Standard,
        config: 0,
        menu: &[Deliver(0, First), Deliver(0, Altered), Deliver(0, First)],
        faults: 1,
    },
    Scenario {
        name: "two events of the same bytes, and a forged one",
        way: Standard,
        config: 0,
        menu: &[Deliver(0, First), Deliver(1, First), Deliver(0, Forged)],
        faults: 1,
    },
    Scenario {
        name: "the configuration changes: in the pointer, then another name",
        way: Standard,
        config: 0,
        menu: &[Deliver(0, First), Configure, Deliver(0, Altered), Configure],
        faults: 1,
    },
    Scenario {
        name: "the key rotates",
        way: Standard,
        config: 0,
        menu: &[Deliver(0, First), Rotate, Deliver(0, UnderThePreviousKey)],
        faults: 1,
    },
    Scenario {
        name: "a delivery, a retry and the sweep",
        way: Standard,
        config: 0,
        menu: &[
            Deliver(0, First),
            Wait(AgeFloor),
            Sweep,
            Deliver(0, Altered),
        ],
        faults: 1,
    },
    Scenario {
        name: "a young delivery and the sweep",
        way: Standard,
        config: 0,
        menu: &[Deliver(0, First), Sweep],
        faults: 2,
    },
    Scenario {
        name: "a direct delivery, judged twice",
        way: Direct,
        config: 0,
        menu: &[Deliver(0, First), Admit(0), Admit(0)],
        faults: 2,
    },
    Scenario {
        name: "a direct delivery and an altered one",
        way: Direct,
        config: 0,
        menu: &[Deliver(0, First), Deliver(0, Altered), Admit(0), Admit(1)],
        faults: 1,
    },
    Scenario {
        name: "a direct delivery and the leak of its key",
        way: Direct,
        config: 0,
        menu: &[Deliver(0, First), Admit(0), Rotate, Rotate, Admit(0)],
        faults: 1,
    },
    Scenario {
        name: "a direct delivery and another rule for names",
        way: Direct,
        config: 1,
        menu: &[Deliver(0, First), Admit(0), Configure, Admit(0)],
        faults: 1,
    },
    Scenario {
        name: "a forged direct delivery",
        way: Direct,
        config: 0,
        menu: &[Deliver(0, Forged), Admit(0), Configure, Rotate],
        faults: 1,
    },
    Scenario {
        name: "a direct delivery and the sweep",
        way: Direct,
        config: 0,
        menu: &[Deliver(0, First), Wait(AgeFloor), Sweep, Admit(0)],
        faults: 1,
    },
];
