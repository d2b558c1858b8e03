/// The state to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The reader delivers events.
    Running,
    /// The reader is stopped.
    Stopped,
}

impl Goal {
    /// `EventBridge`'s name of the state.
    pub fn state(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }
}
