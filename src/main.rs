//! The program `tetrapla`. All of it is in the library, so that another program can be built with backends of its own.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    tetrapla::cli::run(tetrapla::Kit::BUILTIN)
}
