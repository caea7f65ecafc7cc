//! Every rule of parsing and replacing, on whole texts.

use super::*;

mod generated;
mod readers;

fn document(text: &str) -> Document {
    Document::parse(Secret::new(text.to_owned())).unwrap()
}

fn value(text: &str) -> Value {
    Value::parse(Secret::new(text.to_owned())).unwrap()
}

fn mfa() -> SectionName {
    SectionName::parse("mfa").unwrap()
}

/// Sets `id` and `token` in `[mfa]`, and removes `stale`.
fn replaced(text: &str) -> String {
    let (id, token) = (value("ID"), value("TOKEN"));
    let set = [("id", &id), ("token", &token)];
    let once = document(text).replace(&mfa(), &set, &["stale"]);
    let twice = document(once.expose()).replace(&mfa(), &set, &["stale"]);
    assert_eq!(once.expose(), twice.expose(), "the second replacement changes the text");
    once.expose().to_owned()
}

fn cleared(text: &str) -> String {
    document(text).clear(&[(&mfa(), vec!["id", "token", "stale"])]).expose().to_owned()
}

/// The sections of the text, each as `name: key=value, …`.
fn read(text: &str) -> Vec<String> {
    let document = document(text);
    let section = |name: &str| {
        let section = document.section(name).unwrap();
        let property = |key| format!("{key}={}", section.value(key).unwrap());
        format!("{name}: {}", section.keys().map(property).collect::<Vec<_>>().join(", "))
    };
    document.section_names().map(section).collect()
}

fn error(text: &str) -> String {
    Document::parse(Secret::new(text.to_owned())).unwrap_err().to_string()
}

#[test]
fn removes_spaces_and_comments_around_a_value() {
    assert_eq!(read("[a]\nk = v\nl=w\n m"), ["a: k=v, l=w\nm"]);
    assert_eq!(
        read("[a]\nk = v # c\nl = v ; c\nm = v\t#c\nn = v#c;d"),
        ["a: k=v, l=v, m=v, n=v#c;d"]
    );
    assert_eq!(read("[a]\nk =\nl = # c\nm = 1 # c\nn = 2\n"), ["a: k=, l=, m=1, n=2"]);
    assert_eq!(read("[a]\nk\t =\t v w \t\n"), ["a: k=v w"]);
}

