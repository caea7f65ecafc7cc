//! What the program promises, a module a promise: the real binary, in a world of its own.

mod world;

mod order;
