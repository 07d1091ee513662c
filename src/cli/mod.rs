//! The command line: arguments, printing, exit codes. One file a subcommand. Only this room prints.

mod apart;
mod args;
mod build;
mod check;
mod concordance;
mod cover;
mod deposit;
mod doubts;
mod explain;
mod handbook;
mod init;
mod print;
mod repairs;
mod report;
mod restore;
mod signals;
mod teach;
mod templates;
mod tree;
mod verify;
mod watch;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::Kit;
use args::{Cli, Command};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Something was refused or failed.
    Failed,
    /// The command itself makes no sense.
    Usage,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Failed => Self::from(1),
            Outcome::Usage => Self::from(2),
        }
    }
}

/// Does what the program's arguments ask for, with the backends and dialects of `kit`.
pub fn run(kit: Kit) -> ExitCode {
    // A defect is told as a remark on its work.
    std::panic::set_hook(Box::new(crate::driver::note_panic));
    let command = args::with_names(Cli::command(), &kit);
    let commands: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(topic) = handbook::asked(&words, &commands) {
        return handbook::run(&topic, &commands, kit).into();
    }
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // Help that was asked for is no error; clap prints it on standard output.
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            let printed =
                printed.or_else(|reason| if reason.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(reason) });
            return match (error.use_stderr(), printed) {
                (true, _) => Outcome::Usage,
                (false, Ok(())) => Outcome::Done,
                (false, Err(_)) => Outcome::Failed,
            }
            .into();
        }
    };
    let cli = Cli::from_arg_matches(&matches).expect("the arguments were just parsed with this definition");
    signals::heed();
    let outcome = match cli.command {
        Command::Build(args) => build::run(&args, kit),
        Command::Check(args) => check::run(&args, kit),
        Command::Tree(args) => tree::run(&args, kit),
        Command::Restore(args) => restore::run(&args, kit),
        Command::Cover(args) => cover::run(&args, kit),
        Command::Verify(args) => verify::run(&args, kit),
        Command::Deposit(args) => deposit::run(&args, kit),
        Command::Concordance(args) => concordance::run(&args, kit),
        Command::Schema(args) => teach::schema(&args),
        Command::Completions(args) => teach::completions(&args, kit),
        Command::Watch(args) => watch::run(&args, kit),
        Command::Init(args) => init::run(&args, kit),
        Command::Explain(args) => explain::run(&args),
        Command::Templates(args) => templates::run(&args),
        Command::Worker(args) => worker::run(&args, kit),
        Command::Man => teach::man(kit),
    };
    outcome.into()
}
