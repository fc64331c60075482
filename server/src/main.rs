//! The binary `guanxi`.

fn main() -> std::process::ExitCode {
    guanxi_server::cli::main()
}
