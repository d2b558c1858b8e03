//! What a person does with the command line, and no function may: with the
//! standard chain of credentials, and patience.

mod alarms;
mod directory;
mod functions;
mod key_versions;
mod lifecycle;
mod logs;
mod moves;
mod pipe_control;
mod queue_control;
mod records;
mod sdk;
mod tables;

pub use alarms::{AlarmState, Alarms};
pub use directory::Directory;
pub use functions::{FunctionState, Functions};
pub use key_versions::KeyVersions;
pub use lifecycle::Lifecycle;
pub use logs::{Lines, Logs};
pub use moves::{Move, Moves, Started};
pub use pipe_control::{Asked, PipeControl, PipeStatus};
pub use queue_control::{Depth, Held, QueueControl};
pub use records::{Record, Records};
pub use sdk::{Account, sdk};
pub use tables::{TableFacts, Tables};
