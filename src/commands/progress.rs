//! Progress on standard error: only where somebody watches, and only once work lasts.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Streams;

/// Work shorter than this shows nothing: a line that flickers tells nobody anything.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);
const PHASE: &str = "{spinner} {msg}";
const COUNTED: &str = "{spinner} {msg} [{bar:30}] {pos}/{len}";

/// What a run is doing. Dropped, it leaves no trace on the terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    waiting: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Progress of a run that prints to `streams`.
    pub(super) fn new(streams: &Streams<'_>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let waiting = (streams.watched && !streams.quiet).then(|| show_after(PATIENCE, &bar));
        Self { bar, waiting }
    }

    /// Begins work of unknown length.
    pub(super) fn phase(&self, what: String) {
        self.begin(PHASE, what);
    }

    /// Begins work of so many steps.
    pub(super) fn counted(&self, what: &str, steps: usize) {
        self.bar.set_length(steps as u64);
        self.bar.set_position(0);
        self.begin(COUNTED, what.to_owned());
    }

    /// One step is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    fn begin(&self, template: &str, what: String) {
        self.bar.set_style(ProgressStyle::with_template(template).expect("our template is valid"));
        self.bar.set_message(what);
    }
}

/// Shows the bar after a while, unless the work is done before: then the sender is gone.
fn show_after(patience: Duration, bar: &ProgressBar) -> (Sender<()>, JoinHandle<()>) {
    let (sender, done) = mpsc::channel();
    let bar = bar.clone();
    let wait = move || {
        if done.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.tick();
            bar.enable_steady_tick(TICK);
        }
    };
    (sender, thread::spawn(wait))
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, waiter)) = self.waiting.take() {
            drop(sender);
            let _ = waiter.join();
        }
        self.bar.finish_and_clear();
    }
}
