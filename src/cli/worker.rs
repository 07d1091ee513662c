//! `tetrapla worker`: requests on standard input, records on standard output, a JSON object a line each.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::Outcome;
use super::args::{self, WorkerArgs};
use super::print;
use crate::Kit;
use crate::driver::{self, Finished, Making, Manifest, Order, Work};
use crate::env::Env;
use crate::record::{Line, Ready, Record, Remark, Request, Status, Task, VERSION, Weight};
use crate::report::{Report, Severity};
use crate::settings::Tables;

/// How the process ends when a work's time is over, as `timeout(1)` does.
const TIMED_OUT: i32 = 124;

pub fn run(args: &WorkerArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), ..order },
        Err(message) => return print::usage(&message),
    };
    if let Some(Err(message)) = args.memory_limit.map(driver::limit_memory) {
        return print::usage(&message);
    }
    let mut worker = Worker { args, kit, order, templates: args.making.templates.clone(), manifests: BTreeMap::new() };
    if !say(&Line::Ready(Ready { v: VERSION, version: env!("CARGO_PKG_VERSION").to_owned() })) {
        return Outcome::Failed;
    }
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return Outcome::Failed };
        if line.trim().is_empty() {
            continue;
        }
        let record = match serde_json::from_str::<Request>(&line) {
            Ok(request) => worker.answer(&request),
            Err(reason) => malformed(&line, &reason.to_string()),
        };
        // Nobody is there to take it.
        if !say(&Line::Work(Box::new(record))) {
            return Outcome::Failed;
        }
    }
    Outcome::Done
}

/// Whether somebody took it.
fn say(line: &Line) -> bool {
    let text = serde_json::to_string(line).expect("records are JSON") + "\n";
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

struct Worker<'a> {
    args: &'a WorkerArgs,
    kit: Kit<'a>,
    /// What the flags say; of requests only the templates, which are read once.
    order: Order<'a>,
    templates: Option<PathBuf>,
    manifests: BTreeMap<PathBuf, Making>,
}

impl<'a> Worker<'a> {
    fn answer(&mut self, request: &Request) -> Record {
        let (work, order) = match self.understood(request) {
            Ok(understood) => understood,
            Err(message) => return refused(request, &message),
        };
        let id = request.id.clone().unwrap_or_else(|| work.id());
        let watch = request.deadline_ms.map(|ms| watch(ms, &id, &work));
        driver::begin_peak();
        let record = self.done(request, work, &order);
        if let Some((done, watching)) = watch {
            drop(done);
            // Where its time was over first, that has been told, and the process ends.
            let _ = watching.join();
        }
        Record { id, peak: driver::peak(), ..record }
    }

    fn done(&mut self, request: &Request, work: Work, order: &Order) -> Record {
        let verify = request.verify.unwrap_or(self.args.verify);
        match request.task {
            Task::Build => {
                let force = request.force.unwrap_or(self.args.force);
                let how = self
                    .manifests
                    .entry(order.out.clone())
                    .or_insert_with(|| Making { verify, manifest: Some(Manifest::open(&order.out, None)) });
                how.verify = verify;
                let forced = Making { verify, manifest: None };
                let way = if force { &forced } else { &*how };
                let finished = driver::guarded(work, |work| driver::make(work, order, way));
                self::told(&finished, driver::noted(&finished, order, how), request)
            }
            Task::Check => {
                let finished = driver::guarded(work, |work| driver::look(work, order));
                self::told(&finished, driver::record(&finished, order), request)
            }
            Task::Verify => {
                let finished = driver::guarded(work, |work| driver::read_again(work, order));
                self::told(&finished, driver::record(&finished, order), request)
            }
        }
    }

