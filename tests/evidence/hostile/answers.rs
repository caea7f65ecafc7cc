//! Hostile XML: against the parser, the file, a shell, the terminal.

use super::{
    Trial, answer, ok,
    server::{bytes, endless},
};

/// Texts, in XML syntax, for each part of an answer.
const EVIL: [&str; 14] = [
    "&#10;[evil]&#10;region = x",
    "&#13;&#10;x",
    "\r\nx",
    "\u{9b}2J",
    "&#x9b;2J\u{202e}",
    "\u{2028}x",
    "$(touch evil)",
    "`touch evil`",
    "'; touch evil; '",
    "&quot;; touch evil; &quot;",
    " # x",
    "\\",
    "&lt;x&gt;",
    "%0a",
];

const NOT_XML: &str = "it is not valid XML";
const INVALID: &str = "invalid response from";

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = parsers();
    trials.extend(credentials());
    trials.extend(errors());
    trials
}

/// XML that costs a parser time, memory or stack.
fn parsers() -> Vec<Trial> {
    let numbered = |count: usize, attribute: &str| -> String {
        (0..count).map(|n| attribute.replace('N', &n.to_string())).collect()
    };
    let doctype = |inner: &str| {
        format!("<!DOCTYPE r [{inner}]><GetSessionTokenResponse>&x;</GetSessionTokenResponse>")
    };
    let laugh = |n: usize| format!("<!ENTITY x{n} \"{}\">", format!("&x{};", n - 1).repeat(10));
    let laughs = (1..20).map(laugh).collect::<Vec<_>>().concat();
    [
        ("entities in entities", doctype(&format!("<!ENTITY x0 \"x\">{laughs}")), NOT_XML),
        ("an entity of itself", doctype("<!ENTITY x \"&x;\">"), NOT_XML),
        ("a file", doctype("<!ENTITY x SYSTEM \"file:///etc/passwd\">"), NOT_XML),
        ("a device", doctype("<!ENTITY x SYSTEM \"file:///dev/zero\">"), NOT_XML),
        ("a page", doctype("<!ENTITY x SYSTEM \"http://127.0.0.1:1/\">"), NOT_XML),
        ("a parameter", doctype("<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;"), NOT_XML),
        ("a long entity", doctype(&format!("<!ENTITY x \"{}\">", "x".repeat(900_000))), NOT_XML),
        ("an external type", "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x\"><r/>".into(), NOT_XML),
        ("elements in elements", "<a>".repeat(100_000) + &"</a>".repeat(100_000), NOT_XML),
        ("elements without an end", "<a>".repeat(340_000), NOT_XML),
        ("elements beside elements", format!("<r>{}</r>", "<a/>".repeat(250_000)), NOT_XML),
        ("attributes", format!("<r{}/>", numbered(90_000, " aN=''")), INVALID),
        ("equal attributes", format!("<r{}/>", " a=''".repeat(200_000)), INVALID),
        ("namespaces", format!("<r{}/>", numbered(45_000, " xmlns:aN='N'")), INVALID),
        (
            "attributes of namespaces",
            format!("<r{}{}/>", numbered(15_000, " xmlns:aN='N'"), numbered(15_000, " aN:b=''")),
            INVALID,
        ),
        (
            "namespaces in elements",
            format!("<r>{}</r>", numbered(9_000, "<a xmlns:aN='N'>") + &"</a>".repeat(9_000)),
            INVALID,
        ),
        (
            "a few namespaces in elements",
            format!("<r>{}</r>", numbered(499, "<a xmlns:aN='N'>") + &"</a>".repeat(499)),
            INVALID,
        ),
        ("a few attributes", format!("<r{}/>", numbered(499, " aN=''")), INVALID),
        ("comments", format!("<r>{}</r>", "<!---->".repeat(140_000)), INVALID),
        ("a comment without an end", format!("<!--{}", "-".repeat(1_000_000)), NOT_XML),
        ("instructions", format!("<r>{}</r>", "<?a?>".repeat(200_000)), INVALID),
        ("text", format!("<r>{}</r>", "x".repeat(1_000_000)), INVALID),
        ("references", format!("<r>{}</r>", "&amp;".repeat(200_000)), INVALID),
        ("sections of text", format!("<r>{}</r>", "<![CDATA[]]>".repeat(80_000)), INVALID),
        ("a name", format!("<{}/>", "a".repeat(1_000_000)), INVALID),
        ("another encoding", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><r/>".into(), INVALID),
        ("NUL characters", "\0".repeat(1_000_000), NOT_XML),
        ("brackets", "<".repeat(1_000_000), NOT_XML),
    ]
    .into_iter()
    .map(|(name, body, message)| {
        Trial::of_reply(format!("XML: {name}"), &[5], message, bytes(ok(body)))
    })
    .chain([
        // Reading all of it within the limit is possible: a loopback does over 50 MB/s.
        Trial::of_reply(
            "XML: 1 GiB with its length",
            &[5],
            "is too large",
            endless("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n<r>", "x", 1 << 30),
        ),
        Trial::of_reply(
            "XML: 1 GiB in pieces",
            &[5],
            "is too large",
            endless(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<r>\r\n",
                format!("400\r\n{}\r\n", "x".repeat(0x400)),
                1 << 30,
            ),
        ),
        Trial::of_reply(
            "XML: 1 GiB to the end of the connection",
            &[5],
            "is too large",
            endless("HTTP/1.1 200 OK\r\n\r\n<r>", "x", 1 << 30),
        ),
    ])
    .collect()
}

/// Each field of granted credentials.
fn credentials() -> Vec<Trial> {
    let usual = [
        ("AccessKeyId", "ASIAIOSFODNN7EXAMPLE"),
        ("SecretAccessKey", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("SessionToken", "FwoGZXIvYXdzEAbc+/=="),
        ("Expiration", "2099-01-02T03:04:05Z"),
    ];
    let mut trials = Vec::new();
    for (field, _) in usual {
        for evil in EVIL {
            let element = |(name, value): &(&str, &str)| {
                let evil = if *name == field { evil } else { "" };
                format!("<{name}>{value}{evil}</{name}>")
            };
            let elements: String = usual.iter().map(element).collect();
            let name = format!("{field} with {evil:?}");
            // The program ignores white space within a secret; `%0a` is plain text.
            let statuses: &[i32] = match (field, evil) {
                ("SecretAccessKey" | "SessionToken", "&#13;&#10;x" | "\r\nx" | "%0a") => &[0],
                _ => &[5],
            };
            let message = if statuses == [0] { "is valid until" } else { INVALID };
            trials.push(Trial::of_reply(name, statuses, message, bytes(ok(granted(&elements)))));
        }
    }
    let elements: String = usual.map(|(name, value)| format!("<{name}>{value}</{name}>")).concat();
    for (name, body, message) in [
        ("a role's answer", granted(&elements).replace("GetSessionToken", "AssumeRole"), INVALID),
        ("IAM's answer", "<ListMFADevicesResponse/>".to_owned(), INVALID),
        ("an answer without a result", "<GetSessionTokenResponse/>".to_owned(), INVALID),
        ("an answer as a result", granted(&elements).replace("Response>", "Result>"), INVALID),
    ] {
        trials.push(Trial::of_reply(name, &[5], message, bytes(ok(body))));
    }
    for status in ["201 Created", "204 No Content", "206 Partial Content", "299 x"] {
        let reply = bytes(answer(status, "", granted(&elements)));
        trials.push(Trial::of_reply(format!("credentials with {status}"), &[5], "error: ", reply));
    }
    trials
}

fn granted(elements: &str) -> String {
    format!(
        "<GetSessionTokenResponse><GetSessionTokenResult><Credentials>{elements}</Credentials>\
         </GetSessionTokenResult></GetSessionTokenResponse>"
    )
}

/// Each part of an error.
fn errors() -> Vec<Trial> {
    let long = "long ".repeat(100_000);
    let mut trials = Vec::new();
    for (at, field) in ["Code", "Message", "RequestId"].into_iter().enumerate() {
        for evil in EVIL.into_iter().chain([long.as_str()]) {
            for status in ["403 Forbidden", "200 OK"] {
                let mut parts = ["AccessDenied", "no", "c6104cbe"].map(str::to_owned);
                parts[at] += evil;
                let [code, message, id] = parts;
                let body = format!(
                    "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>\
                     <RequestId>{id}</RequestId></ErrorResponse>"
                );
                let shown: String = evil.chars().take(20).collect();
                let name = format!("an error's {field} with {shown:?} in {status}");
                let reply = bytes(answer(status, "", body));
                trials.push(Trial::of_reply(name, &[4], "error: ", reply));
            }
        }
    }
    trials
}
