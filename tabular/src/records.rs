//! Files of records, each with names for its values: JSON in its usual forms, and cards of people. They are unfolded once into
//! a temporary text table, a column for each name, and then read like any other. Memory is bounded by one record and by
//! the number of names.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::sync::Arc;

use crate::error::TabularError;
use crate::limits::Limits;
use crate::xlsx_read::io_error;

/// Most records of a file that cannot be used, before it is no such file at all.
const MAX_BROKEN: usize = 10_000;

/// One record: its names and values, or why it cannot be used.
pub(crate) type Found = Result<Vec<(String, String)>, String>;

/// Records as a table of numbered lines: the names as line 0, then each under its number.
pub(crate) struct Unfolded {
    pub(crate) file: tempfile::NamedTempFile,
    /// Why records cannot be used, by their numbers.
    pub(crate) broken: Arc<BTreeMap<u64, String>>,
}

/// Takes records one after the other.
pub(crate) struct Unfolding<'l> {
    limits: &'l Limits,
    columns: Vec<String>,
    places: HashMap<String, usize>,
    body: csv::Writer<BufWriter<File>>,
    kept: File,
    number: u64,
    text_bytes: u64,
    broken: BTreeMap<u64, String>,
}

impl<'l> Unfolding<'l> {
    pub(crate) fn begin(limits: &'l Limits) -> Result<Self, TabularError> {
        let kept = tempfile::tempfile()?;
        let body = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(kept.try_clone()?));
        Ok(Self { limits, columns: Vec::new(), places: HashMap::new(), body, kept, number: 0, text_bytes: 0, broken: BTreeMap::new() })
    }

    pub(crate) fn add(&mut self, found: Found) -> Result<(), TabularError> {
        self.number += 1;
        if self.number > self.limits.max_rows {
            return Err(TabularError::TooLarge { what: "rows", limit: self.limits.max_rows });
        }
        let mut cells = vec![self.number.to_string()];
        match found {
            Ok(values) => {
                for (name, value) in values {
                    let place = self.place(name)? + 1;
                    self.text_bytes = self.text_bytes.saturating_add(value.len() as u64);
                    cells.resize(cells.len().max(place + 1), String::new());
                    cells[place] = value;
                }
            }
            Err(reason) if self.broken.len() < MAX_BROKEN => {
                self.broken.insert(self.number, reason);
            }
            Err(reason) => return Err(TabularError::BrokenFile { reason }),
        }
        if self.text_bytes > self.limits.max_text_bytes {
            return Err(TabularError::TooLarge { what: "bytes of text", limit: self.limits.max_text_bytes });
        }
        self.body.write_record(&cells).map_err(io_error)
    }

    fn place(&mut self, name: String) -> Result<usize, TabularError> {
        if let Some(place) = self.places.get(&name) {
            return Ok(*place);
        }
        if self.columns.len() >= self.limits.max_columns {
            return Err(TabularError::TooLarge { what: "names of values", limit: self.limits.max_columns as u64 });
        }
        self.columns.push(name.clone());
        self.places.insert(name, self.columns.len() - 1);
        Ok(self.columns.len() - 1)
    }

    pub(crate) fn end(mut self) -> Result<Unfolded, TabularError> {
        if self.columns.is_empty() {
            return Err(match self.broken.into_values().next() {
                Some(reason) => TabularError::BrokenFile { reason },
                None => TabularError::Empty,
            });
        }
        self.body.flush()?;
        drop(self.body);
        let file = tempfile::NamedTempFile::new()?;
        let mut target = BufWriter::new(file.reopen()?);
        let mut head = csv::WriterBuilder::new().flexible(true).from_writer(&mut target);
        head.write_record(std::iter::once("0").chain(self.columns.iter().map(String::as_str))).map_err(io_error)?;
        head.flush()?;
        drop(head);
        self.kept.rewind()?;
        io::copy(&mut self.kept, &mut target)?;
        target.flush()?;
        Ok(Unfolded { file, broken: Arc::new(self.broken) })
    }
}
