//! The binary `guanxi`.

/// Rows, statements and answers are many small pieces of memory; what allocates them fast makes all of it faster
/// (`docs/adr/0031`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    guanxi_server::cli::main()
}
