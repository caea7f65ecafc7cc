//! XML that means harm: to the parser, to the file, to a shell, to the terminal.

use super::{
    Trial, answer, ok,
    server::{bytes, endless},
};

/// What stands in each part of an answer, one after the other: as XML has it.
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

const NOT_XML: &str = "it is not the XML that STS answers with";
const NONE: &str = "is not one of AWS's";

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = parsers();
    trials.extend(grants());
    trials.extend(refusals());
    trials
}

/// What costs a parser time, memory or its stack.
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
        ("a type elsewhere", "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x\"><r/>".into(), NOT_XML),
        ("elements in elements", "<a>".repeat(100_000) + &"</a>".repeat(100_000), NOT_XML),
        ("elements without an end", "<a>".repeat(340_000), NOT_XML),
        ("elements beside elements", format!("<r>{}</r>", "<a/>".repeat(250_000)), NOT_XML),
        ("attributes", format!("<r{}/>", numbered(90_000, " aN=''")), NONE),
        ("equal attributes", format!("<r{}/>", " a=''".repeat(200_000)), NONE),
        ("namespaces", format!("<r{}/>", numbered(45_000, " xmlns:aN='N'")), NONE),
        (
            "attributes of namespaces",
            format!("<r{}{}/>", numbered(15_000, " xmlns:aN='N'"), numbered(15_000, " aN:b=''")),
            NONE,
        ),
        (
            "namespaces in elements",
            format!("<r>{}</r>", numbered(9_000, "<a xmlns:aN='N'>") + &"</a>".repeat(9_000)),
            NONE,
        ),
        (
            "a few namespaces in elements",
            format!("<r>{}</r>", numbered(499, "<a xmlns:aN='N'>") + &"</a>".repeat(499)),
            NONE,
        ),
        ("a few attributes", format!("<r{}/>", numbered(499, " aN=''")), NONE),
        ("comments", format!("<r>{}</r>", "<!---->".repeat(140_000)), NONE),
        ("a comment without an end", format!("<!--{}", "-".repeat(1_000_000)), NOT_XML),
        ("instructions", format!("<r>{}</r>", "<?a?>".repeat(200_000)), NONE),
        ("text", format!("<r>{}</r>", "x".repeat(1_000_000)), NONE),
        ("references", format!("<r>{}</r>", "&amp;".repeat(200_000)), NONE),
        ("sections of text", format!("<r>{}</r>", "<![CDATA[]]>".repeat(80_000)), NONE),
        ("a name", format!("<{}/>", "a".repeat(1_000_000)), NONE),
        ("another encoding", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><r/>".into(), NONE),
        ("NUL characters", "\0".repeat(1_000_000), NOT_XML),
        ("brackets", "<".repeat(1_000_000), NOT_XML),
    ]
    .into_iter()
    .map(|(name, body, told)| Trial::of_reply(format!("XML: {name}"), &[5], told, bytes(ok(body))))
    .chain([
        // 50 MB a second is little for a loopback.
        Trial::of_reply(
            "XML: 1 GiB with its length",
            &[5],
            "answers with more than STS ever does",
            endless("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n<r>", "x", 1 << 30),
        ),
        Trial::of_reply(
            "XML: 1 GiB in pieces",
            &[5],
            "answers with more than STS ever does",
            endless(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<r>\r\n",
                format!("400\r\n{}\r\n", "x".repeat(0x400)),
                1 << 30,
            ),
        ),
        Trial::of_reply(
            "XML: 1 GiB to the end of the connection",
            &[5],
            "answers with more than STS ever does",
            endless("HTTP/1.1 200 OK\r\n\r\n<r>", "x", 1 << 30),
        ),
    ])
    .collect()
}

/// Each part of a grant, and each field of it twice.
fn grants() -> Vec<Trial> {
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
            // White space within a secret is left out, whatever follows it.
            let statuses: &[i32] = match (field, evil) {
                ("SecretAccessKey" | "SessionToken", "&#13;&#10;x" | "\r\nx" | "%0a") => &[0],
                _ => &[5],
            };
            let told = if statuses == [0] { "is good until" } else { NONE };
            trials.push(Trial::of_reply(name, statuses, told, bytes(ok(granted(&elements)))));
        }
    }
    let elements: String = usual.map(|(name, value)| format!("<{name}>{value}</{name}>")).concat();
    for (name, body, told) in [
        ("a role's answer", granted(&elements).replace("GetSessionToken", "AssumeRole"), NONE),
        ("IAM's answer", "<ListMFADevicesResponse/>".to_owned(), NONE),
        ("an answer without a result", "<GetSessionTokenResponse/>".to_owned(), NONE),
        ("an answer as a result", granted(&elements).replace("Response>", "Result>"), NONE),
    ] {
        trials.push(Trial::of_reply(name, &[5], told, bytes(ok(body))));
    }
    for status in ["201 Created", "204 No Content", "206 Partial Content", "299 x"] {
        let reply = bytes(answer(status, "", granted(&elements)));
        trials.push(Trial::of_reply(format!("a grant with {status}"), &[5], "error: ", reply));
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
fn refusals() -> Vec<Trial> {
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
