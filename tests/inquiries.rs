//! What STS tells besides sessions: whose keys they are, whose a key is, what a message says.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod decode;
mod key_info;
mod whoami;

use loopback_sts::{ALICE, Account, Answer, Sts, User};

use crate::world::World;

/// A world whose Alice has no permission for this action.
fn world_without(action: &str) -> World {
    let alice = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    World::with(Sts::start(Account::default().user(alice.withhold(action))))
}

/// What a server says that plays STS for this operation.
fn answer(operation: &str, result: &str) -> Answer {
    Answer::new(
        200,
        format!(
            "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <{operation}Result>{result}</{operation}Result></{operation}Response>"
        ),
    )
}
