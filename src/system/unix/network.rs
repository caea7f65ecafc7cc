//! The owner of a connection on loopback.

use std::net::SocketAddr;

/// Whether another user made the connection from `peer` to `address` on this machine. Root is
/// accepted: it may be a proxy for the browser, as in WSL. Only Linux tells the owner.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_of_another_user(_peer: SocketAddr, _address: SocketAddr) -> bool {
    false
}

#[cfg(target_os = "linux")]
pub(crate) fn is_of_another_user(peer: SocketAddr, address: SocketAddr) -> bool {
    let owner = ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().find_map(|table| {
        owner(&std::fs::read_to_string(table).unwrap_or_default(), peer, address)
    });
    owner.is_some_and(|owner| owner != 0 && owner != rustix::process::geteuid().as_raw())
}

/// The user of a connection in a table of the kernel.
#[cfg(target_os = "linux")]
fn owner(connections: &str, from: SocketAddr, to: SocketAddr) -> Option<u32> {
    let (from, to) = (kernel_format(from)?, kernel_format(to)?);
    connections.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // A socket for IPv6 can make the connection, too: there, the address is longer.
        let is_it = fields.get(1)?.ends_with(&from) && fields.get(2)?.ends_with(&to);
        is_it.then(|| fields.get(7)?.parse().ok()).flatten()
    })
}

/// An address as the kernel shows it.
#[cfg(target_os = "linux")]
fn kernel_format(address: SocketAddr) -> Option<String> {
    match address.ip() {
        std::net::IpAddr::V4(ip) => {
            Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
        }
        std::net::IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn finds_the_owner_of_a_connection() {
        use std::net::{Ipv4Addr, TcpListener, TcpStream};

        use super::owner;

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).unwrap();
        let connections = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let user = Some(rustix::process::geteuid().as_raw());
        assert_eq!(owner(&connections, stream.local_addr().unwrap(), address), user);
        assert_eq!(owner(&connections, address, address), None);
        let of_ipv6 = "   0: 0000000000000000FFFF00000100007F:BED6 \
                       0000000000000000FFFF00000100007F:A3C1 01 00000000:00000000 00:00000000 \
                       00000000  1000        0 52";
        let [from, to] = [48854, 41921].map(|port| (Ipv4Addr::LOCALHOST, port).into());
        #[cfg(target_endian = "little")]
        assert_eq!(owner(of_ipv6, from, to), Some(1000));
    }
}
