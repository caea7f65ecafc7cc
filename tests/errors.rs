//! What goes wrong is told in plain words with the next step: all of standard error and the exit
//! status, a table for each place that things go wrong in.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod answers;
mod connection;
mod delivery;
mod files;
mod refusals;
mod usage;
