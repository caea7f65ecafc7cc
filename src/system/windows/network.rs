//! The owner of a connection on loopback.

use std::net::SocketAddr;

/// Whether another user made the connection. Asking Windows requires unsafe code: unknown.
pub(crate) fn is_of_another_user(_: SocketAddr, _: SocketAddr) -> bool {
    false
}
