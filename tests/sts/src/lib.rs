//! A small STS and IAM on loopback, for people without an AWS account, for tests and for benches.
//!
//! The server plays one account: users with keys and MFA devices, codes that work once, roles with
//! trust policies, sessions that expire, signatures that are checked. It is at least as strict as
//! AWS. It shares no code with `mfa-session`, so that a mistake in one is not repeated in the
//! other. It also plays GitHub's endpoint for identity tokens, and the federation endpoint of AWS
//! Sign-In, which leads to the console. It fails on demand ([`Fault`]) and logs the requests it
//! receives ([`Request`]).
//!
//! ```
//! use loopback_sts::{ALICE, Account, Cut, Fault, Sts};
//!
//! let sts = Sts::start(Account::default());
//! sts.inject(Fault::Cut(Cut::Unanswered).on_calls().times(1));
//! let (endpoint, code) = (sts.url(), sts.code(ALICE.name));
//! // … run a client with AWS_ENDPOINT_URL_STS=endpoint and the code …
//! assert_eq!(sts.requests().len(), 0);
//! # let _ = (endpoint, code);
//! ```
//!
//! The default account has the users [`ALICE`], [`BOB`] and [`ROOT`], and these roles. A session of
//! a role lasts at most one hour; role `deploy` allows twelve, but role chaining limits it to one:
//!
//! | role | trusts |
//! | --- | --- |
//! | `admin` | the account, with MFA |
//! | `reader` | alice |
//! | `deploy` | role `admin`: role chaining |
//! | `web` | the OIDC provider: issuer of GitHub Actions, audience `sts.amazonaws.com` |
//! | `saml` | the SAML provider `loopback` |
//! | `external` | the account, with the external ID [`EXTERNAL_ID`] |
//! | `team-0` to `team-9` | the account, with MFA |
//!
//! A request passes through these modules:
//!
//! ```text
//! server ── http ── exchange ── operation ──┬── sigv4
//!   │                │    │         │       └── account ── role, principal, totp
//!  tls         faults  oidc,    sts, iam ── constraint
//!                     signin        │
//!                         └─────────┴─────── web_identity, saml
//! ```
//!
//! A new operation of STS is a file in `sts/`, with a `mod` line and a line in the list of
//! `sts.rs`.

mod account;
mod answer;
mod builder;
mod client;
mod clock;
mod constraint;
mod exchange;
mod faults;
mod handle;
mod http;
mod iam;
mod mac;
mod oidc;
mod operation;
mod principal;
mod random;
mod request;
mod role;
mod saml;
mod sample;
mod server;
mod signin;
mod sigv4;
mod sts;
mod tls;
mod totp;
mod user;
mod web_identity;

pub use account::{ACCOUNT_ID, Account, EXTERNAL_ID};
pub use answer::Answer;
pub use builder::Builder;
pub use client::{Keys, Response};
pub use faults::{Cut, Fault, FaultRule, Field, Grant};
pub use handle::Sts;
pub use request::Request;
pub use role::Role;
pub use sample::{ALICE, BOB, BOBS_FIDO, BOBS_HARDWARE, ROOT, Sample};
pub use tls::Certificate;
pub use totp::code;
pub use user::{Device, User};
