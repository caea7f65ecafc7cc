//! The main job: get a session and deliver it.
//!
//! The order is a safety property, because a code works only once. Every step that can fail without
//! a code comes before the code is read, and delivery follows STS's answer at once.

use crate::{
    config::Aws,
    explain::{Caller, explain},
    failure::Failure,
    message,
    mfa::{self, CodeSource, EarlyConnection, LockKind, Prompt, Serial, SessionLock},
    origin::{Origin, Sourced},
    output::{Destination, Keep, OpenDestination},
    profiles::Profiles,
    request::{CodeOperation, MfaRequest, Reuse, RoleRequest, SessionRequest},
    role::name_role,
    secret::Secret,
    session::{Provenance, ROLE_LIMIT, ROOT_LIMIT, Session},
    sts::{self, Client, Credentials, Endpoint, GetSessionToken, Signer, SigningKey},
    system::{process::lock_directory, signals::SignalGuard},
};

/// A session that was delivered.
pub(crate) struct Delivered {
    pub(crate) session: Session,
    /// Whether the session profile holds it.
    pub(crate) is_stored: bool,
}

/// Gets the requested session, and delivers it.
pub(crate) fn get(
    request: SessionRequest,
    profiles: &Profiles,
    aws: &Aws,
) -> Result<Delivered, Failure> {
    match request {
        SessionRequest::WithCode(request) => get_with_code(*request, profiles, aws, &mut None),
        SessionRequest::Role(request) => get_role_session(*request, profiles, aws),
    }
}

/// Delivers a valid stored session, or else a new one for an MFA code.
fn get_with_code(
    mut request: MfaRequest,
    profiles: &Profiles,
    aws: &Aws,
    signals: &mut Option<SignalGuard>,
) -> Result<Delivered, Failure> {
    let session_profile = request.destination.profile.as_str();
    let stored = profiles.session(session_profile);
    if let Some(delivered) = reuse(&request.destination, &request.reuse, stored)? {
        return Ok(delivered);
    }
    let client = aws.client()?;
    let destination = request.destination.open(profiles.credentials())?;
    let mut _prompt_lock = None;
    if request.code_source.prompts() {
        _prompt_lock = lock(&request.destination, LockKind::Prompt)?;
        let stored = profiles.newly_stored(session_profile)?;
        if let Some(delivered) = reuse(&request.destination, &request.reuse, stored)? {
            return Ok(delivered);
        }
    }
    request.code_source.check()?;
    // A `credential_process` may prompt, so it runs before the code is read: a code expires.
    let key = &request.key.open_long_term()?;
    if let CodeOperation::AssumeRole(role) = &mut request.operation {
        message::info(DIRECT_ROLE);
        role.name_session(key, client, &aws.sts)?;
    }
    let codes = &mut *request.code_source;
    let device = match &request.serial {
        Some(serial) => serial.value.clone(),
        None => mfa::find_device(client, &aws.sts, &request.iam, key, codes)?,
    };
    let serial = device.as_str();
    let caller = Caller::Key { id: key.value.id(), origin: &key.origin, serial: Some(serial) };
    let mut connection = connect_early(codes, client, &aws.sts, caller)?;

    let text = prompt_text(&request.source, key, serial);
    let mut problem = None;
    let mut failed: Vec<(Secret, Failure)> = Vec::new();
    for _ in 0..codes.max_codes() {
        let prompt = Prompt { text: &text, problem: problem.as_deref(), serial, now: client.now() };
        let code =
            codes.read(&prompt, &mut || Some(explain(connection.as_mut()?.failure()?, caller)))?;
        wait_for_connection(connection.take(), client, caller)?;
        let _request_lock = lock(&request.destination, LockKind::Request)?;
        let stored = profiles.newly_stored(session_profile)?;
        if let Some(delivered) = reuse(&request.destination, &request.reuse, stored)? {
            return Ok(delivered);
        }
        let digits = code.into_digits();
        if failed.iter().any(|(sent, _)| *sent == digits) {
            problem = Some(next_code("that code was sent before", client));
            continue;
        }
        // Ctrl-C must not lose the session that the code buys.
        signals.get_or_insert_with(SignalGuard::block);
        match send_code(&request.operation, &digits, serial, key, client, &aws.sts) {
            Ok(credentials) => {
                let session = session_for_code(credentials, &request, key, serial, client);
                return deliver(session, destination, client);
            }
            Err(error) => {
                *signals = None;
                let failure =
                    explain_refusal(&error, &request.operation, request.serial.as_ref(), caller);
                match problem_of_code(&error) {
                    Some(what) if codes.max_codes() > 1 => problem = Some(next_code(what, client)),
                    _ => return Err(failure),
                }
                failed.push((digits, failure));
            }
        }
    }
    Err(failed.pop().expect("the first code was sent").1)
}

