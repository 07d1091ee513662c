//! Works that may cost so much and no more: each is done by a worker, a process of its own, which ends alone.

use std::path::Path;

use super::args::{LimitArgs, MakingArgs, ReadingArgs};
use crate::driver::{Apart, Order, Work};
use crate::record::{Record, Request, Task};

/// What is asked for each work.
pub struct Asked<'a> {
    pub task: Task,
    pub reading: &'a ReadingArgs,
    pub making: &'a MakingArgs,
    pub limits: &'a LimitArgs,
    pub out: &'a Path,
    pub verify: bool,
    pub force: bool,
    pub changes: bool,
}

impl Asked<'_> {
    /// Does all works; `tell` gets a record of each.
    pub fn run(&self, works: Vec<Work>, order: &Order, tell: &(dyn Fn(Record) + Sync)) {
        let all = match self.reading.telling.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        };
        let processes = all.min(works.len()).max(1);
        let mut flags = vec!["--jobs".to_owned(), (all / processes).max(1).to_string()];
        if let Some(bytes) = self.limits.memory_limit {
            flags.extend(["--memory-limit".to_owned(), bytes.to_string()]);
        }
        let limits = self.reading.telling.limit.iter();
        flags.extend(limits.flat_map(|limit| ["--limit".to_owned(), limit.clone()]));
        let requests = works.iter().map(|work| self.request(work, order)).collect();
        Apart { processes, flags }.run(requests, tell);
    }

    fn request(&self, work: &Work, order: &Order) -> Request {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        Request {
            v: None,
            id: Some(work.id()),
            source: Some(path(&work.path)),
            text: work.given.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
            task: self.task,
            out: Some(path(self.out)),
            under: Some(path(&work.under)),
            root: Some(path(&work.root)),
            to: Some(order.to.iter().map(|backend| backend.name().to_owned()).collect()),
            settings: order.settings.fields().clone(),
            templates: self.making.templates.as_deref().map(path),
            from: Some(self.reading.from.clone()),
            encoding: self.reading.encoding.clone(),
            strict: Some(self.reading.strict),
            verify: Some(self.verify),
            force: Some(self.force),
            changes: self.changes,
            deadline_ms: self.limits.time_limit.map(|time| time.as_millis().max(1) as u64),
        }
    }
}
