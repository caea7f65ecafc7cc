//! A file that somebody names, read whole: but neither a large one nor for ever.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

/// The bytes of a file of no more than `most` bytes.
pub fn read(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() {
        let length = usize::try_from(metadata.len()).unwrap_or(most);
        return read_at_most(File::open(path)?, most, length);
    }
    // It may be the output of a program, as in a shell's `<(…)`, which may have to ask a person;
    // or a pipe that nobody will ever write to.
    let (sender, receiver) = mpsc::sync_channel(1);
    let path = path.to_owned();
    thread::spawn(move || {
        // Who does not wait any longer does not need it.
        let _ = sender.send(File::open(&path).and_then(|file| bounded(file, most)));
    });
    receiver.recv_timeout(TIME_LIMIT).unwrap_or_else(|_| {
        let what = format!("nothing has come out of it for {} s", TIME_LIMIT.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    })
}

/// All that can be read, of no more than `most` bytes.
pub fn bounded(input: impl io::Read, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    read_at_most(input, most, most)
}

fn read_at_most(
    input: impl io::Read,
    most: usize,
    expected: usize,
) -> io::Result<Zeroizing<Vec<u8>>> {
    // A buffer that grows leaves its old self behind, unwiped: there is room for all of it.
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.min(most) + 1));
    // A device such as `/dev/zero` has no end.
    input.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::other(format!("it is larger than {} KiB", most >> 10)));
    }
    Ok(bytes)
}

const TIME_LIMIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_a_size() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, [b'x'; 2048]).unwrap();
        assert_eq!(read(&path, 2048).unwrap().len(), 2048);
        let error = read(&path, 2047).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 1 KiB");
        assert_eq!(read(&path.with_extension("x"), 1).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_has_no_end_is_read_up_to_a_size() {
        assert!(read(Path::new("/dev/zero"), 4096).is_err());
        assert!(read(Path::new("/dev/null"), 4096).unwrap().is_empty());
    }
}
