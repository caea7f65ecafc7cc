//! What is left in memory.
