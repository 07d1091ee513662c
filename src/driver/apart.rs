//! Works done in processes of their own: one that runs out of time, memory or stack ends itself alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;

use crate::record::{Line, Record, Remark, Request, Status, Weight};

/// How works are done apart.
#[derive(Clone, Debug, Default)]
pub struct Apart {
    /// How many processes there are at a time.
    pub processes: usize,
    /// The flags of each, as `tetrapla worker` takes them.
    pub flags: Vec<String>,
}

impl Apart {
    /// Does all that is requested, side by side; `tell` gets a record of each.
    pub fn run(&self, requests: Vec<Request>, tell: &(dyn Fn(Record) + Sync)) {
        let queue = Mutex::new(requests.into_iter());
        let next = || queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
        std::thread::scope(|scope| {
            for _ in 0..self.processes.max(1) {
                scope.spawn(|| {
                    let mut worker = None;
                    while let Some(request) = next() {
                        tell(self.one(&mut worker, &request));
                    }
                });
            }
        });
    }

    fn one(&self, worker: &mut Option<Worker>, request: &Request) -> Record {
        let started = worker.take().map_or_else(|| Worker::start(&self.flags), Ok);
        let mut own = match started {
            Ok(own) => own,
            Err(reason) => return lost(request, &format!("no process for it can be started: {reason}")),
        };
        match own.ask(request) {
            Some(record) => {
                // After a time-out the process ends by itself.
                if record.status != Status::Timeout {
                    *worker = Some(own);
                }
                record
            }
            None => lost(request, &own.last_words()),
        }
    }
}

struct Worker {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    words: Option<JoinHandle<String>>,
}

impl Worker {
    fn start(flags: &[String]) -> std::io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program)
            .arg("worker")
            .args(flags)
            .env(AS_NEEDED.0, AS_NEEDED.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (to, from, said) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let from = BufReader::new(from.ok_or(std::io::ErrorKind::BrokenPipe)?);
        let words = said.map(|mut said| {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                let _ = said.read_to_end(&mut text);
                String::from_utf8_lossy(&text).into_owned()
            })
        });
        Ok(Self { child, to, from, words })
    }

    /// None where the process ended without an answer.
    fn ask(&mut self, request: &Request) -> Option<Record> {
        let line = serde_json::to_string(request).ok()? + "\n";
        let to = self.to.as_mut()?;
        to.write_all(line.as_bytes()).and_then(|()| to.flush()).ok()?;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Ok(Line::Work(record)) = serde_json::from_str(&line) {
                return Some(*record);
            }
        }
    }

    /// The last that the process said before it ended, and how it ended.
    fn last_words(&mut self) -> String {
        let ended = self.child.wait().map(|status| status.to_string()).unwrap_or_default();
        let said = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        // Of a system's end of memory or stack the words come before what is said of backtraces.
        let telling = |line: &&str| line.contains("memory allocation") || line.contains("overflow");
        let words = said.lines().find(telling).or(said.lines().rev().find(|line| !line.trim().is_empty()));
        words.map_or(ended.clone(), |words| format!("{} ({ended})", words.trim()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Without requests it ends.
        self.to = None;
        let _ = self.child.wait();
    }
}

/// The record of a work whose process ended.
fn lost(request: &Request, why: &str) -> Record {
    let source = request.source.clone().unwrap_or_default();
    let remark = Remark {
        severity: Weight::Error,
        code: "work-crashed".to_owned(),
        file: None,
        line: None,
        column: None,
        message: format!("the process that worked on it ended: {why}"),
        hint: Some("give it more with --memory-limit; if that is no cure, please report it, with this text".to_owned()),
        excerpt: None,
        also: Vec::new(),
    };
    Record {
        remarks: vec![remark],
        ..Record::unmade(request.id.clone().unwrap_or_else(|| source.clone()), source, Status::Crashed)
    }
}

/// Asks the program's allocator to take memory from the system as it is needed, not a gigabyte in advance: what was taken before there
/// was a limit is under none (mimalloc's `arena_eager_commit`). It is read when a process begins.
const AS_NEEDED: (&str, &str) = ("MIMALLOC_ARENA_EAGER_COMMIT", "0");

/// Lets this process hold no more than so many bytes of data (`getrlimit(2)`, `RLIMIT_DATA`), for which it begins anew with the same
/// arguments if its allocator was not told of it. Where the system can't, it says so.
///
/// # Errors
/// Why it can't be limited.
pub fn limit_memory(bytes: u64) -> Result<(), String> {
    #[cfg(unix)]
    {
        if std::env::var_os(AS_NEEDED.0).is_none() {
            use std::os::unix::process::CommandExt;
            let anew = |program| Command::new(program).args(std::env::args_os().skip(1)).env(AS_NEEDED.0, AS_NEEDED.1).exec();
            let (Ok(reason) | Err(reason)) = std::env::current_exe().map(anew);
            return Err(format!("memory can't be limited here: {reason}"));
        }
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        setrlimit(Resource::Data, limit).map_err(|reason| format!("memory can't be limited here: {reason}"))
    }
    #[cfg(not(unix))]
    {
        let _ = bytes;
        Err("memory can't be limited on this system".to_owned())
    }
}
