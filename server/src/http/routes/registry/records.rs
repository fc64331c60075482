//! Records, what is made of them, and their files.

use guanxi_kernel::read::AggregateAnswer;
use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::write::{UndoAnswer, UndoRun};

use crate::http::parts::{Items, Page};
use crate::http::route::Route;
use crate::http::routes::{
    AGGREGATE, LIST, READ, UPDATE, aggregate_records, batch_records, bulk_records, busy, calendar_feed, calendar_import, change_size, create_record,
    delete_record, divisions, download_file, duplicate_review, duplicates, event_stream, events, file_links, file_preview, file_versions, get_record,
    linked_file, list_records, live, meta, record_history, record_timeline, restore_record, restore_version, run_action, search, split_address,
    undo_change, update_record, upload_file, workload,
};
use crate::openapi::{AnyRecord, AnyRecordPage, AnyValues, delete, get, patch, post};
use crate::preview::FilePreview;

/// Records of any object and what can be done with them.
pub(super) fn records() -> Vec<Route> {
    vec![
        get("/meta", "getMeta", "What there is: objects, fields, views and actions").answers::<meta::Meta>().by(meta::meta),
        get("/records/{object}", "listRecords", "List records of any object").with(LIST).answers::<AnyRecordPage>().by(list_records::list),
        post("/records/{object}", "createRecord", "New record of any object")
            .dry_runs()
            .takes::<AnyValues>()
            .creates::<AnyRecord>()
            .by(create_record::create),
        post("/records/{object}/batch", "batchRecords", "Many changes of records of any object")
            .dry_runs()
            .takes::<batch_records::BatchRequest>()
            .answers::<batch_records::BatchAnswer>()
            .by(batch_records::batch),
        post("/records/{object}/bulk", "bulkRecords", "One change of many records of any object")
            .dry_runs()
            .takes::<bulk_records::BulkRequest>()
            .answers::<bulk_records::BulkAnswer>()
            .by(bulk_records::bulk),
        get("/records/{object}/bulk/terms", "getBulkTerms", "How many records a change of all that match would meet")
            .with(&["filter", "q"])
            .answers::<bulk_records::BulkTerms>()
            .by(bulk_records::terms),
        get("/records/{object}/{id}", "getRecord", "One record of any object").with(READ).answers::<AnyRecord>().by(get_record::get),
        patch("/records/{object}/{id}", "updateRecord", "Change a record of any object")
            .with(UPDATE)
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyRecord>()
            .by(update_record::update),
        delete("/records/{object}/{id}", "deleteRecord", "Delete a record of any object").with(&["permanent"]).by(delete_record::delete),
        post("/records/{object}/{id}/restore", "restoreRecord", "Back from the recycle bin").answers::<AnyRecord>().by(restore_record::restore),
        post("/records/{object}/{id}/actions/{action}", "runRecordAction", "Run an action on a record")
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyJson>()
            .by(run_action::on_record),
        post("/records/{object}/actions/{action}", "runObjectAction", "Run an action of an object as a whole")
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyJson>()
            .by(run_action::on_object),
        post("/actions/{action}", "runAction", "Run an action that belongs to no object")
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyJson>()
            .by(run_action::on_nothing),
        get("/changes/{id}", "getChange", "How many records a change of one's own is about")
            .answers::<change_size::ChangeSize>()
            .by(change_size::get),
        get("/changes/{id}/undo", "getUndo", "How far taking a change back has come").answers::<UndoRun>().by(undo_change::get_undo),
        post("/changes/{id}/undo", "undoChange", "Take a change back").answers::<UndoAnswer>().or_begins::<UndoRun>().by(undo_change::undo_change),
    ]
}

/// Records that may mean the same.
pub(super) fn duplicates_of_records() -> Vec<Route> {
    vec![
        post("/records/{object}/duplicates/check", "checkDuplicates", "Likely duplicates of what is being entered")
            .takes::<duplicates::EnteredValues>()
            .answers::<duplicates::DuplicateCheck>()
            .by(duplicates::check),
        get("/records/{object}/duplicates", "listDuplicates", "Groups of records that may be one, the surest first")
            .with(&["group-state", "limit-100", "cursor"])
            .answers::<duplicate_review::DuplicateGroups>()
            .by(duplicate_review::list),
        post("/records/{object}/duplicates/decide", "decideDuplicates", "Say that records are not the same, or take that back")
            .takes::<duplicate_review::DuplicateVerdict>()
            .by(duplicate_review::decide),
        get("/records/{object}/duplicates/status", "getDuplicateStatus", "How it stands with the duplicates of an object")
            .answers::<duplicate_review::DuplicateStatus>()
            .by(duplicate_review::status),
        post("/records/{object}/duplicates/scan", "scanDuplicates", "Have all records of an object compared anew; administrators")
            .begins::<duplicate_review::DuplicateStatus>()
            .by(duplicate_review::scan),
        post("/records/{object}/duplicates/automatic", "setAutomaticMerging", "Let sure duplicates be merged by themselves, or not; administrators")
            .takes::<duplicate_review::AutomaticMerging>()
            .answers::<duplicate_review::DuplicateStatus>()
            .by(duplicate_review::automatic),
    ]
}

