//! `tetrapla watch`: a page on this machine that shows the four books side by side while their text is written.
//!
//! One thread owns the work that is set, and answers for it; another takes what the browser asks. Nothing but this machine is listened
//! to, and nobody is asked anything.

mod panel;

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

use self::panel::{History, Panels};
use super::Outcome;
use super::args::{self, WatchArgs};
use super::print::{self, Printer};
use crate::driver::{self, Finished, Order, Work};
use crate::env::Templates;
use crate::format::Format;
use crate::record::Record;
use crate::synopsis::Synopsis;
use crate::typeset::Book;
use crate::{Kit, emit, report_page};

/// How often a quiet stream of events says that it is there: proxies and browsers give up what is silent for longer.
const SILENCE: Duration = Duration::from_secs(15);

/// How much a request may bring: the id of a repair.
const MOST: u64 = 4096;

pub fn run(args: &WatchArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args::books()) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let works = match args.sources.told(&printer) {
        Ok(works) => works,
        Err(outcome) => return outcome,
    };
    let [work] = &works[..] else {
        return print::usage("one work is watched: name one");
    };
    let server = match Server::http(("127.0.0.1", args.port)) {
        Ok(server) => server,
        Err(reason) => return print::usage(&format!("no page can be shown at port {}: {reason}", args.port)),
    };
    let Some(address) = server.server_addr().to_ip() else { return print::usage("this machine has no address of its own") };
    let (tell, told) = channel();
    let saved = tell.clone();
    let _watching = match driver::watch(work, move || drop(saved.send(Message::Saved))) {
        Ok(watching) => watching,
        Err(reason) => return print::usage(&format!("{} can't be watched: {reason}", work.folder.display())),
    };
    printer.answer(&format!("http://{address}/\n"));
    // Nobody would find the page.
    if printer.is_broken() {
        return printer.end();
    }
    let clients = Clients::default();
    let listeners = clients.clone();
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            take(request, &address.to_string(), &tell, &listeners);
        }
    });
    watch(work, order, &told, &clients)
}

/// What happens.
enum Message {
    /// A file of the work was saved.
    Saved,
    /// A browser asks for what the work's thread knows.
    Asked(Request),
}

/// The browsers that look on.
#[derive(Clone, Default)]
struct Clients {
    streams: Arc<Mutex<Vec<Sender<u64>>>>,
    version: Arc<Mutex<u64>>,
}

impl Clients {
    /// Says that there is something new.
    fn tell(&self) -> u64 {
        let mut version = self.version.lock().unwrap_or_else(PoisonError::into_inner);
        *version += 1;
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).retain(|stream| stream.send(*version).is_ok());
        *version
    }

    /// A stream of server-sent events (HTML, 9.2): one for what is there, one for each that comes.
    fn stream(&self, request: Request) {
        let (tell, told) = channel();
        let version = *self.version.lock().unwrap_or_else(PoisonError::into_inner);
        if version > 0 {
            let _ = tell.send(version);
        }
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).push(tell);
        let mut out = request.into_writer();
        std::thread::spawn(move || {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
            let mut alive = out.write_all(head.as_bytes()).and_then(|()| out.flush()).is_ok();
            while alive {
                let line = match told.recv_timeout(SILENCE) {
                    Ok(version) => format!("data: {version}\n\n"),
                    Err(RecvTimeoutError::Timeout) => ":\n\n".to_owned(),
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                alive = out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_ok();
            }
        });
    }
}

/// Takes what a browser asks. A page of another site can't ask: it comes with another name of this machine, or from another origin.
fn take(request: Request, address: &str, tell: &Sender<Message>, clients: &Clients) {
    let header = |name: &'static str| {
        let found = request.headers().iter().find(|header| header.field.equiv(name));
        found.map(|header| header.value.as_str().to_owned())
    };
    let own = |host: &str| host == address || host == address.replace("127.0.0.1", "localhost");
    let from_here = header("Host").is_some_and(|host| own(&host))
        && header("Origin").is_none_or(|origin| origin.strip_prefix("http://").is_some_and(own));
    if !from_here {
        return answer(request, 403, "text/plain", b"only this machine's own page is answered".to_vec());
    }
    let refuses = header("X-Tetrapla").is_some_and(|said| said == "refuse");
    let path = request.url().split('?').next().unwrap_or_default().to_owned();
    match (request.method(), path.as_str()) {
        (Method::Get, "/") => answer(request, 200, "text/html; charset=utf-8", Templates::built_in("watch.html").to_vec()),
        (Method::Get, "/events") => clients.stream(request),
        (Method::Get, _) => drop(tell.send(Message::Asked(request))),
        (Method::Post, "/refuse") if refuses => drop(tell.send(Message::Asked(request))),
        _ => answer(request, 405, "text/plain", b"nothing can be done so".to_vec()),
    }
}

