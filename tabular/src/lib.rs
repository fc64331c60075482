//! Reading and writing the tables people bring: CSV, TSV and spreadsheets.
