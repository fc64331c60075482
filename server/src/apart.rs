//! Processes of their own for readers that files may lead astray: what such a process may take is bounded by the system.

pub(crate) use guanxi_tabular::{end, ended_well};

/// Seconds of the processor an old workbook may take.
const WORKBOOK_SECONDS: u64 = 60;
/// Memory an old workbook may take, in bytes.
const WORKBOOK_MEMORY: u64 = 3 << 29;
/// Longest file that reading one may write, in bytes.
const WORKBOOK_FILE: u64 = 4 << 30;

/// What a process may take.
pub(crate) struct Bounds {
    /// Bytes of memory.
    pub memory: u64,
    /// Seconds of the processor.
    pub seconds: u64,
    /// Bytes of a file it writes.
    pub file: u64,
}

/// Whether this system can bound a process. Where it cannot, none is made.
pub(crate) const CAN_BOUND: bool = cfg!(target_os = "linux");

impl Bounds {
    /// Bounds this process, for good.
    ///
    /// # Errors
    /// Where the system does not do it.
    #[cfg(target_os = "linux")]
    pub fn apply(&self) -> Result<(), String> {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = |it| Rlimit { current: Some(it), maximum: Some(it) };
        for (resource, most) in [(Resource::Data, self.memory), (Resource::Cpu, self.seconds), (Resource::Core, 0), (Resource::Fsize, self.file)] {
            setrlimit(resource, limit(most)).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Bounds this process, for good.
    ///
    /// # Errors
    /// Always: here nothing does it.
    #[cfg(not(target_os = "linux"))]
    pub fn apply(&self) -> Result<(), String> {
        Err(format!("{} bytes and {} seconds cannot be bounded on this system, nor files of {} bytes", self.memory, self.seconds, self.file))
    }
}

/// Reads an old workbook within bounds: what the process does that is made for it.
///
/// # Errors
/// Where it cannot be bounded, or standard input or output fails.
pub(crate) fn read_xls() -> Result<(), String> {
    Bounds { memory: WORKBOOK_MEMORY, seconds: WORKBOOK_SECONDS, file: WORKBOOK_FILE }.apply()?;
    guanxi_tabular::read_xls_here().map_err(|error| error.to_string())
}
