//! The main job: get a session and deliver it.
//!
//! The order is a safety property. A code is good once: whatever can fail without one fails before
//! it is read, and nothing that can fail stands between STS's answer and its delivery.

use crate::{
    config::Aws,
    explain::{Caller, explain},
    failure::Failure,
    message,
    mfa::{self, EarlyConnection, Prompt, PromptLock},
    origin::Origin,
    output::Destination,
    profiles::Profiles,
    request::{MfaRequest, Reuse, RoleRequest, SessionRequest},
    session::{Provenance, ROOT_LIMIT, Session},
    signals::SignalGuard,
    sts::{self, Client, Credentials, GetSessionToken, Signer},
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
        SessionRequest::Mfa(request) => get_mfa_session(*request, profiles, aws),
        SessionRequest::Role(request) => get_role_session(*request, profiles, aws),
    }
}

/// Gets an MFA session: a stored one that is valid, else a new one for a code.
fn get_mfa_session(
    mut request: MfaRequest,
    profiles: &Profiles,
    aws: &Aws,
) -> Result<Delivered, Failure> {
    if let Some(delivered) = reuse(&request.destination, &request.reuse, profiles)? {
        return Ok(delivered);
    }
    let client = aws.client()?;
    let destination = request.destination.open()?;
    let _lock = prompt_lock(&request)?;
    // Another process may have got the session while this one waited for the lock.
    if let Some(delivered) = reuse(&request.destination, &request.reuse, &profiles.reread()?)? {
        return Ok(delivered);
    }
    let codes = &mut *request.code_source;
    codes.check()?;
    let serial = match &request.serial {
        Some(serial) => serial.value.clone(),
        None => mfa::find_device(client, &request.iam, &request.key, codes)?,
    };
    let (key, origin) = (&request.key.value, &request.key.origin);
    let caller = Caller::Key { id: key.id(), origin, serial: Some(serial.as_str()) };
    let is_early = codes.is_slow() || codes.needs_clock();
    let mut connection = is_early.then(|| EarlyConnection::start(client, &aws.sts));
    if codes.needs_clock() {
        settle(connection.take(), client, caller)?;
    }

    let text = prompt_text(&request.source, key.id(), origin, serial.as_str());
    let mut problem = None;
    let mut refused = None;
    let mut sent = Vec::new();
    for _ in 0..codes.max_codes() {
        let prompt = Prompt {
            text: &text,
            problem: problem.as_deref(),
            serial: serial.as_str(),
            now: client.now(),
        };
        let code = codes.read(&prompt, &mut || {
            let error = connection.as_mut()?.failure()?;
            Some(unused_code(error, caller))
        })?;
        settle(connection.take(), client, caller)?;
        let digits = code.into_digits();
        if sent.contains(&digits) {
            problem = Some(next_code("that code was sent before", client));
            continue;
        }
        let seconds = request.lifetime.seconds();
        let operation = GetSessionToken { serial: serial.as_str(), digits: &digits, seconds };
        match client.call(&operation, &aws.sts, Signer::Key(key, None)) {
            Ok(credentials) => {
                // Ctrl-C must not lose what the code has bought.
                let _signals = SignalGuard::block();
                let session = mfa_session(credentials, &request, &serial, client);
                let is_stored = destination.deliver(&session, client.now())?;
                return Ok(Delivered { session, is_stored });
            }
            Err(error) => {
                let failure = explain(&error, caller);
                match problem_of_code(&error) {
                    Some(what) if codes.max_codes() > 1 => problem = Some(next_code(what, client)),
                    _ => return Err(failure),
                }
                refused = Some(failure);
                sent.push(digits);
            }
        }
    }
    Err(refused.expect("the first code was sent"))
}

