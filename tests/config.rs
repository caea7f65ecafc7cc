//! Every setting, from every origin: flag, variable, profile key, default.

mod invalid_settings;
mod mfa_devices;
mod precedence;
mod quoted_profiles;
mod setting_origins;
mod source_profile;
