//! A client for this server only, for tests and the demo. It signs with the code that the server
//! verifies with, so it proves nothing about that code.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use form_urlencoded::Serializer;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use time::OffsetDateTime;

use crate::clock::{self, ISO_8601_BASIC};
use crate::http::{HttpRequest, RequestHead};
use crate::operation::Operation;
use crate::{sigv4, tls};

/// The credentials that sign a request.
#[derive(Clone)]
pub struct Keys {
    /// `AKIA…` or `ASIA…`
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary keys.
    pub session_token: Option<String>,
}

impl From<crate::Sample> for Keys {
    fn from(sample: crate::Sample) -> Self {
        Self {
            access_key_id: sample.access_key_id.into(),
            secret_access_key: sample.secret_access_key.into(),
            session_token: None,
        }
    }
}

/// The response of the server.
#[derive(Debug)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// The XML.
    pub body: String,
}

impl Response {
    /// The content of the first element of this name, such as `Arn` or `Code`.
    #[must_use]
    pub fn text(&self, element: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("<{element}>"))?;
        rest.split_once(&format!("</{element}>")).map(|(text, _)| text)
    }

    /// Status code, `Code` and `Message` of an error.
    #[must_use]
    pub fn error(&self) -> Option<(u16, &str, &str)> {
        Some((self.status, self.text("Code")?, self.text("Message")?))
    }

    /// The keys in the response.
    #[must_use]
    pub fn keys(&self) -> Option<Keys> {
        Some(Keys {
            access_key_id: self.text("AccessKeyId")?.into(),
            secret_access_key: self.text("SecretAccessKey")?.into(),
            session_token: Some(self.text("SessionToken")?.into()),
        })
    }
}

/// A server, and the region and time to sign for.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) is_tls: bool,
    pub(crate) region: &'static str,
    pub(crate) now: OffsetDateTime,
}

pub(crate) fn call(
    target: &Target,
    operation: &Operation,
    keys: Option<&Keys>,
    parameters: &[(&str, &str)],
) -> io::Result<Response> {
    let mut form = Serializer::new(String::new());
    form.append_pair("Action", operation.name).append_pair("Version", operation.service.version);
    let body = form.extend_pairs(parameters).finish().into_bytes();
    let request = request(target, operation.service.name, keys, body);

    let stream = TcpStream::connect(target.address)?;
    let answer = if target.is_tls {
        let name = ServerName::IpAddress(target.address.ip().into());
        let session = ClientConnection::new(config(), name).map_err(io::Error::other)?;
        exchange(StreamOwned::new(session, stream), &request)?
    } else {
        exchange(stream, &request)?
    };
    parse(&answer).ok_or_else(|| io::Error::other("the answer is incomplete"))
}

/// The bytes of a request, signed if there are keys.
fn request(target: &Target, service: &str, keys: Option<&Keys>, body: Vec<u8>) -> Vec<u8> {
    let mut headers = vec![
        ("host".into(), target.address.to_string()),
        ("x-amz-date".into(), clock::format(target.now, ISO_8601_BASIC)),
        ("content-type".into(), "application/x-www-form-urlencoded".into()),
        ("content-length".into(), body.len().to_string()),
    ];
    if let Some(token) = keys.and_then(|keys| keys.session_token.as_ref()) {
        headers.push(("x-amz-security-token".into(), token.clone()));
    }
    let head = RequestHead {
        method: "POST".into(),
        path: "/".into(),
        query: String::new(),
        headers,
        keeps_open: false,
    };
    let mut request = HttpRequest { head, body };
    if let Some(Keys { access_key_id, secret_access_key, .. }) = keys {
        let region = target.region;
        let authorization =
            sigv4::sign(&request, access_key_id, secret_access_key, region, service);
        request.head.headers.push(("authorization".into(), authorization));
    }
    request.head.headers.push(("connection".into(), "close".into()));

    let mut text = String::from("POST / HTTP/1.1\r\n");
    for (name, value) in &request.head.headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    [(text + "\r\n").into_bytes(), request.body].concat()
}

fn exchange(mut stream: impl Read + Write, request: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(request)?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // The server closes the connection without TLS's close_notify. Content-Length shows whether
        // the answer is complete.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(answer),
    }
}

fn parse(answer: &[u8]) -> Option<Response> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(start) = head.parse(answer).ok()? else { return None };
    let mut headers = head.headers.iter();
    let length = headers.find(|header| header.name.eq_ignore_ascii_case("content-length"))?;
    let length: usize = std::str::from_utf8(length.value).ok()?.parse().ok()?;
    let body = String::from_utf8_lossy(answer.get(start..start + length)?).into_owned();
    Some(Response { status: head.code?, body })
}

fn config() -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(tls::ca_der()).expect("the certificate is a CA's");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("ring has both versions");
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}
