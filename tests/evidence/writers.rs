//! Many that write the same file.
