//! Every setting, from every place where it can be said.

mod invalid_settings;
mod mfa_devices;
mod precedence;
mod setting_sources;
mod source_profile;