#[test]
fn keeps_quotes_backslashes_and_percent_signs() {
    for value in
        [r#""v""#, "'v'", r"C:\new\", r"\ x", r"\\", "%(x)s", "a=b==", "[x]", "a:b", "\"", r"a\#b"]
    {
        assert_eq!(read(&format!("[a]\nk = {value}\nl = 1\n")), [format!("a: k={value}, l=1")]);
    }
    assert_eq!(read("[a]\nk = \\ # c\nl = 1\n"), ["a: k=\\, l=1"]);
}

#[test]
fn keys_are_lower_case_and_may_contain_a_colon() {
    assert_eq!(read("[a]\nKey = v\na:b = c\nx\\y = z\n"), ["a: key=v, a:b=c, x\\y=z"]);
}

#[test]
fn an_indented_line_continues_the_value() {
    assert_eq!(read("[a]\nk = v\n  w # kept\n\tx\\\nl = 1\n"), ["a: k=v\nw # kept\nx\\, l=1"]);
    assert_eq!(read("[a]\nk = v\n\n# c\n  w\n"), ["a: k=v\nw"]);
    assert_eq!(read("[a]\nk = v\n  # c\n  w\n"), ["a: k=v\nw"]);
    assert_eq!(read("[a]\nk = v\n  [w\n  [x] y\n"), ["a: k=v\n[w\n[x] y"]);
}

#[test]
fn reads_a_nested_block_as_a_section() {
    let document = document("[a]\ns3 =\n  # c\n  Max = 1 # c\n\n  ; c\n  junk\n  q = \\\nk = v\n");
    let a = document.section("a").unwrap();
    let s3 = a.nested("s3").unwrap();
    assert_eq!(a.value("s3"), Some("\nMax = 1 # c\njunk\nq = \\"));
    assert_eq!((s3.value("max"), s3.value("q")), (Some("1"), Some("\\")));
    assert_eq!(s3.keys().collect::<Vec<_>>(), ["max", "q"]);
    assert!(a.nested("k").is_none());
    assert!(a.nested("none").is_none());
}

#[test]
fn parses_headers_like_the_sdks() {
    let text = "# c\n  [ a ]\nk = 1\n[b]# c\n[c] ; c\n[\td ]#\n[profile   x \t y]\n[e]  \n[]\n";
    let read: Vec<_> = ["a: k=1", "b: ", "c: ", "d: ", "profile   x \t y: ", "e: ", ": "].into();
    assert_eq!(self::read(text), read);
    assert!(document(text).section("x").is_none());
}

#[test]
fn reads_quoted_names_in_the_config_file_only() {
    let text = "[profile  x]\nk = 1\n[profile \"x\"]\nl = 2\n[profile 'y z']\nk = 3\n\
                [profile y z]\nk = 4\n";
    let config = Document::parse_config(Secret::from(text)).unwrap();
    let value = |name: &str, key| config.section(name).and_then(|section| section.value(key));
    assert_eq!((value("profile x", "k"), value("profile x", "l")), (Some("1"), Some("2")));
    assert_eq!(value(&config_header("profile", "y z"), "k"), Some("3"));
    assert_eq!(value("profile y z", "k"), Some("4"));
    assert_eq!(config.line_of("profile y z"), Some(7));
    let credentials = document(text);
    assert!(credentials.section("profile x").is_none());
    assert!(credentials.section("profile \"x\"").is_some());
}

#[test]
fn merges_repeated_sections_and_the_last_repeated_key_wins() {
    let text = "[a]\nk = 1\nK = 2\nl = 1\n[b]\n[ a ]\nl = 3\nm = 4\n";
    assert_eq!(read(text), ["a: k=2, l=3, m=4", "b: "]);
    assert_eq!(document(text).repeated_sections(), BTreeSet::from(["a"]));
    assert_eq!(document(text).section("a").unwrap().repeated_keys(), BTreeSet::from(["k", "l"]));
    assert!(document("[a]\nk = 1\n[b]\nk = 1\n").repeated_sections().is_empty());
}

#[test]
fn parses_a_section_once() {
    let document = document("[a]\nk = 1\n[b]\n[a]\nl = 2\n");
    let first = document.section("a").unwrap();
    assert!(std::ptr::eq(first, document.section("a").unwrap()));
    let (name, found) = document.sections_with(&["l = 2"]).next().unwrap();
    assert_eq!(name, "a");
    assert!(std::ptr::eq(first, found));
}

#[test]
fn lists_sections_with_a_word_once_and_in_order() {
    let document = document("[b]\nk = 1\n[a]\nl = 2\n[ b ]\nl = 3\n[c]\nm = 4\n");
    let names = |words| document.sections_with(words).map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&["k", "l"]), ["b", "a"]);
    assert_eq!(names(&["l"]), ["a", "b"]);
    assert_eq!(names(&[""]), ["b", "a", "c"]);
    assert_eq!(names(&["n"]), [""; 0]);
    assert_eq!(names(&[]), [""; 0]);
}

#[test]
fn ignores_newline_style_and_byte_order_mark() {
    assert_eq!(
        read("\u{feff}[a]\r\nk = v\r\n  w\r\nl = 1\n\r\n[b]\r\nm = 2"),
        ["a: k=v\nw, l=1", "b: m=2"]
    );
    assert!(document("\u{feff}[a]\n").has_byte_order_mark());
    assert!(!document("[a]\n").has_byte_order_mark());
    assert_eq!(read(""), [""; 0]);
    assert_eq!(read("\u{feff}"), [""; 0]);
    assert_eq!(read("\n \t\n# c\n  ; c"), [""; 0]);
}

#[test]
fn refuses_lines_that_readers_refuse_or_read_differently() {
    let property = "expected `key = value`";
    let header = "expected `]` at the end of the section header";
    let carriage = "a carriage return without a line feed";
    let indented = "an indented line without a property above it";
    let section = "expected a `[section]` above this line";
    let space = "white space other than spaces and tabs at the start of the line";
    for (text, line, problem) in [
        ("[a]\nk = v\nlonely\n", 3, property),
        ("[a]\nk : v\n", 2, property),
        ("[a]\nk # = v\n", 2, property),
        ("[a]\n= v\n", 2, "expected a key before the `=`"),
        ("[a]\n \u{a0}= v\n", 2, space),
        ("[a]\n  k = v\n", 2, indented),
        ("[a]\nk = v\n[b]\n\n  w\n", 5, indented),
        ("# c\n\nk = v\n", 3, section),
        ("k = v\n", 1, section),
        ("  k = v\n", 1, indented),
        ("[a\n", 1, header),
        ("[a # ]\n", 1, header),
        ("[a#b]\n", 1, header),
        ("[a] b\n", 1, header),
        ("  [a\n", 1, indented),
        ("[a]\nk = v\n  [b]\n", 3, "this section header must not be indented"),
        ("[a]\nk = v\n  [b] # c\n", 3, "this section header must not be indented"),
        ("[a]\n\n  [b]\n", 3, "this section header must not be indented"),
        ("[a]\rk = v\n", 1, carriage),
        ("[a]\n# c\r[b]\n", 2, carriage),
        ("[a]\r\r\n", 1, carriage),
        ("[a]\r", 1, carriage),
        ("[a]\nk = 1\n\u{a0}l = 2\n", 3, space),
        ("[a]\n\u{c}\n", 2, space),
        ("[a]\n\u{feff}[b]\n", 2, property),
    ] {
        assert_eq!(error(text), format!("line {line}: {problem}"), "{text:?}");
    }
}

