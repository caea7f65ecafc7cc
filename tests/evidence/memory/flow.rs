//! The flows whose memory is searched: every way in for a secret, every way out.

use std::{fs, path::Path};

use data_encoding::BASE32_NOPAD;
use loopback_sts::{ALICE, Answer, Fault, Field, Grant};
use ring::hmac;
use time::OffsetDateTime;

use super::scan::{Needles, Stopped, waiting_at_its_end};
use crate::{
    terminal::{Person, QUESTION},
    world::{PROGRAM, World, keys},
};

/// What STS grants: nothing like it is in any library.
const GRANTED: &str = "GrantedForTheScan/qZ8vK2mXw7RtY4uLp0sBd1";
/// Of somebody else in the credentials file, with a comment.
const NEIGHBOUR: &str = "NeighboursSecretKey/pW3nHs9aVx5cGj2kDf6y";
const COMMENT: &str = "a remark that nobody needs to know";

/// One way to run the program.
pub(super) struct Flow {
    pub(super) name: &'static str,
    world: World,
    arguments: String,
    input: String,
    /// The input comes from a terminal, where it is asked for.
    is_typed: bool,
    secrets: Vec<(&'static str, Vec<u8>)>,
}

pub(super) fn flows() -> Vec<Flow> {
    let mut flows = vec![
        Flow::new("writes", ""),
        Flow::new("prints exports", "--export"),
        Flow::new("prints JSON", "--format process"),
        Flow::new("prints and writes", "--format dotenv --write"),
        Flow::new("has a command run", "exec"),
    ]
    .into_iter()
    .map(Flow::with_code)
    .collect::<Vec<_>>();
    flows.extend([
        with_typed_code(),
        with_code_on_standard_input(),
        with_code_of_the_environment(),
        with_code_of_a_command(),
        with_a_seed(),
        with_a_long_token(),
        with_keys_of_the_environment(),
        with_tls(),
        with_a_wrong_code(),
        with_a_role(),
        with_an_assertion(),
        with_a_web_identity(),
        with_the_token_of_a_job(),
        Flow::new("federates", "federate carol"),
        Flow::new("asks who it is", "whoami"),
    ]);
    for (name, arguments) in [
        ("reuses", ""),
        ("prints what it reuses", "--export"),
        ("runs with what it reuses", "exec true"),
        ("shows status", "status"),
        ("shows status as JSON", "status --json"),
        ("asks who the session is", "whoami --profile default-mfa"),
        ("clears", "clear"),
        ("completes", "complete profiles"),
    ] {
        flows.push(Flow::new(name, arguments).after_another());
    }
    flows
}

/// As long as most, of other pieces than the key.
fn token() -> String {
    GRANTED.chars().rev().collect::<String>().repeat(10)
}

impl Flow {
    fn new(name: &'static str, arguments: &str) -> Self {
        Self::of(World::new(), name, arguments, &token())
    }

    /// STS grants this token.
    fn of(mut world: World, name: &'static str, arguments: &str, token: &str) -> Self {
        let neighbour = keys("neighbour").replace(ALICE.secret_access_key, NEIGHBOUR);
        if world.path(".aws").is_dir() {
            let text = format!("# {COMMENT}\n{neighbour}\n{}", keys("default"));
            world.write("credentials", &text);
        }
        world.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        world.sts().weather(Fault::Grant(Grant {
            secret_access_key: Field::Source(GRANTED.into()),
            session_token: Field::Source(token.into()),
            ..Grant::default()
        }));
        let secrets = vec![
            ("the long-term key", ALICE.secret_access_key.into()),
            ("another key of the file", NEIGHBOUR.into()),
            ("a comment of the file", COMMENT.into()),
            ("the granted key", GRANTED.into()),
            ("the granted token", token.into()),
        ];
        let (arguments, input) = (arguments.to_owned(), String::new());
        Self { name, world, arguments, input, is_typed: false, secrets }
    }

    fn hides(mut self, what: &'static str, secret: impl Into<Vec<u8>>) -> Self {
        self.secrets.push((what, secret.into()));
        self
    }

    /// The code stands among the arguments.
    fn with_code(mut self) -> Self {
        let code = self.world.code();
        self.arguments = if self.arguments == "exec" {
            format!("exec --code {code} true")
        } else {
            format!("{} --code {code}", self.arguments)
        };
        self.hides("the code", code)
    }

    /// There is a session to begin with.
    fn after_another(self) -> Self {
        self.world.get([]).wrote("default-mfa");
        self
    }

    /// The secrets, and what is made of them that is as good.
    pub(super) fn secrets(&self) -> Vec<(&'static str, Vec<u8>)> {
        let day = OffsetDateTime::now_utc().date().to_string().replace('-', "");
        let mut key = format!("AWS4{}", ALICE.secret_access_key).into_bytes();
        let mut secrets = self.secrets.clone();
        for part in [&day, "us-east-1", "sts", "aws4_request"] {
            let hmac_key = hmac::Key::new(hmac::HMAC_SHA256, &key);
            key = hmac::sign(&hmac_key, part.as_bytes()).as_ref().to_vec();
            secrets.push(("a key for today", key.clone()));
        }
        secrets
    }

