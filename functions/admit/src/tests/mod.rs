//! `Admit` over stores in memory.

mod bucket;
mod crashes;
mod judging;
mod keeping;
mod merging;
mod reading;
mod table;
mod window;
mod world;

use domain::{Timestamp, format_time};
use intake::Repetition;
use testkit::{Fault, listen, logged};

use crate::{Admitted, Undone};
use world::{EVENT, NOW, SECRET, World, kept, reason, stored};
