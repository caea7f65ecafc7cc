//! Compares the time of a whole run, from start to written session, with `curl --aws-sigv4` making
//! the same call. Both use one loopback STS with TLS, in turn.
//!
//! `cargo bench` prints times and ratios; it asserts nothing.

#![allow(missing_docs, reason = "a program has no public items")]
#![allow(clippy::print_stdout, reason = "it prints a report")]
#![allow(clippy::unwrap_used, reason = "a panic is a failure")]

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Answer, Certificate, Fault, Sts};

fn main() {
    let sts = Sts::builder().tls(Certificate::Good).start().unwrap();
    // One canned answer: the loopback STS would accept each code only once.
    sts.inject(Fault::Answer(Answer::new(200, ANSWER)).on_calls());
    let home = tempfile::tempdir().unwrap();
    let bundle = home.path().join("ca.pem");
    fs::write(&bundle, sts.ca_pem()).unwrap();
    // The real list of root certificates takes time to parse.
    let platform = home.path().join("platform.pem");
    let certificates = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    fs::write(&platform, certificates + &sts.ca_pem()).unwrap();

    let mfa_session = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mfa-session"));
        command
            .args(["--serial", ALICE.serial_number, "--code", "123456"])
            .args(arguments)
            .env("AWS_ACCESS_KEY_ID", ALICE.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key)
            .env("AWS_ENDPOINT_URL_STS", sts.url())
            .env("AWS_CA_BUNDLE", &bundle);
        command
    };
    let with_platform_store = || {
        let mut command = mfa_session(&["--force"]);
        command.env_remove("AWS_CA_BUNDLE").env_remove("SSL_CERT_DIR");
        command.env("SSL_CERT_FILE", &platform);
        command
    };
    let curl = || {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--fail", "--aws-sigv4", "aws:amz:us-east-1:sts", "--user"])
            .arg(format!("{}:{}", ALICE.access_key_id, ALICE.secret_access_key))
            .args(["--data", FORM, "--cacert"])
            .arg(&bundle)
            .arg(sts.url());
        command
    };
    let candidates: [(&str, &dyn Fn() -> Command); 5] = [
        ("curl --aws-sigv4", &curl),
        ("mfa-session --force (writes the file)", &|| mfa_session(&["--force"])),
        ("the same, CA only in the platform's store", &with_platform_store),
        ("mfa-session --force --export", &|| mfa_session(&["--force", "--export"])),
        ("mfa-session (reuses the session)", &|| mfa_session(&[])),
    ];

    let mut figures = candidates.map(|_| Vec::new());
    for round in 0..=ROUNDS {
        for ((_, command), figures) in candidates.iter().zip(&mut figures) {
            let figure = measure(&mut command(), home.path());
            // The first round fills caches.
            if round > 0 {
                figures.push(figure);
            }
        }
    }
    println!(
        "{ROUNDS} rounds, medians; the total of processor time, which has a resolution of 10 ms"
    );
    let [(reference, reference_cpu), ..] = figures.each_ref().map(|figures| summary(figures));
    for ((name, _), figures) in candidates.iter().zip(&figures) {
        let (wall, cpu) = summary(figures);
        println!(
            "{name:42} {:6.2} ms ({:.2})  processor {:5.0} ms total ({:.2})",
            wall.as_secs_f64() * 1e3,
            wall.as_secs_f64() / reference.as_secs_f64(),
            cpu.as_secs_f64() * 1e3,
            cpu.as_secs_f64() / reference_cpu.as_secs_f64(),
        );
    }
}

const ROUNDS: usize = 100;

const FORM: &str = "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=43200&\
                    SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Falice&TokenCode=123456";

const ANSWER: &str = "\
<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetSessionTokenResult>
    <Credentials>
      <AccessKeyId>ASIALOOPBACKBENCH234</AccessKeyId>
      <SecretAccessKey>BenchKeepsThisSecretOnlyOnLoopbackForNow</SecretAccessKey>
      <SessionToken>QmVuY2hLZWVwc1RoaXNTZWNyZXRPbmx5T25Mb29wYmFja0Zvck5vdw==</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration>
    </Credentials>
  </GetSessionTokenResult>
  <ResponseMetadata><RequestId>bench</RequestId></ResponseMetadata>
</GetSessionTokenResponse>
";

/// Runs the command; returns its wall time and its processor time.
fn measure(command: &mut Command, home: &Path) -> (Duration, Duration) {
    command
        .env("HOME", home)
        .env("no_proxy", "*")
        .stdin(Stdio::null())
        // `--export` refuses the null device.
        .stdout(File::create(home.join("output")).unwrap())
        .stderr(Stdio::null());
    let (start, before) = (Instant::now(), child_cpu_time());
    let status = command.status().unwrap();
    let wall = start.elapsed();
    assert!(status.success(), "{command:?} failed");
    (wall, child_cpu_time().saturating_sub(before))
}

/// `cutime` plus `cstime` of proc(5), in ticks of 10 ms; zero without /proc.
fn child_cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// The median of the wall times and the sum of the processor times.
fn summary(figures: &[(Duration, Duration)]) -> (Duration, Duration) {
    let mut walls: Vec<_> = figures.iter().map(|figure| figure.0).collect();
    walls.sort();
    (walls[walls.len() / 2], figures.iter().map(|figure| figure.1).sum())
}
