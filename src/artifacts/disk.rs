//! The disk: files are read one at a time, so that comparing a large tree needs no memory. Its errors are those of the
//! system, with the path in the message.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::slashed;

/// The output folder.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
    /// Whether the folder was not there at first.
    is_new: bool,
}

/// A file that was written beside its place; dropped, it is deleted with the folders that were made for it.
#[derive(Debug)]
pub(super) struct Staged<'d> {
    disk: &'d Disk,
    beside: Option<tempfile::TempPath>,
    place: PathBuf,
}

impl Staged<'_> {
    pub(super) fn text(&self) -> io::Result<String> {
        let path = self.beside.as_deref().unwrap_or(&self.place);
        fs::read_to_string(path).map_err(|error| cannot("read", &self.place, error))
    }

    /// Renames it into its place.
    pub(super) fn persist(mut self) -> io::Result<()> {
        match self.beside.take() {
            Some(beside) => {
                beside.persist(&self.place).map_err(|error| cannot("write", &self.place, error.error))
            }
            None => Ok(()),
        }
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if let Some(beside) = self.beside.take() {
            drop(beside);
            self.disk.delete_empty(self.place.parent());
        }
    }
}

/// How files that are written beside their places are called.
const STAGED: (&str, &str) = (".gen-", ".tmp");

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// A regular file.
    File {
        bytes: Vec<u8>,
        /// Whether it may be executed; always true where the system does not know.
        executable: bool,
    },
    /// Something that cannot be replaced by a file, in words.
    Other(&'static str),
}

impl Disk {
    /// The tree below `root`, which need not exist.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let is_new = !root.exists();
        Self { root, is_new }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a path of the tree is on this system.
    pub fn path(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.root.clone(), |folder, part| folder.join(part))
    }

    /// Reads what stands at a path, without following a link at its end.
    pub fn read(&self, path: &str) -> io::Result<Found> {
        let place = self.path(path);
        let kind = match fs::symlink_metadata(&place) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            // A parent is a file.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Ok(Found::Other("below a file"));
            }
            Err(error) => return Err(cannot("read", &place, error)),
        };
        if kind.is_symlink() {
            return Ok(Found::Other("a symbolic link"));
        }
        if kind.is_dir() {
            return Ok(Found::Other("a folder"));
        }
        if !kind.is_file() {
            return Ok(Found::Other("no regular file"));
        }
        let bytes = fs::read(&place).map_err(|error| cannot("read", &place, error))?;
        Ok(Found::File { bytes, executable: executable(&kind) })
    }

    /// All regular files below a folder of the tree, sorted. Hidden folders are left out: they belong to tools
    /// (`.terraform`), and links are not followed. Nor are files in it that another run is writing.
    pub fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let place = self.path(&folder);
            let entries = match fs::read_dir(&place) {
                Ok(entries) => entries,
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
                {
                    continue;
                }
                Err(error) => return Err(cannot("read", &place, error)),
            };
            for entry in entries {
                let entry = entry.map_err(|error| cannot("read", &place, error))?;
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                let kind = entry.file_type().map_err(|error| cannot("read", &entry.path(), error))?;
                let path = format!("{folder}/{name}");
                let is_staged = name.starts_with(STAGED.0) && name.ends_with(STAGED.1);
                if kind.is_dir() && !name.starts_with('.') {
                    folders.push(path);
                } else if kind.is_file() && !is_staged {
                    files.push(path);
                }
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// Writes a file so that at every moment either the old or the new one is there, whole.
    fn write(&self, path: &str, bytes: &[u8], executable: bool) -> io::Result<()> {
        self.stage(path, bytes, executable)?.persist()
    }

    /// Writes a file beside the place of a path.
    pub(super) fn stage(&self, path: &str, bytes: &[u8], executable: bool) -> io::Result<Staged<'_>> {
        let place = self.path(path);
        let beside = Some(self.staged(&place, bytes, executable)?.into_temp_path());
        Ok(Staged { disk: self, beside, place })
    }

    /// Writes a file that is not there yet, whole or not at all; with `force`, also one that is.
    ///
    /// # Errors
    /// As the system says, with the path in the message; also if the file is there.
    pub fn create(&self, path: &str, bytes: &[u8], force: bool) -> io::Result<()> {
        if force {
            return self.write(path, bytes, false);
        }
        let place = self.path(path);
        let file = self.staged(&place, bytes, false)?;
        file.persist_noclobber(&place).map_err(|error| cannot("write", &place, error.error))?;
        Ok(())
    }

    /// A file beside its place, to be renamed into it.
    fn staged(&self, place: &Path, bytes: &[u8], executable: bool) -> io::Result<tempfile::NamedTempFile> {
        use std::io::Write;
        let folder = place.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|error| cannot("create the folder", folder, error))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(STAGED.0).suffix(STAGED.1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = if executable { 0o777 } else { 0o666 }; // less the umask, as any new file
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = executable;
        let mut file = builder.tempfile_in(folder).map_err(|error| cannot("write", place, error))?;
        file.write_all(bytes).map_err(|error| cannot("write", place, error))?;
        Ok(file)
    }

    /// Deletes a file, and the folders that it leaves empty.
    pub(super) fn delete(&self, path: &str) -> io::Result<()> {
        let place = self.path(path);
        fs::remove_file(&place).map_err(|error| cannot("delete", &place, error))?;
        self.delete_empty(place.parent());
        Ok(())
    }

    /// Deletes a folder below the output folder, and those above it, as long as they are empty; the output folder only where
    /// it was not there at first.
    fn delete_empty(&self, mut folder: Option<&Path>) {
        while let Some(place) = folder.filter(|place| place.starts_with(&self.root)) {
            if (place == self.root && !self.is_new) || fs::remove_dir(place).is_err() {
                break; // not empty: somebody else's files
            }
            folder = place.parent();
        }
    }
}

/// Replaces a file that is not generated, as a fix does, so that at every moment either the old or the new one is there,
/// whole. Links are followed, and permissions stay.
///
/// # Errors
/// As the system says, with the path in the message; or if the file is not what was read: somebody else writes it.
pub fn replace(path: &Path, read: &[u8], bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let place = fs::canonicalize(path).map_err(|error| cannot("read", path, error))?;
    if fs::read(&place).map_err(|error| cannot("read", path, error))? != read {
        let message = format!("{}: it changed while it was judged; nothing was written", slashed(path));
        return Err(io::Error::other(message));
    }
    let permissions = fs::metadata(&place).map_err(|error| cannot("read", path, error))?.permissions();
    let folder = place.parent().unwrap_or(Path::new(""));
    let mut builder = tempfile::Builder::new();
    let mut file = builder
        .prefix(STAGED.0)
        .suffix(STAGED.1)
        .tempfile_in(folder)
        .map_err(|error| cannot("write", folder, error))?;
    file.write_all(bytes).map_err(|error| cannot("write", path, error))?;
    file.as_file().set_permissions(permissions).map_err(|error| cannot("write", path, error))?;
    file.persist(&place).map_err(|error| cannot("write", path, error.error))?;
    Ok(())
}

#[cfg(unix)]
fn executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &fs::Metadata) -> bool {
    true
}

/// An error of the system, which leaves out what it was about, with that.
fn cannot(doing: &str, path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {doing} {}: {}", slashed(path), plainly(&error)))
}

/// An error of the system in words, without its number.
pub fn plainly(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::NotADirectory => "a part of the path is not a folder",
        io::ErrorKind::StorageFull => "no space is left on the disk",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        _ => return error.to_string(),
    };
    known.to_owned()
}
