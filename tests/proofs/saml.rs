//! For the assertion of a SAML provider.

mod refused;

#[cfg(target_os = "linux")]
use loopback_sts::Answer;
use loopback_sts::{Account, Role};

use super::{
    KEYS, POLICY, READ_ONLY, file, is_unsigned, last_request, names, pairs, run, sent, world_of,
};
#[cfg(target_os = "linux")]
use crate::terminal::Person;
use crate::world::{Outcome, PROGRAM, World, error};

/// A world with further roles that trust the provider.
fn world() -> World {
    let roles = ["dev", "ops"].map(|name| Role::new(name).trust_saml());
    world_of(roles.into_iter().fold(Account::default(), Account::role))
}

/// An assertion for these roles, in `~/assertion`.
fn assertion(world: &World, roles: &[&str]) -> String {
    let provider = world.sts().saml_provider_arn();
    let roles: Vec<_> = roles.iter().map(|name| world.sts().role_arn(name)).collect();
    let pairs: Vec<_> = roles.iter().map(|role| (&**role, &*provider)).collect();
    let assertion = world.sts().saml_assertion_of(&pairs);
    world.hide(&assertion);
    file(world, "assertion", &assertion);
    assertion
}

/// With the assertion in `~/assertion`.
fn saml(world: &World, more: &[&str]) -> Outcome {
    run(world, &[&["saml", "--assertion-file", "assertion"], more].concat())
}

#[test]
fn role_and_provider_are_those_of_the_assertion() {
    let world = world();
    let assertion = assertion(&world, &["ops"]);
    let mut command = world.command(PROGRAM);
    command.arg("saml");
    world.outcome(command, &assertion).wrote("default-saml");

    assert_eq!(world.asked(), ["AssumeRoleWithSAML OK"]);
    assert!(is_unsigned(&last_request(&world)));
    assert_eq!(last_request(&world).parameter("SAMLAssertion"), Some(&*assertion));
    let (role, provider) = (world.sts().role_arn("ops"), world.sts().saml_provider_arn());
    let expected = pairs(&[("PrincipalArn", &provider), ("RoleArn", &role)]);
    assert_eq!(sent(&world, "SAMLAssertion"), expected);

    assert_eq!(world.files(), ["credentials"]);
    assert_eq!(names(&world, "default-saml"), KEYS);
    let value = |key| world.value("default-saml", key).unwrap();
    assert_eq!(value("mfa_session_source"), "default");
    assert_eq!(value("mfa_session_role"), role);
    run(&world, &["whoami", "--profile", "default-saml"]).is(
        0,
        "account  123456789012\n\
         arn      arn:aws:sts::123456789012:assumed-role/ops/alice@example.com\n\
         user id  AROAN5YHGAAAAAAAAAAAA:alice@example.com\n",
        "",
    );
}

#[test]
fn an_assertion_is_read_from_everywhere_and_however_it_is_wrapped() {
    let world = world();
    let assertion = assertion(&world, &["ops"]);
    let lines: Vec<_> = assertion.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    for text in [&assertion, &format!("\n{assertion}\n"), &lines.join("\n"), &lines.join("\r\n\t")]
    {
        file(&world, "assertion", text);
        saml(&world, &[]).wrote("default-saml");
        for arguments in [&["saml"][..], &["saml", "--assertion-file", "-"]] {
            let mut command = world.command(PROGRAM);
            command.args(arguments);
            world.outcome(command, text).wrote("default-saml");
        }
    }
    let requests = world.sts().requests();
    assert!(requests.iter().all(|it| it.parameter("SAMLAssertion") == Some(&assertion)));
    assert_eq!(requests.len(), 12);
}

#[test]
fn the_request_says_what_was_asked_for() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let mut world = world();
    assertion(&world, &["ops"]);
    let (role, provider) = (world.sts().role_arn("ops"), world.sts().saml_provider_arn());
    let rows: &[Row<'_>] = &[
        (&[], &[]),
        (&["--duration", "15m"], &[("DurationSeconds", "900")]),
        (
            &["--policy", POLICY, "--policy-arn", READ_ONLY],
            &[("Policy", POLICY), ("PolicyArns.member.1.arn", READ_ONLY)],
        ),
    ];
    for (arguments, expected) in rows {
        saml(&world, arguments).wrote("default-saml");
        let always = [("PrincipalArn", &*provider), ("RoleArn", &*role)];
        let mut all = pairs(&[&always, *expected].concat());
        all.sort();
        assert_eq!(sent(&world, "SAMLAssertion"), all, "{arguments:?}");
    }
    assert_eq!(world.value("default-saml", "mfa_session_restricted").as_deref(), Some("true"));
    world.write("config", "[default]\nduration_seconds = 1800\n");
    world.set("MFA_SESSION_DURATION", "36h");
    saml(&world, &[]).wrote("default-saml");
    assert_eq!(last_request(&world).parameter("DurationSeconds"), Some("1800"));
}

#[test]
fn of_several_roles_one_is_to_be_named() {
    let world = world();
    assertion(&world, &["dev", "ops"]);
    let [dev, ops] = ["dev", "ops"].map(|name| world.sts().role_arn(name));
    let what = format!("the assertion names several roles: {dev}, {ops}");
    saml(&world, &[]).is(1, "", &error(&what, &["say which: --role-arn ARN"]));
    assert_eq!(world.sts().connections(), 0);

    saml(&world, &["--role-arn", &ops]).wrote("default-ops");
    assert_eq!(last_request(&world).parameter("RoleArn"), Some(&*ops));
    saml(&world, &["--role-arn", &dev, "--to", "work"]).wrote("work");
    assert_eq!(last_request(&world).parameter("RoleArn"), Some(&*dev));
}

