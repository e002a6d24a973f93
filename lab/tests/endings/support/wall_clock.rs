//! What time a process believes it is: libfaketime, from Debian. Only the wall clock is faked; durations stay right.

use std::{fs, path::{Path, PathBuf}};

use authlab_test_support::missing;

const FOLDERS: [&str; 2] = ["/usr/lib", "/usr/local/lib"];
/// The variant for programs with threads.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

#[derive(Clone, Debug, Default)]
pub(crate) enum WallClock {
    #[default]
    Right,
    /// Ahead of the right time by so many seconds, or behind it.
    Off(i64),
    /// As a file says, which can be changed while the process runs.
    Stepped(PathBuf),
}

impl WallClock {
    /// A clock that is right until [`step`] moves it; the file stands in this folder.
    pub(crate) fn stepped(folder: &Path) -> Self {
        let file = folder.join("offset");
        step(&file, 0);
        Self::Stepped(file)
    }

    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let offset = match self {
            Self::Right => return Vec::new(),
            Self::Off(seconds) => vec![("FAKETIME", format!("{seconds:+}"))],
            Self::Stepped(file) => {
                vec![("FAKETIME_TIMESTAMP_FILE", file.display().to_string()), ("FAKETIME_NO_CACHE", "1".to_owned())]
            }
        };
        let library = library().expect("libfaketime is on this machine").display().to_string();
        let always = [("LD_PRELOAD", library), ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned())];
        // The times of files are left alone.
        offset.into_iter().chain(always).chain([("NO_FAKE_STAT", "1".to_owned())]).collect()
    }
}

/// Sets a stepped clock to so many seconds off the right time.
pub(crate) fn step(file: &Path, seconds: i64) {
    // Whole at any moment: the process reads it each time it asks for the time.
    let whole = file.with_extension("next");
    fs::write(&whole, format!("{seconds:+}\n")).unwrap();
    fs::rename(whole, file).unwrap();
}

/// Whether clocks can be faked here; a word, or a failure, where they cannot.
pub(crate) fn can_be_faked() -> bool {
    let here = library().is_some();
    if !here {
        missing("faketime");
    }
    here
}

fn library() -> Option<PathBuf> {
    let folders = FOLDERS.iter().flat_map(|folder| {
        let within = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        std::iter::once(PathBuf::from(folder)).chain(within)
    });
    folders.map(|folder| folder.join(LIBRARY)).find(|file| file.is_file())
}

/// What libfaketime leaves of a process that was killed, which would stand in the way of a later one of the same number.
pub(crate) fn clean_up_after(process: u32) {
    for left in [format!("/dev/shm/faketime_shm_{process}"), format!("/dev/shm/sem.faketime_sem_{process}")] {
        let _ = fs::remove_file(left);
    }
}
