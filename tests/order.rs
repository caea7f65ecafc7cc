//! What can fail without a code fails before one is asked for, and before anything is sent.

use loopback_sts::ALICE;

use crate::world::{World, keys};

#[test]
fn a_code_gets_a_session_which_is_written_and_reused() {
    let world = World::new();
    let code = world.code();
    world.run(["--serial", ALICE.serial_number, "--code", &code]).wrote("default-mfa");
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
    world.run([]).wrote("default-mfa");
    assert_eq!(world.asked().len(), 1);
    assert!(world.read("credentials").starts_with(&keys("default")));
    assert_eq!(world.files(), ["credentials"]);
}
