//! `mfa-session web-identity` (AssumeRoleWithWebIdentity).

use std::process::ExitCode;

use clap::{Args, ValueHint};

use super::Run;
use crate::{
    config::{Partition, Resolver, named_for},
    context::Context,
    explain::{Caller, explain, explain_id_token},
    failure::{Failure, Status},
    flags::{DeliveryFlags, DurationFlag, PolicyFlags, ReuseFlags, with_default},
    get,
    identity_token::{self, TokenInput},
    lifetime::RoleLifetime,
    origin::{Origin, Sourced},
    request::{Match, Reuse},
    secret::Secret,
    session::{Provenance, ROLE_LIMIT, Session},
    settings::{AUDIENCE, ROLE_DURATION, TOKEN_FILE, WEB_IDENTITY_ROLE, WEB_IDENTITY_SESSION_NAME},
    sts::{
        AssumeRoleWithWebIdentity, Client, Endpoint, IdTokenUrl, Policies, RoleArn,
        RoleSessionName, Signer, WebIdentityToken,
    },
    system::signals::SignalGuard,
};

/// Get a role's session for an OIDC token, without keys.
///
/// Calls AssumeRoleWithWebIdentity. The token is read from `--token-file`,
/// `AWS_WEB_IDENTITY_TOKEN_FILE` or the profile's `web_identity_token_file`. Without these, a
/// GitHub Actions job with the permission `id-token: write` requests a token from GitHub.
#[derive(Args)]
#[command(mut_arg("duration", |flag| with_default(flag, "1h")))]
#[command(mut_arg("to", |flag| with_default(flag, "`NAME-ROLE`")))]
pub(crate) struct WebIdentity {
    /// ARN of the role [default: `AWS_ROLE_ARN`, or the profile's `role_arn`].
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    role_arn: Option<String>,
    /// Role session name [default: the token's subject].
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    role_session_name: Option<String>,
    /// The file with the OIDC token, or `-` for standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Role")]
    token_file: Option<String>,
    /// The audience of a token from GitHub [default: sts.amazonaws.com].
    #[arg(long, value_name = "AUDIENCE", help_heading = "Role")]
    audience: Option<String>,
    #[command(flatten)]
    _policies: PolicyFlags,
    #[command(flatten)]
    _duration: DurationFlag,
    #[command(flatten)]
    _reuse: ReuseFlags,
    #[command(flatten)]
    _delivery: DeliveryFlags,
}

