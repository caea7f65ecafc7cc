//! What the program promises, a module a promise.
