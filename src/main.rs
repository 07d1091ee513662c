//! The program `tetrapla`. All of it is in the library, so that another program can be built with backends of its own.

fn main() -> std::process::ExitCode {
    tetrapla::cli::run(tetrapla::Kit::BUILTIN)
}
