//! What the system says to a running program: to stop, and that a file has grown too long.

use std::io::Write;

#[cfg(unix)]
use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};

use crate::driver;

/// Sees to signals from now on. Told to stop, the program ends what it is renaming, takes its passing files away, says how far it has
/// come, and ends as by the signal. A file that passes the system's limit is an error like a full disk.
#[cfg(unix)]
pub fn heed() {
    // Without a handler, the signal would end the program; with one, the write fails and is told.
    let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let done = driver::abandon();
            let works = if done == 1 { "1 set of outputs was" } else { &format!("{done} sets of outputs were") };
            let _ = writeln!(std::io::stderr(), "stopped: {works} written whole, and nothing else is left behind");
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::exit(128 + signal);
        }
    });
}

#[cfg(not(unix))]
pub fn heed() {}
