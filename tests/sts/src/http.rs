//! HTTP/1.1 on one connection. No pipelining, HTTP/2 or compression: SDKs and curl request none of
//! them.

use std::io::{self, ErrorKind, Read, Write};

/// The request line and the headers.
pub(crate) struct RequestHead {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The part after `?`, not decoded.
    pub(crate) query: String,
    /// As received.
    pub(crate) headers: Vec<(String, String)>,
    /// Whether the client keeps the connection open after the answer.
    pub(crate) keeps_open: bool,
}

impl RequestHead {
    /// All values of a header, as received.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let same = move |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| &*header.1)
    }

    /// Whether the request has no operation: `HEAD`, or `GET` without a query.
    pub(crate) fn is_probe(&self) -> bool {
        self.method == "HEAD" || self.method == "GET" && self.query.is_empty()
    }

    fn parse(bytes: &[u8]) -> io::Result<Option<(Self, usize)>> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
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

/// A complete request.
pub(crate) struct HttpRequest {
    pub(crate) head: RequestHead,
    pub(crate) body: Vec<u8>,
}

impl HttpRequest {
    /// The decoded parameters of the query, then those of the form in the body.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let query = form_urlencoded::parse(self.head.query.as_bytes());
        query.into_owned().chain(form_urlencoded::parse(&self.body).into_owned()).collect()
    }
}

/// A connection with its read buffer.
pub(crate) struct HttpConnection<S> {
    stream: S,
    unread: Vec<u8>,
}

impl<S: Read + Write> HttpConnection<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, unread: Vec::new() }
    }

    /// Reads the head of the next request; `None` if the client has closed the connection.
    pub(crate) fn read_head(&mut self) -> io::Result<Option<RequestHead>> {
        loop {
            if let Some((head, length)) = RequestHead::parse(&self.unread)? {
                self.unread.drain(..length);
                return Ok(Some(head));
            }
            if self.unread.len() > MAX_HEAD_SIZE {
                return Err(malformed("the head is too long"));
            }
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads the body of a request: with `Content-Length` or in chunks.
    pub(crate) fn read_body(&mut self, head: &RequestHead) -> io::Result<Vec<u8>> {
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

    /// Sends bytes unchanged.
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
            if body.len() > MAX_BODY_SIZE {
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
            if self.unread.len() > MAX_HEAD_SIZE || self.fill()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > MAX_BODY_SIZE {
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

const MAX_HEADERS: usize = 100;

/// In bytes. Tests use session tokens of 64 KiB.
const MAX_HEAD_SIZE: usize = 1024 * 1024;

const MAX_BODY_SIZE: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &str) -> HttpRequest {
        let mut connection = HttpConnection::new(Cursor::new(bytes.as_bytes().to_vec()));
        let head = connection.read_head().unwrap().unwrap();
        let body = connection.read_body(&head).unwrap();
        HttpRequest { head, body }
    }

    #[test]
    fn body_ends_at_content_length() {
        let request = read("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=bGET");
        assert_eq!(request.body, b"a=b");
        assert!(request.head.keeps_open);
    }

    #[test]
    fn chunks_are_joined_and_trailers_are_ignored() {
        let request = read(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
             2;x=y\r\na=\r\n1\r\nb\r\n0\r\nT: t\r\n\r\n",
        );
        assert_eq!(request.parameters(), [("a".into(), "b".into())]);
    }

    #[test]
    fn query_and_body_are_decoded() {
        let request = read("POST /?a=1%2B1 HTTP/1.0\r\nContent-Length: 5\r\n\r\nb=c+d");
        let expected = [("a".into(), "1+1".into()), ("b".into(), "c d".into())];
        assert_eq!(request.parameters(), expected);
        assert!(!request.head.keeps_open);
    }
}
