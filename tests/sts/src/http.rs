//! HTTP/1.1 on one connection: a request in, an answer out, and again. No pipelining of answers, no
//! HTTP/2, no compression: SDKs and curl ask for none of them.

use std::io::{self, ErrorKind, Read, Write};

/// The first part of a request, before its body.
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    /// What follows the `?`, still encoded.
    pub(crate) query: String,
    /// In the order and the spelling they came in.
    pub(crate) headers: Vec<(String, String)>,
    /// Whether the client wants another request on this connection.
    pub(crate) keeps_open: bool,
}

impl Head {
    /// All values of a header, in the order they came in.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let same = move |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| &*header.1)
    }

    /// Whether it only asks if somebody is there: `HEAD`, or `GET` without a question.
    pub(crate) fn is_probe(&self) -> bool {
        self.method == "HEAD" || self.method == "GET" && self.query.is_empty()
    }

    fn parse(bytes: &[u8]) -> io::Result<Option<(Self, usize)>> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Request::new(&mut fields);
        let status = parsed.parse(bytes).map_err(|error| malformed(&error.to_string()))?;
        let httparse::Status::Complete(length) = status else { return Ok(None) };

        let (Some(method), Some(target)) = (parsed.method, parsed.path) else {
            return Err(malformed("no method or no target"));
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let headers = parsed.headers.iter().map(|field| (field.name.into(), text(field.value)));
        let mut head = Self {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: headers.collect(),
            keeps_open: parsed.version == Some(1),
        };
        if head.first("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            head.keeps_open = false;
        }
        Ok(Some((head, length)))
    }
}

/// A request, whole.
pub(crate) struct Message {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The form's parameters, decoded: the query's first, then the body's.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let query = form_urlencoded::parse(self.head.query.as_bytes());
        query.into_owned().chain(form_urlencoded::parse(&self.body).into_owned()).collect()
    }
}

/// A connection and what has been read from it but not yet used.
pub(crate) struct Wire<S> {
    stream: S,
    unread: Vec<u8>,
}

impl<S: Read + Write> Wire<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, unread: Vec::new() }
    }

    /// The next request's head, or `None` where the client has hung up between two requests.
    pub(crate) fn read_head(&mut self) -> io::Result<Option<Head>> {
        loop {
            if let Some((head, length)) = Head::parse(&self.unread)? {
                self.unread.drain(..length);
                return Ok(Some(head));
            }
            if self.unread.len() > MOST_HEAD {
                return Err(malformed("the head is too long"));
            }
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    /// The body that belongs to `head`, of known length or in chunks.
    pub(crate) fn read_body(&mut self, head: &Head) -> io::Result<Vec<u8>> {
        if head.first("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let coding = head.first("transfer-encoding");
        if coding.is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return self.read_chunks();
        }
        match head.first("content-length") {
            Some(length) => self.take(length.parse().map_err(|_| malformed("content-length"))?),
            None => Ok(Vec::new()),
        }
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.take_line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| malformed("chunk size"))?;
            if size == 0 {
                break;
            }
            body.extend(self.take(size)?);
            self.take_line()?;
            if body.len() > MOST_BODY {
                return Err(malformed("the body is too long"));
            }
        }
        while !self.take_line()?.is_empty() {}
        Ok(body)
    }

    fn take_line(&mut self) -> io::Result<String> {
        let end = loop {
            if let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') {
                break end;
            }
            if self.unread.len() > MOST_HEAD || self.fill()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > MOST_BODY {
            return Err(malformed("the body is too long"));
        }
        while self.unread.len() < length {
            if self.fill()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.unread.drain(..length).collect())
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut bytes = [0; 16 * 1024];
        let count = self.stream.read(&mut bytes)?;
        self.unread.extend(&bytes[..count]);
        Ok(count)
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

const MOST_HEADERS: usize = 100;

/// A session token of 64 KiB must fit.
const MOST_HEAD: usize = 1024 * 1024;

const MOST_BODY: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &str) -> Message {
        let mut wire = Wire::new(Cursor::new(bytes.as_bytes().to_vec()));
        let head = wire.read_head().unwrap().unwrap();
        let body = wire.read_body(&head).unwrap();
        Message { head, body }
    }

    #[test]
    fn a_body_of_known_length_ends_there() {
        let message = read("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=bGET");
        assert_eq!(message.body, b"a=b");
        assert!(message.head.keeps_open);
    }

    #[test]
    fn chunks_are_joined_and_trailers_are_passed_over() {
        let message = read(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
             2;x=y\r\na=\r\n1\r\nb\r\n0\r\nT: t\r\n\r\n",
        );
        assert_eq!(message.parameters(), [("a".into(), "b".into())]);
    }

    #[test]
    fn the_query_and_the_body_are_decoded_alike() {
        let message = read("POST /?a=1%2B1 HTTP/1.0\r\nContent-Length: 5\r\n\r\nb=c+d");
        let expected = [("a".into(), "1+1".into()), ("b".into(), "c d".into())];
        assert_eq!(message.parameters(), expected);
        assert!(!message.head.keeps_open);
    }
}