#[test]
fn debug_hides_the_text() {
    let document = document("[a]\nk = hunter2\n");
    let shown = format!("{document:?} {:?} {:?}", document.section("a"), value("hunter2"));
    assert_eq!(shown, "Document(..) Some(Section(..)) Value(Secret(..))");
}

#[test]
fn appends_a_new_section_after_one_newline() {
    let new = "[mfa]\nid = ID\ntoken = TOKEN\n";
    let crlf = new.replace('\n', "\r\n");
    for before in ["", "\u{feff}"] {
        assert_eq!(replaced(before), format!("{before}{new}"), "{before:?}");
    }
    for before in [
        "\n",
        "  ",
        "# c",
        "[a]\nk = v\n",
        "[a]\nk = v",
        "[a]\nk = v\n\n",
        "[a]\nk = v\n \t",
        "[a]\nk = v\r\n",
        "\u{feff}[a]\n",
        "[mfa2]\nid = 1\n[profile mfa]\n",
    ] {
        assert_eq!(replaced(before), format!("{before}\n{new}"), "{before:?}");
    }
    for before in ["[a]\r\nk = v\r\n", "[a]\r\nk = v", "\r\n[a]\n", "\r\n"] {
        assert_eq!(replaced(before), format!("{before}\r\n{crlf}"), "{before:?}");
    }
}

#[test]
fn new_lines_replace_the_first_old_line() {
    for (before, after) in [
        ("[mfa]\nid = 1\ntoken = 2\n", "[mfa]\nid = ID\ntoken = TOKEN\n"),
        ("[mfa]\ntoken=2\nid=1", "[mfa]\nid = ID\ntoken = TOKEN\n"),
        (
            "[mfa]\n# c\nregion = r\nTOKEN = 2\n# d\nid = 1 # e\n\nstale = 3\nstale = 4\n\
             output = o\n\n[b]\nid = 5\n",
            "[mfa]\n# c\nregion = r\nid = ID\ntoken = TOKEN\n# d\n\noutput = o\n\n[b]\nid = 5\n",
        ),
        ("[mfa]\nregion = r\nstale = 1", "[mfa]\nregion = r\nid = ID\ntoken = TOKEN\n"),
        ("[mfa]\nstale = 1\nregion = r", "[mfa]\nid = ID\ntoken = TOKEN\nregion = r"),
    ] {
        assert_eq!(replaced(before), after, "{before:?}");
    }
}

#[test]
fn new_lines_follow_the_header_if_no_old_line_exists() {
    for (before, after) in [
        ("[mfa]", "[mfa]\n\nid = ID\ntoken = TOKEN\n"),
        ("[mfa]\n\n[a]", "[mfa]\n\nid = ID\ntoken = TOKEN\n\n[a]"),
        ("[a]\r\n[mfa]", "[a]\r\n[mfa]\r\n\r\nid = ID\r\ntoken = TOKEN\r\n"),
        ("[mfa]\n\n# c\nregion = r\n", "[mfa]\nid = ID\ntoken = TOKEN\n\n# c\nregion = r\n"),
        ("[mfa] # c\n[b]\n", "[mfa] # c\nid = ID\ntoken = TOKEN\n[b]\n"),
        ("\n  [mfa]\nregion = r\n", "\n  [mfa]\nid = ID\ntoken = TOKEN\nregion = r\n"),
        ("\u{feff}[mfa]\nk = v\n", "\u{feff}[mfa]\nid = ID\ntoken = TOKEN\nk = v\n"),
        // The SDK for Rust would append the indented comment to the token.
        (
            "[mfa]\n# c\n\n  # d\n\nk = v\n",
            "[mfa]\n# c\n\n  # d\nid = ID\ntoken = TOKEN\n\nk = v\n",
        ),
        ("[mfa]\n  # d", "[mfa]\n  # d\nid = ID\ntoken = TOKEN\n"),
    ] {
        assert_eq!(replaced(before), after, "{before:?}");
    }
}

