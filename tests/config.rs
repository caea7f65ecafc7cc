//! Every setting, from every origin: flag, variable, profile key, default.

mod invalid_settings;
mod mfa_devices;
mod precedence;
mod profile_hints;
mod quoted_profiles;
mod setting_origins;
mod source_profile;
