//! Faults of the system while the file is written.