/// Gets the session of a role: the MFA session assumes it.
fn get_role_session(
    request: RoleRequest,
    profiles: &Profiles,
    aws: &Aws,
) -> Result<Delivered, Failure> {
    let RoleRequest { chain, mfa, reuse, destination } = request;
    get_without_code(&destination, &reuse, profiles, aws, |client| {
        let rescue = mfa.destination.clone();
        let mfa = match mfa.reuse.find(profiles, mfa.destination.profile.as_str()) {
            // No message: only the session of the role is announced.
            Some(session) => Delivered { session, is_stored: true },
            None => get_mfa_session(mfa, profiles, aws)?,
        };
        chain.assume(&mfa.session, client, &aws.sts).map_err(|failure| {
            if mfa.is_stored {
                return failure.hint("the MFA session is kept: no code is lost");
            }
            let _signals = SignalGuard::block();
            rescue.rescue(&mfa.session, failure)
        })
    })
}

/// Gets a session that needs no code, and delivers it: a stored one that is valid, else the one
/// that `request` returns.
pub(crate) fn get_without_code(
    destination: &Destination,
    reusable: &Reuse,
    profiles: &Profiles,
    aws: &Aws,
    request: impl FnOnce(&Client) -> Result<Session, Failure>,
) -> Result<Delivered, Failure> {
    if let Some(delivered) = reuse(destination, reusable, profiles)? {
        return Ok(delivered);
    }
    let client = aws.client()?;
    let open = destination.open()?;
    let session = request(client)?;
    let _signals = SignalGuard::block();
    let is_stored = open.deliver(&session, client.now())?;
    Ok(Delivered { session, is_stored })
}

/// Delivers the stored session, if it does as well as a new one. This is the one place that decides
/// about reuse.
fn reuse(
    destination: &Destination,
    reuse: &Reuse,
    profiles: &Profiles,
) -> Result<Option<Delivered>, Failure> {
    let Some(session) = reuse.find(profiles, destination.profile.as_str()) else { return Ok(None) };
    destination.deliver_stored(&session)?;
    Ok(Some(Delivered { session, is_stored: true }))
}

/// A session that goes nowhere else needs no lock: other processes could not reuse it.
fn prompt_lock(request: &MfaRequest) -> Result<Option<PromptLock>, Failure> {
    let Destination { lock_directory, credentials_file, profile, .. } = &request.destination;
    if !request.destination.is_shared() {
        return Ok(None);
    }
    let patience = request.code_source.lock_patience();
    PromptLock::take(lock_directory.as_deref(), credentials_file, profile.as_str(), patience)
}

fn mfa_session(
    credentials: Credentials,
    request: &MfaRequest,
    serial: &mfa::Serial,
    client: &Client,
) -> Session {
    let provenance = Provenance {
        source: request.source.clone(),
        key_id: Some(request.key.value.id().to_owned()),
        serial: Some(serial.to_string()),
        ..Provenance::default()
    };
    let seconds = request.lifetime.seconds();
    Session::granted(credentials, provenance, seconds, ROOT_LIMIT, client.now())
}

/// Waits for the early connection. A service that can't be reached is a failure before the code is
/// used; one that can tells the time.
fn settle(
    connection: Option<EarlyConnection>,
    client: &Client,
    caller: Caller<'_>,
) -> Result<(), Failure> {
    match connection.and_then(EarlyConnection::wait) {
        Some(Ok(probe)) => client.correct_clock(&probe),
        Some(Err(error)) => return Err(unused_code(&error, caller)),
        None => {}
    }
    Ok(())
}

fn unused_code(error: &sts::Error, caller: Caller<'_>) -> Failure {
    explain(error, caller).hint("no code was used")
}

/// What was wrong with a code, if another code may do.
fn problem_of_code(error: &sts::Error) -> Option<&'static str> {
    if error.is_wrong_code() {
        return Some("that code is wrong, or was used already");
    }
    error.may_have_spent_the_code().then_some("no session came, and that code may be spent")
}

fn next_code(problem: &str, client: &Client) -> String {
    // Codes change every 30 s since 1970 (RFC 6238), on all devices that AWS accepts.
    let left = 30 - client.now().unix_timestamp().rem_euclid(30);
    format!("{problem}; the next one comes in {left} s")
}

/// Names the user and the device. A key from the environment has no profile: its id names it.
fn prompt_text(source: &str, key_id: &str, origin: &Origin, serial: &str) -> String {
    let user = if let Origin::Variable(_) = origin { key_id } else { source };
    format!("MFA code for {} ({serial})", message::printable(user))
}
