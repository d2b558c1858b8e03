//! The states of a pipe.

/// The states of a pipe that this emulator reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Stopped,
    Creating,
    Updating,
    Deleting,
    Starting,
    Stopping,
    CreateFailed,
    UpdateFailed,
    StartFailed,
}

impl State {
    /// Whether no change is under way.
    pub(crate) fn settled(self) -> bool {
        matches!(
            self,
            Self::Running
                | Self::Stopped
                | Self::CreateFailed
                | Self::UpdateFailed
                | Self::StartFailed
        )
    }

    /// As the API spells it.
    pub(crate) fn spelled(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
            Self::Creating => "CREATING",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
            Self::Starting => "STARTING",
            Self::Stopping => "STOPPING",
            Self::CreateFailed => "CREATE_FAILED",
            Self::UpdateFailed => "UPDATE_FAILED",
            Self::StartFailed => "START_FAILED",
        }
    }
}
