//! Many that write the same file: ours, and other tools in between; and one that reads it all the
//! while.

use std::{
    fs,
    io::Read as _,
    process::{Child, Stdio},
};

use loopback_sts::{ALICE, Answer, Fault};

use super::record;
use crate::{
    tools,
    world::{PROGRAM, World, keys},
};

/// Editors that take our lock save in between, by renaming over the file: they, too, lose nothing.
#[test]
fn many_that_write_at_once_lose_nothing_and_no_reader_sees_half_a_file() {
    let Some(flock) = tools::program("flock") else { return };
    let world = world();
    let reader = Reader::start(&world);
    let writers = start(&world, WRITERS, "w");
    let saving = "cp -p .aws/credentials .aws/edited && echo \"# note $n\" >>.aws/edited && \
                  mv .aws/edited .aws/credentials";
    let mut editor = world.command("sh");
    editor.args(["-c", "for n in $(seq 20); do export n; flock .aws sh -c \"$0\"; done", saving]);
    editor.env("PATH", format!("{}:/usr/bin:/bin", flock.parent().unwrap().display()));
    assert_eq!(world.outcome(editor, "").status, 0);
    let mut violations = lost(&world, writers, "w");
    let text = world.read("credentials");
    violations.extend((!text.starts_with(&before())).then(|| "what was there is lost".to_owned()));
    let notes = (1..=20).map(|n| format!("# note {n}\n"));
    let is_lost = |note: &String| text.matches(note.as_str()).count() != 1;
    violations.extend(notes.filter(is_lost).map(|note| format!("{note} is lost")));
    violations.extend((text.matches('[').count() != WRITERS + 1).then(|| "sections".to_owned()));
    violations.extend((world.files() != ["credentials"]).then(|| format!("{:?}", world.files())));
    record("writers of one file at once", WRITERS, &violations);
    if let Some(reader) = reader {
        let (times, wrong) = reader.end(&world);
        record("reads of the file meanwhile", times, &wrong);
    }
}

/// Alice's keys with remarks, and an STS that grants everybody the same.
fn world() -> World {
    let world = World::new();
    world.sts().weather(Fault::Answer(Answer::new(200, ANSWER)).on_calls());
    world.write("credentials", &before());
    world
}

fn before() -> String {
    format!("# mine\n{}\n; theirs\n", keys("default"))
}

/// Starts as many that get a session each, into profiles whose names begin so.
fn start(world: &World, count: usize, name: &str) -> Vec<Child> {
    let start = |writer: usize| {
        let mut command = world.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", "123456"]);
        command.args(["--to", &format!("{name}{writer}")]);
        let stderr = fs::File::create(world.path(&format!("{name}{writer}"))).unwrap();
        command.stdout(Stdio::null()).stderr(stderr).spawn().unwrap()
    };
    (0..count).map(start).collect()
}

/// Waits for them; yields what they failed at, and what is not there.
fn lost(world: &World, writers: Vec<Child>, name: &str) -> Vec<String> {
    let names: Vec<_> = (0..writers.len()).map(|writer| format!("{name}{writer}")).collect();
    let mut lost = Vec::new();
    for (mut child, name) in writers.into_iter().zip(&names) {
        if !child.wait().unwrap().success() {
            let why = fs::read_to_string(world.path(name)).unwrap();
            lost.push(format!("{name} failed: {why}"));
        }
    }
    let whole = |name: &String| {
        SESSION.iter().all(|(key, value)| world.value(name, key).as_deref() == Some(value))
    };
    lost.extend(names.iter().filter(|name| !whole(name)).map(|name| format!("{name} is lost")));
    lost
}

/// botocore, which reads the file again and again.
struct Reader(Child);

impl Reader {
    fn start(world: &World) -> Option<Self> {
        let python = tools::python("botocore")?;
        let mut command = world.command(python);
        command.arg(tools::script("evidence/writers/reads.py")).args([".aws/credentials", "end"]);
        Some(Self(command.stdout(Stdio::piped()).spawn().unwrap()))
    }

    /// How often it read, and what was wrong.
    fn end(mut self, world: &World) -> (usize, Vec<String>) {
        fs::write(world.path("end"), "").unwrap();
        let mut text = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        let mut lines = text.lines().map(ToOwned::to_owned);
        (lines.next().unwrap().parse().unwrap(), lines.collect())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const WRITERS: usize = 200;

const SESSION: [(&str, &str); 3] = [
    ("aws_access_key_id", "ASIALOOPBACKFILE1234"),
    ("aws_secret_access_key", "FileKeepsThisSecretOnlyOnLoopbackForNowX"),
    ("aws_session_token", "RmlsZUtlZXBzVGhpc1NlY3JldE9ubHlPbkxvb3BiYWNr"),
];

const ANSWER: &str = "\
<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetSessionTokenResult>
    <Credentials>
      <AccessKeyId>ASIALOOPBACKFILE1234</AccessKeyId>
      <SecretAccessKey>FileKeepsThisSecretOnlyOnLoopbackForNowX</SecretAccessKey>
      <SessionToken>RmlsZUtlZXBzVGhpc1NlY3JldE9ubHlPbkxvb3BiYWNr</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration>
    </Credentials>
  </GetSessionTokenResult>
  <ResponseMetadata><RequestId>file</RequestId></ResponseMetadata>
</GetSessionTokenResponse>
";