/// Delivers a valid stored session of a role, or else assumes the role with the MFA session.
fn get_role_session(
    request: RoleRequest,
    profiles: &Profiles,
    aws: &Aws,
) -> Result<Delivered, Failure> {
    let RoleRequest { chain, mfa, reuse, destination } = request;
    get_without_code(&destination, &reuse, profiles, aws, |client, signals| {
        let mfa_destination = mfa.destination.clone();
        let stored = profiles.session(mfa_destination.profile.as_str());
        let mfa = match stored.filter(|session| mfa.reuse.accepts(session)) {
            // No message: only the session of the role is announced.
            Some(session) => Delivered { session, is_stored: true },
            None => get_with_code(mfa, profiles, aws, signals)?,
        };
        signals.get_or_insert_with(SignalGuard::block);
        chain.assume(&mfa.session, client, &aws.sts).map_err(|failure| {
            if mfa.is_stored {
                return failure.hint("the MFA session is stored: no code is lost");
            }
            mfa_destination.rescue(&mfa.session, failure)
        })
    })
}

/// Delivers a valid stored session, or else the session that `request` returns. `request` blocks
/// signals before it sends the request to STS.
pub(crate) fn get_without_code(
    destination: &Destination,
    reusable: &Reuse,
    profiles: &Profiles,
    aws: &Aws,
    request: impl FnOnce(&Client, &mut Option<SignalGuard>) -> Result<Session, Failure>,
) -> Result<Delivered, Failure> {
    let stored = profiles.session(destination.profile.as_str());
    if let Some(delivered) = reuse(destination, reusable, stored)? {
        return Ok(delivered);
    }
    let client = aws.client()?;
    let open = destination.open(profiles.credentials())?;
    let mut signals = None;
    let session = request(client, &mut signals)?;
    deliver(session, open, client)
}

/// Delivers a stored session if it meets the request. No other function delivers one.
fn reuse(
    destination: &Destination,
    reuse: &Reuse,
    stored: Option<Session>,
) -> Result<Option<Delivered>, Failure> {
    let Some(session) = stored.filter(|session| reuse.accepts(session)) else { return Ok(None) };
    destination.deliver_stored(&session)?;
    Ok(Some(Delivered { session, is_stored: true }))
}

fn deliver(
    session: Session,
    destination: OpenDestination<'_>,
    client: &Client,
) -> Result<Delivered, Failure> {
    let is_stored = destination.deliver(&session, client.now())?;
    Ok(Delivered { session, is_stored })
}

/// Takes no lock for a session that is not kept: other processes cannot reuse it.
fn lock(destination: &Destination, kind: LockKind) -> Result<Option<SessionLock>, Failure> {
    let Destination { credentials_file, profile, .. } = destination;
    if destination.keep == Keep::No {
        return Ok(None);
    }
    let directory = lock_directory();
    SessionLock::take(kind, directory.as_deref(), credentials_file, profile.as_str())
}