#[test]
fn of_several_providers_one_is_to_be_named() {
    let world = world();
    let (role, provider) = (world.sts().role_arn("ops"), world.sts().saml_provider_arn());
    let other = "arn:aws:iam::123456789012:saml-provider/other";
    let assertion = world.sts().saml_assertion_of(&[(&role, other), (&role, &provider)]);
    file(&world, "assertion", assertion);
    let what = format!("the assertion names several providers: {other}, {provider}");
    let hint = "say which: --principal-arn ARN";
    saml(&world, &[]).is(1, "", &error(&what, &[hint]));
    saml(&world, &["--role-arn", &role]).is(1, "", &error(&what, &[hint]));
    assert_eq!(world.sts().connections(), 0);
    saml(&world, &["--principal-arn", &provider]).wrote("default-saml");
    assert_eq!(last_request(&world).parameter("PrincipalArn"), Some(&*provider));
}

#[test]
fn a_role_that_is_named_twice_is_one_role() {
    let world = world();
    assertion(&world, &["ops", "ops"]);
    saml(&world, &[]).wrote("default-saml");
}

#[test]
fn who_uses_the_session_gets_a_new_one_in_the_same_profile() {
    let mut world = world();
    assertion(&world, &["dev", "ops"]);
    let [dev, ops] = ["dev", "ops"].map(|name| world.sts().role_arn(name));
    saml(&world, &["--role-arn", &ops]).wrote("default-ops");
    world.set("AWS_PROFILE", "default-ops");
    saml(&world, &["--role-arn", &ops]).wrote("default-ops");
    saml(&world, &["--role-arn", &dev]).wrote("default-dev");
    assertion(&world, &["ops"]);
    saml(&world, &[]).wrote("default-ops");
    assert_eq!(world.value("default-ops", "mfa_session_source").as_deref(), Some("default"));
}

#[test]
fn a_session_is_never_reused() {
    let world = world();
    assertion(&world, &["ops"]);
    for _ in 0..2 {
        saml(&world, &[]).wrote("default-saml");
    }
    assert_eq!(world.asked(), ["AssumeRoleWithSAML OK"; 2]);
}

#[test]
fn exports_are_printed_and_written_where_that_is_wanted() {
    let world = world();
    assertion(&world, &["ops"]);
    let exported = saml(&world, &["--export"]);
    let role = world.sts().role_arn("ops");
    let told = format!("mfa-session: the session of {role} is good until THEN (LEFT left)\n");
    assert_eq!((exported.status, exported.stderr), (0, told));
    assert!(exported.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"));
    assert!(!world.path(".aws").exists());

    let both = saml(&world, &["--export", "--write"]);
    let told = "mfa-session: [default-saml] is good until THEN (LEFT left)\n";
    assert_eq!((both.status, &*both.stderr), (0, told));
    let id = world.value("default-saml", "aws_access_key_id").unwrap();
    assert!(both.stdout.starts_with(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));
}

#[test]
fn what_is_said_of_codes_does_not_matter() {
    let mut world = world();
    assertion(&world, &["ops"]);
    world.set("MFA_SESSION_CODE", "no code").set("MFA_SESSION_SERIAL", "no device");
    saml(&world, &[]).wrote("default-saml");
}

#[test]
#[cfg(target_os = "linux")]
fn of_several_roles_the_person_chooses_one() {
    let mut world = world();
    assertion(&world, &["dev", "ops"]);
    world.set("MFA_SESSION_CODE", "123456");
    let mut person = Person::runs(&world, "saml --assertion-file assertion");
    let list = person.reads("which role? 1 to 2: ");
    let [dev, ops] = ["dev", "ops"].map(|name| world.sts().role_arn(name));
    assert_eq!(list, format!("  1  {dev}\r\n  2  {ops}\r\nwhich role? 1 to 2: "));
    person.types("2\n");
    let told = "mfa-session: [default-saml] is good until THEN (LEFT left)\n";
    person.is_left_with(&world, 0, "", told);
    assert_eq!(last_request(&world).parameter("RoleArn"), Some(&*ops));

    world.set("MFA_SESSION_NO_PROMPT", "true");
    let mut person = Person::runs(&world, "saml --assertion-file assertion");
    let what = format!("the assertion names several roles: {dev}, {ops}");
    person.is_left_with(&world, 1, "", &error(&what, &["say which: --role-arn ARN"]));
}

#[test]
#[cfg(target_os = "linux")]
fn a_proof_is_not_typed_at_a_terminal() {
    let world = world();
    let role = world.sts().role_arn("web");
    world.sts().weather(loopback_sts::Fault::Answer(Answer::html(500)));
    world.write("credentials", &crate::world::keys("default"));
    let token = "name a file with the token of the identity provider: --token-file FILE";
    let assertion = "name a file with what is posted to AWS as SAMLResponse: --assertion-file FILE";
    let message = "give all that stands behind `Encoded authorization failure message:`";
    for (arguments, hint) in [
        ("saml".to_owned(), assertion),
        (format!("web-identity --role-arn {role} --token-file -"), token),
        ("decode".to_owned(), message),
    ] {
        let script = format!("exec {PROGRAM} {arguments} >stdout 2>stderr");
        let mut person = Person::runs_script(&world, &script);
        let what = "there is nothing to read: standard input is a terminal";
        person.is_left_with(&world, 2, "", &error(what, &[hint]));
    }
    assert_eq!(world.sts().connections(), 0);
}