    /// What is left at the end of the run.
    pub(super) fn left(&self, strace: &Path, needles: &Needles) -> Vec<String> {
        let (before, arguments) = (waiting_at_its_end(strace), &self.arguments);
        let run = format!("exec {before} {PROGRAM} {arguments}");
        if self.is_typed {
            let mut person = Person::runs_script(&self.world, &format!("{run} >stdout 2>stderr"));
            person.reads(QUESTION);
            person.types(&self.input);
            return Stopped::below(person.id()).search(needles);
        }
        fs::write(self.world.path("input"), &self.input).unwrap();
        let mut command = self.world.command("sh");
        command.args(["-c", &format!("{run} <input >stdout 2>stderr")]);
        Stopped::below(command.spawn().unwrap().id()).search(needles)
    }
}

fn with_typed_code() -> Flow {
    let mut flow = Flow::new("asks on the terminal", "");
    let code = flow.world.code();
    flow.input = format!("{code}\n");
    flow.is_typed = true;
    flow.hides("the code", code)
}

fn with_code_on_standard_input() -> Flow {
    let mut flow = Flow::new("reads standard input", "--code -");
    let code = flow.world.code();
    flow.input = format!("{code}\n");
    flow.hides("the code", code)
}

fn with_code_of_the_environment() -> Flow {
    let mut flow = Flow::new("has a code in the environment", "");
    let code = flow.world.code();
    flow.world.set("MFA_SESSION_CODE", &code);
    flow.hides("the code", code)
}

fn with_code_of_a_command() -> Flow {
    let flow = Flow::new("runs a code command", "--code-command 'cat code'");
    let code = flow.world.code();
    fs::write(flow.world.path("code"), format!("Your code: {code}\n")).unwrap();
    flow.hides("the code", code)
}

fn with_a_seed() -> Flow {
    let mut flow = Flow::new("has a seed in the environment", "");
    flow.world.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    let seed = BASE32_NOPAD.decode(ALICE.seed.as_bytes()).unwrap();
    flow.hides("the seed", ALICE.seed).hides("the seed's bytes", seed)
}

/// Of 64 KiB, and like itself nowhere.
fn with_a_long_token() -> Flow {
    let mut state = 1_u32;
    let letters = (0..1 << 16).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'A' + u8::try_from((state >> 16) % 26).unwrap())
    });
    Flow::of(World::new(), "gets a long token", "", &letters.collect::<String>()).with_code()
}

fn with_keys_of_the_environment() -> Flow {
    let mut flow = Flow::new("has keys in the environment", "");
    flow.world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    flow.world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    flow.with_code()
}

fn with_tls() -> Flow {
    let mut world = World::with_tls();
    world.set("AWS_CA_BUNDLE", "~/ca.pem");
    Flow::of(world, "speaks TLS", "", &token()).with_code()
}

fn with_a_wrong_code() -> Flow {
    let mut flow = Flow::new("is refused", "");
    flow.world.sts().clear_weather();
    let refusal = Answer::error(403, "AccessDenied", "MultiFactorAuthentication failed");
    flow.world.sts().weather(Fault::Answer(refusal));
    flow.arguments = "--code 271828".into();
    flow.hides("the code", "271828")
}

fn with_a_role() -> Flow {
    let role = "--role-arn arn:aws:iam::123456789012:role/admin";
    Flow::new("assumes a role", role).with_code()
}

fn with_an_assertion() -> Flow {
    let mut flow = Flow::new("shows an assertion", "saml");
    let sts = flow.world.sts();
    let assertion = sts.saml_assertion(&sts.role_arn("saml"), &sts.saml_provider_arn());
    flow.input.clone_from(&assertion);
    flow.hides("the assertion", assertion)
}

fn with_a_web_identity() -> Flow {
    let mut flow = Flow::new("shows a token", "web-identity --token-file token");
    let token = flow.world.sts().web_identity_token("app");
    fs::write(flow.world.path("token"), &token).unwrap();
    flow.world.set("AWS_ROLE_ARN", flow.world.sts().role_arn("web"));
    flow.hides("the proof", token)
}

fn with_the_token_of_a_job() -> Flow {
    let mut flow = Flow::new("asks GitHub for a token", "web-identity");
    let (url, token) = (flow.world.sts().oidc_url(), flow.world.sts().oidc_request_token());
    flow.world.set("AWS_ROLE_ARN", flow.world.sts().role_arn("web"));
    flow.world.set("ACTIONS_ID_TOKEN_REQUEST_URL", url);
    flow.world.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &token);
    flow.hides("the job's token", token)
}