/// Sends the code. STS accepts it once.
fn send_code(
    operation: &CodeOperation,
    digits: &Secret,
    serial: &str,
    key: &Sourced<SigningKey>,
    client: &Client,
    sts: &Endpoint,
) -> Result<Credentials, sts::Error> {
    let signer = Signer::Key(&key.value, None);
    match operation {
        CodeOperation::GetSessionToken(lifetime) => {
            let seconds = lifetime.seconds();
            client.call(&GetSessionToken { serial, digits, seconds }, sts, signer)
        }
        CodeOperation::AssumeRole(role) => {
            client.call(&role.with_code(serial, digits), sts, signer)
        }
    }
}

/// Starts to connect while the person types. A source that needs the clock waits for STS's answer.
fn connect_early(
    codes: &dyn CodeSource,
    client: &Client,
    sts: &Endpoint,
    caller: Caller<'_>,
) -> Result<Option<EarlyConnection>, Failure> {
    if codes.needs_clock() {
        let _progress = message::progress(mfa::CONNECTION);
        let probe = client.probe(sts).map_err(|error| explain(&error, caller))?;
        client.correct_clock(&probe);
        return Ok(None);
    }
    Ok(if codes.is_slow() { EarlyConnection::start(client, sts) } else { None })
}

/// Waits for the early connection, so that an unreachable service costs no code, and corrects the
/// clock by the answer.
fn wait_for_connection(
    connection: Option<EarlyConnection>,
    client: &Client,
    caller: Caller<'_>,
) -> Result<(), Failure> {
    match connection.and_then(EarlyConnection::wait) {
        Some(Ok(probe)) => client.correct_clock(&probe),
        Some(Err(error)) => return Err(explain(&error, caller)),
        None => {}
    }
    Ok(())
}

/// The failure of a request with a code. It names the remembered device and the role.
fn explain_refusal(
    error: &sts::Error,
    operation: &CodeOperation,
    serial: Option<&Sourced<Serial>>,
    caller: Caller<'_>,
) -> Failure {
    let failure = mfa::explain_device(explain(error, caller), error, serial);
    match operation {
        CodeOperation::GetSessionToken(_) => failure,
        CodeOperation::AssumeRole(role) => name_role(failure, &role.arn.value),
    }
}

fn session_for_code(
    credentials: Credentials,
    request: &MfaRequest,
    key: &Sourced<SigningKey>,
    serial: &str,
    client: &Client,
) -> Session {
    let (role, limit) = match &request.operation {
        CodeOperation::GetSessionToken(_) => (None, ROOT_LIMIT),
        CodeOperation::AssumeRole(role) => (Some(role), ROLE_LIMIT),
    };
    let provenance = Provenance {
        source: request.source.clone(),
        key_id: Some(key.value.id().to_owned()),
        serial: Some(serial.to_owned()),
        role: role.map(|role| role.arn.value.to_string()),
        is_direct: role.is_some(),
        is_restricted: role.is_some_and(|role| role.is_restricted()),
    };
    let seconds = request.operation.seconds();
    Session::granted(credentials, provenance, seconds, limit, client.now())
}

/// The problem with a code; `None` if another code cannot solve it.
fn problem_of_code(error: &sts::Error) -> Option<&'static str> {
    if error.is_wrong_code() {
        return Some("that code is wrong, or was used already");
    }
    error.may_have_spent_the_code().then_some("STS sent no session, and may have used that code")
}

fn next_code(problem: &str, client: &Client) -> String {
    // Codes change every 30 s since 1970 (RFC 6238), on all devices that AWS accepts.
    let left = 30 - client.now().unix_timestamp().rem_euclid(30);
    format!("{problem}; the next one comes in {left} s")
}

/// Names the user and the device. A key from the environment has no profile: its id names the user.
fn prompt_text(source: &str, key: &Sourced<SigningKey>, serial: &str) -> String {
    let user = if let Origin::Variable(_) = key.origin { key.value.id() } else { source };
    format!("MFA code for {} ({serial})", message::printable(user))
}

const DIRECT_ROLE: &str = "AWS grants more than 1h of a role only to a long-term key: this session \
                           needs a code of its own, and later calls with it carry no MFA context";