fn answer(request: Request, status: u16, kind: &str, bytes: Vec<u8>) {
    let mut response = Response::from_data(bytes).with_status_code(status);
    for (name, value) in [("Content-Type", kind), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    // Who went away needs no answer.
    let _ = request.respond(response);
}

/// Sets the work anew for each save, and answers for it until the next.
fn watch(work: &Work, mut order: Order, told: &Receiver<Message>, clients: &Clients) -> Outcome {
    // The pages are drawn as they are set: no PDF is written for that.
    order.to.retain(|backend| backend.name() != Format::Pdf.name());
    let mut history = History::default();
    loop {
        // A save comes as several, and one setting serves them all.
        let mut waiting = Vec::new();
        while let Ok(message) = told.try_recv() {
            match message {
                Message::Saved => {}
                Message::Asked(request) => waiting.push(request),
            }
        }
        let mut files = Vec::new();
        let finished = driver::guarded(work.clone(), |work| {
            let (finished, made) = driver::editions(work, &order);
            files = made;
            finished
        });
        let record = Record { changes: driver::changes(&finished), ..driver::record(&finished, &order) };
        let view = View::of(&finished, &files, &record);
        let version = clients.tell();
        history.keep(version, &view.panels);
        waiting.into_iter().for_each(|request| view.answer(request, &history, version));
        loop {
            match told.recv() {
                Err(_) => return Outcome::Done,
                Ok(Message::Saved) => break,
                Ok(Message::Asked(request)) => view.answer(request, &history, version),
            }
        }
    }
}

/// A work as it stands.
struct View<'a> {
    finished: &'a Finished,
    files: &'a [(String, Vec<u8>)],
    book: Option<Book<'a>>,
    panels: Panels,
    /// What stands beside the panels: title, remarks, repairs, the places of paragraphs.
    about: Value,
}

impl<'a> View<'a> {
    fn of(finished: &'a Finished, files: &'a [(String, Vec<u8>)], record: &Record) -> Self {
        let mut about = json!({
            "title": record.title, "status": record.status.name(), "ms": record.ms, "remarks": record.remarks,
            "changes": record.changes, "places": [],
        });
        let Some(doc) = &finished.doc else {
            return Self { finished, files, book: None, panels: Panels::default(), about };
        };
        let names = driver::source_names(finished);
        let synopsis = Synopsis::of(doc, &finished.manuscript.sources, &names);
        about["places"] = synopsis.places();
        let file = |format| {
            let (_, bytes) = files.iter().find(|(name, _)| Format::of(name) == Some(format))?;
            Some(bytes.as_slice())
        };
        let text = |format| String::from_utf8_lossy(file(format).unwrap_or_default());
        let page = |(path, page): (String, String)| json!({ "path": path, "xhtml": synopsis.of_xhtml(&page) });
        let others = || {
            let pages = driver::pages_of(file(Format::Epub).unwrap_or_default());
            let epub = pages.into_iter().map(page).collect();
            (epub, synopsis.of_xml(&text(Format::Tei)), synopsis.of_text(&text(Format::Text)))
        };
        let printed = || {
            let book = emit::set(doc, &finished.env);
            let pages = synopsis.of_book(&book);
            (book, pages)
        };
        let ((book, pdf), (epub, tei, text)) = rayon::join(printed, others);
        Self { finished, files, book: Some(book), panels: [epub, pdf, tei, text], about }
    }

    /// All that the page shows, without what it shows already if it shows the version `had`.
    fn state(&self, history: &History, version: u64, had: Option<u64>) -> Value {
        let mut state = self.about.clone();
        state["version"] = json!(version);
        state["panels"] = history.since(had, &self.panels);
        state
    }

    fn answer(&self, mut request: Request, history: &History, version: u64) {
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        let (path, had) = (path.to_owned(), query.strip_prefix("had=").and_then(|had| had.parse().ok()));
        if path == "/state" {
            return answer(request, 200, "application/json", self.state(history, version, had).to_string().into_bytes());
        }
        if path == "/refuse" {
            let mut id = String::new();
            let _ = request.as_reader().take(MOST).read_to_string(&mut id);
            return match self.refuse(&id) {
                Ok(()) => answer(request, 204, "text/plain", Vec::new()),
                Err(message) => answer(request, 409, "text/plain; charset=utf-8", message.into_bytes()),
            };
        }
        let page = path.strip_prefix("/page/").and_then(|number| number.parse().ok());
        if let Some(svg) = page.zip(self.book.as_ref()).and_then(|(n, book)| report_page::leaf(book, &self.finished.env, n)) {
            return answer(request, 200, "image/svg+xml", svg.into_bytes());
        }
        let inner = path.strip_prefix("/epub/").and_then(|path| {
            let (_, bytes) = self.files.iter().find(|(name, _)| Format::of(name) == Some(Format::Epub))?;
            driver::file_of(bytes, path)
        });
        match inner {
            Some(bytes) => {
                let ending = Path::new(&path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
                answer(request, 200, picture(ending), bytes);
            }
            None => answer(request, 404, "text/plain", b"there is no such thing".to_vec()),
        }
    }

    /// Writes into the work's `tetrapla.toml` that a repair is not to be made. The save is seen, and the work set anew.
    fn refuse(&self, id: &str) -> Result<(), String> {
        let known = self.finished.doc.iter().flat_map(|doc| &doc.repairs).any(|repair| repair.id == id);
        if !known {
            return Err(format!("no repair is called {id}"));
        }
        driver::refuse(&self.finished.work, id)
    }
}

/// The media type of a picture in an e-book.
fn picture(ending: &str) -> &'static str {
    match ending {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
