//! A client for this server only, so that tests and people can try keys on it. It signs with the
//! code that the server verifies with, and so says nothing about that code.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use form_urlencoded::Serializer;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use time::OffsetDateTime;

use crate::clock::{self, ISO_8601_BASIC};
use crate::http::{Head, Message};
use crate::operation::Operation;
use crate::{sigv4, tls};

/// What a request is signed with.
#[derive(Clone)]
pub struct Keys {
    /// `AKIA…` or `ASIA…`
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The token that belongs to temporary keys.
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

/// What came back.
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

    /// Status code, `Code` and `Message`, where it is an error.
    #[must_use]
    pub fn error(&self) -> Option<(u16, &str, &str)> {
        Some((self.status, self.text("Code")?, self.text("Message")?))
    }

    /// The keys that an operation granted.
    #[must_use]
    pub fn keys(&self) -> Option<Keys> {
        Some(Keys {
            access_key_id: self.text("AccessKeyId")?.into(),
            secret_access_key: self.text("SecretAccessKey")?.into(),
            session_token: Some(self.text("SessionToken")?.into()),
        })
    }
}

/// Where to ask, and by which clock.
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
    parse(&answer).ok_or_else(|| io::Error::other("the answer is not whole"))
}

/// Signed where there are keys.
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
    let head = Head {
        method: "POST".into(),
        path: "/".into(),
        query: String::new(),
        headers,
        keeps_open: false,
    };
    let mut message = Message { head, body };
    if let Some(Keys { access_key_id, secret_access_key, .. }) = keys {
        let region = target.region;
        let authorization =
            sigv4::authorization(&message, access_key_id, secret_access_key, region, service);
        message.head.headers.push(("authorization".into(), authorization));
    }
    message.head.headers.push(("connection".into(), "close".into()));

    let mut text = String::from("POST / HTTP/1.1\r\n");
    for (name, value) in &message.head.headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    [(text + "\r\n").into_bytes(), message.body].concat()
}

fn exchange(mut stream: impl Read + Write, request: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(request)?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // The server ends TLS as it ends TCP; the length says whether the answer is whole.
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
    roots.add(tls::authority_der()).expect("the authority is one");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("ring has both versions");
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}
