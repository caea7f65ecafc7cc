//! The commands to measure, in homes with AWS files of several sizes.

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use loopback_sts::{ALICE, Answer, Certificate, Fault, Sts};
use tempfile::TempDir;

use crate::sample::{self, Sample};

/// The number of profiles in each of the two AWS files. One round in so many includes it.
const SIZES: [(&str, usize); 4] = [("1", 1), ("100", 1), ("10,000", 1), ("100,000", 5)];

/// What the program does, its arguments, and whether it connects to STS.
const JOBS: [(&str, &str, bool); 4] = [
    ("`--version`", "--version", false),
    (REUSE, "", false),
    (STATUS, "status --short", false),
    (WHOLE_JOB, "--force --serial arn:aws:iam::123456789012:mfa/alice --code 123456", true),
];

pub(crate) const REUSE: &str = "reuse";
pub(crate) const STATUS: &str = "`status --short`";
pub(crate) const WHOLE_JOB: &str = "whole job";

/// Counts instructions. Without its model of caches it is faster.
const VALGRIND: [&str; 4] =
    ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"];

/// A command to measure.
pub(crate) struct Case {
    /// The index of the program; none for `/bin/true` and curl.
    pub(crate) program: Option<usize>,
    pub(crate) name: &'static str,
    pub(crate) profiles: &'static str,
    command: Vec<String>,
    home: PathBuf,
    connects: bool,
    /// One round in so many includes it.
    pub(crate) interval: usize,
    pub(crate) samples: Vec<Sample>,
    /// In millions; not a number if unknown.
    pub(crate) instructions: f64,
}

impl Case {
    pub(crate) fn median(&self, figure: usize) -> f64 {
        let mut figures: Vec<f64> = self.samples.iter().map(|sample| sample[figure]).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    }

    pub(crate) fn ratio(&self, other: &Case, figure: usize) -> f64 {
        self.median(figure) / other.median(figure)
    }
}

/// An STS with TLS, and a directory with the homes.
pub(crate) struct Bench {
    sts: Sts,
    directory: TempDir,
}

impl Bench {
    pub(crate) fn start() -> Self {
        let sts = Sts::builder().tls(Certificate::Good).start().unwrap();
        // One canned answer: the loopback STS would accept each code only once.
        sts.inject(Fault::Answer(Answer::new(200, ANSWER)).on_calls());
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("ca.pem"), sts.ca_pem()).unwrap();
        Self { sts, directory }
    }

    /// `/bin/true`, curl, and all cases of each program.
    pub(crate) fn cases(&self, programs: &[String]) -> Vec<Case> {
        let directory = self.directory.path();
        let case = |name, command: &[&str], connects| Case {
            program: None,
            name,
            profiles: "",
            command: command.iter().map(|&word| word.to_owned()).collect(),
            home: directory.to_owned(),
            connects,
            interval: 1,
            samples: Vec::new(),
            instructions: f64::NAN,
        };
        let user = format!("{}:{}", ALICE.access_key_id, ALICE.secret_access_key);
        let (bundle, url) = (directory.join("ca.pem"), self.sts.url());
        let curl = ["curl", "--silent", "--fail", "--aws-sigv4", "aws:amz:us-east-1:sts", "--user"];
        let request = [&user, "--data", FORM, "--cacert", bundle.to_str().unwrap(), &url];
        let mut cases = vec![
            case("`/bin/true`", &["/bin/true"], false),
            case("curl", &[&curl[..], &request].concat(), true),
        ];
        for (profiles, interval) in SIZES {
            for (program, path) in programs.iter().enumerate() {
                let home = directory.join(format!("{program}-{profiles}"));
                fs::create_dir_all(home.join(".aws")).unwrap();
                // Loading a file that a linker wrote takes longer than loading its copy.
                let copy = home.join("mfa-session");
                fs::copy(path, &copy).unwrap();
                let jobs = JOBS.map(|(name, arguments, connects)| {
                    let mut command = vec![copy.to_str().unwrap()];
                    command.extend(arguments.split_whitespace());
                    let case = case(name, &command, connects);
                    Case { program: Some(program), profiles, home: home.clone(), interval, ..case }
                });
                self.write_files(&jobs[JOBS.len() - 1]);
                cases.extend(jobs);
            }
        }
        cases
    }

    /// Writes AWS files with the profiles. The whole job writes the second section.
    fn write_files(&self, whole_job: &Case) {
        let profiles: usize = whole_job.profiles.replace(',', "").parse().unwrap();
        let aws = |name| whole_job.home.join(".aws").join(name);
        let profile = |name: &str, id: &str, secret: &str| {
            format!(
                "# account of {name}\n[{name}]\naws_access_key_id = {id}\n\
                 aws_secret_access_key = {secret}\nregion = eu-central-1\n\n"
            )
        };
        let first = profile("default", ALICE.access_key_id, ALICE.secret_access_key);
        fs::write(aws("credentials"), first).unwrap();
        self.run(&[], whole_job);
        let mut credentials = fs::read_to_string(aws("credentials")).unwrap() + "\n";
        for number in 1..profiles {
            let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
            credentials += &profile(&format!("team-{number}"), "AKIAEXAMPLEEXAMPLE00", secret);
        }
        let role = |number| {
            format!(
                "[profile role-{number}]\nrole_arn = arn:aws:iam::123456789012:role/Admin\n\
                 source_profile = default\n\n"
            )
        };
        fs::write(aws("credentials"), credentials).unwrap();
        fs::write(aws("config"), (0..profiles).map(role).collect::<String>()).unwrap();
    }

    /// The length of the credentials file, in MB.
    #[expect(clippy::cast_precision_loss, reason = "the file is small")]
    pub(crate) fn file_of_10_000_profiles(&self) -> f64 {
        let file = self.directory.path().join("0-10,000/.aws/credentials");
        fs::metadata(file).unwrap().len() as f64 / 1e6
    }

    pub(crate) fn sample(&self, case: &Case) -> Sample {
        let bench = env::current_exe().unwrap();
        let output = self.run(&[bench.to_str().unwrap(), sample::SUBCOMMAND], case);
        sample::parse(&output.stdout)
    }

    /// Counts instructions if Valgrind is installed.
    pub(crate) fn count_instructions(&self, cases: &mut [Case]) {
        if Command::new(VALGRIND[0]).arg("--version").output().is_err() {
            return;
        }
        for case in cases {
            let report = String::from_utf8(self.run(&VALGRIND, case).stderr).unwrap();
            let count = report.split("I   refs:").nth(1).unwrap().lines().next().unwrap();
            case.instructions = count.trim().replace(',', "").parse::<f64>().unwrap() / 1e6;
        }
    }

    /// Runs a case after these words. Panics if the command fails, or if it connects to STS though
    /// it should not.
    fn run(&self, prefix: &[&str], case: &Case) -> Output {
        let mut words = prefix.iter().copied().chain(case.command.iter().map(String::as_str));
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap())
            .envs([("HOME", &case.home), ("TMPDIR", &case.home)])
            .env("AWS_ENDPOINT_URL_STS", self.sts.url())
            .env("AWS_CA_BUNDLE", self.directory.path().join("ca.pem"))
            .stdin(Stdio::null());
        let before = self.sts.connections();
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {output:?}");
        assert_eq!(self.sts.connections() > before, case.connects, "{command:?}");
        output
    }
}

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
