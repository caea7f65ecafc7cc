//! The pictures for the README: `man/demo.svg`, an animation of the main job, and `man/status.svg`.
//! The real program runs in a shell on a pseudo-terminal, and talks to the loopback STS.

mod recorder;
mod svg;

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::{DEMO, STATUS, assert_generated};
use crate::{
    sandbox::{Sandbox, keys},
    status::session,
    terminal::QUESTION,
};
use recorder::{PROMPT, Recorder};
use svg::Frame;

/// In bytes.
const LARGEST: usize = 150_000;
/// In milliseconds.
const LONGEST: u32 = 25_000;

#[test]
fn animation_of_the_main_job() {
    let mut sandbox = Sandbox::new();
    let role = |name: &str| {
        let arn = sandbox.sts().role_arn(name);
        format!("[profile {name}]\nrole_arn = {arn}\nsource_profile = default\n")
    };
    sandbox.write("config", &(role("admin") + &role("reader")));
    let mut recorder = Recorder::starts(&mut sandbox, 18, 80);
    recorder.enters("mfa-session            # prompts for a code");
    recorder.waits_for(QUESTION, 1_500);
    recorder.enters(&sandbox.code());
    recorder.waits_for(PROMPT, 2_500);
    recorder.enters("export AWS_PROFILE=default-mfa");
    recorder.waits_for(PROMPT, 300);
    recorder.enters("mfa-session whoami");
    recorder.waits_for(PROMPT, 1_800);
    recorder.enters("mfa-session            # still valid: no prompt");
    recorder.waits_for(PROMPT, 1_800);
    recorder.enters("mfa-session -p admin   # a role: no prompt");
    recorder.waits_for(PROMPT, 1_800);
    recorder.enters("mfa-session -p reader  # another role: no prompt");
    recorder.waits_for(PROMPT, 4_000);
    let frames = recorder.stops();
    assert_eq!(sandbox.asked().iter().filter(|asked| *asked == "GetSessionToken OK").count(), 1);
    assert_picture(DEMO, "One code, one session, and roles without a prompt", &frames);
}

#[test]
fn picture_of_status() {
    const DEVICE: &str = "arn:aws:iam::123456789012:mfa/alice";
    let mut sandbox = Sandbox::new();
    let stored = |profile: &str, minutes, source: &str, role: &str| {
        let role = if role.is_empty() { "" } else { &format!("mfa_session_role = {role}\n") };
        let more =
            format!("mfa_session_source = {source}\nmfa_session_serial = {DEVICE}\n{role}\n");
        session(profile, minutes, &more)
    };
    let sections = [
        keys("work"),
        stored("work-mfa", 690, "work", ""),
        stored("admin-mfa", 42, "admin", "arn:aws:iam::123456789012:role/admin"),
        stored("deploy-mfa", 9, "deploy", "arn:aws:iam::210987654321:role/deploy"),
        stored("audit-mfa", -800, "audit", "arn:aws:iam::345678901234:role/security/auditor"),
    ];
    sandbox.write("credentials", &sections.join("\n"));
    sandbox.set("AWS_PROFILE", "work-mfa");
    let mut recorder = Recorder::starts(&mut sandbox, 7, 80);
    recorder.enters("mfa-session status");
    recorder.waits_for(PROMPT, 0);
    let last = recorder.stops().pop().unwrap();
    assert_picture(STATUS, "The sessions and their time left", &[last]);
}

/// Checks a picture, and compares it with the file.
#[track_caller]
fn assert_picture(file: &str, title: &str, frames: &[Frame]) {
    let picture = svg::draw(title, frames);
    assert!(picture.len() <= LARGEST, "{file} has {} bytes", picture.len());
    let duration: u32 = frames.iter().map(|frame| frame.milliseconds).sum();
    assert!(duration <= LONGEST, "{file} lasts {duration} ms");
    let document = Document::parse(&picture).unwrap();
    assert_embeddable(&picture, &document);
    assert_eq!(screen_without_animation(&document), svg::lines(frames.last().unwrap()));
    assert_generated(file, &picture);
}

/// GitHub shows a picture without running scripts and without sending requests.
#[track_caller]
fn assert_embeddable(picture: &str, document: &Document<'_>) {
    const ELEMENTS: [&str; 8] = ["svg", "title", "desc", "style", "g", "rect", "circle", "text"];
    for element in document.descendants().filter(Node::is_element) {
        assert!(ELEMENTS.contains(&element.tag_name().name()), "{element:?}");
        for attribute in element.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && !name.ends_with("href"), "{attribute:?}");
        }
    }
    let lower = picture.to_lowercase();
    for word in ["url(", "@import", "@font-face", "javascript:", "<!", "<?"] {
        assert!(!lower.contains(word), "the picture contains {word}");
    }
    let is_animated = lower.contains("@keyframes");
    assert_eq!(is_animated, lower.contains("(prefers-reduced-motion:reduce)"));
}

/// What somebody sees who prefers reduced motion, or whose viewer ignores CSS.
fn screen_without_animation(document: &Document<'_>) -> Vec<String> {
    let mut lines: BTreeMap<usize, Vec<char>> = BTreeMap::new();
    for text in document.descendants().filter(|node| node.tag_name().name() == "text") {
        if text.parent().unwrap().attribute("visibility") == Some("hidden") {
            continue;
        }
        let number = |name| text.attribute(name).unwrap().parse::<usize>().unwrap();
        let (row, column) = svg::position(number("x"), number("y"));
        let line = lines.entry(row).or_default();
        for (shown, at) in text.text().unwrap().chars().zip(column..) {
            line.resize(line.len().max(at + 1), ' ');
            if shown != ' ' {
                line[at] = shown;
            }
        }
    }
    lines.into_values().map(String::from_iter).collect()
}
