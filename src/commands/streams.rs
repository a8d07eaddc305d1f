//! Where a run prints.

use std::io::{self, BufRead, Write};

/// Where a run prints, and to whom.
pub struct Streams<'w> {
    /// Results.
    pub out: &'w mut dyn Write,
    /// Whether results may be coloured.
    pub out_color: bool,
    /// How many columns a reader of the results sees; `None` if they go on into a file or program.
    pub width: Option<usize>,
    /// Everything else.
    pub err: &'w mut dyn Write,
    /// Whether everything else may be coloured.
    pub err_color: bool,
    /// Where answers come from, if there is somebody to ask.
    pub input: Option<&'w mut dyn BufRead>,
    /// No summary, no hints, no progress, no notices.
    pub quiet: bool,
    /// Whether all findings are shown in full, not only the first ones of each code.
    pub all_findings: bool,
    /// Whether somebody watches standard error: it is a terminal.
    pub watched: bool,
}

/// A stream whose reader may leave: `gen check | head -1`. Then nothing more is printed, but the work goes on, so that
/// the exit status is still the answer: a closed pipe never looks like "no drift".
#[derive(Debug)]
pub struct UntilClosed<W> {
    inner: W,
    closed: bool,
}

impl<W: Write> UntilClosed<W> {
    /// Writes to `inner` while somebody reads it.
    pub fn new(inner: W) -> Self {
        Self { inner, closed: false }
    }

    fn forgive<T>(&mut self, result: io::Result<T>, instead: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(instead)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let written = self.inner.write(bytes);
        self.forgive(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let flushed = self.inner.flush();
        self.forgive(flushed, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails as a pipe, or a disk, does from the second write on.
    struct Failing(io::ErrorKind, usize);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1 > 1 { Err(self.0.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_left_is_no_error_and_is_not_written_to_again() {
        let mut out = UntilClosed::new(Failing(io::ErrorKind::BrokenPipe, 0));
        (0..5).for_each(|_| out.write_all(b"line\n").unwrap());
        out.flush().unwrap();
        assert_eq!(out.inner.1, 2, "one write too many, then none");
    }

    #[test]
    fn a_full_disk_stays_an_error() {
        let mut out = UntilClosed::new(Failing(io::ErrorKind::StorageFull, 0));
        out.write_all(b"line\n").unwrap();
        assert_eq!(out.write_all(b"line\n").unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
