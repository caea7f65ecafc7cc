//! Jobs that outlast a session: an SDK with `credential_process` renews a role's session from the
//! stored MFA session, without a prompt. The loopback STS grants roles of a few seconds.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Account, Role, Sts};

use crate::{
    readme::{JOB_PROFILE, block},
    sandbox::{Outcome, PROGRAM, Sandbox, keys},
    tools,
};

/// In seconds: how long a session of the role lasts, and the job of botocore.
const ROLE: u32 = 4;
const JOB: u64 = 10;

/// How many sessions a job uses at least.
const SESSIONS: usize = 3;

/// How long a server waits for that.
const PATIENCE: Duration = Duration::from_secs(60);

/// The MFA session of `work` is stored, and the guide's profile is for SDKs.
fn sandbox() -> Sandbox {
    let role = Role::new("admin").trust_account().requires_mfa().grant_seconds(ROLE);
    let mut sandbox = Sandbox::with(Sts::start(Account::default().role(role)));
    sandbox.write("credentials", &keys("work"));
    let config = format!(
        "[profile work]\nmfa_serial = {}\n\
         [profile admin]\nrole_arn = {}\nsource_profile = work\nrole_session_name = job\n{}",
        ALICE.serial_number,
        sandbox.sts().role_arn("admin"),
        block(JOB_PROFILE).replace("mfa-session", PROGRAM),
    );
    sandbox.write("config", &config);
    sandbox.run(["--profile", "work", "--code", &sandbox.code()]).wrote("work-mfa");
    sandbox.set("AWS_PROFILE", "admin-sdk");
    // SDKs would otherwise query the EC2 metadata service.
    sandbox.set("AWS_EC2_METADATA_DISABLED", "true");
    sandbox
}

#[test]
fn botocore_renews_a_role_without_a_prompt() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = sandbox();
    let mut command = sandbox.command(python);
    command.arg(tools::script("jobs/botocore_job.py")).arg(JOB.to_string());
    let outcome = sandbox.outcome(command, "");
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    let calls = outcome.stdout.lines().count();
    assert_eq!(count(&sandbox, "GetCallerIdentity OK"), calls);
    let sessions = renewed(&sandbox);
    // The windows of the SDK decide, not each of its requests.
    assert!((SESSIONS..calls / 2).contains(&sessions), "{sessions} sessions for {calls} calls");
}

#[test]
fn the_aws_cli_renews_a_role_without_a_prompt() {
    let Some(aws) = tools::program("aws") else { return };
    let (sandbox, s3) = (sandbox(), S3::start());
    let mut command = sandbox.command(aws);
    command.env("AWS_PAGER", "");
    command.args(["s3api", "list-objects-v2", "--bucket", "bucket", "--output", "text"]);
    command.args(["--query", "Contents[].Key", "--region", "us-east-1", "--endpoint-url", &s3.url]);
    let outcome = lists(&sandbox, &s3, command);
    assert_eq!(outcome.stderr, "");
}

/// rclone uses the AWS SDK for Go, as Terraform does.
#[test]
fn rclone_renews_a_role_without_a_prompt() {
    let Some(rclone) = tools::program("rclone") else { return };
    let (sandbox, s3) = (sandbox(), S3::start());
    let mut command = sandbox.command(rclone);
    let remote = format!(":s3,provider=Other,env_auth=true,endpoint='{}':bucket", s3.url);
    command.args(["lsf", "--retries", "1", "--config", "", &remote]);
    lists(&sandbox, &s3, command);
}

/// Runs a command that lists the bucket, page by page.
fn lists(sandbox: &Sandbox, s3: &S3, command: Command) -> Outcome {
    thread::scope(|threads| {
        let _stop = Stop(s3);
        threads.spawn(|| s3.serve(sandbox));
        let outcome = sandbox.outcome(command, "");
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let pages = outcome.stdout.split_whitespace().count();
        assert!(pages > 3, "{outcome:?}");
        renewed(sandbox);
        outcome
    })
}

/// The number of sessions of the role. The job used one code.
#[track_caller]
fn renewed(sandbox: &Sandbox) -> usize {
    let sessions = count(sandbox, "AssumeRole OK");
    assert!(sessions >= SESSIONS, "{:?}", sandbox.asked());
    assert_eq!(count(sandbox, "GetSessionToken OK"), 1);
    sessions
}

fn count(sandbox: &Sandbox, request: &str) -> usize {
    sandbox.asked().iter().filter(|asked| *asked == request).count()
}

/// A server that lists a bucket: a page per second, until the job has renewed the session.
struct S3 {
    listener: TcpListener,
    url: String,
    is_stopped: AtomicBool,
}

impl S3 {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, url, is_stopped: AtomicBool::new(false) }
    }

    /// Answers one request after the other, and refuses a session that has expired.
    fn serve(&self, sandbox: &Sandbox) {
        let end = Instant::now() + PATIENCE;
        for (page, stream) in self.listener.incoming().enumerate() {
            if self.is_stopped.load(Ordering::Relaxed) {
                break;
            }
            let mut stream = stream.unwrap();
            let (id, token) = signer(&stream);
            let (status, body) = if sandbox.sts().accepts_session(&id, &token) {
                thread::sleep(Duration::from_secs(1));
                let is_renewed = count(sandbox, "AssumeRole OK") >= SESSIONS && page > 3;
                let is_truncated = !is_renewed && Instant::now() < end;
                let body = format!(
                    "<ListBucketResult><IsTruncated>{is_truncated}</IsTruncated>\
                     <NextMarker>{page}</NextMarker>\
                     <NextContinuationToken>{page}</NextContinuationToken>\
                     <Contents><Key>page-{page}</Key><Size>1</Size></Contents></ListBucketResult>"
                );
                ("200 OK", body)
            } else {
                ("400 Bad Request", "<Error><Code>ExpiredToken</Code></Error>".to_owned())
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    }
}

/// The access key id and the token of a request.
fn signer(stream: &TcpStream) -> (String, String) {
    let (mut id, mut token) = (String::new(), String::new());
    for line in BufReader::new(stream).lines().map(Result::unwrap).take_while(|it| !it.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "authorization" => {
                let credential = value.split_once("Credential=").unwrap().1;
                credential.split('/').next().unwrap().clone_into(&mut id);
            }
            "x-amz-security-token" => value.clone_into(&mut token),
            _ => {}
        }
    }
    (id, token)
}

/// Stops the server, also after a failed assertion.
struct Stop<'a>(&'a S3);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.is_stopped.store(true, Ordering::Relaxed);
        // Wakes the server.
        let _ = TcpStream::connect(self.0.listener.local_addr().unwrap());
    }
}
