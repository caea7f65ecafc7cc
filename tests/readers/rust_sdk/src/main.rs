//! Reads credentials files with the AWS SDK for Rust.
//!
//! Each line of standard input is a JSON string, the text of a file. Each line of standard output
//! is {section: {key: value}}, or null if the SDK refuses the file.

use std::io;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use serde_json::{Map, Value, json};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for line in io::stdin().lines() {
        let text: String = serde_json::from_str(&line.unwrap()).unwrap();
        println!("{}", runtime.block_on(read(&text)));
    }
}

async fn read(text: &str) -> Value {
    let files =
        EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Credentials, text).build();
    let source = source::load(&Env::from_slice(&[]), &Fs::from_slice(&[]), &files).await.unwrap();
    let Ok(sections) = EnvConfigSections::parse(source) else { return Value::Null };
    let names: Vec<_> = sections.profiles().collect();
    names.iter().map(|name| (name.to_string(), properties(&sections, name, text))).collect()
}

/// The SDK does not list the keys of a profile: look up each key in the text.
fn properties(sections: &EnvConfigSections, name: &str, text: &str) -> Value {
    let profile = sections.get_profile(name).unwrap();
    let keys = text.lines().filter_map(|line| Some(line.split_once('=')?.0.trim().to_lowercase()));
    let found = keys.filter_map(|key| Some((key.clone(), json!(profile.get(&key)?))));
    Value::Object(found.collect::<Map<_, _>>())
}
