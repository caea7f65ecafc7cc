//! `loopback-sts`: runs the server, generates codes, demonstrates `mfa-session`, and opens a shell
//! to try it in.

mod demo;
mod home;
#[cfg(unix)] // needs POSIX shells, signals
mod playground;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use loopback_sts::{ALICE, Account, Certificate, Request, Sts};

use home::Program;

/// A small STS and IAM on loopback
#[derive(Parser)]
#[command(name = "loopback-sts")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server until standard input is closed
    ///
    /// Prints the endpoint, keys, the MFA device, a role that requires MFA, and the endpoint for
    /// identity tokens as KEY=value lines. Then logs each request on standard error.
    Serve(Serve),
    /// Demonstrate mfa-session in a temporary home directory
    Demo(Program),
    /// Open a shell in a temporary home directory to try mfa-session
    ///
    /// SHELL chooses the shell: bash, zsh or sh. Otherwise it is bash, or sh if bash is missing.
    #[cfg(unix)]
    Playground(Program),
    /// Print the current code of a virtual MFA device
    Code {
        /// Seed of the device, in base32
        #[arg(long, value_name = "BASE32", default_value = ALICE.seed, hide_default_value = true)]
        seed: String,
    },
}

#[derive(clap::Args)]
struct Serve {
    /// Port; the default is a free port
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Enable TLS, with a new certificate
    #[arg(long)]
    tls: bool,
    /// File for the CA's certificate; the default is a temporary file
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca: Option<PathBuf>,
    /// Listen on the loopback address of IPv6
    #[arg(long)]
    ipv6: bool,
    /// Set the server's clock ahead, or back if negative
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i64,
    /// Partition of the account, such as aws-cn
    #[arg(long, default_value = "aws")]
    partition: String,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(options) => serve(&options),
        Command::Demo(program) => demo::run(program),
        #[cfg(unix)]
        Command::Playground(program) => playground::run(program),
        Command::Code { seed } => code(&seed),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the exit status still reports the failure.
            let _ = writeln!(io::stderr(), "loopback-sts: error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(options: &Serve) -> io::Result<()> {
    let mut builder = Sts::builder()
        .account(Account::in_partition(&options.partition))
        .port(options.port)
        .watch(log);
    if options.tls {
        builder = builder.tls(Certificate::Good);
    }
    if options.ipv6 {
        builder = builder.ipv6();
    }
    let sts = builder.start()?;
    sts.set_clock_offset(options.clock_offset);

    let mut lines = vec![
        ("AWS_ENDPOINT_URL_STS", sts.url()),
        ("AWS_ENDPOINT_URL_IAM", sts.url()),
        ("AWS_ENDPOINT_URL_SIGNIN", sts.url()),
        ("AWS_ACCESS_KEY_ID", ALICE.access_key_id.into()),
        ("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key.into()),
        ("MFA_SERIAL", ALICE.serial_number.replacen("aws", &options.partition, 1)),
        ("MFA_SEED", ALICE.seed.into()),
        ("ROLE_ARN", sts.role_arn("admin")),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", sts.oidc_url()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", sts.oidc_request_token()),
    ];
    let ca_file = options.tls.then(|| write_ca(&sts, options.ca.as_deref())).transpose()?;
    if let Some(file) = &ca_file {
        lines.push(("AWS_CA_BUNDLE", file.path.display().to_string()));
    }
    let mut stdout = io::stdout().lock();
    for (name, value) in lines {
        writeln!(stdout, "{name}={value}")?;
    }
    stdout.flush()?;
    drop(stdout);
    io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A file with the CA's certificate. Dropping it deletes a temporary file.
struct CaFile {
    path: PathBuf,
    _temporary: Option<tempfile::TempPath>,
}

fn write_ca(sts: &Sts, path: Option<&Path>) -> io::Result<CaFile> {
    if let Some(path) = path {
        fs::write(path, sts.ca_pem())?;
        return Ok(CaFile { path: path.into(), _temporary: None });
    }
    let mut file = tempfile::Builder::new().prefix("loopback-ca-").suffix(".pem").tempfile()?;
    file.write_all(sts.ca_pem().as_bytes())?;
    Ok(CaFile { path: file.path().into(), _temporary: Some(file.into_temp_path()) })
}

fn log(request: &Request) {
    let Request { connection, method, path, outcome, .. } = request;
    let operation = request.operation();
    let line = format!("#{connection} {method} {path} {operation} {outcome}");
    // The server runs on if the reader of the log has gone.
    let _ = writeln!(io::stderr(), "{line}");
}

fn code(seed: &str) -> io::Result<()> {
    let code =
        loopback_sts::code(seed).ok_or_else(|| io::Error::other("the seed is not base32"))?;
    writeln!(io::stdout(), "{code}")
}

fn check(condition: bool, error: &str) -> io::Result<()> {
    if condition { Ok(()) } else { Err(io::Error::other(error)) }
}

fn say(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}
