//! Other programs (`tests/readers`) read files before and after a replacement.

#[path = "../../../tests/tools.rs"]
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::super::{Document, Secret, Value};
use super::generated::{REMOVE, SET, file, replaced, values};

#[test]
fn botocore_reads_the_replacement() {
    let Some(reader) = Reader::botocore() else { return };
    reader.compare(400, false, |_| true);
    reader.compare(400, true, |_| true);
    reader.compare_corpus(|_| true);
}

#[test]
#[ignore = "needs npm's @smithy/shared-ini-file-loader, in NODE_PATH"]
fn the_javascript_sdk_reads_the_replacement() {
    let Some(reader) = Reader::smithy() else { return };
    // No odd files: it reads each continuation line as a property.
    reader.compare(400, false, |_| true);
}

#[test]
#[ignore = "builds the SDK: half a minute"]
fn the_rust_sdk_reads_the_replacement() {
    let Some(reader) = Reader::rust_sdk() else { return };
    // It merges `[ a ]` and `[a]` in random order.
    let is_comparable = |text: &str| !text.contains("[ ") && !text.contains("\t]");
    reader.compare(400, false, is_comparable);
    reader.compare(400, true, is_comparable);
    reader.compare_corpus(is_comparable);
}

/// A program that reads a file as a JSON string per line, and prints a JSON object per line.
struct Reader(Vec<OsString>);

type Sections = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

impl Reader {
    fn botocore() -> Option<Self> {
        let python = tools::python("botocore")?;
        Some(Self(vec![python.into(), "tests/readers/botocore_reads.py".into()]))
    }

    fn smithy() -> Option<Self> {
        let node = tools::program("node")?;
        let reader = Self(vec![node.into(), "tests/readers/smithy_reads.cjs".into()]);
        let reads = reader.read(&[]).is_some();
        tools::needs("@smithy/shared-ini-file-loader", reads.then_some(reader))
    }

    fn rust_sdk() -> Option<Self> {
        let manifest = "tests/readers/rust_sdk/Cargo.toml";
        let target = "target/readers";
        let words =
            ["cargo", "run", "--quiet", "--manifest-path", manifest, "--target-dir", target];
        let reader = Self(words.map(OsString::from).to_vec());
        let reads = reader.read(&[]).is_some();
        tools::needs("the SDK for Rust", reads.then_some(reader))
    }

    /// The sections of each text; `None` for a text that the program refuses.
    fn read(&self, texts: &[String]) -> Option<Vec<Option<Sections>>> {
        let mut child = Command::new(&self.0[0])
            .args(&self.0[1..])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut stdin = child.stdin.take().unwrap();
        let lines: Vec<_> =
            texts.iter().map(|text| serde_json::to_string(text).unwrap() + "\n").collect();
        let writer = thread::spawn(move || stdin.write_all(lines.concat().as_bytes()));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join();
        let answers = String::from_utf8(output.stdout).unwrap();
        let answers = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        output.status.success().then_some(answers)
    }

    /// Compares `count` random files that are `comparable`.
    fn compare(&self, count: usize, odd: bool, comparable: fn(&str) -> bool) {
        let mut runner = TestRunner::deterministic();
        let files = (file(odd), values());
        let cases: Vec<_> =
            std::iter::repeat_with(|| files.new_tree(&mut runner).unwrap().current())
                .map(|(file, values)| (file.text(), replaced(&file.text(), &values), values))
                .filter(|(text, _, _)| comparable(text))
                .take(count)
                .collect();
        let compared = self.compare_cases(&cases);
        let name = self.0[0].display();
        assert!(odd || compared > count * 9 / 10, "{name} refuses all but {compared}");
        eprintln!("{name}: {compared} of {count} compared (odd: {odd})");
    }

    /// Compares the files of the fuzzer, both its seeds and its findings.
    fn compare_corpus(&self, comparable: fn(&str) -> bool) {
        let mut runner = TestRunner::deterministic();
        let cases: Vec<_> = corpus()
            .into_iter()
            .filter(|text| comparable(text))
            .map(|text| {
                let values = values().new_tree(&mut runner).unwrap().current();
                (text.clone(), replaced(&text, &values), values)
            })
            .collect();
        let compared = self.compare_cases(&cases);
        assert!(compared > 0, "the corpus is empty, or all of it is refused");
        let name = self.0[0].display();
        eprintln!("{name}: {compared} of {} of the corpus compared", cases.len());
    }

    /// Returns the number of files that the program does not refuse.
    fn compare_cases(&self, cases: &[(String, String, Vec<Value>)]) -> usize {
        let before = self.read(&cases.iter().map(|case| case.0.clone()).collect::<Vec<_>>());
        let after = self.read(&cases.iter().map(|case| case.1.clone()).collect::<Vec<_>>());
        let read = before.unwrap().into_iter().zip(after.unwrap());
        let mut compared = 0;
        for ((text, written, values), (before, after)) in cases.iter().zip(read) {
            let Some(before) = before else { continue };
            compared += 1;
            let after = after.unwrap_or_else(|| panic!("{text:?}\n{written:?} is refused"));
            assert_eq!(without_empty(after), expected(before, values), "{text:?}\n{written:?}");
        }
        compared
    }
}

/// The texts of the fuzzer's corpus that are valid AWS files.
fn corpus() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for directory in ["tests/fuzz/corpus/files", "target/fuzz/corpus/files"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        for file in fs::read_dir(directory).into_iter().flatten() {
            let text = fs::read_to_string(file.unwrap().path());
            texts.extend(text.ok().filter(|text| {
                let parsed = Document::parse(Secret::new(text.clone()));
                parsed.is_ok()
            }));
        }
    }
    texts
}

/// The sections after the replacement.
fn expected(before: Sections, values: &[Value]) -> Sections {
    let mut after = before;
    // A reader may include blanks or a comment in the name.
    let named = |name: &str| name.trim() == "mfa" || name.starts_with("mfa] # ");
    for (_, section) in after.iter_mut().filter(|(name, _)| named(name)) {
        section.retain(|key, _| {
            let key = key.split([':', '.']).next().unwrap().to_lowercase();
            !SET.contains(&key.as_str()) && !REMOVE.contains(&key.as_str())
        });
    }
    let target = after.entry("mfa".to_owned()).or_default();
    for (key, value) in SET.into_iter().zip(values) {
        target.insert(key.to_owned(), value.expose().into());
    }
    without_empty(after)
}

/// The SDK for JavaScript does not report sections without properties.
fn without_empty(mut sections: Sections) -> Sections {
    sections.retain(|_, properties| !properties.is_empty());
    sections
}