impl Run for WebIdentity {
    const EXAMPLE: &'static str =
        "mfa-session web-identity --role-arn arn:aws:iam::123456789012:role/CI";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let mode = resolver.output_mode()?;
        let requested = resolver.requested_profile()?.value;
        let (source, stored_role) = resolver.source_of_role_session(&requested);
        let resolver = resolver.scoped(vec![source.clone(), requested.clone()]);
        let role = resolver.parse::<RoleArn>(&WEB_IDENTITY_ROLE)?.ok_or_else(missing_role)?;
        let session_name = resolver.parse(&WEB_IDENTITY_SESSION_NAME)?.map(|name| name.value);
        let lifetime = resolver.parse::<RoleLifetime>(&ROLE_DURATION)?;
        let seconds = lifetime.map_or(RoleLifetime::DEFAULT, |it| it.value).seconds();
        let token = token(&resolver)?;
        let policies = resolver.policies()?;
        let default = match stored_role {
            Some(arn) if arn == role.value.as_str() => requested,
            _ => named_for(&source, role.value.name()),
        };
        let keep = resolver.keep(mode, false)?;
        let (session_profile, keep) = resolver.session_profile(default, None, keep)?;
        let flags = &context.flags;
        let wanted = Match { key: None, serial: None, role: Some(role.value.to_string()) };
        let reuse = match resolver.reuse(seconds, wanted, mode)? {
            _ if !policies.is_empty() || flags.is_given("role_session_name") => Reuse::Never,
            // A token on the command line or on standard input always gets a new session.
            _ if flags.is_given("token_file") || token.is_stdin() => Reuse::Never,
            reuse => reuse,
        };
        let partition = Partition { name: role.value.partition().to_owned(), of: "role" };
        let aws = resolver.aws(Some(&partition))?;
        let destination = resolver.destination(mode, keep, session_profile, &source, &aws)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let request = Request { source, role: role.value, session_name, token, seconds, policies };
        get::get_without_code(
            &destination,
            &reuse,
            context.profiles()?,
            &aws,
            |client, signals| request.send(client, &aws.sts, signals),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

fn missing_role() -> Failure {
    Failure::new(Status::Local, "no role is configured").hint(
        "name the role: --role-arn ARN, AWS_ROLE_ARN, or `role_arn` in the profile with \
         `web_identity_token_file`",
    )
}

/// The source of the token.
enum TokenSource {
    Input(TokenInput),
    /// GitHub Actions, which requires a request token.
    GitHub {
        url: IdTokenUrl,
        request_token: Secret,
    },
}

fn token(resolver: &Resolver<'_>) -> Result<TokenSource, Failure> {
    let audience = resolver.get(&AUDIENCE)?;
    if let Some(file) = resolver.get(&TOKEN_FILE)? {
        let path = resolver.context.environment.path(&file.value)?;
        return Ok(TokenSource::Input(TokenInput::at(path)));
    }
    let variable = |name| resolver.context.environment.variable(name);
    let (Some(url), Some(request_token)) = (variable(REQUEST_URL)?, variable(REQUEST_TOKEN)?)
    else {
        return Err(Failure::new(Status::Local, "no web identity token is configured").hint(
            "name its file: --token-file FILE (`-` for standard input) or \
             AWS_WEB_IDENTITY_TOKEN_FILE; in GitHub Actions, give the job the permission \
             `id-token: write`",
        ));
    };
    let url = Sourced { value: url, origin: Origin::Variable(REQUEST_URL) };
    let url = url.parse::<IdTokenUrl>()?;
    resolver.check_plain_http(&url.origin, url.value.is_open_to_others())?;
    let audience = audience.unwrap_or_else(|| Sourced::default(AUDIENCE.default.to_owned()));
    let url = url.value.for_audience(&audience.value);
    let url = url.map_err(|invalid| audience.origin.invalid(invalid.into()))?;
    Ok(TokenSource::GitHub { url, request_token: Secret::new(request_token) })
}

impl TokenSource {
    fn is_stdin(&self) -> bool {
        matches!(self, Self::Input(TokenInput::Stdin))
    }

    /// The token and its origin.
    fn read(&self, client: &Client) -> Result<(WebIdentityToken, String), Failure> {
        match self {
            Self::Input(input) => Ok((input.read(HINT, WebIdentityToken::new)?, input.to_string())),
            Self::GitHub { url, request_token } => {
                let token = client.id_token(url, request_token);
                let token = token.map_err(|error| explain_id_token(&error))?;
                Ok((identity_token::github_token(&token)?, "GitHub".to_owned()))
            }
        }
    }
}

struct Request {
    source: String,
    role: RoleArn,
    /// `None` for the token's subject.
    session_name: Option<RoleSessionName>,
    token: TokenSource,
    seconds: u32,
    policies: Policies,
}

impl Request {
    fn send(
        &self,
        client: &Client,
        sts: &Endpoint,
        signals: &mut Option<SignalGuard>,
    ) -> Result<Session, Failure> {
        let (token, origin) = self.token.read(client)?;
        let session_name = self.session_name.clone().unwrap_or_else(|| {
            let subject = identity_token::subject(token.secret());
            RoleSessionName::nearest(subject.as_deref().unwrap_or("mfa-session"))
        });
        let operation = AssumeRoleWithWebIdentity {
            role: &self.role,
            session_name: &session_name,
            token: &token,
            seconds: self.seconds,
            policies: &self.policies,
        };
        let caller = Caller::IdentityToken { kind: "web identity token", origin: &origin };
        signals.get_or_insert_with(SignalGuard::block);
        let credentials = client
            .call(&operation, sts, Signer::Unsigned)
            .map_err(|error| explain(&error, caller))?;
        let provenance = Provenance {
            source: self.source.clone(),
            role: Some(self.role.to_string()),
            is_restricted: !self.policies.is_empty(),
            ..Provenance::default()
        };
        Ok(Session::granted(credentials, provenance, self.seconds, ROLE_LIMIT, client.now()))
    }
}

const HINT: &str = "name a file with a token of the identity provider: --token-file FILE";

// GitHub sets these variables for a job that may request tokens.
const REQUEST_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
