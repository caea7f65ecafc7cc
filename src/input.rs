//! Reads files and standard input, with a size limit and a timeout.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

use crate::{aws_files::Document, system::files};

/// For pipes and devices: the writing program may have to prompt first.
const FILE_TIMEOUT: Duration = Duration::from_secs(60);

/// As long as the prompt lock waits for a person's answer.
const STDIN_TIMEOUT: Duration = Duration::from_secs(300);

/// Reads a file of at most `max` bytes.
pub(crate) fn read(path: &Path, max: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    if fs::metadata(path)?.is_file() {
        return read_to_end(File::open(path)?, max);
    }
    // The path may be a shell's `<(…)`, or a pipe without a writer.
    let path = path.to_owned();
    with_timeout(FILE_TIMEOUT, move || read_to_end(File::open(&path)?, max))
}

/// In bytes: hundreds of thousands of profiles.
pub(crate) const MAX_AWS_FILE: u64 = 64 << 20;

/// Reads one of the two AWS files, at most [`MAX_AWS_FILE`] bytes: a device such as `/dev/zero` is
/// endless.
pub(crate) fn aws_file(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = buffer_for(file, MAX_AWS_FILE);
    file.take(MAX_AWS_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_AWS_FILE {
        return Err(io::Error::other("the file is larger than 64 MiB"));
    }
    Ok(bytes)
}

/// [`aws_file`] for an open file that may still have the text of this document: `None` if it has.
pub(crate) fn changed_aws_file(
    mut file: &File,
    document: &Document,
) -> io::Result<Option<Vec<u8>>> {
    if document.has_text(file)? {
        return Ok(None);
    }
    file.rewind()?;
    aws_file(file).map(Some)
}

/// Reads standard input to its end, at most `max` bytes.
pub(crate) fn stdin(max: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    with_timeout(STDIN_TIMEOUT, move || read_to_end(files::stdin()?, max))
}

/// Reads the first line of standard input, at most `max` bytes. Leaves the rest unread.
pub(crate) fn line_of_stdin(max: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    with_timeout(STDIN_TIMEOUT, move || {
        let mut line = Zeroizing::new(Vec::new());
        #[expect(clippy::unbuffered_bytes, reason = "a buffer would consume more than the line")]
        for byte in files::stdin()?.bytes().take(max) {
            line.push(byte?);
            if line.ends_with(b"\n") {
                break;
            }
        }
        Ok(line)
    })
}

fn with_timeout(
    timeout: Duration,
    read: impl FnOnce() -> io::Result<Zeroizing<Vec<u8>>> + Send + 'static,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    // After a timeout, the channel is closed, the send fails, and the thread ends with the process.
    thread::Builder::new()
        .spawn(move || sender.send(read()))
        .map_err(|error| io::Error::other(format!("cannot start a thread: {error}")))?;
    receiver.recv_timeout(timeout).unwrap_or_else(|_| {
        let what = format!("no end of input after {} s", timeout.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    })
}

fn read_to_end(file: File, max: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(buffer_for(&file, max as u64));
    // A device such as `/dev/zero` is endless.
    file.take(max as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > max {
        return Err(io::Error::other(format!("larger than {} KiB", max >> 10)));
    }
    Ok(bytes)
}

/// A buffer with room for the whole file: one that grows would need more reads, and leave copies of
/// secrets behind.
fn buffer_for(file: &File, max: u64) -> Vec<u8> {
    let length = file.metadata().map_or(0, |metadata| metadata.len().min(max));
    Vec::with_capacity(usize::try_from(length).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_file_above_the_size_limit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, [b'x'; 2048]).unwrap();
        assert_eq!(read(&path, 2048).unwrap().len(), 2048);
        let error = read(&path, 2047).unwrap_err();
        assert_eq!(error.to_string(), "larger than 1 KiB");
        assert_eq!(read(&path.with_extension("x"), 1).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn refuses_an_endless_device() {
        assert!(read(Path::new("/dev/zero"), 4096).is_err());
        assert!(read(Path::new("/dev/null"), 4096).unwrap().is_empty());
    }
}
