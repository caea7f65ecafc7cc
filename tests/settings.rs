//! Every setting, from every place where it can be said.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod devices;
mod places;
mod precedence;
mod refused;
mod source;
