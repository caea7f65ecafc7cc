//! Follows symbolic links: a write replaces the target, and the link stays.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::failures::{broken_link, not_a_file, unreadable};
use crate::failure::Failure;

/// The limit of Linux.
const MAX_LINKS: usize = 40;

/// The path without symbolic links in its last component. The file need not exist.
pub(super) fn real_path(path: &Path) -> Result<PathBuf, Failure> {
    let mut path = std::path::absolute(path).with_context(|| format!("{}", path.display()))?;
    for _ in 0..MAX_LINKS {
        let kind = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(unreadable(&path, error)),
        };
        if kind.is_file() {
            return Ok(path);
        }
        if !kind.is_symlink() {
            return Err(not_a_file(&path));
        }
        let target = fs::read_link(&path).map_err(|error| unreadable(&path, error))?;
        path = path.parent().unwrap_or(Path::new("/")).join(target);
    }
    Err(broken_link(&path))
}

pub(super) fn directory_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}
