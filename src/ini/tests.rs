use super::*;

#[test]
fn smoke() {
    let d = Document::parse(Secret::new("[a]\nx = 1 # c\n  # d\nY=2\\\ns3 =\n  q = 1 # z\n\n  r=2\n# c\n[mfa] # hi\nregion = e\naws_session_token = old\n  cont\n  # note\n\nz = 1".into())).unwrap();
    let a = d.section("a").unwrap();
    assert_eq!(a.value("x"), Some("1"));
    assert_eq!(a.value("y"), Some("2\\"));
    assert_eq!(a.value("s3"), Some("\nq = 1 # z\nr=2"));
    assert_eq!(a.nested("s3").unwrap().value("q"), Some("1"));
    let v = Value::parse(Secret::new("new".into())).unwrap();
    let n = SectionName::parse("mfa").unwrap();
    let out = d.replace(&n, &[("aws_session_token", &v)], &["z"]);
    assert_eq!(
        out.expose(),
        "[a]\nx = 1 # c\n  # d\nY=2\\\ns3 =\n  q = 1 # z\n\n  r=2\n# c\n[mfa] # hi\nregion = e\naws_session_token = new\n# note\n\n"
    );
}
