//! Concurrent writers of one credentials file, our own and other tools, while botocore reads it.

use std::{
    fs,
    io::Read as _,
    process::{Child, Stdio},
};

use loopback_sts::{ALICE, Answer, Fault};

use super::record;
use crate::{
    sandbox::{PROGRAM, Sandbox, keys},
    terminal::until,
    tools,
};

/// Another program replaces the file between our writes, under our lock.
#[test]
fn concurrent_writers_lose_nothing_and_readers_see_whole_files() {
    let Some(flock) = tools::program("flock") else { return };
    let sandbox = sandbox();
    let reader = Reader::start(&sandbox);
    let writers = start(&sandbox, WRITERS, "w");
    let save = "cp -p .aws/credentials .aws/edited && echo \"# note $n\" >>.aws/edited && \
                  mv .aws/edited .aws/credentials";
    let mut editor = sandbox.command("sh");
    editor.args(["-c", "for n in $(seq 20); do export n; flock .aws sh -c \"$0\"; done", save]);
    editor.env("PATH", format!("{}:/usr/bin:/bin", flock.parent().unwrap().display()));
    assert_eq!(sandbox.outcome(editor, "").status, 0);
    let mut violations = lost(&sandbox, writers, "w");
    let text = sandbox.read("credentials");
    violations.extend((!text.starts_with(&before())).then(|| "the old content is lost".to_owned()));
    let notes = (1..=20).map(|n| format!("# note {n}\n"));
    let is_lost = |note: &String| text.matches(note.as_str()).count() != 1;
    violations.extend(notes.filter(is_lost).map(|note| format!("{note} is lost")));
    violations.extend((text.matches('[').count() != WRITERS + 1).then(|| "sections".to_owned()));
    violations
        .extend((sandbox.files() != ["credentials"]).then(|| format!("{:?}", sandbox.files())));
    record("writers of one file at once", WRITERS, &violations);
    if let Some(reader) = reader {
        let (times, violations) = reader.end(&sandbox);
        record("reads of the file meanwhile", times, &violations);
    }
}

/// The AWS CLI writes in place, here under our lock.
#[test]
fn the_aws_cli_and_concurrent_writers_lose_nothing() {
    let (Some(_), Some(aws)) = (tools::program("flock"), tools::program("aws")) else { return };
    let sandbox = sandbox();
    let writers = start(&sandbox, 40, "w");
    let aws = aws.display();
    let script = format!(
        "for n in 1 2 3 4; do \
         flock .aws {aws} configure set aws_access_key_id AKIA$n --profile w$n-theirs; done"
    );
    let mut cli = sandbox.command("sh");
    cli.args(["-c", &script]);
    assert_eq!(sandbox.outcome(cli, "").status, 0);
    let mut violations = lost(&sandbox, writers, "w");
    let text = sandbox.read("credentials");
    let lines = (1..=4).map(|n| format!("[w{n}-theirs]\naws_access_key_id = AKIA{n}\n"));
    let is_lost = |line: &String| text.matches(line.as_str()).count() != 1;
    violations.extend(lines.chain([before()]).filter(is_lost));
    record("writers beside the AWS CLI", 44, &violations);
}

/// Another program writes without a lock between our read and our write: in place like the AWS CLI,
/// which leaves the file empty or half-written for a moment, or by renaming like an editor.
#[test]
fn keeps_what_others_write_without_a_lock_before_our_write() {
    let Some(strace) = tools::program("strace") else { return };
    let before = before();
    let after = format!("{before}\n[other]\nregion = eu-west-1\n");
    let (half, torn) = ("# mine\n[default]\n", &before[..before.len() / 2]);
    let in_place: Save = |sandbox, text| fs::write(sandbox.path(".aws/credentials"), text).unwrap();
    let renamed: Save = |sandbox, text| {
        fs::write(sandbox.path(".aws/edited"), text).unwrap();
        fs::rename(sandbox.path(".aws/edited"), sandbox.path(".aws/credentials")).unwrap();
    };
    // The program waits for `fsync`, reads again, and repeats that if the file has changed or is
    // malformed. Each text is written during one of these waits.
    let rows: [(&str, Save, &[&str]); 6] = [
        ("in place", in_place, &[&after]),
        ("in place, empty for long", in_place, &["", "", &after]),
        ("in place, half for long", in_place, &[half, half, &after]),
        ("in place, torn for long", in_place, &[torn, torn, &after]),
        ("renamed", renamed, &[&after]),
        ("renamed again and again", renamed, &[half, &before, half, &after]),
    ];
    let mut violations = Vec::new();
    for (name, save, texts) in &rows {
        let sandbox = sandbox();
        let mut command = sandbox.command(&strace);
        command.args(["-qq", "-o", "/dev/null", "-e", CALLS, "-e", DELAY]);
        command.args([tools::STAYS_DUMPABLE, PROGRAM]);
        command.args(["--serial", ALICE.serial_number, "--code", "123456", "--to", "w"]);
        let tracer = command.stderr(Stdio::null()).spawn().unwrap();
        let mut read = None;
        for text in *texts {
            until(|| {
                reads_while_waiting(tracer.id()).is_some_and(|now| read.replace(now) != Some(now))
            });
            save(&sandbox, text);
        }
        violations.extend(lost(&sandbox, vec![tracer], "w"));
        if !sandbox.read("credentials").starts_with(&after) {
            violations.push(format!("{name}: {:?}", sandbox.read("credentials")));
        }
    }
    record("writes of others without a lock", rows.len(), &violations);
}