    /// The work and the order that a request means.
    fn understood(&mut self, request: &Request) -> Result<(Work, Order<'a>), String> {
        let mut work = match (&request.source, &request.text) {
            (place, Some(text)) => {
                let named = request.id.as_ref().map(|id| format!("{}.md", file_name(id)));
                let place = place.clone().or(named).unwrap_or_else(|| "text.md".to_owned());
                Work::of_text(Path::new(&place), text.clone().into_bytes())
            }
            (Some(source), None) => {
                let mut report = Report::default();
                let mut works = driver::find(&[PathBuf::from(source)], &mut report);
                let faults = report.diagnostics.iter().filter(|found| found.severity == Severity::Error);
                let faults: Vec<_> = faults.map(|found| found.message.clone()).collect();
                match works.pop() {
                    Some(work) if works.is_empty() && faults.is_empty() => work,
                    Some(_) => return Err(format!("{source} is several works: request them one by one")),
                    None => return Err(faults.join("; ")),
                }
            }
            (None, None) => return Err("a request says \"source\" or \"text\"".to_owned()),
        };
        if let Some(under) = &request.under {
            work.under = PathBuf::from(under);
        }
        if let Some(root) = &request.root {
            work.root = PathBuf::from(root);
        }
        if request.templates.is_some() && self.templates.as_deref() != request.templates.as_deref().map(Path::new) {
            let folder = request.templates.as_ref().map(PathBuf::from).unwrap_or_default();
            self.order.env.templates = std::sync::Arc::new(args::templates(&folder, &self.order.env.budget)?);
            self.templates = Some(folder);
        }
        let order = &self.order;
        let mut tables = Tables::default();
        for (name, fields) in &request.settings {
            if !Tables::NAMES.contains(&name.as_str()) {
                return Err(format!("no table of settings is called {name}: {}", Tables::NAMES.join(", ")));
            }
            tables.add(name, fields.clone());
        }
        let from = match request.from.as_deref() {
            None => order.from,
            Some("auto") => None,
            Some(name) => {
                let dialect = self.kit.dialects.iter().find(|dialect| dialect.name == name);
                Some(*dialect.ok_or_else(|| format!("no dialect is called {name}"))?)
            }
        };
        let encoding = match &request.encoding {
            None => order.encoding,
            Some(name) => Some(driver::Encoding::named(name).ok_or_else(|| format!("no encoding is called {name}"))?),
        };
        let to = match &request.to {
            None => order.to.clone(),
            Some(names) => {
                let known = |name: &String| self.kit.backends.iter().find(|backend| backend.name() == name);
                if let Some(name) = names.iter().find(|name| known(name).is_none()) {
                    return Err(format!("no format is called {name}"));
                }
                let wanted = self.kit.backends.iter().filter(|backend| names.iter().any(|name| name == backend.name()));
                wanted.copied().collect()
            }
        };
        let out = request.out.as_ref().map_or_else(|| order.out.clone(), PathBuf::from);
        let strict = request.strict.unwrap_or(order.strict);
        let settings = order.settings.clone().then(&tables);
        let env = Env::clone(&order.env);
        Ok((work, Order { kit: self.kit, to, from, encoding, out, strict, settings, keep_pages: false, env }))
    }
}

fn told(finished: &Finished, record: Record, request: &Request) -> Record {
    let changes = if request.changes { driver::changes(finished) } else { Vec::new() };
    Record { changes, ..record }
}

/// Watches over a work's time: when it is over, that is told, and the process ends. It stops watching when what it returns is dropped.
fn watch(ms: u64, id: &str, work: &Work) -> (std::sync::mpsc::Sender<()>, std::thread::JoinHandle<()>) {
    let (done, wait) = channel::<()>();
    let (id, source) = (id.to_owned(), work.path.display().to_string());
    let watching = std::thread::spawn(move || {
        if wait.recv_timeout(Duration::from_millis(ms)) == Err(RecvTimeoutError::Timeout) {
            let message = format!("the work took longer than the {ms} ms that it was given");
            let hint = "give it more with --time-limit, or look whether the text is one that it can be";
            let remark = remark("work-timeout", message, Some(hint.to_owned()));
            let record = Record { remarks: vec![remark], ms, ..Record::unmade(id, source, Status::Timeout) };
            say(&Line::Work(Box::new(record)));
            driver::abandon_and_exit(TIMED_OUT);
        }
    });
    (done, watching)
}

/// The last part of a name, with nothing in it that leads elsewhere.
fn file_name(id: &str) -> String {
    let name = id.rsplit(['/', '\\']).next().unwrap_or(id);
    name.chars().map(|c| if c.is_control() || c == ':' { '-' } else { c }).collect()
}

fn remark(code: &str, message: String, hint: Option<String>) -> Remark {
    let (file, line, column, excerpt) = (None, None, None, None);
    Remark { severity: Weight::Error, code: code.to_owned(), file, line, column, message, hint, excerpt, also: Vec::new() }
}

fn refused(request: &Request, message: &str) -> Record {
    let source = request.source.clone().unwrap_or_default();
    let id = request.id.clone().unwrap_or_else(|| source.clone());
    let hint = Some("tetrapla schema request prints what a request can say".to_owned());
    let remarks = vec![remark("request-malformed", message.to_owned(), hint)];
    Record { remarks, ..Record::unmade(id, source, Status::Refused) }
}

/// A line that is no request; its name is told where it can be made out.
fn malformed(line: &str, reason: &str) -> Record {
    let value: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let of = |name: &str| value[name].as_str().map(str::to_owned);
    let request = Request { id: Some(of("id").unwrap_or_default()), source: of("source"), ..Request::default() };
    refused(&request, &format!("it is no request: {reason}"))
}