/// What records tell: groups, history, search, the feed; and what is known of addresses.
pub(super) fn reports() -> Vec<Route> {
    vec![
        get("/records/{object}/aggregate", "aggregate", "Groups and measures")
            .with(AGGREGATE)
            .answers::<AggregateAnswer>()
            .by(aggregate_records::aggregate),
        get("/records/{object}/{id}/history", "getHistory", "Every change of a record")
            .with(&["cursor", "limit-200"])
            .answers::<Page<record_history::HistoryEntry>>()
            .by(record_history::history),
        post("/records/{object}/{id}/versions/{version}/restore", "restoreRecordVersion", "Give a record back what it held in a version before")
            .answers::<restore_version::RestoredVersion>()
            .by(restore_version::restore),
        get("/records/{object}/{id}/timeline", "getTimeline", "Everything about a record")
            .with(&["kinds", "cursor", "limit-200"])
            .answers::<Page<record_timeline::TimelineEntry>>()
            .by(record_timeline::timeline),
        get("/search", "search", "Find records by words").with(&["q", "objects", "limit-50"]).answers::<search::SearchAnswer>().by(search::search),
        get("/calendar/busy", "getBusy", "When members and rooms are taken, to plan with them")
            .with(&["members", "resources", "span-from", "span-until", "except"])
            .answers::<busy::BusyAnswer>()
            .by(busy::get),
        get("/calendar/feeds/{secret}", "getCalendarFeed", "A member's calendar for calendar programs, by the secret in its address")
            .for_everyone()
            .answers_bytes(&[calendar_feed::MEDIA_TYPE])
            .by(calendar_feed::get),
        post("/calendar/import", "importCalendar", "Appointments out of another calendar's file")
            .with(&["preview"])
            .takes::<calendar_import::CalendarFile>()
            .answers::<calendar_import::CalendarImport>()
            .by(calendar_import::import),
        get("/workload", "getWorkload", "Who of some people has how much to do on which day")
            .with(&["members", "department", "team", "day", "days"])
            .answers::<workload::WorkloadBoard>()
            .by(workload::get),
        get("/divisions", "listDivisions", "Provinces, cities, districts and streets of China")
            .with(&["parent", "depth"])
            .answers::<Items<divisions::Division>>()
            .by(divisions::list),
        post("/addresses/split", "splitAddress", "The parts of an address written in one line")
            .takes::<split_address::AddressLine>()
            .answers::<split_address::AddressParts>()
            .by(split_address::split),
        get("/events", "listEvents", "Changes in order, resumable for ever")
            .with(&["after", "limit", "objects"])
            .answers::<events::EventPage>()
            .by(events::events),
        get("/events/stream", "streamEvents", "The same as server-sent events; the data of each is an Event")
            .with(&["after", "objects"])
            .answers_bytes(&["text/event-stream"])
            .by(event_stream::stream),
        get("/live", "openLive", "Open the socket of live news; its messages are LiveRequest and LiveMessage, as JSON text")
            .switches::<crate::live::FromClient, crate::live::ToClient>()
            .by(live::open),
    ]
}

/// Files: their bytes, versions and links.
pub(super) fn files() -> Vec<Route> {
    vec![
        post("/files", "uploadFile", "Upload a file")
            .with(&["content-disposition"])
            .takes_bytes()
            .creates::<upload_file::UploadedFile>()
            .by(upload_file::upload),
        get("/files/{id}", "downloadFile", "Its content").with(&["inline", "version"]).answers_bytes(&["*/*"]).by(download_file::download),
        get("/files/{id}/preview", "previewFile", "What a text, a table or a presentation says")
            .with(&["version", "sheet"])
            .answers::<FilePreview>()
            .by(file_preview::get),
        get("/files/{id}/versions", "listFileVersions", "What it holds and held, the newest first")
            .answers::<file_versions::FileVersions>()
            .by(file_versions::list),
        post("/files/{id}/versions", "replaceFile", "Another content for it; its id and what names it stay")
            .with(&["content-disposition"])
            .takes_bytes()
            .creates::<upload_file::UploadedFile>()
            .by(file_versions::add),
        post("/files/{id}/versions/{number}/restore", "restoreFileVersion", "Back to an older content")
            .answers::<upload_file::UploadedFile>()
            .by(file_versions::restore),
        get("/files/{id}/links", "listFileLinks", "Links that open it to whoever has them").answers::<file_links::FileLinks>().by(file_links::list),
        post("/files/{id}/links", "makeFileLink", "Make a link; it is told once")
            .takes::<file_links::WantedLink>()
            .creates::<file_links::MadeFileLink>()
            .by(file_links::make),
        delete("/files/{id}/links/{link}", "revokeFileLink", "Make a link void").by(file_links::revoke),
        post("/linked-file", "lookAtLinkedFile", "What a link opens")
            .takes::<linked_file::FileLinkToken>()
            .answers::<linked_file::LinkedFile>()
            .for_everyone()
            .by(linked_file::look),
        post("/linked-file/content", "downloadLinkedFile", "Its content, by a link")
            .takes::<linked_file::FileLinkToken>()
            .answers_bytes(&["*/*"])
            .for_everyone()
            .by(linked_file::content),
    ]
}
