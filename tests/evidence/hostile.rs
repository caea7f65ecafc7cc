//! What a server may answer.