#[test]
fn new_lines_have_the_newline_style_of_the_header() {
    assert_eq!(
        replaced("[a]\n[mfa]\r\nid = 1\nk = v\n"),
        "[a]\n[mfa]\r\nid = ID\r\ntoken = TOKEN\r\nk = v\n"
    );
    assert_eq!(replaced("[a]\r\n[mfa]\nid = 1\r\n"), "[a]\r\n[mfa]\nid = ID\ntoken = TOKEN\n");
}

#[test]
fn keeps_nested_keys_and_removes_continuation_lines() {
    for (before, after) in [
        (
            "[mfa]\ns3 =\n  token = 1\n  id = 2\nid = 3\n",
            "[mfa]\ns3 =\n  token = 1\n  id = 2\nid = ID\ntoken = TOKEN\n",
        ),
        (
            "[mfa]\ntoken = 1\n  2\n\n\t3\n# c\n  4\nk = v\n  w\n",
            "[mfa]\nid = ID\ntoken = TOKEN\n\n# c\nk = v\n  w\n",
        ),
        // The SDK for Rust would append an indented comment to the value above.
        (
            "[mfa]\nk = v\ntoken = 1\n  # c\n  ; d\n  2\n",
            "[mfa]\nk = v\nid = ID\ntoken = TOKEN\n# c\n; d\n",
        ),
        (
            "[mfa]\nk = v\n  # c\nstale =\n  x = 1\n",
            "[mfa]\nk = v\n  # c\nid = ID\ntoken = TOKEN\n",
        ),
    ] {
        assert_eq!(replaced(before), after, "{before:?}");
    }
}

#[test]
fn replaces_a_key_that_any_reader_reads_as_ours() {
    assert_eq!(
        replaced("[mfa]\nId = 1\ntoken:x = 2\n\u{212a} = 3\nTOKEN=4\n"),
        "[mfa]\nid = ID\ntoken = TOKEN\n\u{212a} = 3\n"
    );
    // botocore lower-cases the Kelvin sign.
    let replaced = document("[mfa]\nto\u{212a}en = 1\n").replace(&mfa(), &[], &["token"]);
    assert_eq!(replaced.expose(), "[mfa]\n");
}

#[test]
fn writes_the_last_of_repeated_sections_and_cleans_all() {
    assert_eq!(
        replaced("[mfa]\nid = 1\nk = v\n[b]\nid = 2\n[mfa] # c\nl = w\nid = 3\n"),
        "[mfa]\nk = v\n[b]\nid = 2\n[mfa] # c\nl = w\nid = ID\ntoken = TOKEN\n"
    );
}

#[test]
fn cleans_but_does_not_write_a_section_with_an_ambiguous_header() {
    for header in ["[ mfa ]", "[mfa] # [c]", "[mfa]#]", "[mfa\t]"] {
        assert_eq!(
            replaced(&format!("{header}\nid = 1\nk = v\n")),
            format!("{header}\nk = v\n\n[mfa]\nid = ID\ntoken = TOKEN\n")
        );
        assert_eq!(
            replaced(&format!("[mfa]\nk = v\n{header}\nid = 1\n")),
            format!("[mfa]\nid = ID\ntoken = TOKEN\nk = v\n{header}\n")
        );
    }
}

#[test]
fn separates_a_comment_from_the_header_for_the_javascript_sdk() {
    assert_eq!(replaced("[mfa]# c\nid = 1\n"), "[mfa] # c\nid = ID\ntoken = TOKEN\n");
    assert_eq!(
        replaced("[mfa];c\r\nid = 1\r\nk = v\r\n[mfa]#c"),
        "[mfa];c\r\nk = v\r\n[mfa] #c\r\nid = ID\r\ntoken = TOKEN\r\n"
    );
    assert_eq!(cleared("[mfa]# c\nid = 1\n"), "[mfa]# c\n");
}

