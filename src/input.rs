//! Files that somebody names, and standard input: but neither a large one nor for ever.

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
    let path = path.to_owned();
    within(FOR_A_PROGRAM, move || read_at_most(File::open(&path)?, most, most))
}

/// Standard input until its end, of no more than `most` bytes.
pub fn stdin(most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    within(FOR_A_PERSON, move || read_at_most(unbuffered_stdin()?, most, most))
}

/// The first line of standard input, of no more than `most` bytes; what follows is left there.
pub fn line_of_stdin(most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    within(FOR_A_PERSON, move || {
        let mut line = Zeroizing::new(Vec::with_capacity(most));
        #[expect(clippy::unbuffered_bytes, reason = "nobody wipes the buffer")]
        for byte in unbuffered_stdin()?.bytes().take(most) {
            line.push(byte?);
            if line.ends_with(b"\n") {
                break;
            }
        }
        Ok(line)
    })
}

/// What `work` reads, if that is not too long in coming.
fn within(
    limit: Duration,
    work: impl FnOnce() -> io::Result<Zeroizing<Vec<u8>>> + Send + 'static,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    // Who does not wait any longer does not need it.
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(limit).unwrap_or_else(|_| {
        let what = format!("its end has not come for {} s", limit.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    })
}

fn unbuffered_stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(stdin.into())
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

const FOR_A_PROGRAM: Duration = Duration::from_secs(60);

/// As long as one is waited for who is asked by another process.
const FOR_A_PERSON: Duration = Duration::from_secs(300);

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
