//! The syntax of the two AWS files.