#[test]
fn clear_removes_the_header_of_an_empty_section() {
    for (before, after) in [
        ("[a]\nk = v\n\n[mfa]\nid = 1\ntoken = 2\n\n[b]\nid = 3\n", "[a]\nk = v\n\n[b]\nid = 3\n"),
        ("[a]\nk = v\n\n[mfa]\nid = 1\ntoken = 2", "[a]\nk = v\n"),
        ("[a]\r\n\r\n[mfa]\r\nid = 1\r\n", "[a]\r\n"),
        ("[a]\n[mfa]\nid = 1\n", "[a]"),
        ("[a]\n[mfa]\nid = 1\n[b]\n", "[a]\n[b]\n"),
        ("[a]\n[mfa]\nid = 1\n\n[b]\n", "[a]\n[b]\n"),
        ("[mfa]\r\nid = 1\r\n \r\n", " \r\n"),
        ("[mfa]\n\nid = 1\n", "[mfa]\n"),
        ("[mfa]\nid = 1\nk = v\n", "[mfa]\nk = v\n"),
        ("[mfa]\n# c\nid = 1\n", "[mfa]\n# c\n"),
        ("[mfa] # c\nid = 1\n", "[mfa] # c\n"),
        ("[mfa]\nid = 1\n  # c\n", "[mfa]\n# c\n"),
        ("[mfa]\nid = 1\n[mfa]\nk = v\nid = 2\n", "[mfa]\nk = v\n"),
        ("[mfa]\n\n[b]\n", "[mfa]\n\n[b]\n"),
        ("[a]\nid = 1\n", "[a]\nid = 1\n"),
        ("\u{feff}[mfa]\nid = 1\n", "\u{feff}"),
    ] {
        assert_eq!(cleared(before), after, "{before:?}");
    }
}

#[test]
fn clear_undoes_replace_for_several_sections_in_any_order() {
    let (mfa, other) = (mfa(), SectionName::parse("other").unwrap());
    let value = value("v");
    let write = |text: &str, name| document(text).replace(name, &[("id", &value)], &[]);
    let clear = |text: &str, names: &[&SectionName]| {
        let sections: Vec<_> = names.iter().map(|name| (*name, vec!["id"])).collect();
        document(text).clear(&sections)
    };
    for before in ["", "\n", "[a]", "[a]\n", "[a]\r\n", "[a]\n\n", "[mfa]\n", "[other]\n\n[mfa]\n"]
    {
        let one = write(before, &mfa);
        let both = write(one.expose(), &other);
        for names in [[&mfa, &other], [&other, &mfa]] {
            let after = clear(clear(both.expose(), &names[..1]).expose(), &names[1..]);
            assert_eq!(after.expose(), before, "{before:?}");
            assert_eq!(clear(both.expose(), &names).expose(), before, "{before:?}");
        }
    }
}

#[test]
fn a_value_is_read_back_unchanged() {
    let parsed = |text: &str| Value::parse(Secret::new(text.to_owned())).map(|_| ());
    for text in ["x", "a b", "a#b;c", "==", "\"", "'q'", "\\", "%(x)s", "[x]", "a = b", "a:b", "!~"]
    {
        assert_eq!(parsed(text), Ok(()), "{text:?}");
    }
    assert_eq!(parsed(&"x".repeat(1 << 20)), Ok(()));
    for (text, problem) in [
        ("", "is empty"),
        ("a\nb", "contains a character that is not printable ASCII"),
        ("a\r", "contains a character that is not printable ASCII"),
        ("a\tb", "contains a character that is not printable ASCII"),
        ("a\0b", "contains a character that is not printable ASCII"),
        ("a\u{b}b", "contains a character that is not printable ASCII"),
        ("a\u{7f}", "contains a character that is not printable ASCII"),
        ("a\u{85}b", "contains a character that is not printable ASCII"),
        ("a\u{2028}b", "contains a character that is not printable ASCII"),
        ("é", "contains a character that is not printable ASCII"),
        (" a", "begins or ends with a space"),
        ("a ", "begins or ends with a space"),
        ("#a", "begins like a comment"),
        (";a", "begins like a comment"),
        ("a #b", "contains a comment"),
        ("a ; b", "contains a comment"),
    ] {
        assert_eq!(parsed(text), Err(Unwritable(problem)), "{text:?}");
    }
}

#[test]
fn a_section_name_is_found_by_all_readers() {
    for name in ["default", "a-b_c/d.e%f@g:h+i", "0"] {
        assert_eq!(SectionName::parse(name).map(|name| name.to_string()), Ok(name.to_owned()));
    }
    for name in ["", "a b", " a", "a,b", "a]", "a#b", "é", "a\n", "DEFAULT", "__proto__"] {
        assert!(SectionName::parse(name).is_err(), "{name:?}");
    }
}
