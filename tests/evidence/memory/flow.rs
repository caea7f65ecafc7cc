//! Runs that pause with secrets in memory.

use std::fs;

use loopback_sts::{ALICE, Fault};

use super::observer::{Home, Run};
use crate::{
    sandbox::Sandbox,
    terminal::{QUESTION, until},
};

pub(super) struct Flow {
    pub(super) name: &'static str,
    pub(super) home: Home,
    arguments: String,
    waits_for: Event,
}

/// The event that a run waits for.
#[derive(Clone, Copy)]
enum Event {
    Code,
    CodeCommand,
    Answer,
}

pub(super) fn flows() -> Vec<Flow> {
    let mut flows = vec![
        Flow::new("a prompt", Event::Code, Sandbox::new(), ""),
        Flow::new("a prompt for exports", Event::Code, Sandbox::new(), "--export"),
        Flow::new("a prompt of exec", Event::Code, Sandbox::new(), "exec true"),
        Flow::new(
            "a code command",
            Event::CodeCommand,
            Sandbox::new(),
            "--code-command 'touch waiting; exec sleep 60'",
        ),
        with_a_seed(),
        with_keys_in_the_environment(),
        with_tls(),
        with_an_assertion(),
        with_a_web_identity(),
    ];
    for (name, arguments) in [
        ("a session", "--code 123456"),
        ("a session for a command", "exec --code 123456 true"),
        ("a federated session", "federate carol"),
        ("the caller's identity", "whoami"),
    ] {
        flows.push(Flow::new(name, Event::Answer, Sandbox::new(), arguments));
    }
    flows
}

impl Flow {
    fn new(name: &'static str, waits_for: Event, mut sandbox: Sandbox, arguments: &str) -> Self {
        sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        sandbox.sts().inject(Fault::Hang.on_calls());
        Self { name, home: Home::of(sandbox), arguments: arguments.to_owned(), waits_for }
    }

    /// The program with its arguments, for a shell.
    pub(super) fn command(&self) -> String {
        format!("{} {}", self.home.program, self.arguments)
    }

    /// Waits until the run waits for its event.
    pub(super) fn wait(&self, run: &mut Run<'_>) {
        let sandbox = &self.home.sandbox;
        match self.waits_for {
            Event::Code => drop(run.person.reads(QUESTION)),
            Event::CodeCommand => until(|| sandbox.path("waiting").exists()),
            Event::Answer => until(|| run.has_asked()),
        }
    }
}

fn with_a_seed() -> Flow {
    let mut sandbox = Sandbox::new();
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    Flow::new("a session for a seed", Event::Answer, sandbox, "")
}

fn with_keys_in_the_environment() -> Flow {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    Flow::new("a session for the environment", Event::Answer, sandbox, "--code 123456")
}

fn with_tls() -> Flow {
    let mut sandbox = Sandbox::with_tls();
    sandbox.set("AWS_CA_BUNDLE", "~/ca.pem");
    Flow::new("a session over TLS", Event::Answer, sandbox, "--code 123456")
}

fn with_an_assertion() -> Flow {
    let sandbox = Sandbox::new();
    let sts = sandbox.sts();
    let assertion = sts.saml_assertion(&sts.role_arn("saml"), &sts.saml_provider_arn());
    fs::write(sandbox.path("assertion"), assertion).unwrap();
    Flow::new(
        "a session for an assertion",
        Event::Answer,
        sandbox,
        "saml --assertion-file assertion",
    )
}

fn with_a_web_identity() -> Flow {
    let mut sandbox = Sandbox::new();
    let sts = sandbox.sts();
    let (role, token) = (sts.role_arn("web"), sts.web_identity_token("app"));
    fs::write(sandbox.path("token"), token).unwrap();
    sandbox.set("AWS_ROLE_ARN", role);
    Flow::new("a session for a token", Event::Answer, sandbox, "web-identity --token-file token")
}