type Save = fn(&Sandbox, &str);

/// How often the traced program has read so far, if it waits in `fsync` or in a sleep.
fn reads_while_waiting(tracer: u32) -> Option<usize> {
    let child = fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children")).ok()?;
    let of_child = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.trim())).ok();
    let call = of_child("syscall")?;
    NUMBERS.contains(&call.split(' ').next()?).then_some(())?;
    of_child("io")?.lines().find_map(|line| line.strip_prefix("syscr: "))?.parse().ok()
}

const CALLS: &str = "trace=fsync,clock_nanosleep,prctl";
const DELAY: &str = "inject=fsync,clock_nanosleep:delay_enter=500ms";

/// The numbers of `fsync` and `clock_nanosleep`.
const NUMBERS: [&str; 2] = if cfg!(target_arch = "x86_64") { ["74", "230"] } else { ["82", "115"] };

/// Alice's keys with comments, and an STS with one answer to all.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Answer(Answer::new(200, ANSWER)).on_calls());
    sandbox.write("credentials", &before());
    sandbox
}

fn before() -> String {
    format!("# mine\n{}\n; theirs\n", keys("default"))
}

/// Starts this many runs, which write to numbered profiles.
fn start(sandbox: &Sandbox, count: usize, name: &str) -> Vec<Child> {
    let start = |writer: usize| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", "123456"]);
        command.args(["--to", &format!("{name}{writer}")]);
        let stderr = fs::File::create(sandbox.path(&format!("{name}{writer}"))).unwrap();
        command.stdout(Stdio::null()).stderr(stderr).spawn().unwrap()
    };
    (0..count).map(start).collect()
}

/// Waits for the runs. Returns their errors and the missing sessions.
fn lost(sandbox: &Sandbox, writers: Vec<Child>, name: &str) -> Vec<String> {
    let count = writers.len();
    let numbered = (0..count).map(|writer| format!("{name}{writer}"));
    let names: Vec<_> = if count == 1 { vec![name.into()] } else { numbered.collect() };
    let mut lost = Vec::new();
    for (mut child, name) in writers.into_iter().zip(&names) {
        if !child.wait().unwrap().success() {
            let why = fs::read_to_string(sandbox.path(name)).unwrap_or_default();
            lost.push(format!("{name} failed: {why}"));
        }
    }
    let is_whole = |name: &String| {
        SESSION.iter().all(|(key, value)| sandbox.value(name, key).as_deref() == Some(value))
    };
    lost.extend(names.iter().filter(|name| !is_whole(name)).map(|name| format!("{name} is lost")));
    lost
}

/// botocore, which reads the file repeatedly.
struct Reader(Child);

impl Reader {
    fn start(sandbox: &Sandbox) -> Option<Self> {
        let python = tools::python("botocore")?;
        let mut command = sandbox.command(python);
        command.arg(tools::script("evidence/writers/reads.py")).args([".aws/credentials", "end"]);
        Some(Self(command.stdout(Stdio::piped()).spawn().unwrap()))
    }

    /// How often it read, and the violations.
    fn end(mut self, sandbox: &Sandbox) -> (usize, Vec<String>) {
        fs::write(sandbox.path("end"), "").unwrap();
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
