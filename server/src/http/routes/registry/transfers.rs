//! What comes in and goes out.

use crate::export::{ExportAsked, ExportTerms, ToldExport};
use crate::http::parts::{Items, Page};
use crate::http::route::Route;
use crate::http::routes::{
    EXPORT, EXPORTED, export_records, exports, import_list, import_mappings, import_rows, import_schedules, import_try, import_uploads, imports,
    push_import, upload_import,
};
use crate::import::{ImportPlan, ImportedRows, KnownMapping, RowFix, ToldImport, ToldRow, ToldRows, Tries, TryAsked};
use crate::openapi::{delete, get, patch, post};

/// Imports and exports.
pub(super) fn transfers() -> Vec<Route> {
    vec![
        post("/imports", "uploadImport", "Upload a table to import")
            .with(&["into", "sheet", "file-name"])
            .takes_bytes()
            .creates::<upload_import::ImportUpload>()
            .by(upload_import::upload),
        get("/imports", "listImports", "Imports, newest first: your own, all of them for administrators")
            .with(&["object", "import-state", "group", "schedule", "limit-200", "cursor"])
            .answers::<Page<ToldImport>>()
            .by(import_list::list),
        post("/imports/from-rows", "pushImport", "Rows of a program as an import")
            .takes::<push_import::ImportedRows>()
            .creates::<upload_import::ImportUpload>()
            .by(push_import::push),
        post("/imports/uploads", "beginImportUpload", "Begin a file that comes in pieces")
            .takes::<import_uploads::NewImportUpload>()
            .creates::<import_uploads::ImportUploadProgress>()
            .by(import_uploads::begin),
        get("/imports/uploads/{id}", "getImportUpload", "How much of it came")
            .answers::<import_uploads::ImportUploadProgress>()
            .by(import_uploads::get),
        post("/imports/uploads/{id}/pieces", "sendImportPiece", "Its next piece")
            .with(&["offset"])
            .takes_bytes()
            .answers::<import_uploads::ImportUploadProgress>()
            .by(import_uploads::piece),
        post("/imports/uploads/{id}/finish", "finishImportUpload", "All of it came: it becomes an import")
            .creates::<upload_import::ImportUpload>()
            .by(import_uploads::finish),
        delete("/imports/uploads/{id}", "giveUpImportUpload", "Give it up").by(import_uploads::give_up),
        post("/imports/schedules/{id}/connection", "setImportConnection", "The database that a regular import asks")
            .takes::<import_schedules::ImportConnection>()
            .by(import_schedules::connect),
        post("/imports/schedules/{id}/run", "runImportSchedule", "Fetch it now").by(import_schedules::run),
        get("/imports/mappings", "listImportMappings", "Mappings that can be used again: saved ones, and those for exports of other systems")
            .with(&["into", "import"])
            .answers::<Items<KnownMapping>>()
            .by(import_mappings::list),
        get("/imports/{id}/rows", "listImportRows", "Rows of an import that something is to be told of")
            .with(&["only", "after-row", "limit", "field", "code", "part"])
            .answers::<ToldRows>()
            .by(import_rows::list),
        get("/imports/{id}/records", "listImportedRecords", "Rows of an import with the records they led to")
            .with(&["imported-as", "after-row", "limit"])
            .answers::<ImportedRows>()
            .by(import_rows::records),
        patch("/imports/{id}/rows/{row}", "fixImportRow", "Change cells of a row, or leave it out")
            .takes::<RowFix>()
            .answers::<ToldRow>()
            .by(import_rows::fix),
        delete("/imports/{id}/rows/{row}", "resetImportRow", "A row back to what the file says").answers::<ToldRow>().by(import_rows::reset),
        get("/imports/{id}/guess", "guessImport", "What the columns of a table seem to be, in any object")
            .with(&["import-object"])
            .answers::<import_try::ImportGuess>()
            .by(import_try::guess),
        post("/imports/{id}/try", "tryImport", "What the first cells of a column become")
            .takes::<TryAsked>()
            .answers::<Tries>()
            .by(import_try::try_cells),
        post("/imports/{id}/pause", "pauseImport", "Halt it; run goes on with it").answers::<ToldImport>().by(imports::pause),
        get("/imports/{id}", "getImport", "How far an import has come").answers::<ToldImport>().by(imports::get),
        post("/imports/{id}/plan", "planImport", "What an import would do")
            .takes::<ImportPlan>()
            .answers::<imports::ImportPreview>()
            .by(imports::plan),
        post("/imports/{id}/run", "runImport", "Begin it, go on with it, or try again what was refused")
            .takes::<imports::ImportRun>()
            .begins::<ToldImport>()
            .by(imports::run),
        post("/imports/{id}/cancel", "cancelImport", "End it").answers::<ToldImport>().by(imports::cancel),
        get("/imports/{id}/rejected", "getRejectedRows", "The rows refused, with the reason").answers_bytes(&["text/csv"]).by(imports::rejected),
        get("/records/{object}/export/terms", "getExportTerms", "How many records an export would have, and what holds for it")
            .with(&["filter", "q"])
            .answers::<ExportTerms>()
            .by(export_records::terms),
        get("/records/{object}/export", "exportRecords", "Records as a file").with(EXPORT).answers_bytes(EXPORTED).by(export_records::export),
        post("/exports", "beginExport", "Make a file of records in the background; it is your own, for seven days")
            .takes::<ExportAsked>()
            .begins::<ToldExport>()
            .by(exports::begin),
        get("/exports", "listExports", "Your own exports that were made in the background, the latest first")
            .with(&["limit-200", "cursor"])
            .answers::<Page<ToldExport>>()
            .by(exports::list),
        get("/exports/{id}", "getExport", "How far an export has come").answers::<ToldExport>().by(exports::get),
        post("/exports/{id}/cancel", "cancelExport", "End it, and take its file away").answers::<ToldExport>().by(exports::cancel),
        get("/exports/{id}/file", "getExportFile", "Its file, under the rights of now").answers_bytes(EXPORTED).by(exports::file),
    ]
}
