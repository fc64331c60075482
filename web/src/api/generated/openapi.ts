// @generated from docs/openapi.json by "npm run generate"; never edited.
// Source: a1f6d9303745459a774c5da45854f42d9f17450a4cda7c612cecf1615463f0ea

export type Json = null | boolean | number | string | Json[] | {
    [key: string]: Json;
};
export interface paths {
    "/actions/{action}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run an action that belongs to no object */
        post: operations["runAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The parts of an address written in one line */
        post: operations["splitAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys of all members, for auditors */
        get: operations["listAllApiKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a key of any member */
        delete: operations["removeAnyApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what, newest first */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit log as CSV, oldest first */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the audit log is as it was written */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/forgotten": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a link to another password sent to an address */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For whom a link is */
        post: operations["lookAtLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in by a passkey alone */
        post: operations["signInByPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a passkey is asked to sign to sign in */
        post: operations["askForPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the password a link is for, and sign in */
        post: operations["choosePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/prove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove again who I am, before something sensitive */
        post: operations["proveIdentity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm by the password that the provider's account is mine */
        post: operations["confirmByPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/confirm/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm it by the link */
        post: operations["confirmByLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/confirm/mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a link sent to confirm it by */
        post: operations["confirmByMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in by what the provider sent the browser back with */
        post: operations["answerOfProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/{id}/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in by an identity provider */
        post: operations["beginAtProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/{id}/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An identity provider says, signed, that somebody signed out there */
        post: operations["signedOutAtProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/providers/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in by an account of a directory */
        post: operations["signInByDirectory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The second step of signing in */
        post: operations["presentSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What my passkeys are asked to sign */
        post: operations["askToSign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/step": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far this browser has come with signing in */
        get: operations["getStep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendar/busy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When members and rooms are taken, to plan with them */
        get: operations["getBusy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendar/feeds/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A member's calendar for calendar programs, by the secret in its address */
        get: operations["getCalendarFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendar/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Appointments out of another calendar's file */
        post: operations["importCalendar"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/changes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many records a change of one's own is about */
        get: operations["getChange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/changes/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far taking a change back has come */
        get: operations["getUndo"];
        put?: never;
        /** Take a change back */
        post: operations["undoChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/divisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Provinces, cities, districts and streets of China */
        get: operations["listDivisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enrichment/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own runs that are asking, or wait to be looked at */
        get: operations["listEnrichmentRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enrichment/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the answers of a run would change */
        get: operations["getEnrichmentRun"];
        put?: never;
        post?: never;
        /** Drop a run with what was answered */
        delete: operations["dropEnrichmentRun"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enrichment/runs/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write what was shown, as one change */
        post: operations["applyEnrichmentRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enrichment/sources/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep the secret a source is asked with */
        post: operations["setEnrichmentSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes in order, resumable for ever */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as server-sent events; the data of each is an Event */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your own exports that were made in the background, the latest first */
        get: operations["listExports"];
        put?: never;
        /** Make a file of records in the background; it is your own, for seven days */
        post: operations["beginExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an export has come */
        get: operations["getExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End it, and take its file away */
        post: operations["cancelExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its file, under the rights of now */
        get: operations["getExportFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/file-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much there may be of files, and what they may be */
        get: operations["getFilePolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change how much there may be of files, and what they may be */
        patch: operations["changeFilePolicy"];
        trace?: never;
    };
    "/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Upload a file */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its content */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Links that open it to whoever has them */
        get: operations["listFileLinks"];
        put?: never;
        /** Make a link; it is told once */
        post: operations["makeFileLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/links/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Make a link void */
        delete: operations["revokeFileLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a text, a table or a presentation says */
        get: operations["previewFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What it holds and held, the newest first */
        get: operations["listFileVersions"];
        put?: never;
        /** Another content for it; its id and what names it stay */
        post: operations["replaceFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/versions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Back to an older content */
        post: operations["restoreFileVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity-providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Identity providers members may sign in by */
        get: operations["listIdentityProviders"];
        put?: never;
        /** Set an identity provider up */
        post: operations["addIdentityProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity-providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an identity provider with all its bindings */
        delete: operations["removeIdentityProvider"];
        options?: never;
        head?: never;
        /** Change an identity provider */
        patch: operations["changeIdentityProvider"];
        trace?: never;
    };
    "/identity-providers/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask an identity provider whether it is there */
        post: operations["checkIdentityProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity-providers/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the organisation over from a directory */
        post: operations["runDirectorySync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity-providers/{id}/sync/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What taking the organisation over from a directory would do */
        post: operations["planDirectorySync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Imports, newest first: your own, all of them for administrators */
        get: operations["listImports"];
        put?: never;
        /** Upload a table to import */
        post: operations["uploadImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/from-rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rows of a program as an import */
        post: operations["pushImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mappings that can be used again: saved ones, and those for exports of other systems */
        get: operations["listImportMappings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/schedules/{id}/connection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The database that a regular import asks */
        post: operations["setImportConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/schedules/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fetch it now */
        post: operations["runImportSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a file that comes in pieces */
        post: operations["beginImportUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of it came */
        get: operations["getImportUpload"];
        put?: never;
        post?: never;
        /** Give it up */
        delete: operations["giveUpImportUpload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/uploads/{id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** All of it came: it becomes an import */
        post: operations["finishImportUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/uploads/{id}/pieces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Its next piece */
        post: operations["sendImportPiece"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an import has come */
        get: operations["getImport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End it */
        post: operations["cancelImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/guess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the columns of a table seem to be, in any object */
        get: operations["guessImport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Halt it; run goes on with it */
        post: operations["pauseImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an import would do */
        post: operations["planImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rows of an import with the records they led to */
        get: operations["listImportedRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/rejected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rows refused, with the reason */
        get: operations["getRejectedRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rows of an import that something is to be told of */
        get: operations["listImportRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/rows/{row}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** A row back to what the file says */
        delete: operations["resetImportRow"];
        options?: never;
        head?: never;
        /** Change cells of a row, or leave it out */
        patch: operations["fixImportRow"];
        trace?: never;
    };
    "/imports/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin it, go on with it, or try again what was refused */
        post: operations["runImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the first cells of a column become */
        post: operations["tryImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Background jobs, the latest first */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give all dead jobs, or those of a kind, another chance */
        post: operations["retryJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a dead job another chance */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/linked-file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link opens */
        post: operations["lookAtLinkedFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/linked-file/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Its content, by a link */
        post: operations["downloadLinkedFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open the socket of live news; its messages are LiveRequest and LiveMessage, as JSON text */
        get: operations["openLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change my name and preferences */
        patch: operations["changeMe"];
        trace?: never;
    };
    "/me/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My keys */
        get: operations["listApiKeys"];
        put?: never;
        /** Make a key; it is shown once */
        post: operations["addApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a key */
        delete: operations["removeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My second factors */
        get: operations["listFactors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/factors/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the browser needs to make a passkey */
        post: operations["newPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/factors/passkey/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the passkey the browser made */
        post: operations["confirmPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/factors/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A secret for an app that counts time */
        post: operations["newTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/factors/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the app up by its first code */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/factors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one of my factors */
        delete: operations["removeFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My accounts at identity providers */
        get: operations["listIdentities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to bind my account at a provider */
        post: operations["bindIdentity"];
        /** Sign in by my account at a provider no more */
        delete: operations["releaseIdentity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change my password */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The number my news are texted to */
        get: operations["getPhone"];
        put?: never;
        /** Have a code sent to a number of mine */
        post: operations["beginPhone"];
        /** Have nothing texted any more */
        delete: operations["removePhone"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/phone/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm the number by the code */
        post: operations["confirmPhone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a browser needs to show my news, and my browsers that do */
        get: operations["getPush"];
        put?: never;
        /** Have my news shown by this browser */
        post: operations["addPushSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/push/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The server's key for the browsers that show my news, made where there is none */
        post: operations["makePushKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/push/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Have my news shown by a browser no more */
        delete: operations["removePushSubscription"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Other recovery codes; they are shown once */
        post: operations["replaceRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My roles, where they come from, until when, and what they open */
        get: operations["getMyRights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where I am signed in */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /** End all my sessions but this one */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of my sessions */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/view": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Look with my own rights again */
        delete: operations["endView"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many records I may still open today, of each pool that counts them */
        get: operations["listViewsLeft"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/meta": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What there is: objects, fields, views and actions */
        get: operations["getMeta"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document, as far as the caller may know */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Industry packs: installed, offered, and those that cannot be read */
        get: operations["listPacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs/{pack}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them, with what it brings */
        get: operations["getPack"];
        put?: never;
        post?: never;
        /** Remove it with its records */
        delete: operations["removePack"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs/{pack}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Install it, or bring it to the version offered */
        post: operations["installPack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packs/{pack}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What installing, upgrading or removing it would do */
        post: operations["planPack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/protection-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be exported and how long the audit log is kept */
        get: operations["getProtectionPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what may be exported and how long the audit log is kept */
        patch: operations["changeProtectionPolicy"];
        trace?: never;
    };
    "/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the records of each object stand by the rules of quality */
        get: operations["listQuality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quality/{object}/fix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mend many records at once; with dry_run, what would change */
        post: operations["mendRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quality/{object}/judge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have all records of an object judged anew; administrators */
        post: operations["judgeRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quality/{object}/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the records of an object stand, by rule, department or owner */
        get: operations["getQuality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quality/{object}/trend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How quality went, day by day */
        get: operations["getQualityTrend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quality/{object}/worklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records that break rules of quality */
        get: operations["listFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List records of any object */
        get: operations["listRecords"];
        put?: never;
        /** New record of any object */
        post: operations["createRecord"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/actions/{action}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run an action of an object as a whole */
        post: operations["runObjectAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/aggregate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Groups and measures */
        get: operations["aggregate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Many changes of records of any object */
        post: operations["batchRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** One change of many records of any object */
        post: operations["bulkRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/bulk/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many records a change of all that match would meet */
        get: operations["getBulkTerms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Groups of records that may be one, the surest first */
        get: operations["listDuplicates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/duplicates/automatic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let sure duplicates be merged by themselves, or not; administrators */
        post: operations["setAutomaticMerging"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/duplicates/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Likely duplicates of what is being entered */
        post: operations["checkDuplicates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/duplicates/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that records are not the same, or take that back */
        post: operations["decideDuplicates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/duplicates/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have all records of an object compared anew; administrators */
        post: operations["scanDuplicates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/duplicates/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How it stands with the duplicates of an object */
        get: operations["getDuplicateStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records as a file */
        get: operations["exportRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/export/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many records an export would have, and what holds for it */
        get: operations["getExportTerms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One record of any object */
        get: operations["getRecord"];
        put?: never;
        post?: never;
        /** Delete a record of any object */
        delete: operations["deleteRecord"];
        options?: never;
        head?: never;
        /** Change a record of any object */
        patch: operations["updateRecord"];
        trace?: never;
    };
    "/records/{object}/{id}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a member may do with a record and why */
        get: operations["explainAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/actions/{action}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run an action on a record */
        post: operations["runRecordAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of a record */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a record is locked */
        get: operations["getRecordLock"];
        put?: never;
        /** Lock a record */
        post: operations["lockRecord"];
        /** Release a locked record */
        delete: operations["releaseRecord"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make one record of several; this one stays */
        post: operations["mergeRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/merges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The records that became part of this one */
        get: operations["listMerges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/provenance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the values of a record come from */
        get: operations["listProvenance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one record stands by the rules of quality */
        get: operations["getRecordQuality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Back from the recycle bin */
        post: operations["restoreRecord"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** With whom a record is shared */
        get: operations["listShares"];
        put?: never;
        /** Share a record */
        post: operations["addShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/shares/{kind}/{principal}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a share */
        delete: operations["removeShare"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything about a record */
        get: operations["getTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/versions/{version}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a record back what it held in a version before */
        post: operations["restoreRecordVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/records/{object}/{id}/viewers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may see a record and why */
        get: operations["listViewers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rights/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who holds which role, where, from when and until when */
        get: operations["listHolders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rights/holders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a file, by role held or by kind of record opened */
        get: operations["exportHolders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rights/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Who would gain or lose which records by a change of roles or sharing rules */
        post: operations["simulateRights"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All roles with their rights */
        get: operations["listRoles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change definitions */
        post: operations["applyDefinitions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Definitions of all objects */
        get: operations["listDefinitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/objects/{object}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Definition of one */
        get: operations["getDefinition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What changes of definitions would do */
        post: operations["planDefinitions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scim-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tokens of identity systems that keep members and teams */
        get: operations["listScimTokens"];
        put?: never;
        /** Make a token for an identity system; it is shown once */
        post: operations["addScimToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scim-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a token of an identity system */
        delete: operations["removeScimToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find records by words */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server still needs its first administrator */
        get: operations["getSetup"];
        put?: never;
        /** Make the first administrator */
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sharing-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All sharing rules */
        get: operations["listSharingRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sign-in-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How members sign in */
        get: operations["getSignInPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change how members sign in */
        patch: operations["changeSignInPolicy"];
        trace?: never;
    };
    "/sms-gateway": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The gateway text messages go through; administrators */
        get: operations["getSmsGateway"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the gateway text messages go through; administrators */
        patch: operations["changeSmsGateway"];
        trace?: never;
    };
    "/sms-gateway/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a trial by the gateway; administrators */
        post: operations["testSmsGateway"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sms-messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of text messages, the newest first; administrators */
        get: operations["listSmsMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invite many new members at once */
        post: operations["inviteMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/waiting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Members who have no password yet */
        get: operations["listWaiting"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A member's second factors */
        get: operations["listFactorsOf"];
        put?: never;
        post?: never;
        /** Take a member's factors from him */
        delete: operations["resetFactors"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A member's accounts at identity providers */
        get: operations["listIdentitiesOf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/identities/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Release a member's account at an identity provider */
        delete: operations["releaseIdentityOf"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invite a member, or let him choose another password */
        post: operations["makeLink"];
        /** Make a member's link void */
        delete: operations["revokeLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A member's roles and what they open */
        get: operations["getRightsOf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a member is signed in */
        get: operations["listSessionsOf"];
        put?: never;
        post?: never;
        /** End a member's sessions */
        delete: operations["endSessionsOf"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one session of a member */
        delete: operations["endSessionOf"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/view": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look with a member's rights */
        post: operations["beginView"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who of some people has how much to do on which day */
        get: operations["getWorkload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Settings of the company */
        get: operations["getWorkspace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change settings of the company */
        patch: operations["changeWorkspace"];
        trace?: never;
    };
    "/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Workspaces of this server */
        get: operations["listWorkspaces"];
        put?: never;
        /** Make a workspace */
        post: operations["addWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a workspace with everything in it */
        delete: operations["removeWorkspace"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A record because of which something is so. */
        AccessCause: {
            /** @description Its object. */
            object: string;
            /** @description The record; without a name where the caller may not see it. */
            record: components["schemas"]["Reference"];
        };
        /** @description What a member may do with a record and why. */
        AccessExplanation: {
            /** @description Actions on one record. */
            actions: components["schemas"]["ActionExplanation"][];
            /** @description Fields with less than everything. */
            fields: components["schemas"]["FieldExplanation"][];
            /** @description By verb. */
            verbs: components["schemas"]["VerbExplanation"][];
        };
        /** @description One rule that speaks of a record. */
        AccessReason: {
            /** @constant */
            kind: "administrator";
        } | {
            /** @description From the record's department up to the one by which the member reaches it; empty where it is not by a department. */
            departments: components["schemas"]["Reference"][];
            /** @constant */
            kind: "role";
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description The job post it comes with. */
            post?: components["schemas"]["Reference"] | null;
            /** @description The role. */
            role: string;
            /** @description Which records. */
            scope: components["schemas"]["RowScope"];
            /** @description It is held within departments only. */
            within: boolean;
        } | {
            /** @constant */
            kind: "given";
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description The role. */
            role: string;
        } | {
            /** @constant */
            kind: "sharing_rule";
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description The rule. */
            rule: string;
            /** @description By which entry of its audience. */
            through: components["schemas"]["AccessThrough"];
        } | {
            /** @description The circle. */
            circle: components["schemas"]["Reference"];
            /** @description He keeps it. */
            keeper: boolean;
            /** @constant */
            kind: "circle";
            /** @description Object of the circle. */
            object: string;
        } | {
            /** @constant */
            kind: "seen_with";
            /** @description Object of that record. */
            object: string;
            /** @description That record. */
            record: components["schemas"]["Reference"];
        } | {
            /** @description The record it ends with, such as a task. */
            because?: components["schemas"]["AccessCause"] | null;
            /** @constant */
            kind: "share";
            /** @description How much that gives. */
            level: components["schemas"]["ShareLevel"];
            /** @description What made it. */
            reason: string;
            /**
             * Format: date-time
             * @description When it ends; never where null.
             */
            until: string | null;
            /** @description With whom. */
            with: components["schemas"]["Principal"];
        } | {
            /** @description That record must be one he may change. */
            changing: boolean;
            /** @constant */
            kind: "follows";
            /** @description Object of that record. */
            object: string;
            /** @description It may be. */
            open: boolean;
            /** @description That record. */
            record: components["schemas"]["Reference"];
        } | {
            /** @constant */
            kind: "private";
        } | {
            /** @constant */
            kind: "file_held";
        } | {
            /** @description Who locked it. */
            by: components["schemas"]["Reference"];
            /** @constant */
            kind: "locked";
            /** @description Why. */
            reason: string;
            /**
             * Format: date-time
             * @description When that ends by itself; never where null.
             */
            until: string | null;
        } | {
            /** @constant */
            kind: "locked_by_state";
            /** @description Object of the record whose state it is. */
            object: string;
            /** @description That record. */
            record: components["schemas"]["Reference"];
            /** @description It is the record this one is part of. */
            through: boolean;
            /** @description The condition that holds. */
            when: string;
        } | {
            /** @constant */
            kind: "denied";
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description The role. */
            role: string;
        } | {
            /** @constant */
            kind: "not_readable";
        } | {
            /** @constant */
            kind: "not_changeable";
        } | {
            /** @constant */
            kind: "nothing_opens";
        };
        /** @description By which entry of its audience a sharing rule speaks to a member. */
        AccessThrough: {
            /** @constant */
            kind: "member";
        } | {
            /** @constant */
            kind: "role";
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
        } | {
            /** @constant */
            kind: "team";
            /** @description The team. */
            team: components["schemas"]["Reference"];
        } | {
            /** @description The department. */
            department: components["schemas"]["Reference"];
            /** @constant */
            kind: "department";
        };
        /** @description Why an action is closed. */
        ActionClosed: "not_readable" | "not_given" | "denied" | "locked" | "covered" | "state";
        /** @description Whether a member may run an action on a record. */
        ActionExplanation: {
            /** @description The action. */
            action: string;
            /** @description Whether it is open. */
            allowed: boolean;
            /** @description Why it is not. */
            closed?: components["schemas"]["ActionClosed"];
            /** @description Roles that deny it. */
            denied: components["schemas"]["NamedRole"][];
            /** @description Roles that give it. */
            given: components["schemas"]["NamedRole"][];
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
        };
        /** @description An action, for the caller. */
        ActionMeta: {
            /** @description Asks before it runs. */
            danger: boolean;
            /** @description What it does, one sentence. */
            help: components["schemas"]["Label"] | null;
            /** @description Icon name of the web app's set. */
            icon: string | null;
            /** @description What it takes. */
            input: components["schemas"]["FieldMeta"][];
            /** @description Button text. */
            label: components["schemas"]["Label"];
            /** @description Identifier, unique on its object. */
            name: string;
            /** @description Where it stands. */
            on: components["schemas"]["ActionPlace"];
            /** @description Shown as the main button. */
            primary: boolean;
            /** @description Expression over the record: shown when true. */
            visible_when?: string;
        };
        /** @description Where an action stands in the interface. */
        ActionPlace: "record" | "object" | "nothing";
        /** @description Who acted. */
        Actor: {
            /**
             * Format: uuid
             * @description The member; null for the system itself.
             */
            id: string | null;
            /** @description The name; null where the caller may not see it. */
            label: string | null;
        };
        /** @description A factor just set up. Who had to set one up before he was let in is in now, and is told who he is. */
        AddedFactor: {
            /** @description The navigation, as in `GET /meta`. */
            app?: components["schemas"]["NavigationGroup"][];
            /** @description What unsafe requests of this session repeat; null with an API key. */
            csrf_token?: string;
            /**
             * @description How close things stand.
             * @enum {string}
             */
            density?: "comfortable" | "compact";
            /**
             * Format: uuid
             * @description Id of the factor.
             */
            factor: string;
            /**
             * @description Language of the interface, and of texts the server writes.
             * @enum {string}
             */
            locale?: "zh-CN" | "en";
            /** @description Whatever the web app keeps. */
            preferences?: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @description Codes for when it is lost, with the first factor. They are not told again. */
            recovery_codes: string[] | null;
            /**
             * @description Colours of the interface.
             * @enum {string}
             */
            theme?: "light" | "dark" | "system";
            /** @description IANA name; his days begin here. */
            time_zone?: string;
            /** @description The member. */
            user?: components["schemas"]["MeUser"];
            /** @description The administrator who looks with this member's rights and can change nothing; absent where nobody does. */
            viewer?: components["schemas"]["MeViewer"];
            /** @description The company. */
            workspace?: components["schemas"]["MeWorkspace"];
        };
        Address: {
            city: string | null;
            country: string | null;
            district: string | null;
            postcode: string | null;
            province: string | null;
            street: string | null;
        };
        /** @description An address as people write it. */
        AddressLine: {
            /** @description At most 500 characters. */
            line: string;
        };
        /** @description What was found in a line; null is what was not. */
        AddressParts: {
            /** @description City. */
            city: string | null;
            /** @description Two-letter code. */
            country: string | null;
            /** @description District, county. */
            district: string | null;
            /** @description Postcode. */
            postcode: string | null;
            /** @description Province, state. */
            province: string | null;
            /** @description Street and number, and all that is none of the rest. */
            street: string | null;
        };
        /** @description The answer. */
        AggregateAnswer: {
            /** @description Groups in the order of their keys. */
            groups: components["schemas"]["Group"][];
            /** @description Whether there were more. */
            truncated: boolean;
        };
        /** @description An API key as its owner sees it; the secret is shown once, when it is made. */
        ApiKey: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What its owner called it. */
            name: string;
            /** @description What it has of its owner's rights; all of them where absent. */
            scope: components["schemas"]["KeyScope"] | null;
            /**
             * Format: date-time
             * @description When it was last used, to within an hour.
             */
            used_at: string | null;
        };
        /** @description Definitions as they are now. */
        AppliedSchema: {
            /**
             * Format: int64
             * @description Grows with each change.
             */
            schema_version: number;
        };
        /** @description Some members: whoever one of these names. */
        Audience: {
            /** @description Members of these departments and the ones below them. */
            departments?: string[];
            /** @description These members. */
            members?: string[];
            /** @description Holders of these roles. */
            roles?: string[];
            /** @description Members of these teams. */
            teams?: string[];
        };
        /** @description An entry of the audit log. */
        AuditEntry: {
            /** @description Who did it, by the name he had then. */
            actor: components["schemas"]["Actor"];
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uuid
             * @description The change it was.
             */
            change_id: string | null;
            /** @description What else is to be said. */
            detail: components["schemas"]["Json"];
            /** @description Object it was done to. */
            object: string | null;
            /**
             * Format: uuid
             * @description Record it was done to.
             */
            record: string | null;
            /**
             * Format: int64
             * @description How many records it was done to.
             */
            records: number;
            /** @description The request it came with. */
            request_id: string;
            /**
             * Format: int64
             * @description Place in the log.
             */
            seq: number;
            /** @description What was done: `create`, `sign_in`, `export`... */
            verb: string;
        };
        /** @description Whether groups are merged by themselves. */
        AutomaticMerging: {
            /**
             * Format: double
             * @description From which probability on, 0.99 to 1; null or absent: never.
             * @default null
             */
            at_least?: number | null;
        };
        /** @description What became of a batch. */
        BatchAnswer: {
            /**
             * Format: uuid
             * @description The change all of it is; undo it to take all of it back.
             */
            change_id: string;
            /**
             * Format: uint
             * @description Changes that were not.
             */
            failed: number;
            /** @description In the order of the operations. */
            results: components["schemas"]["BatchRow"][];
            /**
             * Format: uint
             * @description Changes carried out.
             */
            succeeded: number;
        };
        /** @description What becomes of the others when one change cannot be carried out. */
        BatchMode: "all_or_nothing" | "row_by_row";
        /** @description One change of a batch. */
        BatchOperation: {
            /** @constant */
            op: "create";
            /** @description Its fields. */
            values: components["schemas"]["RecordValues"];
        } | {
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @constant */
            op: "update";
            /** @description The fields that change. */
            values: components["schemas"]["RecordValues"];
            /**
             * Format: int64
             * @description The version the change is based on; whatever it is where absent.
             */
            version?: number | null;
        } | {
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @constant */
            op: "delete";
        } | {
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @constant */
            op: "restore";
        };
        /** @description Many changes. */
        BatchRequest: {
            /** @description What becomes of the others when one cannot be carried out. */
            mode: components["schemas"]["BatchMode"];
            /** @description In order, at most 10,000. */
            operations: components["schemas"]["BatchOperation"][];
        };
        /** @description What became of one operation. */
        BatchRow: {
            /**
             * Format: uuid
             * @description The record.
             */
            id?: string;
            /**
             * Format: uint
             * @description Which operation, from 0.
             */
            index: number;
            /** @description Why it was not carried out. */
            problem?: components["schemas"]["Problem"];
            /**
             * Format: int64
             * @description Its version now.
             */
            version?: number;
        };
        /** @description A run that was begun. */
        BegunSync: {
            /**
             * Format: uuid
             * @description The job; null where the same one waits already.
             */
            job: string | null;
        };
        /** @description A board: cards in columns by a select field. */
        BoardMeta: {
            /** @description Paths shown on a card, title first. */
            card: string[];
            /** @description The field whose options are the columns. */
            group_by: string;
            /** @description Action called on a drop; a plain update of `group_by` where null. */
            move_action: string | null;
            /** @description Sort within a column. */
            order: string | null;
            /** @description Field summed over a column. */
            sum: string | null;
        };
        /** @description A board: cards in columns by a select field. */
        BoardViewDefinition: {
            /** @description Paths shown on a card, title first. */
            card: string[];
            /** @description The select field whose options are the columns. */
            group_by: string;
            /** @description Action called on a drop; a plain update of `group_by` where absent. */
            move_action?: string;
            /** @description Sort within a column. */
            order?: string;
            /** @description Field summed over a column. */
            sum?: string;
        };
        /** @description A board: cards in columns by a select field. */
        BoardViewDefinitionInput: {
            /** @description Paths shown on a card, title first. */
            card: string[];
            /** @description The select field whose options are the columns. */
            group_by: string;
            /** @description Action called on a drop; a plain update of `group_by` where absent. */
            move_action?: string | null;
            /** @description Sort within a column. */
            order?: string | null;
            /** @description Field summed over a column. */
            sum?: string | null;
        };
        /** @description A pack that cannot be offered, and the first thing that is wrong with it. */
        BrokenPack: {
            /** @description The file, as it is called within the folder. */
            file: string;
            /** @description Its folder. */
            folder: string;
            /** @description The key; the line where no key is known. */
            key: string;
            /** @description What is wrong. */
            reason: components["schemas"]["Label"];
        };
        /** @description What became of a bulk change. */
        BulkAnswer: {
            /**
             * Format: uuid
             * @description The change all of it is; undo it to take all of it back.
             */
            change_id: string;
            /**
             * Format: uint
             * @description Records that were not.
             */
            failed: number;
            /** @description The first reasons. */
            problems: components["schemas"]["BulkProblem"][];
            /**
             * Format: uint
             * @description Records changed.
             */
            succeeded: number;
        };
        /** @description What is done to each record. */
        BulkChange: {
            update: components["schemas"]["RecordValues"];
        } | {
            add_tags: string[];
        } | {
            remove_tags: string[];
        } | {
            /** @constant */
            delete: true;
        } | {
            /** @constant */
            restore: true;
        };
        /** @description Why one record was not changed. */
        BulkProblem: {
            /**
             * Format: uuid
             * @description The record.
             */
            id: string | null;
            /** @description The reason. */
            problem: components["schemas"]["Problem"];
        };
        /** @description One change of many records, named by id or by filter. */
        BulkRequest: {
            /** @description What is done to each. */
            change: components["schemas"]["BulkChange"];
            /**
             * Format: uint64
             * @description Refused where the records are not so many.
             */
            expected_count?: number | null;
            /** @description All records this expression accepts. */
            filter?: string | null;
            /** @description These records; either this, or a filter or words. */
            ids?: string[] | null;
            /** @description All records these words find, as those of a list. */
            q?: string | null;
        };
        /** @description What holds for a bulk change before it is asked for. */
        BulkTerms: {
            /**
             * Format: uint64
             * @description Most records of one change.
             */
            most: number;
            /**
             * Format: uint64
             * @description Records it would meet now.
             */
            records: number;
        };
        /** @description Members and rooms, each with when they are taken. */
        BusyAnswer: {
            /** @description Of the members asked about those the caller may see, in the order asked. */
            members: components["schemas"]["BusySchedule"][];
            /** @description Likewise rooms, vehicles and equipment. */
            resources: components["schemas"]["BusySchedule"][];
        };
        /** @description When somebody or something is taken. */
        BusySchedule: {
            /** @description In the order of time. */
            busy: components["schemas"]["BusyTime"][];
            /** @description The member or room. */
            of: components["schemas"]["Reference"];
        };
        /** @description A time at which somebody is taken. */
        BusyTime: {
            /**
             * Format: uuid
             * @description The activity, where the caller may see it; what he may not see is run together.
             */
            activity?: string;
            /**
             * Format: date-time
             * @description Until then.
             */
            end: string;
            /**
             * @description `busy`: in something; `tentative`: asked, not answered for certain; `away`: on leave, travelling.
             * @enum {string}
             */
            kind: "busy" | "tentative" | "away";
            /**
             * Format: date-time
             * @description From then.
             */
            start: string;
        };
        /** @description What a calendar program may do with its owner's calendars. */
        CalDavScope: {
            /**
             * @description It is also shown the calendars of colleagues, teams and rooms, to read.
             * @default false
             */
            others: boolean;
            /**
             * @description It may also make, change and delete; otherwise it only reads.
             * @default false
             */
            write: boolean;
        };
        /** @description What a calendar program may do with its owner's calendars. */
        CalDavScopeInput: {
            /**
             * @description It is also shown the calendars of colleagues, teams and rooms, to read.
             * @default false
             */
            others?: boolean;
            /**
             * @description It may also make, change and delete; otherwise it only reads.
             * @default false
             */
            write?: boolean;
        };
        /** @description A file of another calendar. */
        CalendarFile: {
            /** @description Its text (iCalendar, RFC 5545). */
            ics: string;
            /**
             * Format: date
             * @description The last day up to which repeats are taken; needed where one has no end.
             */
            until?: string | null;
        };
        /** @description What is in a file and what becomes of it. */
        CalendarImport: {
            /** @description The events of the file, at most 200 of them. */
            events: components["schemas"]["ImportedEvent"][];
            /**
             * Format: uint
             * @description Those there already from an earlier import.
             */
            known: number;
            /**
             * Format: uint
             * @description Appointments made, or that would be.
             */
            made: number;
            /**
             * Format: uint
             * @description Those left out because something is wrong with them.
             */
            refused: number;
        };
        /** @description A calendar of records with a start. */
        CalendarMeta: {
            /** @description Values that a record made in the calendar starts with, by field. */
            begins_as: {
                [key: string]: string;
            };
            /** @description Select field that colours it. */
            color_by: string | null;
            /** @description Its end, where there is one. */
            end: string | null;
            /** @description Field of the members who take part, beside the owner. */
            people: string | null;
            /** @description Date or datetime field. */
            start: string;
            /** @description Path shown on the bar. */
            title: string;
        };
        /** @description A calendar of records with a start. */
        CalendarViewDefinition: {
            /** @description Values that a record made in the calendar starts with, by field. */
            begins_as?: {
                [key: string]: string;
            };
            /** @description Select field that colours it. */
            color_by?: string;
            /** @description Its end, where there is one. */
            end?: string;
            /** @description Field of many members who take part: their calendars show it beside the owner's. */
            people?: string;
            /** @description Date or datetime field. */
            start: string;
            /** @description Path shown on the bar. */
            title: string;
        };
        /** @description A calendar of records with a start. */
        CalendarViewDefinitionInput: {
            /** @description Values that a record made in the calendar starts with, by field. */
            begins_as?: {
                [key: string]: string;
            };
            /** @description Select field that colours it. */
            color_by?: string | null;
            /** @description Its end, where there is one. */
            end?: string | null;
            /** @description Field of many members who take part: their calendars show it beside the owner's. */
            people?: string | null;
            /** @description Date or datetime field. */
            start: string;
            /** @description Path shown on the bar. */
            title: string;
        };
        /** @description What became of a field. */
        Change: {
            /** @description The field. */
            field: string;
            /** @description Its value after. */
            new: components["schemas"]["Json"];
            /** @description Its value before. */
            old: components["schemas"]["Json"];
        };
        /** @description How large a change is. */
        ChangeSize: {
            /**
             * Format: uuid
             * @description The change.
             */
            change_id: string;
            /** @description Whether that is all; at least so many where not. */
            exact: boolean;
            /**
             * Format: uint64
             * @description Records it is about.
             */
            records: number;
        };
        /** @description What a member changes of himself; what is absent stays. */
        ChangedMe: {
            /**
             * @description How close things stand.
             * @enum {string|null}
             */
            density?: "comfortable" | "compact" | null;
            /**
             * @description Language.
             * @enum {string|null}
             */
            locale?: "zh-CN" | "en" | null;
            /** @description Name. */
            name?: string | null;
            /**
             * @description Whatever the web app wants to keep, 64 kB in all: entries named replace those of their name, null forgets one, the
             *     others stay.
             */
            preferences?: {
                [key: string]: components["schemas"]["Json"];
            } | null;
            /**
             * @description Colours.
             * @enum {string|null}
             */
            theme?: "light" | "dark" | "system" | null;
            /** @description IANA name. */
            time_zone?: string | null;
        };
        /** @description Another password for oneself. */
        ChangedPassword: {
            /** @description The one so far. */
            current: string;
            /** @description The one from now on. */
            new: string;
        };
        /** @description What is to be changed; what is not named stays. */
        ChangedProvider: {
            /** @description Whether members may sign in by it. */
            enabled?: boolean | null;
            /** @description What people know it as. */
            name?: string | null;
            /** @description Another secret; the empty text takes it away. */
            secret?: string | null;
            /** @description How it is asked. */
            settings?: components["schemas"]["ProviderSettingsInput"] | null;
        };
        /** @description What is changed of it; what is absent stays. */
        ChangedSmsGateway: {
            /** @description Where it listens: https. */
            address?: string | null;
            /** @description What it is sent. */
            body?: components["schemas"]["Json"] | null;
            /**
             * Format: uint32
             * @description Most messages of the workspace a day.
             */
            daily_cap?: number | null;
            /** @description Whether anything is sent. */
            enabled?: boolean | null;
            /** @description Header that carries the secret as it is; empty for none. */
            header?: string | null;
            /**
             * Format: uint32
             * @description Most messages to one member a day.
             */
            member_cap?: number | null;
            /** @description What messages are signed with. It is sealed and never told again. */
            secret?: string | null;
        };
        /** @description What an administrator changes of the settings; what is absent stays. */
        ChangedWorkspace: {
            /** @description ISO 4217 code of amounts that name none. */
            currency?: string | null;
            /** @description Name of the company, at most 200 characters. */
            name?: string | null;
            /** @description ISO 3166 code of two letters, for national phone forms. */
            region?: string | null;
            /** @description IANA name; days of reports begin here. */
            time_zone?: string | null;
        };
        /** @description What a provider says of itself. */
        CheckedProvider: {
            /** @description Where people are sent to. */
            authorization: string;
            /**
             * Format: uint
             * @description How many keys it signs with.
             */
            keys: number;
            /** @constant */
            kind: "oidc";
            /** @description It can sign people out. */
            signs_out: boolean;
        } | {
            /** @constant */
            kind: "ldap";
            /** @description There are more than were counted. */
            more: boolean;
            /**
             * Format: uint64
             * @description How many people were found.
             */
            people: number;
        };
        /** @description A password chosen by a link. */
        ChosenPassword: {
            /** @description The password. */
            password: string;
            /** @description What stands in the link. */
            token: string;
        };
        /** @description Who belongs to a circle, by the names of its object's fields, and what is covered of the records that lie in it. */
        CircleDefinition: {
            /**
             * @description How many different records lying in it each of its members may open in a day (`number`; any number where it is
             *     empty). Of such records only `in_circle.open_to_see` is shown until one is opened.
             */
            daily_views?: string;
            /** @description Departments whose members belong to it, with those below (`many_to_many` to departments). */
            departments?: string;
            /** @description Names of the fields that are hidden of what lies in it (`multi_select`). */
            hidden?: string;
            /** @description Members who look after it (`many_to_many` to members): they see what lies in it whole, and change and assign it. */
            keepers: string;
            /** @description Where it is said otherwise for single members and for roles. */
            limits?: components["schemas"]["CircleLimits"];
            /** @description Names of the fields that are masked of what lies in it (`multi_select`). */
            masked?: string;
            /** @description Members who belong to it (`many_to_many` to members). */
            members: string;
            /** @description Expression over the circle: only while it holds do others than its keepers see what lies in it. */
            open_when?: string;
            /** @description Roles whose holders belong to it (`multi_select`). */
            roles?: string;
        };
        /** @description Who belongs to a circle, by the names of its object's fields, and what is covered of the records that lie in it. */
        CircleDefinitionInput: {
            /**
             * @description How many different records lying in it each of its members may open in a day (`number`; any number where it is
             *     empty). Of such records only `in_circle.open_to_see` is shown until one is opened.
             */
            daily_views?: string | null;
            /** @description Departments whose members belong to it, with those below (`many_to_many` to departments). */
            departments?: string | null;
            /** @description Names of the fields that are hidden of what lies in it (`multi_select`). */
            hidden?: string | null;
            /** @description Members who look after it (`many_to_many` to members): they see what lies in it whole, and change and assign it. */
            keepers: string;
            /** @description Where it is said otherwise for single members and for roles. */
            limits?: components["schemas"]["CircleLimits"] | null;
            /** @description Names of the fields that are masked of what lies in it (`multi_select`). */
            masked?: string | null;
            /** @description Members who belong to it (`many_to_many` to members). */
            members: string;
            /** @description Expression over the circle: only while it holds do others than its keepers see what lies in it. */
            open_when?: string | null;
            /** @description Roles whose holders belong to it (`multi_select`). */
            roles?: string | null;
        };
        /**
         * @description Another object whose records say for one member or one role how many records lying in a circle may be opened in a day, by the
         *     names of its fields. A member's own come first; of those of his roles the most generous holds.
         */
        CircleLimits: {
            /** @description The reference to the circle. */
            circle: string;
            /** @description How many different records in a day (`number`); as many as the circle says where it is empty. */
            daily_views: string;
            /** @description There is no limit (`boolean`). */
            exempt: string;
            /** @description The member (`user`). */
            member: string;
            /** @description The object. */
            object: string;
            /** @description Or the role (`select`). */
            role: string;
        };
        /** @description What a compared field holds: decides how far two values agree, and what agreement is worth. */
        CompareAs: "person_name" | "surname" | "given_name" | "company" | "phone" | "email" | "address" | "house_number" | "place" | "date" | "postcode" | "id" | "category" | "text";
        /** @description A field that stands for one of another object. */
        ComparedAcross: {
            /** @description Name of the field. */
            field: string;
            /** @description Name of the other object's field, one of those its records are compared by. */
            is: string;
        };
        /** @description A field that is compared to find records that mean the same. */
        ComparedField: {
            /** @description What it holds, where its type does not say it well enough (the name of a company in a text). */
            as?: components["schemas"]["CompareAs"];
            /** @description Name of the field. */
            field: string;
        };
        /** @description A field that is compared to find records that mean the same. */
        ComparedFieldInput: {
            /** @description What it holds, where its type does not say it well enough (the name of a company in a text). */
            as?: components["schemas"]["CompareAs"] | null;
            /** @description Name of the field. */
            field: string;
        };
        /** @description Another object whose records may mean the same, and what of the two is compared. */
        ComparedObject: {
            /** @description What of this object stands for what of the other. Several may stand for one: each is tried. */
            fields: components["schemas"]["ComparedAcross"][];
            /** @description The other object; it says by `duplicates` what its records are compared by. */
            object: string;
        };
        /** @description It must be confirmed that the provider's account is this member's. */
        Confirmation: {
            /** @description A link can be sent to the address to confirm by. */
            by_mail: boolean;
            /** @description The member has a password to confirm by. */
            by_password: boolean;
            /** @description Goes with the confirmation. */
            confirm: string;
            /** @description The member's address, which the provider vouches for. */
            email: string;
            /** @description The provider's name. */
            provider: string;
        };
        /** @description A number of records. */
        Count: {
            /** @description Whether that is all. */
            exact: boolean;
            /**
             * Format: uint64
             * @description How many; at least so many, where that is not all.
             */
            value: number;
        };
        /** @description Credentials. */
        Credentials: {
            /** @description The member's e-mail address. */
            email: string;
            /** @description The password. */
            password: string;
        };
        /** @description What a role denies. */
        DenyRights: {
            /** @description Actions refused. */
            actions?: string[];
            /** @description Records that may not be deleted or restored. */
            delete?: components["schemas"]["RowScope"];
            /** @description The most that may be done with single fields. */
            fields?: {
                [key: string]: components["schemas"]["FieldRight"];
            };
            /** @description Records that may not be seen (nor changed, nor deleted). */
            read?: components["schemas"]["RowScope"];
            /** @description Records that may not be changed. */
            update?: components["schemas"]["RowScope"];
            /** @description Verbs refused on every record: `create`, `import`, `export`, `bulk`, `share`, `assign`, `lock`. */
            verbs?: string[];
        };
        /** @description An account of a directory. */
        DirectoryCredentials: {
            /** @description What people type as their account there. */
            login: string;
            /** @description The password there. */
            password: string;
        };
        /** @description A part of China. */
        Division: {
            /** @description Official code: 2, 4, 6 or 9 digits. */
            code: string;
            /** @description What stands directly below, as deep as was asked for. */
            items?: components["schemas"]["Division"][];
            /**
             * @description How deep it stands.
             * @enum {string}
             */
            level: "province" | "city" | "district" | "street";
            /** @description Name. */
            name: string;
            /** @description Syllables of the name, separated by spaces. */
            pinyin: string;
        };
        /** @description What a request would do. */
        DryRun: {
            /** @description Nothing is wrong with it. */
            ok: boolean;
            /** @description What is wrong; `row` says with which record where there are several. */
            problems: components["schemas"]["FieldError"][];
            /** @description The record as it would be, without what only the database knows; where there is only one. */
            record?: components["schemas"]["RecordValues"];
        };
        /** @description A likely duplicate. */
        DuplicateCandidate: components["schemas"]["VisibleDuplicate"] | components["schemas"]["HiddenDuplicate"];
        /** @description Likely duplicates of what is being entered. */
        DuplicateCheck: {
            /** @description The likeliest first, five at most of each object. */
            candidates: components["schemas"]["DuplicateCandidate"][];
            /** @description False while records of one of the objects are still being read: ask again in some seconds. */
            ready: boolean;
        };
        /** @description Records that may be one. */
        DuplicateGroup: {
            /**
             * Format: double
             * @description How sure it is that they are one, 0 to 1: as the least sure of them.
             */
            certainty: number;
            /** @description Its name, as long as it stands. */
            group: string;
            /** @description Their pairs, the surest first. */
            pairs: components["schemas"]["DuplicatePair"][];
            /** @description Those the caller may see, the oldest first: what is compared and what the first list shows. */
            records: components["schemas"]["Record"][];
        };
        /** @description A page of groups. */
        DuplicateGroups: {
            /** @description How many there are. */
            count: components["schemas"]["Count"];
            /** @description The surest first. */
            items: components["schemas"]["DuplicateGroup"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
        };
        /** @description Two records that may be one. */
        DuplicatePair: {
            /**
             * Format: date-time
             * @description When.
             */
            decided_at?: string;
            /** @description Who said that they are not. */
            decided_by?: components["schemas"]["Actor"];
            /** @description Sure enough to be merged without a look. */
            is_automatic: boolean;
            /**
             * Format: uuid
             * @description The older of the two.
             */
            left: string;
            /**
             * Format: double
             * @description How sure it is that they are one, 0 to 1.
             */
            probability: number;
            /** @description What speaks for it and against it, strongest first. */
            reasons: components["schemas"]["DuplicateReason"][];
            /**
             * Format: uuid
             * @description The other one.
             */
            right: string;
        };
        /** @description How far a search has come. */
        DuplicateProgress: {
            /**
             * Format: uint64
             * @description Steps done.
             */
            done: number;
            /**
             * Format: uint64
             * @description Of so many.
             */
            total: number;
        };
        /** @description What one field says of two records. */
        DuplicateReason: {
            /**
             * @description How far the values agree.
             * @enum {string}
             */
            agreement: "equal" | "same_sound" | "swapped" | "ending" | "near" | "beginning" | "similar" | "part" | "different";
            /**
             * Format: double
             * @description Bits it adds, negative where it speaks against.
             */
            bits: number;
            /** @description The field. */
            field: string;
            /** @description The part of it that was compared (a city, a surname); null for the whole. */
            part: string | null;
            /**
             * @description Set where the value is much rarer or more common than others.
             * @enum {string|null}
             */
            rarity: "rare" | "common" | null;
        };
        /** @description How it stands with the duplicates of an object. */
        DuplicateStatus: {
            /**
             * Format: double
             * @description From which probability on groups are merged by themselves, 0 to 1; null where never.
             */
            automatic: number | null;
            /**
             * Format: uint64
             * @description Pairs somebody said are not the same, likewise.
             */
            different: number;
            /** @description The caller may have all compared anew. */
            may_scan: boolean;
            /**
             * Format: uint64
             * @description Groups nobody has decided, in whoever's sight; 1000 for more.
             */
            open: number;
            /** @description How far a search has come that runs. */
            progress: components["schemas"]["DuplicateProgress"] | null;
            /**
             * Format: uint64
             * @description Records there were then.
             */
            records: number;
            /**
             * Format: date-time
             * @description When the last one came to its end; what came or changed since is compared as it comes.
             */
            scanned_at: string | null;
            /**
             * @description Whether all records were ever compared, are now, or could not be.
             * @enum {string}
             */
            state: "never" | "running" | "ready" | "failed";
        };
        /** @description What is said of some pairs. */
        DuplicateVerdict: {
            /** @description Each two ids, 500 pairs at most. */
            pairs: string[][];
            /** @description What is said of them. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description How a connection to a directory is kept from others' eyes. */
        Encryption: "tls" | "start_tls" | "none";
        /** @description Sessions that were ended. */
        EndedSessions: {
            /**
             * Format: uint64
             * @description How many.
             */
            ended: number;
        };
        /** @description What becomes of a field. */
        EnrichedField: {
            /** @description Its value then. */
            after: components["schemas"]["Json"];
            /** @description Its value now. */
            before: components["schemas"]["Json"];
            /** @description The field. */
            field: string;
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
        };
        /** @description What stands with one record of a run. */
        EnrichmentAnswerState: "waiting" | "asked" | "answered" | "nothing" | "withheld" | "failed";
        /** @description What is to be written. */
        EnrichmentConsent: {
            /** @description `digest` of what was shown. */
            digest: string;
            /**
             * @description Records that stay as they are.
             * @default []
             */
            leave_out?: string[];
        };
        /** @description What was written. */
        EnrichmentDone: {
            /**
             * Format: uuid
             * @description The change all of it is; undo it to take all of it back.
             */
            change_id: string;
            /**
             * Format: uint
             * @description Records changed.
             */
            changed: number;
            /** @description The first reasons why records did not change. */
            problems: components["schemas"]["EnrichmentProblem"][];
            /**
             * Format: uint
             * @description Records something forbade.
             */
            refused: number;
            /**
             * Format: uuid
             * @description The run in which they wait, to be looked at again.
             */
            rest: string | null;
        };
        /** @description Why one record did not change. */
        EnrichmentProblem: {
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @description The reason. */
            problem: components["schemas"]["Problem"];
        };
        /** @description What would become of a record. */
        EnrichmentProposal: {
            /** @description Field by field. */
            changes: components["schemas"]["EnrichedField"][];
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @description What forbids it, or does not fit. */
            problems: components["schemas"]["FieldError"][];
            /**
             * @description Why it was withheld: `no_key`, `gone`, `rights`, `no_purpose`, or the word against it (`no_consent`, `objected`, ...); why it
             *     failed, in the caller's language.
             */
            reason: string | null;
            /** @description What stands with it. */
            state: components["schemas"]["EnrichmentAnswerState"];
            /** @description Its title as the caller sees it. */
            title: string | null;
            /** @description Fields that stay because somebody typed what they hold, with what was answered. */
            typed: components["schemas"]["EnrichedField"][];
        };
        /** @description A run. */
        EnrichmentRun: {
            /**
             * Format: uuid
             * @description The change it was written as.
             */
            change_id: string | null;
            /**
             * Format: uint
             * @description Those that would change.
             */
            changed: number;
            /** @description To be sent to write it; empty while it is asking. */
            digest: string;
            /**
             * Format: uint64
             * @description Records there is an answer about, of whatever kind, of all.
             */
            done: number;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Record by record; empty while it is asking. */
            items: components["schemas"]["EnrichmentProposal"][];
            /** @description Object of the records. */
            object: string;
            /** @description The source, by name. */
            source: string | null;
            /** @description How far it has come. */
            state: components["schemas"]["EnrichmentState"];
            /**
             * Format: uint64
             * @description Records of the run.
             */
            total: number;
        };
        /** @description A run that is asking, or waits to be looked at. */
        EnrichmentRunUnderWay: {
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description Records there is an answer about, of whatever kind, of all.
             */
            done: number;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Object of the records. */
            object: string;
            /**
             * Format: uuid
             * @description Id of the source.
             */
            source: string;
            /** @description How far it has come. */
            state: components["schemas"]["EnrichmentState"];
            /**
             * Format: uint64
             * @description Records of the run.
             */
            total: number;
        };
        /** @description One's own runs. */
        EnrichmentRuns: {
            /** @description The newest first. */
            items: components["schemas"]["EnrichmentRunUnderWay"][];
        };
        /** @description What a source is asked with. */
        EnrichmentSecret: {
            /** @description Content of the header, such as `Bearer abc`; null takes it away. It is sealed and never told again. */
            secret?: string | null;
        };
        /** @description How far a run has come. */
        EnrichmentState: "asking" | "ready" | "applied";
        /** @description Values that are being entered. */
        EnteredValues: {
            /**
             * Format: uuid
             * @description The record they are of, where there is one already: it is no duplicate of itself, and its other values count too.
             * @default null
             */
            id?: string | null;
            /** @description Values by field, as for a new record. One that is wrong counts as not entered yet. */
            values: components["schemas"]["RecordValues"];
        };
        /** @description Something that happened. */
        Event: {
            /** @description Who did it. */
            actor: components["schemas"]["Actor"];
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uuid
             * @description The change it was part of.
             */
            change_id: string;
            /** @description Fields that changed, in the order of the object. */
            changes: components["schemas"]["Change"][];
            /**
             * Format: uuid
             * @description The record.
             */
            id: string | null;
            /** @description `object.verb_past`. */
            kind: string;
            /** @description Object. */
            object: string;
            /**
             * Format: int64
             * @description Place in the order of the workspace.
             */
            seq: number;
            /**
             * Format: int64
             * @description Its version after.
             */
            version: number;
        };
        /** @description An export as its member is told of it. */
        Export: {
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description Records written.
             */
            done: number;
            /**
             * Format: date-time
             * @description Until when the file can be fetched; null where there is none.
             */
            expires_at: string | null;
            /** @description Why there will be no file. */
            failure: string | null;
            /** @description Name of the file. */
            file_name: string;
            /** @description Kind of file. */
            format: components["schemas"]["ExportFormat"];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Of which object. */
            object: string;
            /**
             * Format: uint64
             * @description Records there are; those of the file once it is made.
             */
            records: number;
            /**
             * Format: uint64
             * @description Bytes of the file; null before it is made.
             */
            size: number | null;
            /** @description How far it has come. */
            state: components["schemas"]["ExportState"];
        };
        /**
         * @description What kind of file.
         * @enum {string}
         */
        ExportFormat: "csv" | "xlsx" | "json";
        /** @description How far an export has come. */
        ExportState: "waiting" | "running" | "ready" | "failed" | "cancelled" | "expired";
        /** @description What holds for an export before it begins. */
        ExportTerms: {
            /**
             * Format: uint64
             * @description More than so many are better asked for with `POST /exports`, which makes the file in the background.
             */
            background_above: number;
            /**
             * Format: uint64
             * @description The most the caller may export at once; any number where null.
             */
            most: number | null;
            /** @description So many are exported only with a reason. */
            reason_needed: boolean;
            /**
             * Format: uint64
             * @description Records in it now.
             */
            records: number;
        };
        /** @description A second factor, without its secret. */
        Factor: {
            /**
             * Format: date-time
             * @description When it was set up.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["FactorKind"];
            /** @description What its owner calls it. */
            name: string;
            /**
             * Format: date-time
             * @description When it was last used.
             */
            used_at: string | null;
        };
        /** @description Kinds of factors. */
        FactorKind: "totp" | "passkey";
        /** @description Whose value a field has afterwards. */
        FieldChoice: {
            /**
             * Format: uuid
             * @description The record whose value it is; null where all are empty, or what all of them link to is put together.
             */
            chosen: string | null;
            /** @description Two of them say different things. */
            differs: boolean;
            /** @description The caller may choose another one. */
            may_choose: boolean;
            /** @description The field. */
            name: string;
        };
        /** @description A field that two changed at once. */
        FieldConflict: {
            /** @description What it held when the caller began; null where it was empty, or that is not known. */
            base: components["schemas"]["Json"];
            /** @description The field. */
            field: string;
            /** @description What the caller makes of it. */
            mine: components["schemas"]["Json"];
            /** @description What others made of it. */
            theirs: components["schemas"]["Json"];
        };
        /** @description One field of an object. Which keys apply depends on `type`; a key that does not apply is refused when the schema is built. */
        FieldDefinition: {
            /** @description Value of a new record, in the JSON form of the type; the text `"@today"`, `"@now"`, `"@me"`, `"@my_department"` are understood where the type fits. */
            default?: components["schemas"]["Json"];
            /** @description Expression of a `formula`; deterministic, over this record's own fields. */
            expression?: string;
            /** @description The one form a `text` is written in, however it is entered: the name of a company, a number with a check digit. */
            form?: components["schemas"]["TextForm"];
            /** @description Help shown beside the input. */
            help?: components["schemas"]["Label"];
            /** @description Gets an index, and with it sorting. */
            indexed?: boolean;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /**
             * Format: double
             * @description Largest value (numbers), inclusive.
             */
            max?: number;
            /**
             * Format: uint32
             * @description Longest text in characters (text 255 unless said, long text 65,536).
             */
            max_length?: number;
            /**
             * Format: double
             * @description Smallest value (numbers), inclusive.
             */
            min?: number;
            /** @description Identifier, `[a-z][a-z0-9_]{0,39}`, no double underscore. */
            name: string;
            /** @description Pattern of an auto-number: `"C{yyyy}{mm}-{00000}"`. */
            number_format?: string;
            /** @description Expression over the records referred to (`reference`, `many_to_many`): only those it accepts are offered to choose from. */
            offered_when?: string;
            /** @description What happens to this record when the one referred to is deleted. */
            on_delete?: components["schemas"]["OnDelete"];
            /** @description Of the choices of another field, only those that are no end state. */
            open_options?: boolean;
            /** @description Choices of `select` and `multi_select`. */
            options?: components["schemas"]["OptionDefinition"][];
            /** @description Where the choices come from, if not from `options`. */
            options_from?: components["schemas"]["OptionSource"];
            /** @description The field, `object.field`, whose choices this one offers: those added there are offered here at once. */
            options_of?: string;
            /** @description Regular expression the whole text matches (linear-time engine). */
            pattern?: string;
            /** @description Set only by the engine, hooks and actions. */
            read_only?: boolean;
            /** @description Expression: not editable when true. */
            read_only_when?: string;
            /** @description Must have a value. */
            required?: boolean;
            /** @description Expression: required when true. */
            required_when?: string;
            /** @description Result type of a `formula`: text, number, decimal, boolean, date, datetime or duration. */
            result?: components["schemas"]["FieldKind"];
            /** @description What a `rollup` computes. */
            rollup?: components["schemas"]["RollupDefinition"];
            /**
             * Format: uint32
             * @description Digits after the point (`decimal` 0-6, default 2; `money` and `percent` 2).
             */
            scale?: number;
            /** @description Its words are found by search. */
            searchable?: boolean;
            /** @description Object referred to (`reference`, `many_to_many`). */
            target?: string;
            /** @description The field type. */
            type: components["schemas"]["FieldKind"];
            /** @description No two live records share a value. */
            unique?: boolean;
            /** @description Expression: shown when true. */
            visible_when?: string;
        };
        /** @description One field of an object. Which keys apply depends on `type`; a key that does not apply is refused when the schema is built. */
        FieldDefinitionInput: {
            /** @description Value of a new record, in the JSON form of the type; the text `"@today"`, `"@now"`, `"@me"`, `"@my_department"` are understood where the type fits. */
            default?: components["schemas"]["Json"];
            /** @description Expression of a `formula`; deterministic, over this record's own fields. */
            expression?: string | null;
            /** @description The one form a `text` is written in, however it is entered: the name of a company, a number with a check digit. */
            form?: components["schemas"]["TextForm"] | null;
            /** @description Help shown beside the input. */
            help?: components["schemas"]["Label"] | null;
            /** @description Gets an index, and with it sorting. */
            indexed?: boolean;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /**
             * Format: double
             * @description Largest value (numbers), inclusive.
             */
            max?: number | null;
            /**
             * Format: uint32
             * @description Longest text in characters (text 255 unless said, long text 65,536).
             */
            max_length?: number | null;
            /**
             * Format: double
             * @description Smallest value (numbers), inclusive.
             */
            min?: number | null;
            /** @description Identifier, `[a-z][a-z0-9_]{0,39}`, no double underscore. */
            name: string;
            /** @description Pattern of an auto-number: `"C{yyyy}{mm}-{00000}"`. */
            number_format?: string | null;
            /** @description Expression over the records referred to (`reference`, `many_to_many`): only those it accepts are offered to choose from. */
            offered_when?: string | null;
            /** @description What happens to this record when the one referred to is deleted. */
            on_delete?: components["schemas"]["OnDelete"];
            /** @description Of the choices of another field, only those that are no end state. */
            open_options?: boolean;
            /** @description Choices of `select` and `multi_select`. */
            options?: components["schemas"]["OptionDefinitionInput"][];
            /** @description Where the choices come from, if not from `options`. */
            options_from?: components["schemas"]["OptionSource"] | null;
            /** @description The field, `object.field`, whose choices this one offers: those added there are offered here at once. */
            options_of?: string | null;
            /** @description Regular expression the whole text matches (linear-time engine). */
            pattern?: string | null;
            /** @description Set only by the engine, hooks and actions. */
            read_only?: boolean;
            /** @description Expression: not editable when true. */
            read_only_when?: string | null;
            /** @description Must have a value. */
            required?: boolean;
            /** @description Expression: required when true. */
            required_when?: string | null;
            /** @description Result type of a `formula`: text, number, decimal, boolean, date, datetime or duration. */
            result?: components["schemas"]["FieldKind"] | null;
            /** @description What a `rollup` computes. */
            rollup?: components["schemas"]["RollupDefinitionInput"] | null;
            /**
             * Format: uint32
             * @description Digits after the point (`decimal` 0-6, default 2; `money` and `percent` 2).
             */
            scale?: number | null;
            /** @description Its words are found by search. */
            searchable?: boolean;
            /** @description Object referred to (`reference`, `many_to_many`). */
            target?: string | null;
            /** @description The field type. */
            type: components["schemas"]["FieldKind"];
            /** @description No two live records share a value. */
            unique?: boolean;
            /** @description Expression: shown when true. */
            visible_when?: string | null;
        };
        /** @description One thing wrong with one field. */
        FieldError: {
            /** @description Stable code. */
            code: string;
            /** @description Field, path, parameter or header; empty where it is about the whole. */
            field: string;
            /** @description What is wrong and what to do. */
            message: string;
            /**
             * Format: uint
             * @description Which of several records, from 0.
             */
            row?: number;
        };
        /** @description What may be done with a field. */
        FieldExplanation: {
            /** @description The circle the record lies in covers it. */
            covered: boolean;
            /** @description Its name. */
            field: string;
            /** @description Why it cannot be changed now though it might be in another state. */
            frozen: components["schemas"]["Freezing"][];
            /** @description Shown whole on the record's page, covered elsewhere. */
            masked_in_lists: boolean;
            /** @description The right, all roles together. */
            right: components["schemas"]["FieldRight"];
            /** @description What each role says. */
            roles: components["schemas"]["RoleOnField"][];
        };
        /** @description What a member may do with a field, before and after. */
        FieldImpact: {
            /** @description After. */
            after: components["schemas"]["FieldRight"];
            /** @description Before. */
            before: components["schemas"]["FieldRight"];
            /** @description The field. */
            field: string;
            /**
             * Format: uint
             * @description How many of the members counted this holds for.
             */
            members: number;
            /** @description The object. */
            object: string;
        };
        /**
         * @description The type of a field. One file in `kernel/src/fields/` and one folder in `web/src/fields/` each.
         * @enum {string}
         */
        FieldKind: "text" | "long_text" | "rich_text" | "number" | "decimal" | "money" | "percent" | "boolean" | "date" | "datetime" | "duration" | "select" | "multi_select" | "email" | "phone" | "url" | "address" | "person_name" | "tags" | "reference" | "record" | "many_to_many" | "user" | "department" | "file" | "image" | "auto_number" | "geo" | "json" | "formula" | "rollup";
        /** @description A field, for the caller. */
        FieldMeta: {
            /** @description It follows from other values. */
            computed: boolean;
            /** @description ISO 4217 code of amounts that name none. */
            currency?: string;
            /** @description Fields of the record whose currency a formula's amount is in; where they disagree it is in none. */
            currency_of?: string[];
            /** @description The workspace's own. */
            custom: boolean;
            /** @description Value of a new record; `"@today"`, `"@now"`, `"@me"`, `"@my_department"` stand for what they say. */
            default: components["schemas"]["Json"];
            /** @description Expression of a formula. */
            expression?: string;
            /** @description Expressions can name it. */
            filterable: boolean;
            /** @description Records can be grouped by it. */
            groupable: boolean;
            /** @description Help shown beside the input. */
            help: components["schemas"]["Label"] | null;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Where most of the value is covered for the caller; nowhere where null. */
            masked: components["schemas"]["MaskedWhere"] | null;
            /**
             * Format: double
             * @description Largest value, inclusive.
             */
            max?: number;
            /**
             * Format: uint32
             * @description Longest text in characters.
             */
            max_length?: number;
            /**
             * Format: double
             * @description Smallest value, inclusive.
             */
            min?: number;
            /** @description Identifier. */
            name: string;
            /** @description Pattern of an auto-number. */
            number_format?: string;
            /** @description Expression over the records referred to: only those it accepts are offered to choose from. */
            offered_when?: string;
            /** @description Choices. */
            options?: components["schemas"]["OptionMeta"][];
            /** @description The field, `object.field`, whose choices these are, where they are another's. */
            options_of?: string;
            /** @description The industry pack that brought it. */
            pack?: string;
            /** @description Regular expression the whole text matches. */
            pattern?: string;
            /** @description The caller cannot set it. */
            read_only: boolean;
            /** @description Expression: not editable when true. */
            read_only_when?: string;
            /** @description Must have a value. */
            required: boolean;
            /** @description Expression: required when true. */
            required_when?: string;
            /** @description Type of a formula. */
            result?: components["schemas"]["FieldKind"];
            /**
             * Format: uint32
             * @description Digits after the point.
             */
            scale?: number;
            /** @description Its words are found by search. */
            searchable: boolean;
            /** @description The group of the record page it stands in. */
            section: string | null;
            /** @description Lists can be sorted by it. */
            sortable: boolean;
            /** @description Object referred to. */
            target?: string;
            /** @description Its type. */
            type: components["schemas"]["FieldKind"];
            /** @description No two live records share a value. */
            unique: boolean;
            /** @description Expression: shown when true. */
            visible_when?: string;
        };
        /** @description What changes about a field beside its right. */
        FieldNote: "covered_in_lists" | "whole_in_lists" | "freezes" | "thaws" | "freezes_otherwise";
        /** @description What may be done with a field; each includes those before it. */
        FieldRight: "hidden" | "masked" | "read" | "edit";
        /** @description Where a field's value comes from. */
        FieldSource: {
            /** @description By whom. */
            actor: components["schemas"]["Actor"];
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uuid
             * @description The change.
             */
            change_id: string;
            /** @description The field. */
            field: string;
            /** @description Name of the file it came with, where that is known. */
            file: string | null;
            /** @description Name of the enrichment source it came from, or of the API key it was sent with, where that is known. */
            from: string | null;
            /**
             * Format: uint64
             * @description Number of the row in that file, as a spreadsheet shows it, where that is known.
             */
            row: number | null;
            /** @description The sheet of a workbook. */
            sheet: string | null;
            /** @description What set it; null where the audit log does not tell any more. */
            source: components["schemas"]["Source"] | null;
        };
        /** @description A link to a file. */
        FileLink: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: components["schemas"]["Actor"];
            /**
             * Format: int64
             * @description How often it was.
             */
            downloads: number;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /** @description Whether it still opens the file. */
            good: boolean;
            /** @description Whether a password is asked for. */
            has_password: boolean;
            /**
             * Format: uuid
             * @description Its id; it opens nothing.
             */
            id: string;
            /**
             * Format: int64
             * @description How often it may be used; as often as one likes where null.
             */
            max_downloads: number | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revoked_at: string | null;
            /**
             * Format: date-time
             * @description When it was last.
             */
            used_at: string | null;
        };
        /** @description A link, by what stands in it. */
        FileLinkToken: {
            /**
             * @description The password, where one is asked for.
             * @default null
             */
            password?: string | null;
            /** @description What stands in it. */
            token: string;
        };
        /** @description The links to a file, the newest first, and what a new one may be. */
        FileLinks: {
            /** @description Whether links may be made at all. */
            allowed: boolean;
            /** @description The links. */
            items: components["schemas"]["FileLink"][];
            /**
             * Format: uint32
             * @description Days for which one is good at most.
             */
            most_days: number;
        };
        /** @description What holds for files. */
        FilePolicy: {
            /**
             * Format: uint64
             * @description Bytes of the largest file; what the server takes at most where null.
             * @default null
             */
            largest?: number | null;
            /**
             * Format: uint32
             * @description Days for which a link is good at most.
             * @default 30
             */
            link_days?: number;
            /**
             * @description Whether links may be made that open a file to whoever has them. Where not, those there are open nothing.
             * @default true
             */
            links?: boolean;
            /**
             * @description What is done with programs and scripts.
             * @default refuse
             */
            programs?: components["schemas"]["Programs"];
            /**
             * Format: uint64
             * @description Bytes of all files and their versions together; any number where null.
             * @default null
             */
            quota?: number | null;
        };
        /** @description What a file says. */
        FilePreview: {
            /** @description Its pieces in order. */
            blocks: components["schemas"]["PreviewBlock"][];
            /** @description Whether there is more than is shown. */
            cut: boolean;
            /** @constant */
            kind: "document";
        } | {
            /** @description Whether there is more than is shown. */
            cut: boolean;
            /** @constant */
            kind: "table";
            /** @description Its rows, the headers first. */
            rows: string[][];
            /** @description Which one this is. */
            sheet: string | null;
            /** @description The sheets of a workbook. */
            sheets: string[];
        } | {
            /** @description Whether there is more than is shown. */
            cut: boolean;
            /** @constant */
            kind: "text";
            /** @description The text. */
            text: string;
        };
        /** @description What holds for files, and what there is of them. */
        FileRules: {
            /**
             * Format: uint64
             * @description Bytes of the largest file; what the server takes at most where null.
             */
            largest: number | null;
            /**
             * Format: uint32
             * @description Days for which a link is good at most.
             */
            link_days: number;
            /** @description Whether links may be made that open a file to whoever has them. */
            links: boolean;
            /** @description What is done with programs and scripts. */
            programs: components["schemas"]["Programs"];
            /**
             * Format: uint64
             * @description Bytes of all files and their versions together; any number where null.
             */
            quota: number | null;
            /**
             * Format: uint64
             * @description Bytes of the largest file the server takes, whatever the policy says.
             */
            server_largest: number;
            /**
             * Format: uint64
             * @description Bytes of all files and their versions; for administrators and auditors.
             */
            used?: number;
        };
        /** @description A file, as far as the caller may see what is known of it. */
        FileValue: {
            content_type?: string;
            /** Format: uuid */
            id: string;
            label: string | null;
            name?: string;
            /** @description Bytes */
            size?: number;
        };
        /** @description A version of a file. */
        FileVersion: {
            /** @description Media type. */
            content_type: string;
            /** @description Whether it is what the file holds now. */
            current: boolean;
            /**
             * Format: date-time
             * @description When.
             */
            made_at: string;
            /** @description Who uploaded it. */
            made_by: components["schemas"]["Actor"];
            /** @description Name it had. */
            name: string;
            /**
             * Format: int64
             * @description From 1 on.
             */
            number: number;
            /**
             * Format: uint64
             * @description Bytes.
             */
            size: number;
        };
        /** @description The versions of a file, the newest first. */
        FileVersions: {
            /** @description The versions. */
            items: components["schemas"]["FileVersion"][];
            /** @description Whether the caller may replace the file, and so restore an older version. */
            may_replace: boolean;
        };
        /** @description The first code of an app. */
        FirstCode: {
            /** @description The code. */
            code: string;
            /** @description What the member calls the app. */
            name?: string | null;
            /** @description What the secret came with. */
            token: string;
        };
        /** @description An address whose password was forgotten. */
        ForgottenPassword: {
            /** @description The address. */
            email: string;
        };
        /** @description A record that something found stands on. */
        FoundOn: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its object. */
            object: string;
        };
        /** @description Fields that cannot be changed while a condition holds. */
        FreezeRule: {
            /** @description The fields. */
            fields: string[];
            /** @description Expression over the record as it is before the change. */
            when: string;
        };
        /** @description A rule that keeps a field from being changed in the state the record is in. */
        Freezing: {
            /** @description The role that says so; everybody's rule where absent. */
            role?: components["schemas"]["NamedRole"];
            /** @description The condition that holds of the record. */
            when: string;
        };
        Geo: {
            lat: number;
            lng: number;
        };
        /** @description One group. */
        Group: {
            /** @description Values of the keys in their JSON form. */
            keys: components["schemas"]["Json"][];
            /** @description The keys for people. */
            labels: components["schemas"]["KeyText"][];
            /** @description Measures by name. */
            values: {
                [key: string]: string | number | null;
            };
        };
        /** @description What somebody may do and where it comes from. */
        HeldRights: {
            /** @description He administers the workspace. */
            administrator: boolean;
            /** @description He may read the audit log and ask about others' rights. */
            auditor: boolean;
            /** @description Roles he may give to others. */
            gives: string[];
            /** @description What they open, object by object, with sharing rules and shares. */
            objects: components["schemas"]["ObjectSummary"][];
            /** @description His roles, those to come among them. */
            roles: components["schemas"]["HeldRole"][];
        };
        /** @description A role somebody holds, or will. */
        HeldRole: {
            /** @description It holds only for records of this department and those below it; everywhere where null. */
            department: components["schemas"]["Reference"] | null;
            /**
             * Format: date-time
             * @description Until when; for good where null.
             */
            ends_at: string | null;
            /**
             * Format: uuid
             * @description The grant it comes from; null where it stands on the member's own record.
             */
            grant: string | null;
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description The job post it comes with; null where it comes with none. */
            post: components["schemas"]["Reference"] | null;
            /** @description Why, in the words of who gave it. */
            reason: string | null;
            /** @description The role. */
            role: string;
            /**
             * Format: date-time
             * @description From when on; always where null.
             */
            starts_at: string | null;
        };
        /** @description A likely duplicate the caller may not see: that there is one, and whose. */
        HiddenDuplicate: {
            /** @description Of which object: that of what is entered, or another one. */
            object: string;
            /** @description Whose it is. */
            owner: components["schemas"]["Reference"] | null;
            /**
             * Format: double
             * @description At least so sure, 0 to 1.
             */
            probability: number;
            /**
             * @description He may not.
             * @enum {boolean}
             */
            visible: false;
        };
        /** @description One change of a record. */
        HistoryEntry: {
            /** @description Who did it. */
            actor: components["schemas"]["Actor"];
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uuid
             * @description The change it was part of.
             */
            change_id: string;
            /** @description Fields that changed. */
            changes: components["schemas"]["Change"][];
            /** @description `object.verb_past`. */
            kind: string;
            /**
             * Format: int64
             * @description Place in the order of the workspace.
             */
            seq: number;
            /**
             * Format: int64
             * @description Version after.
             */
            version: number;
        };
        /** @description A provider members may sign in by. */
        IdentityProvider: {
            /**
             * Format: date-time
             * @description When it was set up.
             */
            created_at: string;
            /** @description Whether members may sign in by it. */
            enabled: boolean;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Where the provider tells that somebody signed out there (back-channel logout URI), to be entered at it; null as above. */
            logout_url: string | null;
            /**
             * Format: uint64
             * @description How many members it knows.
             */
            members: number;
            /** @description What people know it as. */
            name: string;
            /** @description What must be entered at the provider as the address it sends people back to; null where `public-url` is not set, and with directories. */
            redirect_url: string | null;
            /** @description It has a secret, which is not told. */
            secret_set: boolean;
            /** @description How it is asked. */
            settings: components["schemas"]["ProviderSettings"];
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        /** @description What a member gains or loses of an object. */
        Impact: {
            /** @description Counting stopped: there may be more. */
            capped: boolean;
            /**
             * Format: uint64
             * @description Records within reach afterwards that were not before.
             */
            gained: number;
            /**
             * Format: uint64
             * @description Records within reach before that are not afterwards.
             */
            lost: number;
            /**
             * Format: uuid
             * @description The member.
             */
            member: string;
            /** @description His name. */
            name: string;
            /** @description The object. */
            object: string;
            /**
             * @description `read`, `update` or `delete`.
             * @enum {string}
             */
            verb: "read" | "update" | "delete";
        };
        /** @description An import as `GET /imports/{id}` tells it. */
        Import: {
            /**
             * Format: uuid
             * @description The change all of it is, once it has begun; undo it to take all of it back.
             */
            change_id: string | null;
            /** @description What became of the rows so far. */
            counts: components["schemas"]["ImportCounts"];
            /**
             * Format: date-time
             * @description When the file was taken in.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description Rows dealt with.
             */
            done: number;
            /** @description Encoding of a text file. */
            encoding: string;
            /** @description Why it failed. */
            failure: string | null;
            /** @description Name of the file as uploaded. */
            file_name: string;
            /** @description `csv`, `xlsx`, `xls`, `ods`, `json` or `vcard`. */
            format: string;
            /**
             * Format: uuid
             * @description Files that came in one archive have this in common.
             */
            group: string | null;
            /** @description Names of the columns. */
            headers: string[];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description All problems by kind, the most frequent first. */
            kinds: components["schemas"]["ImportProblemKind"][];
            /**
             * Format: uuid
             * @description Who imports; null for the command line.
             */
            member: string | null;
            /** @description Whether there are more. */
            more_problems: boolean;
            /** @description Into which object. */
            object: string;
            /** @description What became of the records of each object; empty where a row makes one record. */
            parts: components["schemas"]["ImportPartCounts"][];
            /** @description What it is to do, once that was said. */
            plan: components["schemas"]["ImportPlan"] | null;
            /** @description The first rows that could not be used. */
            problems: components["schemas"]["ImportProblem"][];
            /**
             * Format: uuid
             * @description The regular import it is one of.
             */
            schedule: string | null;
            /** @description Sheet of a workbook. */
            sheet: string | null;
            /** @description How far it has come. */
            state: components["schemas"]["ImportState"];
            /**
             * Format: uint64
             * @description Rows in the file.
             */
            total: number;
            /** @description How it stands with taking it back; null where nobody did, or where that was taken back in turn. */
            undo: components["schemas"]["UndoRun"] | null;
            /**
             * Format: date-time
             * @description When something last became of it.
             */
            updated_at: string;
        };
        /** @description A column with the field it seems to be. */
        ImportColumn: {
            /**
             * Format: double
             * @description From 0 to 1.
             */
            confidence: number;
            /** @description Path of the field; null where none seems to fit. */
            field: string | null;
            /** @description Its header. */
            header: string;
            /**
             * Format: uint
             * @description Position from 0.
             */
            index: number;
            /** @description How its cells seem to be read. */
            options?: components["schemas"]["ImportColumnOptions"];
            /** @description The first cells that hold something. */
            samples: string[];
        };
        /** @description What becomes of one column. */
        ImportColumnMapping: {
            /**
             * Format: uint
             * @description Position of the column, from 0.
             */
            column: number;
            /** @description `field` or `field.part`; null leaves the column out. */
            field: string | null;
            /** @description How its cells are read. */
            options?: components["schemas"]["ImportColumnOptions"];
        };
        /** @description What becomes of one column. */
        ImportColumnMappingInput: {
            /**
             * Format: uint
             * @description Position of the column, from 0.
             */
            column: number;
            /** @description `field` or `field.part`; null leaves the column out. */
            field?: string | null;
            /** @description How its cells are read. */
            options?: components["schemas"]["ImportColumnOptionsInput"];
        };
        /**
         * @description How cells of a column are read where that is not plain. In this order: what means empty, a part of it, tidied, its
         *     values read as others, an amount in units, a date in its form, what stands before and behind; then what stands for none.
         */
        ImportColumnOptions: {
            /** @description References: the field of the other object that the cells hold; its names and unique fields where absent. */
            by?: string;
            /** @description Dates: the form they are written in. */
            date_form?: components["schemas"]["ImportDateForm"];
            /** @description Dates: which of day and month comes first where the year comes last. */
            date_order?: components["schemas"]["ImportDateOrder"];
            /** @description Cells that mean nothing is known: `["无", "N/A", "-"]`. */
            empty?: string[];
            /** @description What an empty cell is read as. */
            otherwise?: string;
            /** @description What stands before each: an area code. */
            prefix?: string;
            /** @description One part of the cell: of `省/市/区` the second. */
            split?: components["schemas"]["ImportSplit"];
            /** @description What stands behind each. */
            suffix?: string;
            /** @description Tidied first. */
            take?: components["schemas"]["ImportTake"];
            /** @description Money and numbers: what one of them stands for. */
            unit?: components["schemas"]["ImportUnit"];
            /** @description Cells to be read as something else: `{"潜在": "prospect"}`. */
            values?: {
                [key: string]: string;
            };
        };
        /**
         * @description How cells of a column are read where that is not plain. In this order: what means empty, a part of it, tidied, its
         *     values read as others, an amount in units, a date in its form, what stands before and behind; then what stands for none.
         */
        ImportColumnOptionsInput: {
            /** @description References: the field of the other object that the cells hold; its names and unique fields where absent. */
            by?: string | null;
            /** @description Dates: the form they are written in. */
            date_form?: components["schemas"]["ImportDateForm"] | null;
            /** @description Dates: which of day and month comes first where the year comes last. */
            date_order?: components["schemas"]["ImportDateOrder"] | null;
            /** @description Cells that mean nothing is known: `["无", "N/A", "-"]`. */
            empty?: string[];
            /** @description What an empty cell is read as. */
            otherwise?: string;
            /** @description What stands before each: an area code. */
            prefix?: string;
            /** @description One part of the cell: of `省/市/区` the second. */
            split?: components["schemas"]["ImportSplit"] | null;
            /** @description What stands behind each. */
            suffix?: string;
            /** @description Tidied first. */
            take?: components["schemas"]["ImportTake"] | null;
            /** @description Money and numbers: what one of them stands for. */
            unit?: components["schemas"]["ImportUnit"] | null;
            /** @description Cells to be read as something else: `{"潜在": "prospect"}`. */
            values?: {
                [key: string]: string;
            };
        };
        /** @description A value worked out of the cells of the row. */
        ImportComputed: {
            /** @description An expression over `row`: `row["客户名称"]` or `row[3]`, from 0, is the text of the cell, `""` where it is empty. */
            expression: string;
            /** @description The field; not one that a column or a constant gives. */
            field: string;
        };
        /** @description The database that a query is put to. */
        ImportConnection: {
            /**
             * @description `postgres://USER:PASSWORD@HOST/DATABASE` or `mysql://USER:PASSWORD@HOST/DATABASE?ssl-mode=MODE`; null takes it away. It is
             *     sealed and never told again.
             */
            address?: string | null;
            /**
             * @description Of the authority that vouches for a MySQL database, as PEM: then the connection is encrypted, and the database must be the
             *     one its address names.
             * @default null
             */
            certificate?: string | null;
        };
        /** @description The same value in every row. */
        ImportConstant: {
            /** @description The field; not one that a column or an expression gives. */
            field: string;
            /** @description Its value, as the API takes it for a record. */
            value: components["schemas"]["Json"];
        };
        /** @description How many rows do what. */
        ImportCounts: {
            /**
             * Format: uint64
             * @description New records.
             */
            create: number;
            /**
             * Format: uint64
             * @description Rows that cannot be used.
             */
            reject: number;
            /**
             * Format: uint64
             * @description Rows that change nothing.
             */
            skip: number;
            /**
             * Format: uint64
             * @description Records changed.
             */
            update: number;
        };
        /** @description The form dates are written in. */
        ImportDateForm: "auto" | "yyyymmdd" | "excel" | "unix" | "unix_ms";
        /** @description Order of day and month before a year. */
        ImportDateOrder: "dmy" | "mdy";
        /** @description Which department the new records belong to, where no column says it. */
        ImportDepartments: {
            /** @constant */
            by: "department";
            /**
             * Format: uuid
             * @description Its id.
             */
            department: string;
        } | {
            /** @constant */
            by: "column";
            /**
             * Format: uint
             * @description Position from 0.
             */
            column: number;
        } | {
            /** @constant */
            by: "values";
            /**
             * Format: uint
             * @description Position from 0.
             */
            column: number;
            /** @description Departments by the cell. */
            departments: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description For other cells; the importer's own where absent.
             */
            otherwise?: string | null;
        };
        /** @description A row that likely means a record that is there. */
        ImportDuplicate: {
            /** @description Which it may be, the likeliest first. */
            candidates: components["schemas"]["DuplicateCandidate"][];
            /**
             * Format: uint64
             * @description Number of the row in the file.
             */
            row: number;
            /** @description What the record would be called. */
            value: string;
        };
        /** @description Rows that likely mean a record that is there, of this object or of another one. */
        ImportDuplicates: {
            /**
             * Format: uint64
             * @description New records that were looked at: the first ones.
             */
            checked: number;
            /** @description The first of those. */
            first: components["schemas"]["ImportDuplicate"][];
            /** @description Objects that nothing is compared with here, for they have too many records. */
            left_out: string[];
            /** @description False while records are still being read: plan again in some seconds. */
            ready: boolean;
            /**
             * Format: uint64
             * @description So many of them likely are there.
             */
            rows: number;
        };
        /** @description One of the files that came together. */
        ImportFile: {
            /** @description Its name. */
            file_name: string;
            /**
             * Format: uuid
             * @description Id of its import; null where it cannot be used.
             */
            id: string | null;
            /** @description What is wrong with it. */
            problem: string | null;
            /**
             * Format: uint64
             * @description Rows in it.
             */
            rows: number;
        };
        /** @description What the columns of a table seem to be. */
        ImportGuess: {
            /** @description Its columns, with the fields they seem to be. */
            columns: components["schemas"]["ImportColumn"][];
            /** @description What a column can become. */
            fields: components["schemas"]["ImportTarget"][];
            /** @description Of which object. */
            object: string;
        };
        /** @description A reference from one record of a row to another one of the same row. */
        ImportLink: {
            /** @description The field that refers. */
            field: string;
            /** @description The key of the other part; empty for the main record. */
            to: string;
        };
        /** @description Where a mapping comes from. */
        ImportMappingSource: "saved" | "ready";
        /** @description By which fields a row finds its record. */
        ImportMatch: {
            /** @description One such field: the same as `fields` with it alone. */
            field?: string;
            /**
             * @description Fields of the object that together say which record it is; `id` too. A column, a constant or an expression is to
             *     give each, or the record of the row that it refers to.
             */
            fields?: string[];
            /** @description What then. */
            on_match: components["schemas"]["ImportOnMatch"];
            /**
             * @description Fields that together find a record where those before find none, or the row lacks them. A record that has a value of
             *     the first of those before, and so is known to be another, is not found by these.
             */
            or_fields?: string[];
            /** @description The fields that may be overwritten; absent: all that the row has a value for. The others are left as they are. */
            overwrite?: string[];
        };
        /** @description By which fields a row finds its record. */
        ImportMatchInput: {
            /** @description One such field: the same as `fields` with it alone. */
            field?: string | null;
            /**
             * @description Fields of the object that together say which record it is; `id` too. A column, a constant or an expression is to
             *     give each, or the record of the row that it refers to.
             */
            fields?: string[];
            /** @description What then. */
            on_match: components["schemas"]["ImportOnMatch"];
            /**
             * @description Fields that together find a record where those before find none, or the row lacks them. A record that has a value of
             *     the first of those before, and so is known to be another, is not found by these.
             */
            or_fields?: string[];
            /** @description The fields that may be overwritten; absent: all that the row has a value for. The others are left as they are. */
            overwrite?: string[] | null;
        };
        /** @description What to do with a row whose record exists. */
        ImportOnMatch: "skip" | "fill" | "overwrite" | "new_version";
        /** @description Whose the new records are, where no column says it. */
        ImportOwners: {
            /** @constant */
            by: "member";
            /**
             * Format: uuid
             * @description His id.
             */
            member: string;
        } | {
            /** @constant */
            by: "column";
            /**
             * Format: uint
             * @description Position from 0.
             */
            column: number;
        } | {
            /** @constant */
            by: "turns";
            /** @description Their ids. */
            members: string[];
        } | {
            /** @constant */
            by: "values";
            /**
             * Format: uint
             * @description Position from 0.
             */
            column: number;
            /** @description Members by the cell. */
            members: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description For other cells; the importer's own where absent.
             */
            otherwise?: string | null;
        } | {
            /** @constant */
            by: "nobody";
        };
        /** @description A further record that a row makes. */
        ImportPart: {
            /** @description Worked out of the row. */
            computed?: components["schemas"]["ImportComputed"][];
            /** @description The same in every row. */
            constants?: components["schemas"]["ImportConstant"][];
            /** @description What links and problems call it by: small letters, digits and underscores. */
            key: string;
            /** @description References to other records of the row. */
            links?: components["schemas"]["ImportLink"][];
            /**
             * @description Columns.
             * @default []
             */
            mapping: components["schemas"]["ImportColumnMapping"][];
            /**
             * @description How rows find their records.
             * @default null
             */
            match: components["schemas"]["ImportMatch"] | null;
            /** @description Its object. */
            object: string;
        };
        /** @description How many records of one object the rows make or change. */
        ImportPartCounts: {
            /** @description What becomes of them. */
            counts: components["schemas"]["ImportCounts"];
            /** @description Key of the part; empty for the main records. */
            key: string;
            /** @description Its object. */
            object: string;
        };
        /** @description A further record that a row makes. */
        ImportPartInput: {
            /** @description Worked out of the row. */
            computed?: components["schemas"]["ImportComputed"][];
            /** @description The same in every row. */
            constants?: components["schemas"]["ImportConstant"][];
            /** @description What links and problems call it by: small letters, digits and underscores. */
            key: string;
            /** @description References to other records of the row. */
            links?: components["schemas"]["ImportLink"][];
            /**
             * @description Columns.
             * @default []
             */
            mapping?: components["schemas"]["ImportColumnMappingInput"][];
            /**
             * @description How rows find their records.
             * @default null
             */
            match?: components["schemas"]["ImportMatchInput"] | null;
            /** @description Its object. */
            object: string;
        };
        /** @description What an import is to do. */
        ImportPlan: {
            /** @description Further records of each row. */
            also?: components["schemas"]["ImportPart"][];
            /** @description Worked out of the row. */
            computed?: components["schemas"]["ImportComputed"][];
            /** @description The same in every row. */
            constants?: components["schemas"]["ImportConstant"][];
            /** @description Whose department's they are. */
            departments?: components["schemas"]["ImportDepartments"];
            /** @description References of the main record to further ones of the row. */
            links?: components["schemas"]["ImportLink"][];
            /** @description Columns; those not named are left out. */
            mapping: components["schemas"]["ImportColumnMapping"][];
            /**
             * @description How rows find their records; every row is a new record where null.
             * @default null
             */
            match: components["schemas"]["ImportMatch"] | null;
            /** @description Whose the new records are. */
            owners?: components["schemas"]["ImportOwners"];
        };
        /** @description What an import is to do. */
        ImportPlanInput: {
            /** @description Further records of each row. */
            also?: components["schemas"]["ImportPartInput"][];
            /** @description Worked out of the row. */
            computed?: components["schemas"]["ImportComputed"][];
            /** @description The same in every row. */
            constants?: components["schemas"]["ImportConstant"][];
            /** @description Whose department's they are. */
            departments?: components["schemas"]["ImportDepartments"] | null;
            /** @description References of the main record to further ones of the row. */
            links?: components["schemas"]["ImportLink"][];
            /** @description Columns; those not named are left out. */
            mapping: components["schemas"]["ImportColumnMappingInput"][];
            /**
             * @description How rows find their records; every row is a new record where null.
             * @default null
             */
            match?: components["schemas"]["ImportMatchInput"] | null;
            /** @description Whose the new records are. */
            owners?: components["schemas"]["ImportOwners"] | null;
        };
        /** @description What an import would do. */
        ImportPreview: {
            /** @description Whether those are all. */
            complete: boolean;
            /** @description Rows by what would become of them. */
            counts: components["schemas"]["ImportCounts"];
            /** @description Rows that would be new records and likely mean one that is there; null where nobody looks for duplicates. */
            duplicates: components["schemas"]["ImportDuplicates"] | null;
            /**
             * Format: uint64
             * @description Values, and lists of links, of records that would be emptied, where rows become new versions of records.
             */
            emptied: number;
            /**
             * Format: uuid
             * @description Id of the import.
             */
            id: string;
            /** @description All problems by kind, the most frequent first. */
            kinds: components["schemas"]["ImportProblemKind"][];
            /** @description Whether there are more. */
            more_problems: boolean;
            /** @description What would become of the records of each object; empty where a row makes one record. */
            parts: components["schemas"]["ImportPartCounts"][];
            /** @description The first rows that cannot be used. */
            problems: components["schemas"]["ImportProblem"][];
            /** @description Rows of the file that mean the same record as a row before them. */
            repeated: components["schemas"]["ImportRepeats"];
            /**
             * Format: uint64
             * @description Rows looked at.
             */
            rows: number;
        };
        /** @description Why a row cannot be used. */
        ImportProblem: {
            /** @description Stable code. */
            code: string;
            /** @description Field path, or the column's header where it is about no field: its number where it has none. */
            field: string;
            /** @description What is wrong. */
            message: string;
            /** @description Key of the further record of the row that it is about; empty for the main one. */
            part: string;
            /**
             * Format: uint64
             * @description Number of the row in the file, as a spreadsheet shows it.
             */
            row: number;
            /** @description The cell, shortened. */
            value: string;
        };
        /** @description Problems of one kind. */
        ImportProblemKind: {
            /** @description Stable code. */
            code: string;
            /**
             * Format: uint64
             * @description How many there are.
             */
            count: number;
            /** @description Field path, or the column's header. */
            field: string;
            /** @description What is wrong with the first of them. */
            message: string;
            /** @description Key of the further record of the row; empty for the main one. */
            part: string;
        };
        /** @description A row that means the same record as a row before it. */
        ImportRepeat: {
            /** @description True where the fields to match by are equal: one record becomes of both. False where they are only alike: two do. */
            certain: boolean;
            /**
             * Format: uint64
             * @description Number of the row before.
             */
            of: number;
            /** @description Key of the further record of the row that it is about; empty for the main one. */
            part: string;
            /**
             * Format: uint64
             * @description Number of the row in the file.
             */
            row: number;
            /** @description What the record is called. */
            value: string;
        };
        /** @description Rows of the file that mean the same record as a row before them. */
        ImportRepeats: {
            /** @description The first of them. */
            first: components["schemas"]["ImportRepeat"][];
            /**
             * Format: uint64
             * @description How many.
             */
            rows: number;
        };
        /** @description A row of an import that something is kept of. */
        ImportRow: {
            /** @description Its cells as they are meant now; none where it can be read in no way or is very long. */
            cells: string[];
            /** @description Whether people changed cells of it. */
            fixed: boolean;
            /** @description Whether it is imported. */
            imported: boolean;
            /** @description Whether it is left out of the import. */
            left_out: boolean;
            /** @description What is wrong with it. */
            problems: components["schemas"]["ImportProblem"][];
            /**
             * Format: uint64
             * @description Number of the row in the file.
             */
            row: number;
        };
        /** @description What is changed of a row. */
        ImportRowFix: {
            /**
             * @description Texts of cells by the position of their column, from 0.
             * @default {}
             */
            cells?: {
                [key: string]: string;
            };
            /**
             * @description Whether it is left out of the import.
             * @default null
             */
            leave_out?: boolean | null;
        };
        /** @description Rows of an import. */
        ImportRows: {
            /** @description Whether there are more than `total`: of rows with a certain problem 10,000 are counted. */
            at_least: boolean;
            /** @description In the order of the file. */
            items: components["schemas"]["ImportRow"][];
            /**
             * Format: uint64
             * @description `after` of the next page; null on the last.
             */
            next: number | null;
            /**
             * Format: uint64
             * @description So many there are in all.
             */
            total: number;
        };
        /** @description Which rows a run is over. */
        ImportRowsWanted: "all" | "rejected";
        /** @description Which rows a run is over. */
        ImportRun: {
            /** @description All that are left, where absent. */
            rows?: components["schemas"]["ImportRowsWanted"];
        };
        /** @description One part of a cell. */
        ImportSplit: {
            /** @description What stands between the parts; a space stands for any white space. Plain text, no pattern. */
            at: string;
            /**
             * Format: int32
             * @description Which: 1 is the first, -1 the last.
             */
            part: number;
        };
        /**
         * @description How far an import has come.
         * @enum {string}
         */
        ImportState: "uploaded" | "planned" | "running" | "paused" | "done" | "failed" | "cancelled";
        /** @description How a cell is tidied. */
        ImportTake: "digits" | "upper" | "lower" | "title" | "trim";
        /** @description A field or a part of one. */
        ImportTarget: {
            /** @description Name for people. */
            label: components["schemas"]["Label"];
            /** @description Rows can be matched by it. */
            matchable: boolean;
            /** @description `field` or `field.part`. */
            path: string;
            /** @description Must have a value in a new record. */
            required: boolean;
            /** @description Type of the field. */
            type: components["schemas"]["FieldKind"];
        };
        /** @description What becomes of a cell. */
        ImportTried: {
            /** @description The cell; for an expression what it gives. */
            from: string;
            /** @description Why it cannot. */
            problem: components["schemas"]["ImportTriedProblem"] | null;
            /**
             * Format: uint64
             * @description Number of the row in the file.
             */
            row: number;
            /** @description The same for people. */
            text: string;
            /** @description The value the field would have; null where it is left empty. */
            value: components["schemas"]["Json"];
        };
        /** @description Why a cell cannot be used. */
        ImportTriedProblem: {
            /** @description Stable code. */
            code: string;
            /** @description What is wrong. */
            message: string;
        };
        /** @description What becomes of the first cells. */
        ImportTries: {
            /** @description In the order of the file. */
            items: components["schemas"]["ImportTried"][];
        };
        /** @description What is tried: a column or an expression, for a field of an object. */
        ImportTry: {
            /**
             * Format: uint
             * @description Position of the column, from 0.
             * @default null
             */
            column?: number | null;
            /**
             * @description An expression instead of a column.
             * @default null
             */
            expression?: string | null;
            /** @description `field` or `field.part`. */
            field: string;
            /** @description The object: that of the import, or of a further record of its rows. */
            object: string;
            /**
             * @description How its cells are read.
             * @default {}
             */
            options?: components["schemas"]["ImportColumnOptionsInput"];
        };
        /** @description What one of an amount stands for. */
        ImportUnit: "thousand" | "wan" | "yi";
        /** @description A table that was taken in. */
        ImportUpload: {
            /** @description Its columns, with the fields they seem to be. */
            columns: components["schemas"]["ImportColumn"][];
            /** @description Encoding of a text file. */
            encoding: string;
            /** @description What a column can become. */
            fields: components["schemas"]["ImportTarget"][];
            /** @description Name of the file. */
            file_name: string;
            /** @description All files that came: several where it was an archive of them. This answer is about the first that can be used. */
            files: components["schemas"]["ImportFile"][];
            /** @description `csv`, `xlsx`, `xls`, `ods`, `json` or `vcard`. */
            format: string;
            /**
             * Format: uuid
             * @description Id of the import.
             */
            id: string;
            /** @description Into which object. */
            object: string;
            /**
             * Format: uint64
             * @description Rows in the file.
             */
            rows: number;
            /** @description The sheet of a workbook that is read. */
            sheet: string | null;
            /** @description All its sheets; send the file again with another one where that is meant. */
            sheets: string[];
            /** @description How far it has come. */
            state: components["schemas"]["ImportState"];
            /** @description Saved and ready mappings that seem to fit, the best first. The columns are as a saved one says that fits wholly. */
            suggested: components["schemas"]["SuggestedImportMapping"][];
        };
        /** @description How much of a file came. */
        ImportUploadProgress: {
            /**
             * Format: uuid
             * @description Id of the upload.
             */
            id: string;
            /**
             * Format: uint64
             * @description Largest piece in bytes.
             */
            piece: number;
            /**
             * Format: uint64
             * @description Bytes that came; the next piece begins there.
             */
            received: number;
            /**
             * Format: uint64
             * @description Bytes there will be.
             */
            size: number;
        };
        /** @description An event of the file. */
        ImportedEvent: {
            /** @description Whether it is of whole days. */
            all_day: boolean;
            /** @description A stable code of what is wrong. */
            code?: string;
            /**
             * Format: date-time
             * @description When that ends.
             */
            end: string | null;
            /**
             * Format: uint
             * @description Of them those there already.
             */
            known: number;
            /** @description What is wrong, with its remedy. */
            problem?: string;
            /**
             * Format: date-time
             * @description When it takes place first.
             */
            start: string | null;
            /**
             * Format: uint
             * @description How many times.
             */
            times: number;
            /** @description What it is. */
            title: string;
        };
        /** @description A record that a row led to. */
        ImportedRecord: {
            /**
             * Format: uuid
             * @description Which record.
             */
            id: string;
            /** @description Its title; null likewise, or where that is covered. */
            label: string | null;
            /** @description Its object; null where it is gone, or not open to the caller any more. */
            object: string | null;
        };
        /** @description A row with the records it led to. */
        ImportedRow: {
            /** @description The records; none where the row repeats one before and was skipped for that. */
            records: components["schemas"]["ImportedRecord"][];
            /**
             * Format: uint64
             * @description Number of the row in the file.
             */
            row: number;
        };
        /** @description Rows with the records they led to. */
        ImportedRows: {
            /** @description In the order of the file. */
            items: components["schemas"]["ImportedRow"][];
            /**
             * Format: uint64
             * @description There are more behind this row; null where there are none.
             */
            next: number | null;
        };
        /** @description Rows to be imported. */
        ImportedRowsInput: {
            /**
             * @description What the import is called.
             * @default null
             */
            name?: string | null;
            /** @description Into which object. */
            object: string;
            /** @description The rows, at most 10,000: values by the names of their columns. */
            rows: {
                [key: string]: components["schemas"]["Json"];
            }[];
        };
        /** @description How records lie in a circle. */
        InCircleDefinition: {
            /** @description The reference to the circle. */
            circle: string;
            /** @description Fields a circle may cover. None of them is the title, a reference or a list of links. */
            coverable?: string[];
            /**
             * @description Fields that are covered wherever another name is, beside their own: a circle made for one kind of record covers what
             *     says the same of another kind (the mobile of a contact, where the telephone of its customer is covered).
             */
            covered_with?: {
                [key: string]: string;
            };
            /**
             * @description Fields that are shown, beside the title, of a record nobody opened yet, where its circle says how many may be opened in
             *     a day. All others are covered until then.
             */
            open_to_see?: string[];
            /** @description The field that must be empty for a record to lie in it (its owner): somebody's record does not. */
            while_empty: string;
        };
        /** @description An index over several fields. */
        IndexDefinition: {
            /** @description Field names, in order. */
            fields: string[];
            /** @description No two live records share the combination. */
            unique?: boolean;
        };
        /** @description A version of a pack in this workspace. */
        InstalledVersion: {
            /**
             * Format: date-time
             * @description Since when.
             */
            at: string;
            /** @description Version. */
            version: string;
        };
        /** @description What became of one invitation. */
        Invitation: {
            /** @description His address, where there is a link to be handed over. */
            email?: string;
            /**
             * Format: date-time
             * @description When it becomes void.
             */
            expires_at?: string;
            /** @description It was sent; there is nothing to be handed over. */
            mailed: boolean;
            /**
             * Format: uuid
             * @description The member.
             */
            member: string;
            /** @description His name, where there is a link to be handed over. */
            name?: string;
            /** @description Where the link leads on this server. It is not told again. */
            path?: string;
            /** @description Why there is none: `forbidden`, `not_found`, or `has_password` of who needs none. */
            refused?: string;
            /** @description The whole address, where this server knows its own. */
            url?: string;
        };
        /** @description A job as an administrator sees it. */
        Job: {
            /**
             * Format: int64
             * @description Tries so far.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When it came into the queue.
             */
            created_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Kind, `app.verb`. */
            kind: string;
            /** @description Why the last try failed. */
            last_error: string | null;
            /**
             * Format: int64
             * @description Tries before it is given up.
             */
            max_attempts: number;
            /** @description How much of it is done, where it says so. */
            progress: components["schemas"]["JobProgress"] | null;
            /**
             * Format: date-time
             * @description When it runs, or ran.
             */
            run_at: string | null;
            /**
             * @description How far it has come; a dead one was given up.
             * @enum {string}
             */
            state: "waiting" | "running" | "done" | "dead";
        };
        /** @description How much of a job is done. */
        JobProgress: {
            /**
             * Format: uint64
             * @description Records done.
             */
            done: number;
            /**
             * Format: uint64
             * @description Of so many.
             */
            total: number;
        };
        /** @description The job queue. */
        JobQueue: {
            /** @description Jobs, newest first. */
            items: components["schemas"]["Job"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** @description What runs on a schedule, by when it is due. */
            scheduled: components["schemas"]["ScheduledJob"][];
        };
        /** @description How many are tried again. */
        JobsRetried: {
            /**
             * Format: uint64
             * @description Jobs.
             */
            retried: number;
        };
        /** @description Which dead jobs are tried again. */
        JobsToRetry: {
            /**
             * @description Those of this kind; all where absent.
             * @default null
             */
            kind?: string | null;
        };
        /** @description Any JSON value. */
        Json: Json;
        /** @description What an API key has of its owner's rights. Never more than these: what the owner may not, no scope opens. */
        KeyScope: {
            /** @description It opens its owner's calendars to calendar programs (CalDAV), and nothing else. */
            caldav?: components["schemas"]["CalDavScope"];
            /** @description It opens its owner's calendar to a calendar program, and nothing else. */
            calendar?: boolean;
            /**
             * @description Verbs by object; `*` holds for objects not named, actions are written `action NAME`. Every object where absent.
             * @default null
             */
            objects: {
                [key: string]: string[];
            } | null;
            /**
             * @description Those of the owner's roles that count; all of them where absent.
             * @default null
             */
            roles: string[] | null;
        };
        /** @description What an API key has of its owner's rights. Never more than these: what the owner may not, no scope opens. */
        KeyScopeInput: {
            /** @description It opens its owner's calendars to calendar programs (CalDAV), and nothing else. */
            caldav?: components["schemas"]["CalDavScopeInput"] | null;
            /** @description It opens its owner's calendar to a calendar program, and nothing else. */
            calendar?: boolean;
            /**
             * @description Verbs by object; `*` holds for objects not named, actions are written `action NAME`. Every object where absent.
             * @default null
             */
            objects?: {
                [key: string]: string[];
            } | null;
            /**
             * @description Those of the owner's roles that count; all of them where absent.
             * @default null
             */
            roles?: string[] | null;
        };
        /** @description A key of a group for people. */
        KeyText: components["schemas"]["Label"] | components["schemas"]["Json"];
        /** @description A mapping that can be used. */
        KnownImportMapping: {
            /**
             * Format: double
             * @description How well the headers of the file fit, from 0 to 1; null where no file was named.
             */
            fit: number | null;
            /** @description Headers it knows. */
            headers: string[];
            /**
             * Format: uuid
             * @description Id of the record, where a member saved it.
             */
            id: string | null;
            /** @description Its key, where it comes with the program. */
            key: string | null;
            /** @description Whether it is the caller's own. */
            mine: boolean;
            /** @description What it is called. */
            name: string;
            /** @description Into which object. */
            object: string;
            /** @description What it would do. Its columns are those of the file, where one was named; else those of `headers`. */
            plan: components["schemas"]["ImportPlan"] | null;
            /** @description Whether colleagues can use it. */
            shared: boolean;
            /** @description Where it comes from. */
            source: components["schemas"]["ImportMappingSource"];
        };
        /** @description A text in each interface language: `{ "zh-CN" = "客户", en = "Account" }`. */
        Label: {
            /** @description English. */
            en: string;
            /** @description Simplified Chinese. */
            "zh-CN": string;
        };
        /** @description Attributes that hold what is wanted of people. */
        LdapAttributes: {
            /** @description Their address. */
            email: string;
            /** @description What never changes and is nobody else's: `entryUUID`, or `objectGUID` of an Active Directory. */
            id: string;
            /** @description Their name. */
            name: string;
        };
        /** @description How departments and members are taken over from a directory. */
        LdapOrganisation: {
            /**
             * Format: uuid
             * @description Department those without one above them are put below.
             */
            below: string | null;
            /** @description It is done every day by itself. */
            daily: boolean;
            /**
             * Format: uint8
             * @description A run that would suspend more than this share of the members it knows, in percent, is stopped.
             */
            most_leavers: number;
            /** @description Roles of members it makes. */
            roles: string[];
            /** @description Attribute that holds their name, such as `ou`. */
            unit_name: string;
            /** @description Which entries are departments, such as `(objectClass=organizationalUnit)`. */
            units: string;
        };
        /** @description How departments and members are taken over from a directory. */
        LdapOrganisationInput: {
            /**
             * Format: uuid
             * @description Department those without one above them are put below.
             */
            below?: string | null;
            /** @description It is done every day by itself. */
            daily: boolean;
            /**
             * Format: uint8
             * @description A run that would suspend more than this share of the members it knows, in percent, is stopped.
             */
            most_leavers: number;
            /** @description Roles of members it makes. */
            roles: string[];
            /** @description Attribute that holds their name, such as `ou`. */
            unit_name: string;
            /** @description Which entries are departments, such as `(objectClass=organizationalUnit)`. */
            units: string;
        };
        /** @description Why somebody edits a text no more. */
        LeftReason: "gone" | "read_only" | "renewed" | "too_large" | "busy";
        /**
         * @description Records that the person a record is addressed to may read for as long as a condition holds: those the record refers to.
         *     They are lent only where who addressed it to him could share them himself.
         */
        LendDefinition: {
            /** @description The references, or fields of the type `record`, that say what. */
            fields: string[];
            /** @description The user field that says to whom; or the department field, for everybody there. */
            to: string;
            /** @description Expression over the record; it is lent while this holds. */
            when: string;
        };
        /** @description What a link is for. */
        LinkKind: "activation" | "reset";
        /** @description For whom a link is. */
        LinkOwner: {
            /** @description Name of the company. */
            company: string;
            /** @description His e-mail address. */
            email: string;
            /**
             * Format: date-time
             * @description When it becomes void.
             */
            expires_at: string;
            /** @description What it is for. */
            kind: components["schemas"]["LinkKind"];
            /** @description Name of the member. */
            name: string;
            /**
             * Format: uint32
             * @description Characters of the shortest password.
             */
            password_length: number;
        };
        /** @description A link, by what stands in it. */
        LinkToken: {
            /** @description What stands in it. */
            token: string;
        };
        /** @description The file a link opens. */
        LinkedContent: {
            /** @description Media type. */
            content_type: string;
            /** @description Name. */
            name: string;
            /**
             * Format: uint64
             * @description Bytes.
             */
            size: number;
        };
        /** @description What a link opens. */
        LinkedFile: {
            /** @description Name of the company. */
            company: string;
            /**
             * Format: date-time
             * @description When the link ends.
             */
            expires_at: string;
            /** @description The file; null until the password is given. */
            file: components["schemas"]["LinkedContent"] | null;
            /** @description Whether a password is asked for. */
            has_password: boolean;
        };
        /** @description A ready list. */
        ListViewDefinition: {
            /** @description Paths of the columns. */
            columns: string[];
            /** @description Filter expression. */
            filter?: string;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier within the object. */
            name: string;
            /** @description `-field,field`; newest first where absent. */
            sort?: string;
        };
        /** @description A ready list. */
        ListViewDefinitionInput: {
            /** @description Paths of the columns. */
            columns: string[];
            /** @description Filter expression. */
            filter?: string | null;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier within the object. */
            name: string;
            /** @description `-field,field`; newest first where absent. */
            sort?: string | null;
        };
        /** @description A ready list. */
        ListViewMeta: {
            /** @description Paths of the columns. */
            columns: string[];
            /** @description Filter expression. */
            filter: string | null;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier within the object. */
            name: string;
            /** @description `-field,field`. */
            sort: string;
        };
        /** @description What the server says. */
        LiveMessage: {
            /**
             * Format: uuid
             * @description The member.
             */
            member: string;
            /** @constant */
            type: "ready";
        } | {
            /**
             * Format: int64
             * @description The sequence.
             */
            seq: number;
            /** @constant */
            type: "watching";
        } | {
            /** @description What the caller may see of it. */
            events: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description The last sequence looked at.
             */
            seq: number;
            /** @constant */
            type: "events";
        } | {
            /**
             * Format: int64
             * @description The last sequence looked at.
             */
            seq: number;
            /** @constant */
            type: "seq";
        } | {
            /**
             * Format: int64
             * @description Everything up to here is passed over.
             */
            seq: number;
            /** @constant */
            type: "reset";
        } | {
            /** @constant */
            type: "rights";
        } | {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its object. */
            object: string;
            /** @constant */
            type: "lost";
        } | {
            /**
             * Format: uuid
             * @description The record; null for the board of the object.
             */
            id: string | null;
            /** @description The others, each once. */
            members: components["schemas"]["PresentMember"][];
            /** @description Object. */
            object: string;
            /** @constant */
            type: "present";
        } | {
            /**
             * Format: uint64
             * @description The number of the text on this connection and its node.
             */
            doc: number;
            /**
             * Format: uuid
             * @description What the text was begun as. A copy of another epoch has nothing to do with it.
             */
            epoch: string;
            /** @description The field. */
            field: string;
            /**
             * Format: uuid
             * @description Its record.
             */
            id: string;
            /** @description Its object. */
            object: string;
            /** @constant */
            type: "joined";
            /** @description What the client's copy lacks, an update of `Yjs` in base64; all of it for a copy of another epoch. */
            update: string;
            /** @description How far the server has come: a state vector in base64. */
            vector: string;
            /** @description Whether the caller may edit. */
            write: boolean;
        } | {
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /** @constant */
            type: "edits";
            /** @description Updates of `Yjs`, each in base64. */
            updates: string[];
        } | {
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /**
             * Format: uint64
             * @description The client's number.
             */
            n: number;
            /** @constant */
            type: "taken";
        } | {
            /** @description Where, as that client said it; null where he left. */
            at: string | null;
            /**
             * Format: uint64
             * @description The reader's name in his document.
             */
            client: number;
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /** @description His name; null where the caller may not see it. */
            label: string | null;
            /**
             * Format: uuid
             * @description The member.
             */
            member: string;
            /** @constant */
            type: "cursor";
        } | {
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /** @constant */
            type: "written";
        } | {
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /** @description Why, in the caller's language. */
            reason: string;
            /** @constant */
            type: "unwritten";
        } | {
            /** @description The field. */
            field: string;
            /**
             * Format: uuid
             * @description Its record.
             */
            id: string;
            /** @description Its object. */
            object: string;
            /** @description Why. */
            reason: components["schemas"]["LeftReason"];
            /** @constant */
            type: "left";
        };
        /** @description What a client says. */
        LiveRequest: {
            /**
             * @description `csrf_token` of `Me`; not needed with a key.
             * @default null
             */
            csrf?: string | null;
            /** @constant */
            type: "hello";
        } | {
            /**
             * Format: int64
             * @description Resume: tell what happened after this sequence, of all that is wanted.
             * @default null
             */
            after?: number | null;
            /**
             * Format: uint64
             * @description Of what was not wanted before, tell what happened in so many milliseconds, and a little more: as old as what
             *     the client has loaded of it.
             * @default null
             */
            age?: number | null;
            /**
             * @description All records of these objects.
             * @default []
             */
            objects?: string[];
            /**
             * @description Single records.
             * @default []
             */
            records?: components["schemas"]["NamedRecord"][];
            /** @constant */
            type: "watch";
        } | {
            /** @description Records and boards he has before him. */
            at?: components["schemas"]["PresentAt"][];
            /** @constant */
            type: "present";
        } | {
            /**
             * Format: uuid
             * @description The epoch of that copy.
             * @default null
             */
            epoch?: string | null;
            /** @description The field. */
            field: string;
            /**
             * Format: uuid
             * @description Its record.
             */
            id: string;
            /** @description Its object. */
            object: string;
            /** @constant */
            type: "join";
            /**
             * @description How far the client's own copy has come, as `Yjs` writes a state vector, in base64; left out without one.
             * @default null
             */
            vector?: string | null;
        } | {
            /**
             * Format: uint64
             * @description The number `joined` gave the text.
             */
            doc: number;
            /**
             * @description Whether the rest of it follows.
             * @default false
             */
            more?: boolean;
            /**
             * Format: uint64
             * @description The client's own number of the edit; `taken` repeats it.
             */
            n: number;
            /** @constant */
            type: "edit";
            /** @description An update of `Yjs` (version 1), in base64. */
            update: string;
        } | {
            /**
             * @description Where, for other clients to understand; null where he stands nowhere.
             * @default null
             */
            at?: string | null;
            /**
             * Format: uint64
             * @description The client's name in its document.
             */
            client: number;
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /** @constant */
            type: "cursor";
        } | {
            /**
             * Format: uint64
             * @description The number of the text.
             */
            doc: number;
            /** @constant */
            type: "leave";
        };
        /** @description A lock that holds. */
        LockOfRecord: {
            /** @description Members who may change the record all the same. */
            except: components["schemas"]["Reference"][];
            /**
             * Format: date-time
             * @description When.
             */
            locked_at: string;
            /** @description Who locked it. */
            locked_by: components["schemas"]["Actor"];
            /** @description Why. */
            reason: string;
            /**
             * Format: date-time
             * @description When it ends by itself; never where null.
             */
            until: string | null;
        };
        /** @description A record that others are part of. */
        LockedWhole: {
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /** @description Its title; null where the caller may not see it. */
            label: string | null;
            /** @description Its object. */
            object: string;
        };
        /** @description A key just made. */
        MadeApiKey: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description The secret. It is not told again. */
            key: string;
            /** @description What its owner called it. */
            name: string;
            /** @description What it has of its owner's rights; all of them where absent. */
            scope: components["schemas"]["KeyScope"] | null;
            /**
             * Format: date-time
             * @description When it was last used, to within an hour.
             */
            used_at: string | null;
        };
        /** @description A link just made. */
        MadeFileLink: {
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Its id; it opens nothing.
             */
            id: string;
            /** @description Where it leads on this server. It is not told again. */
            path: string;
            /** @description The whole address, where this server knows its own. */
            url: string | null;
        };
        /** @description A link for a member. */
        MadeLink: {
            /**
             * Format: date-time
             * @description When it becomes void.
             */
            expires_at: string | null;
            /** @description What it is for. */
            kind: components["schemas"]["LinkKind"];
            /** @description It was sent; there is nothing to be handed over. */
            mailed: boolean;
            /** @description Where it leads on this server. It is not told again. */
            path: string | null;
            /** @description The whole address, where this server knows its own. */
            url: string | null;
        };
        /** @description A passkey a browser made. */
        MadePasskey: {
            /** @description The browser's answer, as its `toJSON()` gives it. */
            credential: components["schemas"]["Json"];
            /** @description What the member calls it. */
            name?: string | null;
            /** @description What the question came with. */
            token: string;
        };
        /** @description A token just made. */
        MadeScimToken: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What it was called. */
            name: string;
            /** @description The administrator who made it; it goes when he goes. */
            owner: components["schemas"]["Reference"];
            /** @description Roles it may give and take. */
            roles: string[];
            /** @description The secret. It is not told again. */
            token: string;
            /**
             * Format: date-time
             * @description When it was last used, to within an hour.
             */
            used_at: string | null;
        };
        /** @description A workspace just made. */
        MadeWorkspace: {
            /** @description Id; stands in its address, `/w/ID/`. */
            id: string;
            /** @description Name for people. */
            name: string;
        };
        /** @description What was to be confirmed. */
        MailConfirmation: {
            /** @description `confirm` of the answer. */
            confirm: string;
        };
        /** @description A link in a mail, by what stands in it. */
        MailedConfirmation: {
            /** @description What stands in it. */
            token: string;
        };
        /** @description Where most of a value is covered. */
        MaskedWhere: "everywhere" | "lists";
        /** @description A field in which something was found. */
        MatchedField: {
            /** @description Its name; `text` of a file is what it says. */
            field: string;
            /** @description From and to where in the text, in units of UTF-16; in order and apart. */
            ranges: number[][];
            /** @description Its text; of a long one, the part around what was found. */
            text: string;
        };
        /** @description The caller. */
        Me: {
            /** @description The navigation, as in `GET /meta`. */
            app: components["schemas"]["NavigationGroup"][];
            /** @description What unsafe requests of this session repeat; null with an API key. */
            csrf_token: string | null;
            /**
             * @description How close things stand.
             * @enum {string}
             */
            density: "comfortable" | "compact";
            /**
             * @description Language of the interface, and of texts the server writes.
             * @enum {string}
             */
            locale: "zh-CN" | "en";
            /** @description Whatever the web app keeps. */
            preferences: {
                [key: string]: components["schemas"]["Json"];
            };
            /**
             * @description Colours of the interface.
             * @enum {string}
             */
            theme: "light" | "dark" | "system";
            /** @description IANA name; his days begin here. */
            time_zone: string;
            /** @description The member. */
            user: components["schemas"]["MeUser"];
            /** @description The administrator who looks with this member's rights and can change nothing; absent where nobody does. */
            viewer?: components["schemas"]["MeViewer"];
            /** @description The company. */
            workspace: components["schemas"]["MeWorkspace"];
        };
        /** @description A member as he is told to himself. */
        MeUser: {
            /** @description Circles he belongs to or keeps: `me.circles`. */
            circles: string[];
            /** @description Main department. */
            department: components["schemas"]["Reference"] | null;
            /** @description E-mail address. */
            email: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Circles he keeps: `me.keeps`. */
            keeps: string[];
            /** @description Name. */
            name: string;
            /** @description Main and further departments, without those below: `me.own_departments` of expressions. */
            own_departments: string[];
            /** @description Names of the roles held. */
            roles: string[];
            /** @description He himself and absent colleagues he stands in for: `me.selves`. */
            selves: string[];
        };
        /** @description Who looks with somebody else's rights. */
        MeViewer: {
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Name. */
            name: string;
        };
        /** @description A company as its members are told of it when they sign in. */
        MeWorkspace: {
            /** @description ISO 4217 code of amounts that name none. */
            currency: string;
            /** @description Made for trying out. */
            demo: boolean;
            /** @description Id; part of its address. */
            id: string;
            /** @description Name of the company. */
            name: string;
            /** @description Two-letter region for national phone forms. */
            region: string;
        };
        /** @description The second factors of a member. */
        MemberFactors: {
            /** @description In the order they were set up. */
            items: components["schemas"]["Factor"][];
            /**
             * Format: uint64
             * @description Recovery codes he has not used.
             */
            recovery_codes_left: number;
        };
        /** @description Which records become part of this one. */
        MergeInput: {
            /**
             * @description Those that go: 1 to 20.
             * @default []
             */
            others?: string[];
            /**
             * @description By the name of a field, the record whose value it gets. Else its own, and where that is empty the first of the
             *     others that has one; of tags and the like all.
             * @default {}
             */
            take?: {
                [key: string]: string;
            };
        };
        /** @description Records that would become one. */
        MergePlan: {
            /** @description Whose value each field would have, of those the caller may see. */
            fields: components["schemas"]["FieldChoice"][];
            /** @description What would come along, as far as the caller may see it. */
            moves: components["schemas"]["Moves"][];
            /** @description Nothing is wrong with it. */
            ok: boolean;
            /** @description What is wrong with the record as it would be. */
            problems: components["schemas"]["FieldError"][];
            /** @description The records as they are, the one that stays first. */
            records: components["schemas"]["Record"][];
        };
        /** @description What became of a merge, or would. */
        MergeResult: components["schemas"]["Merged"] | components["schemas"]["MergePlan"];
        /** @description Records that became one. */
        Merged: {
            /**
             * Format: uuid
             * @description Id of the change: undo takes it back.
             */
            change_id: string;
            /**
             * Format: uint64
             * @description Records that refer to it now and did not before.
             */
            moved: number;
            /** @description The record that stayed. */
            record: components["schemas"]["Record"];
            /**
             * Format: uint64
             * @description Records that said of two of them what can only be said once; they went to the bin too.
             */
            removed: number;
        };
        /** @description Where a record went. */
        MergedInto: {
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /** @description Its object. */
            object: string;
        };
        /** @description A record that is part of another one now. */
        MergedRecord: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who did. */
            by: components["schemas"]["Actor"];
            /**
             * Format: uuid
             * @description The change that made it so: undo takes it back.
             */
            change_id: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its title; null where the caller may not see it. */
            label: string | null;
        };
        /** @description What there is, for the caller. */
        Meta: {
            /** @description The actions that belong to no object. */
            actions: components["schemas"]["ActionMeta"][];
            /** @description Whether the caller administers the workspace. */
            administrator: boolean;
            /** @description Whether he may read the audit log. */
            auditor: boolean;
            /** @description Manages the members, departments and teams of some departments. */
            branch_administrator: boolean;
            /** @description Currencies offered for amounts: the company's own, then those that have a rate. */
            currencies: string[];
            /** @description The apps with their objects. */
            navigation: components["schemas"]["NavigationGroup"][];
            /** @description The objects he may read. */
            objects: components["schemas"]["ObjectMeta"][];
            /**
             * Format: int64
             * @description Grows with each change of the definitions.
             */
            schema_version: number;
            /** @description The company. */
            workspace: components["schemas"]["MetaWorkspace"];
        };
        /** @description A company. */
        MetaWorkspace: {
            /** @description ISO 4217 code of amounts that name none. */
            currency: string;
            /** @description Made for trying out. */
            demo: boolean;
            /** @description Id; part of its address. */
            id: string;
            /** @description Name of the company. */
            name: string;
            /** @description Two-letter region for national phone forms. */
            region: string;
            /** @description IANA name; days of reports begin here. */
            time_zone: string;
        };
        Money: {
            /** Format: decimal */
            amount: string;
            /** @description ISO 4217 */
            currency: string;
        };
        /** @description What comes along. */
        Moves: {
            /**
             * Format: uint64
             * @description How many records; no more than 1,000 are counted.
             */
            count: number;
            /** @description By this field. */
            field: string;
            /** @description The object that refers to them. */
            object: string;
        };
        /** @description A record by its object and id. */
        NamedRecord: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its object. */
            object: string;
        };
        /** @description A role that speaks of something. */
        NamedRole: {
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description The role. */
            role: string;
        };
        /** @description An app in the navigation. */
        NavigationGroup: {
            /** @description Its name; `custom` for the workspace's own objects. */
            app: string;
            /** @description Icon name of the web app's set. */
            icon: string | null;
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description Its objects, in order. */
            objects: string[];
        };
        /** @description A key to be made. */
        NewApiKey: {
            /**
             * Format: date-time
             * @description When it stops working; never where absent.
             */
            expires_at?: string | null;
            /** @description What its owner calls it, at most 100 characters. */
            name: string;
            /** @description What of its owner's rights it has; all where absent. */
            scope?: components["schemas"]["KeyScopeInput"] | null;
        };
        /** @description An export that is to be made in the background. */
        NewExport: {
            /**
             * @description Paths; all where absent.
             * @default null
             */
            fields?: string[] | null;
            /**
             * @description Filter expression.
             * @default null
             */
            filter?: string | null;
            /**
             * @description Kind of file; csv where absent.
             * @default csv
             */
            format?: components["schemas"]["ExportFormat"];
            /**
             * @description Only these records, at most 10,000.
             * @default null
             */
            ids?: string[] | null;
            /** @description Of which object. */
            object: string;
            /**
             * @description Words, as of a list.
             * @default null
             */
            q?: string | null;
            /**
             * @description Why so many records are exported; asked for above a limit.
             * @default null
             */
            reason?: string | null;
            /**
             * @description Fields separated by commas, - before a field for descending.
             * @default null
             */
            sort?: string | null;
        };
        /** @description A link to be made. */
        NewFileLink: {
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: int64
             * @description How often it may be used; as often as one likes where absent.
             * @default null
             */
            max_downloads?: number | null;
            /**
             * @description What is asked for before the file is told of, 6 to 100 characters; nothing where absent.
             * @default null
             */
            password?: string | null;
        };
        /** @description A file that is to come. */
        NewImportUpload: {
            /** @description Its name. */
            file_name: string;
            /** @description Into which object. */
            object: string;
            /**
             * @description The sheet of a workbook that is meant.
             * @default null
             */
            sheet?: string | null;
            /**
             * Format: uint64
             * @description Its bytes.
             */
            size: number;
        };
        /** @description New members a provider vouches for are made by themselves. */
        NewMembers: {
            /**
             * Format: uuid
             * @description Their department.
             */
            department: string | null;
            /** @description Only where the address ends in one of these, such as `example.com`; of any where empty. */
            domains: string[];
            /** @description Roles they get. */
            roles: string[];
        };
        /** @description New members a provider vouches for are made by themselves. */
        NewMembersInput: {
            /**
             * Format: uuid
             * @description Their department.
             */
            department?: string | null;
            /** @description Only where the address ends in one of these, such as `example.com`; of any where empty. */
            domains: string[];
            /** @description Roles they get. */
            roles: string[];
        };
        /** @description A number to be confirmed. */
        NewPhone: {
            /** @description In any usual form. */
            number: string;
        };
        /** @description A provider to be set up. */
        NewProvider: {
            /** @description Whether members may sign in by it. */
            enabled: boolean;
            /** @description What people know it as. */
            name: string;
            /** @description What this server proves itself to it with, where it wants that. */
            secret?: string | null;
            /** @description How it is asked. */
            settings: components["schemas"]["ProviderSettingsInput"];
        };
        /** @description A browser's subscription, as it tells it. */
        NewPushSubscription: {
            /** @description Where its push service listens: https. */
            endpoint: string;
            /** @description Its keys. */
            keys: components["schemas"]["PushKeys"];
        };
        /** @description A lock to be put on a record. */
        NewRecordLock: {
            /**
             * @description Members who may change it all the same.
             * @default []
             */
            except?: string[];
            /** @description Why; everybody who would change the record is told. */
            reason: string;
            /**
             * Format: date-time
             * @description When it ends by itself; never where absent.
             * @default null
             */
            until?: string | null;
        };
        /** @description A token to be made. */
        NewScimToken: {
            /**
             * Format: date-time
             * @description When it stops working; never where absent.
             */
            expires_at?: string | null;
            /** @description What it is called, at most 100 characters. */
            name: string;
            /** @description Roles it may give and take, at least one. Members with other roles keep address and access, whatever it says. */
            roles: string[];
        };
        /** @description A share to be made. */
        NewShare: {
            /**
             * Format: date-time
             * @description When it ends; never where absent.
             * @default null
             */
            expires_at?: string | null;
            /** @description How much it gives. */
            level: components["schemas"]["ShareLevel"];
            /** @description With whom. */
            with: components["schemas"]["PrincipalInput"];
        };
        /** @description A workspace to be made. */
        NewWorkspace: {
            /** @description Its id, lower-case letters and digits. */
            id: string;
            /** @description Its name for people. */
            name: string;
            /** @description The workspace it begins as a copy of; empty where absent. */
            template?: string | null;
        };
        /** @description What a half-signed-in browser needs to know to go on. */
        NextStep: {
            /** @description What unsafe requests of this session repeat. */
            csrf_token: string | null;
            /** @description His e-mail address. */
            email: string;
            /** @description Kinds of second factors the member has. */
            factors: components["schemas"]["FactorKind"][];
            /** @description His name. */
            name: string;
            /** @description How far it has come. */
            stage: components["schemas"]["Stage"] | null;
        };
        /** @description What changes about a field beside its right, for how many members. */
        NotedImpact: {
            /** @description The field. */
            field: string;
            /**
             * Format: uint
             * @description For how many members.
             */
            members: number;
            /** @description What changes. */
            note: components["schemas"]["FieldNote"];
            /** @description The object. */
            object: string;
        };
        /** @description What the caller may do with some records at least. */
        ObjectAccess: {
            /** @description Give them to another owner. */
            assign: boolean;
            /** @description Change many at once. */
            bulk: boolean;
            /** @description Make new ones. */
            create: boolean;
            /** @description Move them to the recycle bin. */
            delete: boolean;
            /** @description Export. */
            export: boolean;
            /** @description Import. */
            import: boolean;
            /** @description Lock them. */
            lock: boolean;
            /** @description Bring them back. */
            restore: boolean;
            /** @description Share them. */
            share: boolean;
            /** @description Change them. */
            update: boolean;
        };
        /** @description One kind of record. */
        ObjectDefinition: {
            /** @description Whoever opens a record is noted in the audit log. */
            audit_reads?: boolean;
            /** @description Its records are circles: whoever belongs to one sees what lies in it (`in_circle` of other objects). */
            circle?: components["schemas"]["CircleDefinition"];
            /** @description Accent, a token name such as `blue`. */
            color?: string;
            /** @description Fields by which records are compared to find those that mean the same; nobody looks for duplicates where absent. */
            duplicates?: components["schemas"]["ComparedField"][];
            /** @description Other objects whose records may mean the same as one that is entered. */
            duplicates_against?: components["schemas"]["ComparedObject"][];
            /** @description Rights follow from its records (members, teams, grants): what a role says of `*` does not hold for it. */
            explicit_rights?: boolean;
            /**
             * @description Fields in the order of forms.
             * @default []
             */
            field: components["schemas"]["FieldDefinition"][];
            /**
             * @description The field through which records belong to another one, a `record` or a `reference`: they are seen only where that
             *     one is, whatever roles say (comments, reactions).
             */
            follows?: string;
            /**
             * @description What follows another record is changed only where that one may be, whatever roles say: who may only read it only reads
             *     these (what is in a space).
             */
            follows_changes?: boolean;
            /** @description One sentence for newcomers. */
            help?: components["schemas"]["Label"];
            /** @description Icon name of the web app's set. */
            icon?: string;
            /** @description How its records lie in a circle, open to those who belong to it. */
            in_circle?: components["schemas"]["InCircleDefinition"];
            /** @description Found by search although internal; what is found leads to the record it follows (comments). */
            in_search?: boolean;
            /** @description Indexes beyond those the engine makes (unique fields, references, `indexed`). */
            index?: components["schemas"]["IndexDefinition"][];
            /** @description Hidden from navigation and search pages (join objects, saved views). */
            internal?: boolean;
            /** @description Singular name. */
            label: components["schemas"]["Label"];
            /** @description What the person a record is addressed to may see meanwhile. */
            lends?: components["schemas"]["LendDefinition"][];
            /** @description Expression over the record: nobody but an administrator changes or deletes it while this holds. */
            locked_when?: string;
            /**
             * @description The field, a `record` or a `reference`, that names the record this one is a part of: whatever locks that one, locks
             *     this one too, and no part is added to it or taken away (lines of an order).
             */
            locked_with?: string;
            /** @description Identifier, `[a-z][a-z0-9_]{0,39}`; the table is `o_<name>`. */
            name: string;
            /**
             * @description Adds the fields `owner` (user) and `department`; on unless said otherwise.
             * @default true
             */
            owned: boolean;
            /** @description Plural name; the singular where absent. */
            plural?: components["schemas"]["Label"];
            /** @description The field that names the one member who sees a record; nobody else does, an administrator no more than others. */
            private_to?: string;
            /** @description Rules every saved record satisfies. */
            rule?: components["schemas"]["RuleDefinition"][];
            /** @description The record it is seen with: whoever may read that one reads this one too (tasks and notices of a space). */
            seen_with?: components["schemas"]["SeenWithDefinition"];
            /** @description Its records say how the workspace works (rules): only who may make or change some finds them in the navigation. */
            setting?: boolean;
            /** @description The field that names a record to people; text-like. */
            title_field: string;
            /** @description Its records say what happened: taking a change back leaves them as they are. */
            trail?: boolean;
            /**
             * @description How records are shown.
             * @default {
             *       "record": {}
             *     }
             */
            views: components["schemas"]["ViewsDefinition"];
            /** @description Screens that show its records bear the name of who looks and the time, so that a picture of them tells who took it. */
            watermark?: boolean;
        };
        /** @description One kind of record. */
        ObjectDefinitionInput: {
            /** @description Whoever opens a record is noted in the audit log. */
            audit_reads?: boolean;
            /** @description Its records are circles: whoever belongs to one sees what lies in it (`in_circle` of other objects). */
            circle?: components["schemas"]["CircleDefinitionInput"] | null;
            /** @description Accent, a token name such as `blue`. */
            color?: string | null;
            /** @description Fields by which records are compared to find those that mean the same; nobody looks for duplicates where absent. */
            duplicates?: components["schemas"]["ComparedFieldInput"][];
            /** @description Other objects whose records may mean the same as one that is entered. */
            duplicates_against?: components["schemas"]["ComparedObject"][];
            /** @description Rights follow from its records (members, teams, grants): what a role says of `*` does not hold for it. */
            explicit_rights?: boolean;
            /**
             * @description Fields in the order of forms.
             * @default []
             */
            field?: components["schemas"]["FieldDefinitionInput"][];
            /**
             * @description The field through which records belong to another one, a `record` or a `reference`: they are seen only where that
             *     one is, whatever roles say (comments, reactions).
             */
            follows?: string | null;
            /**
             * @description What follows another record is changed only where that one may be, whatever roles say: who may only read it only reads
             *     these (what is in a space).
             */
            follows_changes?: boolean;
            /** @description One sentence for newcomers. */
            help?: components["schemas"]["Label"] | null;
            /** @description Icon name of the web app's set. */
            icon?: string | null;
            /** @description How its records lie in a circle, open to those who belong to it. */
            in_circle?: components["schemas"]["InCircleDefinition"] | null;
            /** @description Found by search although internal; what is found leads to the record it follows (comments). */
            in_search?: boolean;
            /** @description Indexes beyond those the engine makes (unique fields, references, `indexed`). */
            index?: components["schemas"]["IndexDefinition"][];
            /** @description Hidden from navigation and search pages (join objects, saved views). */
            internal?: boolean;
            /** @description Singular name. */
            label: components["schemas"]["Label"];
            /** @description What the person a record is addressed to may see meanwhile. */
            lends?: components["schemas"]["LendDefinition"][];
            /** @description Expression over the record: nobody but an administrator changes or deletes it while this holds. */
            locked_when?: string | null;
            /**
             * @description The field, a `record` or a `reference`, that names the record this one is a part of: whatever locks that one, locks
             *     this one too, and no part is added to it or taken away (lines of an order).
             */
            locked_with?: string | null;
            /** @description Identifier, `[a-z][a-z0-9_]{0,39}`; the table is `o_<name>`. */
            name: string;
            /**
             * @description Adds the fields `owner` (user) and `department`; on unless said otherwise.
             * @default true
             */
            owned?: boolean;
            /** @description Plural name; the singular where absent. */
            plural?: components["schemas"]["Label"] | null;
            /** @description The field that names the one member who sees a record; nobody else does, an administrator no more than others. */
            private_to?: string | null;
            /** @description Rules every saved record satisfies. */
            rule?: components["schemas"]["RuleDefinitionInput"][];
            /** @description The record it is seen with: whoever may read that one reads this one too (tasks and notices of a space). */
            seen_with?: components["schemas"]["SeenWithDefinitionInput"] | null;
            /** @description Its records say how the workspace works (rules): only who may make or change some finds them in the navigation. */
            setting?: boolean;
            /** @description The field that names a record to people; text-like. */
            title_field: string;
            /** @description Its records say what happened: taking a change back leaves them as they are. */
            trail?: boolean;
            /**
             * @description How records are shown.
             * @default {
             *       "record": {}
             *     }
             */
            views?: components["schemas"]["ViewsDefinitionInput"];
            /** @description Screens that show its records bear the name of who looks and the time, so that a picture of them tells who took it. */
            watermark?: boolean;
        };
        /** @description An object, for the caller. */
        ObjectMeta: {
            /** @description What the caller may do with some of its records at least. */
            access: components["schemas"]["ObjectAccess"];
            /** @description The actions he may run. */
            actions: components["schemas"]["ActionMeta"][];
            /** @description The app it belongs to. */
            app: string;
            /** @description Accent, a token name such as `blue`. */
            color: string | null;
            /** @description The workspace's own. */
            custom: boolean;
            /** @description Duplicates among its records are looked for. */
            duplicates: boolean;
            /** @description Other objects whose records one that is entered is compared with, as far as the caller may see them. */
            duplicates_against: string[];
            /** @description The fields he may read. */
            fields: components["schemas"]["FieldMeta"][];
            /** @description One sentence for newcomers. */
            help: components["schemas"]["Label"] | null;
            /** @description Icon name of the web app's set. */
            icon: string | null;
            /** @description Hidden from navigation and search pages. */
            internal: boolean;
            /** @description Singular name. */
            label: components["schemas"]["Label"];
            /** @description Identifier. */
            name: string;
            /** @description The industry pack that brought it. */
            pack?: string;
            /** @description Plural name. */
            plural: components["schemas"]["Label"];
            /** @description The field that names a record to people. */
            title_field: string;
            /** @description How its records are shown. */
            views: components["schemas"]["ViewsMeta"];
            /** @description Screens that show its records bear the name of who looks and the time. */
            watermark: boolean;
        };
        /** @description Rights on one object. What is absent is refused. */
        ObjectRights: {
            /** @description Names of the actions; `*` is all. */
            actions?: string[];
            /** @description May give records he may change to another owner or department. */
            assign?: boolean;
            /** @description May change many at once. */
            bulk?: boolean;
            /** @description May create. */
            create?: boolean;
            /**
             * @description Which records may be deleted.
             * @default none
             */
            delete: components["schemas"]["RowScope"];
            /** @description What is denied, whatever this role or another gives. */
            deny?: components["schemas"]["DenyRights"];
            /** @description May export. */
            export?: boolean;
            /** @description Rights on single fields. */
            fields?: {
                [key: string]: components["schemas"]["FieldRight"];
            };
            /** @description Fields that cannot be changed while an expression over the record holds. */
            freeze?: components["schemas"]["FreezeRule"][];
            /** @description May import. */
            import?: boolean;
            /** @description May lock records he may change, and unlock those that others locked. */
            lock?: boolean;
            /** @description Fields shown whole on the record's own page and masked everywhere else. */
            masked_in_lists?: string[];
            /** @description Right on the fields not named in `fields`; `hidden` makes `fields` a list of what is allowed. */
            other_fields?: components["schemas"]["FieldRight"];
            /**
             * @description Which records may be seen.
             * @default none
             */
            read: components["schemas"]["RowScope"];
            /** @description Which deleted records may be seen and restored; those that may be deleted where absent. */
            restore?: components["schemas"]["RowScope"];
            /** @description May share records he may change with others. */
            share?: boolean;
            /**
             * @description Which records may be changed.
             * @default none
             */
            update: components["schemas"]["RowScope"];
        };
        /** @description Rights on one object. What is absent is refused. */
        ObjectRightsInput: {
            /** @description Names of the actions; `*` is all. */
            actions?: string[];
            /** @description May give records he may change to another owner or department. */
            assign?: boolean;
            /** @description May change many at once. */
            bulk?: boolean;
            /** @description May create. */
            create?: boolean;
            /**
             * @description Which records may be deleted.
             * @default none
             */
            delete?: components["schemas"]["RowScope"];
            /** @description What is denied, whatever this role or another gives. */
            deny?: components["schemas"]["DenyRights"];
            /** @description May export. */
            export?: boolean;
            /** @description Rights on single fields. */
            fields?: {
                [key: string]: components["schemas"]["FieldRight"];
            };
            /** @description Fields that cannot be changed while an expression over the record holds. */
            freeze?: components["schemas"]["FreezeRule"][];
            /** @description May import. */
            import?: boolean;
            /** @description May lock records he may change, and unlock those that others locked. */
            lock?: boolean;
            /** @description Fields shown whole on the record's own page and masked everywhere else. */
            masked_in_lists?: string[];
            /** @description Right on the fields not named in `fields`; `hidden` makes `fields` a list of what is allowed. */
            other_fields?: components["schemas"]["FieldRight"];
            /**
             * @description Which records may be seen.
             * @default none
             */
            read?: components["schemas"]["RowScope"];
            /** @description Which deleted records may be seen and restored; those that may be deleted where absent. */
            restore?: components["schemas"]["RowScope"] | null;
            /** @description May share records he may change with others. */
            share?: boolean;
            /**
             * @description Which records may be changed.
             * @default none
             */
            update?: components["schemas"]["RowScope"];
        };
        /** @description What a member may do with the records of one object. */
        ObjectSummary: {
            /** @description Which records may be deleted. */
            delete: components["schemas"]["Opening"][];
            /** @description A role denies some of the records. */
            denies: boolean;
            /** @description The object. */
            object: string;
            /** @description Which records may be seen. */
            read: components["schemas"]["Opening"][];
            /** @description Which records may be changed. */
            update: components["schemas"]["Opening"][];
            /** @description What is open beside that: `create`, `import`, `export`, `bulk`, `share`, `assign`, `lock`. */
            verbs: string[];
        };
        /** @description An identity provider members may sign in by. */
        OfferedProvider: {
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /**
             * @description How people sign in by it: on its own page, or by their account and password there.
             * @enum {string}
             */
            kind: "oidc" | "ldap";
            /** @description What people know it as. */
            name: string;
        };
        /** @description What deleting the referred-to record does to the referring one. */
        OnDelete: "keep" | "restrict" | "cascade";
        /** @description Which records are open. */
        Opening: "all" | "own" | "subordinates" | "department" | "department_tree" | "departments" | "when" | "within" | "sharing_rule" | "circle" | "share";
        /** @description One choice of a select; of a state field also where it may move. */
        OptionDefinition: {
            /** @description States: an end state. */
            closed?: boolean;
            /** @description Colour token: `blue`, `green`, `gold`, `red`, `purple`, `cyan`, `gray`, ... */
            color?: string;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description States: the values this one may change to; any where absent. */
            next?: string[];
            /**
             * Format: uint8
             * @description Pipeline stages: probability of winning, percent.
             */
            probability?: number;
            /** @description Kept for old records, not offered any more. */
            retired?: boolean;
            /** @description Stored value, `[a-z0-9_]{1,40}`. */
            value: string;
            /** @description States: an end state that counts as success. */
            won?: boolean;
        };
        /** @description One choice of a select; of a state field also where it may move. */
        OptionDefinitionInput: {
            /** @description States: an end state. */
            closed?: boolean;
            /** @description Colour token: `blue`, `green`, `gold`, `red`, `purple`, `cyan`, `gray`, ... */
            color?: string | null;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description States: the values this one may change to; any where absent. */
            next?: string[] | null;
            /**
             * Format: uint8
             * @description Pipeline stages: probability of winning, percent.
             */
            probability?: number | null;
            /** @description Kept for old records, not offered any more. */
            retired?: boolean;
            /** @description Stored value, `[a-z0-9_]{1,40}`. */
            value: string;
            /** @description States: an end state that counts as success. */
            won?: boolean;
        };
        /** @description A choice. */
        OptionMeta: {
            /** @description States: an end state. */
            closed: boolean;
            /** @description Colour token. */
            color: string | null;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description States: the values it may change to; any where null. */
            next: string[] | null;
            /**
             * Format: uint8
             * @description Pipeline stages: probability of winning, percent.
             */
            probability: number | null;
            /** @description Not offered: kept for old records, or a role the caller may not give. */
            retired: boolean;
            /** @description Stored value. */
            value: string;
            /** @description States: an end state that counts as success. */
            won: boolean;
        };
        /** @description Where choices come from that are not written in the definition. */
        OptionSource: "roles" | "roles_to_give" | "skills";
        /** @description Where a definition comes from. */
        Origin: "system" | "standard" | "pack" | "custom";
        /** @description The caller's own second factors. */
        OwnFactors: {
            /** @description In the order they were set up. */
            items: components["schemas"]["Factor"][];
            /** @description Passkeys can be bound to this server's address. */
            passkeys: boolean;
            /**
             * Format: uint64
             * @description Recovery codes he has not used.
             */
            recovery_codes_left: number;
            /** @description He must have one. */
            required: boolean;
        };
        /** @description A provider, and the caller's account there. */
        OwnIdentity: {
            /**
             * Format: date-time
             * @description Since when the account is bound; null where none is.
             */
            bound_at: string | null;
            /** @description The address it was bound by. */
            email: string | null;
            /**
             * @description Its kind.
             * @enum {string}
             */
            kind: "oidc" | "ldap";
            /** @description Its name. */
            name: string;
            /**
             * Format: uuid
             * @description The provider.
             */
            provider: string;
            /**
             * Format: date-time
             * @description When he last signed in by it.
             */
            used_at: string | null;
        };
        /** @description An API key and whose it is. */
        OwnedApiKey: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What its owner called it. */
            name: string;
            /** @description Its owner; without a name where the caller may not see him. */
            owner: components["schemas"]["Reference"];
            /** @description What it has of its owner's rights; all of them where absent. */
            scope: components["schemas"]["KeyScope"] | null;
            /**
             * Format: date-time
             * @description When it was last used, to within an hour.
             */
            used_at: string | null;
        };
        /** @description An industry pack. */
        Pack: {
            /** @description What it brings: as installed where it is, otherwise as offered. */
            brings: components["schemas"]["PackChange"][];
            /** @description What it is for. */
            help: components["schemas"]["Label"];
            /** @description Icon name of the web app's set. */
            icon: string | null;
            /** @description Version installed. */
            installed?: components["schemas"]["InstalledVersion"];
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier; what it adds begins with it. */
            name: string;
            /** @description Objects of others that it needs. */
            needs: string[];
            /** @description Version the server offers. */
            offered?: string;
            /** @description How it stands. */
            state: components["schemas"]["PackState"];
        };
        /** @description One thing that comes, changes or goes. */
        PackChange: {
            /** @description What people call it. */
            label: components["schemas"]["Label"];
            /** @description Identifier. */
            name: string;
            /** @description The object it belongs to; of an object itself its name, of a role nothing. */
            object?: string;
            /** @description What it is. */
            part: components["schemas"]["PackPart"];
            /** @description What becomes of it. */
            verb: components["schemas"]["PackVerb"];
        };
        /** @description A kind of thing a pack brings. */
        PackPart: "object" | "field" | "option" | "rule" | "list" | "related" | "role" | "grant" | "record";
        /** @description What a change of a pack would do. */
        PackPlan: {
            /** @description What comes, changes and goes. */
            changes: components["schemas"]["PackChange"][];
            /** @description Version installed. */
            from?: string;
            /** @description Values that would be lost. */
            losses: components["schemas"]["SchemaLoss"][];
            /** @description Why it cannot be done. */
            problems: components["schemas"]["FieldError"][];
            /** @description In order. */
            steps: components["schemas"]["SchemaStep"][];
            /** @description Version it would be; none where it is removed. */
            to?: string;
        };
        /** @description How a pack stands. */
        PackState: "available" | "installed" | "upgradable" | "older" | "withdrawn";
        /** @description What becomes of a part. */
        PackVerb: "add" | "change" | "remove";
        /** @description What a browser is asked to sign or to make. */
        PasskeyQuestion: {
            /** @description For `navigator.credentials`. */
            options: components["schemas"]["Json"];
            /** @description Goes with the answer. */
            token: string;
        };
        /** @description A passkey's signature. */
        PasskeySignature: {
            /** @description The browser's answer, as its `toJSON()` gives it. */
            credential: components["schemas"]["Json"];
            /** @description Names the question. */
            token: string;
        };
        /** @description What was to be confirmed, with the member's password. */
        PasswordConfirmation: {
            /** @description `confirm` of the answer. */
            confirm: string;
            /** @description The member's password here. */
            password: string;
        };
        /** @description A number that waits for its code. */
        PendingPhone: {
            /**
             * Format: date-time
             * @description Until when the code is good.
             */
            expires_at: string;
            /** @description The number, E.164. */
            number: string;
            /**
             * Format: uint32
             * @description How often it may still be guessed.
             */
            tries_left: number;
        };
        PersonName: {
            family: string | null;
            full: string;
            given: string | null;
        };
        /** @description A code that came. */
        PhoneCode: {
            /** @description Its six digits. */
            code: string;
        };
        /** @description Where news are texted to. */
        PhoneState: {
            /** @description Whether this workspace texts at all. */
            available: boolean;
            /**
             * Format: date-time
             * @description When it was.
             */
            confirmed_at: string | null;
            /** @description The number that was confirmed, E.164. */
            number: string | null;
            /** @description A number that waits for its code. */
            pending: components["schemas"]["PendingPhone"] | null;
        };
        /** @description Somewhere a member is. */
        PresentAt: {
            /**
             * @description The field he edits.
             * @default null
             */
            field?: string | null;
            /**
             * Format: uuid
             * @description The record; left out for the board of the object.
             * @default null
             */
            id?: string | null;
            /** @description Object. */
            object: string;
            /**
             * @description Whether he types.
             * @default false
             */
            typing?: boolean;
        };
        /** @description Somebody who is where the caller is. */
        PresentMember: {
            /** @description The field he edits; null where he edits none, or the caller may not see it. */
            field: string | null;
            /**
             * Format: uuid
             * @description The member.
             */
            id: string;
            /** @description His name; null where the caller may not see it. */
            label: string | null;
            /** @description Whether he types. */
            typing: boolean;
        };
        /** @description A piece of a document. */
        PreviewBlock: {
            /** @constant */
            kind: "heading";
            /**
             * Format: uint8
             * @description From 1 on.
             */
            level: number;
            /** @description What it says. */
            text: string;
        } | {
            /** @constant */
            kind: "paragraph";
            /** @description What it says. */
            text: string;
        } | {
            /** @description Its cells. */
            cells: string[];
            /** @constant */
            kind: "row";
        } | {
            /** @constant */
            kind: "slide";
            /**
             * Format: uint
             * @description From 1 on.
             */
            number: number;
        };
        /** @description Somebody a record is shared with. */
        Principal: {
            /**
             * Format: uuid
             * @description Which one.
             */
            id: string;
            /**
             * @description What the id is one of.
             * @enum {string}
             */
            kind: "member" | "team" | "department" | "department_tree";
            /** @description The name; null where the caller may not see it. */
            label: string | null;
        };
        /** @description Somebody a record can be shared with. */
        PrincipalInput: {
            /**
             * Format: uuid
             * @description Which one.
             */
            id: string;
            /**
             * @description What the id is one of.
             * @enum {string}
             */
            kind: "member" | "team" | "department" | "department_tree";
        };
        /** @description What went wrong (RFC 9457), in the caller's language. */
        Problem: {
            /**
             * @description Stable code.
             * @enum {string}
             */
            code: "bad_request" | "bad_logout_token" | "https_only" | "bad_json" | "bad_filter" | "bad_expression" | "unknown_field" | "bad_cursor" | "read_only_field" | "not_signed_in" | "bad_credentials" | "bad_second_factor" | "second_factor_required" | "enrolment_required" | "provider_refused" | "forbidden" | "csrf" | "field_forbidden" | "proof_needed" | "view_only" | "address_not_verified" | "address_differs" | "not_a_member" | "not_found" | "method_not_allowed" | "not_acceptable" | "too_slow" | "version_conflict" | "duplicate_value" | "would_lose_data" | "state_conflict" | "already_claimed" | "claim_refused" | "view_limit_reached" | "definitions_changed" | "record_locked" | "already_set_up" | "still_referenced" | "link_void" | "mail_not_configured" | "passkeys_unavailable" | "public_url_needed" | "provider_unreachable" | "sign_in_void" | "export_limit" | "merged" | "too_many_related" | "sms_not_configured" | "sms_not_sent" | "link_gone" | "too_large" | "uri_too_long" | "unsupported_media_type" | "invalid" | "idempotency_mismatch" | "too_many_attempts" | "busy" | "headers_too_large" | "internal" | "unavailable" | "storage_full" | "quota_exceeded";
            /** @description Fields both sides changed. */
            conflicting_fields?: string[];
            /** @description Of each field both sides changed: what it held, what it holds, what the caller makes of it. */
            conflicts?: components["schemas"]["FieldConflict"][];
            /** @description The record as it is now. */
            current?: components["schemas"]["Record"];
            /**
             * Format: int64
             * @description Version the record has.
             */
            current_version?: number;
            /** @description Reason and remedy. */
            detail: string;
            /** @description What is wrong with which field. */
            field_errors?: components["schemas"]["FieldError"][];
            /** @description The record this one became part of. */
            merged_into?: components["schemas"]["MergedInto"];
            /**
             * Format: uint
             * @description The character of a wrong expression, from 0.
             */
            position?: number;
            /** @description Of the request; the server's log has it too. */
            request_id: string;
            /**
             * Format: uint16
             * @description HTTP status.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description `urn:guanxi:problem:` and the code. */
            type: string;
            /**
             * Format: int64
             * @description Version the caller had.
             */
            your_version?: number;
        };
        /** @description What is done with programs and scripts. */
        Programs: "refuse" | "download";
        /** @description The password, or a second factor. */
        Proof: {
            /** @description The member's password. */
            password: string;
        } | components["schemas"]["SecondFactor"];
        /** @description How data is protected. */
        ProtectionPolicy: {
            /**
             * Format: uint32
             * @description Rows of the audit log older than so many days are forgotten; none where null.
             * @default null
             */
            audit_days: number | null;
            /**
             * Format: uint64
             * @description Most records of one export; any number where null.
             * @default null
             */
            export_most: number | null;
            /**
             * @description The same for holders of single roles; of several roles the most generous counts.
             * @default {}
             */
            export_most_of_roles: {
                [key: string]: number;
            };
            /**
             * Format: uint64
             * @description Whoever exports more records than this says why; nobody is asked where null.
             * @default null
             */
            export_reason_above: number | null;
        };
        /** @description How data is protected. */
        ProtectionPolicyInput: {
            /**
             * Format: uint32
             * @description Rows of the audit log older than so many days are forgotten; none where null.
             * @default null
             */
            audit_days?: number | null;
            /**
             * Format: uint64
             * @description Most records of one export; any number where null.
             * @default null
             */
            export_most?: number | null;
            /**
             * @description The same for holders of single roles; of several roles the most generous counts.
             * @default {}
             */
            export_most_of_roles?: {
                [key: string]: number;
            };
            /**
             * Format: uint64
             * @description Whoever exports more records than this says why; nobody is asked where null.
             * @default null
             */
            export_reason_above?: number | null;
        };
        /** @description Where to go on. */
        ProviderPage: {
            /** @description The provider's page, made for this browser and this once. */
            url: string;
        };
        /** @description What an administrator sets for a provider, by its kind. */
        ProviderSettings: {
            /** @description What it calls this server. */
            client_id: string;
            /** @description Its address, below which `.well-known/openid-configuration` is. */
            issuer: string;
            /** @constant */
            kind: "oidc";
            /** @description Whether members are made of people it vouches for whom nobody knows here; null where not. */
            new_members: components["schemas"]["NewMembers"] | null;
            /** @description Who signs out here is signed out there as well. */
            signs_out: boolean;
        } | {
            /** @description Attributes that hold what is wanted of people. */
            attributes: components["schemas"]["LdapAttributes"];
            /** @description Entry below which people are looked up. */
            base: string;
            /** @description Account this server signs in by to look people up; its password is the provider's secret. Nobody's where empty. */
            bind_dn: string;
            /** @description Certificate of the authority behind the server's, as PEM, where the machine does not know it. */
            certificate: string | null;
            /** @description How the connection is kept from others' eyes. */
            encryption: components["schemas"]["Encryption"];
            /** @description Which entries are people, such as `(objectClass=inetOrgPerson)`. */
            filter: string;
            /** @description Name or address of the server. */
            host: string;
            /** @constant */
            kind: "ldap";
            /** @description Attributes that hold what people type as their account, such as `uid`. */
            login: string[];
            /** @description Whether members are made of people it knows whom nobody knows here; null where not. */
            new_members: components["schemas"]["NewMembers"] | null;
            /** @description How the organisation is taken over; null where it is not. */
            organisation: components["schemas"]["LdapOrganisation"] | null;
            /**
             * Format: uint16
             * @description Its port; 636 with TLS and 389 otherwise where null.
             */
            port: number | null;
        };
        /** @description What an administrator sets for a provider, by its kind. */
        ProviderSettingsInput: {
            /** @description What it calls this server. */
            client_id: string;
            /** @description Its address, below which `.well-known/openid-configuration` is. */
            issuer: string;
            /** @constant */
            kind: "oidc";
            /** @description Whether members are made of people it vouches for whom nobody knows here; null where not. */
            new_members?: components["schemas"]["NewMembersInput"] | null;
            /** @description Who signs out here is signed out there as well. */
            signs_out: boolean;
        } | {
            /** @description Attributes that hold what is wanted of people. */
            attributes: components["schemas"]["LdapAttributes"];
            /** @description Entry below which people are looked up. */
            base: string;
            /** @description Account this server signs in by to look people up; its password is the provider's secret. Nobody's where empty. */
            bind_dn: string;
            /** @description Certificate of the authority behind the server's, as PEM, where the machine does not know it. */
            certificate?: string | null;
            /** @description How the connection is kept from others' eyes. */
            encryption: components["schemas"]["Encryption"];
            /** @description Which entries are people, such as `(objectClass=inetOrgPerson)`. */
            filter: string;
            /** @description Name or address of the server. */
            host: string;
            /** @constant */
            kind: "ldap";
            /** @description Attributes that hold what people type as their account, such as `uid`. */
            login: string[];
            /** @description Whether members are made of people it knows whom nobody knows here; null where not. */
            new_members?: components["schemas"]["NewMembersInput"] | null;
            /** @description How the organisation is taken over; null where it is not. */
            organisation?: components["schemas"]["LdapOrganisationInput"] | null;
            /**
             * Format: uint16
             * @description Its port; 636 with TLS and 389 otherwise where null.
             */
            port?: number | null;
        };
        /** @description What is to be done next. */
        ProviderStep: components["schemas"]["Confirmation"] | components["schemas"]["NextStep"];
        /** @description What push services know this server by. */
        PushKey: {
            /** @description For `applicationServerKey`: base64url. */
            public_key: string;
        };
        /** @description The keys of a browser. */
        PushKeys: {
            /** @description Its secret, base64url. */
            auth: string;
            /** @description Its public key, base64url. */
            p256dh: string;
        };
        /** @description What a browser needs to take pushes, and those that do. */
        PushState: {
            /** @description The caller's browsers, the newest first. They end with the session they were taken in with. */
            items: components["schemas"]["PushSubscription"][];
            /** @description The server's key, for `applicationServerKey`: base64url; null until a first browser asks for it. */
            public_key: string | null;
        };
        /** @description A browser that shows news. */
        PushSubscription: {
            /**
             * Format: date-time
             * @description When it was taken in.
             */
            created_at: string;
            /** @description It is of the session that asks. */
            current: boolean;
            /** @description What the browser says it is. */
            device: string;
            /** @description Where its push service listens. */
            endpoint: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Why the last push did not come through. */
            last_error: string | null;
            /**
             * Format: date-time
             * @description When something last came through.
             */
            used_at: string | null;
        };
        /** @description What one record breaks, with what stands there. */
        QualityBrokenRule: {
            /** @description The rule. */
            rule: components["schemas"]["QualityRuleTold"];
            /**
             * Format: date-time
             * @description Since when, as far as that is known.
             */
            since: string | null;
            /** @description What stands in its field now. */
            text: string | null;
        };
        /** @description What becomes of a record. */
        QualityChange: {
            /** @description Field by field. */
            changes: components["schemas"]["QualityChangedField"][];
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @description What forbids it. */
            problems: components["schemas"]["FieldError"][];
            /** @description Its title as the caller sees it. */
            title: string | null;
        };
        /** @description What becomes of a field. */
        QualityChangedField: {
            /** @description Its value then. */
            after: components["schemas"]["Json"];
            /** @description Its value now. */
            before: components["schemas"]["Json"];
            /** @description The field. */
            field: string;
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
        };
        /** @description A day. */
        QualityDay: {
            /** @description The day. */
            day: string;
            /**
             * Format: int64
             * @description Rules broken because something was missing.
             */
            incomplete: number;
            /**
             * Format: int64
             * @description Records there were.
             */
            records: number;
            /** @description Rule by rule, where that was asked for. */
            rules?: components["schemas"]["QualityRuleOfDay"][];
            /**
             * Format: double
             * @description The score by the weights of that day.
             */
            score: number | null;
            /**
             * Format: int64
             * @description Because something was old.
             */
            stale: number;
            /**
             * Format: int64
             * @description Because something was wrong.
             */
            wrong: number;
        };
        /** @description How often each kind of rule is broken. */
        QualityFaults: {
            /**
             * Format: int64
             * @description Something is missing.
             */
            incomplete: number;
            /**
             * Format: int64
             * @description Something is old.
             */
            stale: number;
            /**
             * Format: int64
             * @description Something cannot be so.
             */
            wrong: number;
        };
        /** @description A rule a record breaks. */
        QualityFinding: {
            /**
             * Format: uuid
             * @description The rule.
             */
            rule: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
        };
        /** @description A mending of many records. */
        QualityFix: {
            /**
             * Format: uuid
             * @description Of them those of this department and all below.
             */
            department?: string | null;
            /** @description `digest` of what was shown; needed to do it. */
            digest?: string | null;
            /** @description Of them those that this expression accepts. */
            filter?: string | null;
            /** @description What is done to each. */
            fix: components["schemas"]["QualityFixKind"];
            /** @description These records; with a rule, those of them that break it. */
            ids?: string[] | null;
            /**
             * Format: uuid
             * @description Of them those of this owner.
             */
            owner?: string | null;
            /**
             * Format: uuid
             * @description Records that break this rule.
             */
            rule?: string | null;
        };
        /** @description What a mending would do, or did. */
        QualityFixAnswer: {
            /**
             * Format: uuid
             * @description The change all of it is; undo it to take all of it back.
             */
            change_id?: string;
            /**
             * Format: uint
             * @description Those that change.
             */
            changed: number;
            /** @description To be sent to do it, of a dry run. */
            digest?: string;
            /** @description The first changes, of a dry run. */
            items?: components["schemas"]["QualityChange"][];
            /** @description The first reasons why records did not change. */
            problems?: components["schemas"]["QualityProblem"][];
            /**
             * Format: uint
             * @description Those that would, if nothing forbade it.
             */
            refused: number;
            /**
             * Format: uint
             * @description Records looked at.
             */
            total: number;
            /**
             * Format: uint
             * @description Those of which nothing does.
             */
            unchanged: number;
        };
        /** @description What is done to each record. */
        QualityFixKind: {
            normalise: string;
        } | {
            fill_address: string;
        } | {
            set: components["schemas"]["RecordValues"];
        };
        /** @description How the records of a department or of a member stand. */
        QualityGroup: {
            /**
             * Format: uuid
             * @description The department or the member; null for records without.
             */
            id: string | null;
            /**
             * Format: int64
             * @description Records that lack something.
             */
            incomplete: number;
            /** @description Its name; null where the caller may not see it. */
            label: string | null;
            /**
             * Format: int64
             * @description Records the caller sees.
             */
            records: number;
            /**
             * Format: double
             * @description As of the whole.
             */
            score: number | null;
            /**
             * Format: int64
             * @description Records nobody has looked at for long.
             */
            stale: number;
            /**
             * Format: int64
             * @description Records of which something is wrong.
             */
            wrong: number;
        };
        /** @description What kind of fault a broken rule is. */
        QualityKind: "incomplete" | "wrong" | "stale";
        /** @description How the records of one object stand. */
        QualityObject: {
            /**
             * Format: uint64
             * @description Records judged so far, while they are.
             */
            done?: number;
            /** @description Groups of likely duplicates that wait for a decision; null to those who do not review them. */
            duplicates: components["schemas"]["Count"] | null;
            /**
             * Format: int64
             * @description Records that lack something.
             */
            incomplete: number;
            /**
             * Format: date-time
             * @description When all had last been judged.
             */
            judged_at: string | null;
            /** @description Its records for people. */
            label: components["schemas"]["Label"];
            /** @description The caller may mend many at once. */
            may_fix: boolean;
            /** @description The caller may have all judged anew. */
            may_judge: boolean;
            /** @description The object. */
            object: string;
            /**
             * Format: int64
             * @description Records the caller sees.
             */
            records: number;
            /**
             * Format: uint
             * @description Rules the caller sees.
             */
            rules: number;
            /**
             * Format: double
             * @description Weights of the rules that hold, of the weights of those that apply, 0 to 100; null where none applies.
             */
            score: number | null;
            /**
             * Format: int64
             * @description Records nobody has looked at for long.
             */
            stale: number;
            /**
             * @description Whether all were judged by the rules as they are.
             * @enum {string}
             */
            state: "current" | "judging" | "never";
            /**
             * Format: uint64
             * @description Of so many.
             */
            total?: number;
            /**
             * Format: int64
             * @description Records of which something is wrong.
             */
            wrong: number;
        };
        /** @description How one record stands. */
        QualityOfRecord: {
            /** @description Rules that do not, the weightiest first. */
            findings: components["schemas"]["QualityBrokenRule"][];
            /** @description Rules that hold. */
            held: components["schemas"]["QualityRuleTold"][];
            /** @description Whether it has been judged. */
            judged: boolean;
            /**
             * Format: double
             * @description Its score, 0 to 100; null where no rule applies.
             */
            score: number | null;
        };
        /** @description How often a rule applies and is broken. */
        QualityOfRule: {
            /**
             * Format: int64
             * @description Records it concerns.
             */
            applies: number;
            /**
             * Format: int64
             * @description Those that break it.
             */
            fails: number;
            /** @description The rule. */
            rule: components["schemas"]["QualityRuleTold"];
        };
        /** @description Why one record did not change. */
        QualityProblem: {
            /**
             * Format: uuid
             * @description The record.
             */
            id: string;
            /** @description The reason. */
            problem: components["schemas"]["Problem"];
        };
        /** @description A record with what it breaks. */
        QualityRecord: {
            /** @description What it breaks, of what was asked for. */
            findings: components["schemas"]["QualityFinding"][];
            /** @description The record as lists show it. */
            record: components["schemas"]["Json"];
            /**
             * Format: double
             * @description Its score.
             */
            score: number | null;
        };
        /** @description How a rule stood on a day. */
        QualityRuleOfDay: {
            /**
             * Format: int64
             * @description Records it concerned.
             */
            applies: number;
            /**
             * Format: int64
             * @description Those that broke it.
             */
            fails: number;
            /**
             * Format: uuid
             * @description The rule.
             */
            id: string;
        };
        /** @description A rule of quality, as far as it concerns those who see its findings. */
        QualityRuleTold: {
            /**
             * @description What it expects.
             * @enum {string}
             */
            check: "required" | "pattern" | "one_of" | "exists_in" | "expression" | "fresh" | "valid";
            /** @description The field it is about, or the part of one. */
            field: string | null;
            /** @description The field for people. */
            field_label: components["schemas"]["Label"] | null;
            /**
             * @description What is proposed to mend it in bulk.
             * @enum {string}
             */
            fix: "none" | "normalise" | "fill_address" | "set";
            /** @description The field that would change. */
            fix_field: string | null;
            /** @description To what it would be set. */
            fix_value: components["schemas"]["Json"];
            /**
             * Format: uuid
             * @description Its record.
             */
            id: string;
            /** @description What kind of fault it is. */
            kind: components["schemas"]["QualityKind"];
            /** @description What is wrong where it does not hold, and what to do. */
            message: components["schemas"]["Label"];
            /** @description What it is called. */
            name: components["schemas"]["Label"];
            /** @description Whose records it is about. */
            object: string;
            /**
             * @description How grave it is.
             * @enum {string}
             */
            severity: "low" | "medium" | "high";
            /**
             * Format: int64
             * @description How much it weighs, 1-100.
             */
            weight: number;
        };
        /** @description How the records of one object stand, by rule and by group. */
        QualitySummary: {
            /** @description Rule by rule, in their order. */
            by_rule: components["schemas"]["QualityOfRule"][];
            /**
             * Format: uint64
             * @description Records judged so far, while they are.
             */
            done?: number;
            /** @description Groups of likely duplicates that wait for a decision; null to those who do not review them. */
            duplicates: components["schemas"]["Count"] | null;
            /** @description Rules broken, counted one by one. */
            findings: components["schemas"]["QualityFaults"];
            /** @description Group by group, the lowest score first. */
            groups: components["schemas"]["QualityGroup"][];
            /**
             * Format: int64
             * @description Records that lack something.
             */
            incomplete: number;
            /**
             * Format: date-time
             * @description When all had last been judged.
             */
            judged_at: string | null;
            /** @description Its records for people. */
            label: components["schemas"]["Label"];
            /** @description The caller may mend many at once. */
            may_fix: boolean;
            /** @description The caller may have all judged anew. */
            may_judge: boolean;
            /** @description The object. */
            object: string;
            /**
             * Format: int64
             * @description Records the caller sees.
             */
            records: number;
            /**
             * Format: uint
             * @description Rules the caller sees.
             */
            rules: number;
            /**
             * Format: double
             * @description Weights of the rules that hold, of the weights of those that apply, 0 to 100; null where none applies.
             */
            score: number | null;
            /**
             * Format: int64
             * @description Records nobody has looked at for long.
             */
            stale: number;
            /**
             * @description Whether all were judged by the rules as they are.
             * @enum {string}
             */
            state: "current" | "judging" | "never";
            /**
             * Format: uint64
             * @description Of so many.
             */
            total?: number;
            /**
             * Format: int64
             * @description Records of which something is wrong.
             */
            wrong: number;
        };
        /** @description How quality went. */
        QualityTrend: {
            /** @description The caller is told of some departments or owners alone. */
            partial: boolean;
            /** @description Day by day, of the days that are known. */
            points: components["schemas"]["QualityDay"][];
            /** @description The rules. */
            rules: components["schemas"]["QualityRuleTold"][];
        };
        /** @description A page of records that break rules. */
        QualityWorklist: {
            /** @description How many there are, where that was asked for. */
            count?: components["schemas"]["Count"];
            /** @description In the order asked for. */
            items: components["schemas"]["QualityRecord"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** @description The rules they break. */
            rules: components["schemas"]["QualityRuleTold"][];
        };
        /** @description A record of any object: the fields asked for, as far as the caller may see them. */
        Record: {
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at?: string;
            created_by?: components["schemas"]["Reference"] | null;
            /**
             * Format: date-time
             * @description When it went to the recycle bin
             */
            deleted_at?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description When it last changed
             */
            updated_at?: string;
            updated_by?: components["schemas"]["Reference"] | null;
            /**
             * Format: int64
             * @description Grows with every change
             */
            version: number;
        } & {
            [key: string]: components["schemas"]["Json"];
        };
        RecordList: {
            count?: components["schemas"]["Count"];
            items: components["schemas"]["Record"][];
            /** @description Where the next page begins; null on the last */
            next_cursor: string | null;
        };
        /** @description Whether a record is locked, and what the caller may do about it. */
        RecordLock: {
            /** @description It keeps the caller from changing the record. */
            binds: boolean;
            /** @description The lock; null where the record is not locked. */
            lock: components["schemas"]["LockOfRecord"] | null;
            /** @description The caller may lock the record. */
            may_lock: boolean;
            /** @description The caller may release it. */
            may_release: boolean;
            /** @description The record that bears the lock, where that is another one this record is part of. */
            through: components["schemas"]["LockedWhole"] | null;
        };
        /** @description Values by field, each in a form its type takes. */
        RecordValues: {
            [key: string]: components["schemas"]["Json"];
        };
        /** @description The record page. */
        RecordViewDefinition: {
            /** @description Paths shown in the head. */
            key_facts?: string[];
            /** @description Kinds of activity that can be logged in place: `call`, `visit`, `task`, ... */
            quick_log?: string[];
            /** @description Lists of related records. */
            related?: components["schemas"]["RelatedListDefinition"][];
            /** @description Groups of fields of page and form; fields in none come last. */
            section?: components["schemas"]["SectionDefinition"][];
            /**
             * @description The datetime field by which these records stand on the timelines of others; when they were made where absent.
             *     Records without a value stand on none: a formula with `coalesce` and `created_at` gives one to all.
             */
            timeline_at?: string;
        };
        /** @description The record page. */
        RecordViewDefinitionInput: {
            /** @description Paths shown in the head. */
            key_facts?: string[];
            /** @description Kinds of activity that can be logged in place: `call`, `visit`, `task`, ... */
            quick_log?: string[];
            /** @description Lists of related records. */
            related?: components["schemas"]["RelatedListDefinitionInput"][];
            /** @description Groups of fields of page and form; fields in none come last. */
            section?: components["schemas"]["SectionDefinition"][];
            /**
             * @description The datetime field by which these records stand on the timelines of others; when they were made where absent.
             *     Records without a value stand on none: a formula with `coalesce` and `created_at` gives one to all.
             */
            timeline_at?: string | null;
        };
        /** @description The record page. */
        RecordViewMeta: {
            /** @description Paths shown in the head. */
            key_facts: string[];
            /** @description Kinds of activity that can be logged in place. */
            quick_log: string[];
            /** @description Lists of related records. */
            related: components["schemas"]["RelatedListMeta"][];
            /** @description Groups of fields of page and form. */
            sections: components["schemas"]["SectionDefinition"][];
        };
        /** @description Codes for when all factors are lost. They are not told again. */
        RecoveryCodes: {
            /** @description The codes. */
            recovery_codes: string[];
        };
        /** @description A pointer to a record. */
        Reference: {
            /**
             * Format: uuid
             * @description Which record.
             */
            id: string;
            /** @description Its title; null where it exists and the caller may not see it. */
            label: string | null;
        };
        /** @description Records of another object that refer to this one. */
        RelatedListDefinition: {
            /** @description Paths of the columns. */
            columns: string[];
            /** @description Heading; the other object's plural where absent. */
            label?: components["schemas"]["Label"];
            /** @description The other object. */
            object: string;
            /** @description Sort. */
            sort?: string;
            /** @description The yes/no field that is ticked where it stands: the list is drawn as a checklist, with a line to add to. */
            tick?: string;
            /** @description What of theirs stands on this record's timeline beside themselves. */
            timeline?: components["schemas"]["TimelineShare"];
            /** @description Its field that refers here: a reference, or a `record` that may name any object. */
            via: string;
            /** @description Expression over this record: the list is there when true. */
            visible_when?: string;
        };
        /** @description Records of another object that refer to this one. */
        RelatedListDefinitionInput: {
            /** @description Paths of the columns. */
            columns: string[];
            /** @description Heading; the other object's plural where absent. */
            label?: components["schemas"]["Label"] | null;
            /** @description The other object. */
            object: string;
            /** @description Sort. */
            sort?: string | null;
            /** @description The yes/no field that is ticked where it stands: the list is drawn as a checklist, with a line to add to. */
            tick?: string | null;
            /** @description What of theirs stands on this record's timeline beside themselves. */
            timeline?: components["schemas"]["TimelineShare"] | null;
            /** @description Its field that refers here: a reference, or a `record` that may name any object. */
            via: string;
            /** @description Expression over this record: the list is there when true. */
            visible_when?: string | null;
        };
        /** @description Records of another object that refer to this one. */
        RelatedListMeta: {
            /** @description Paths of the columns. */
            columns: string[];
            /** @description Heading. */
            label: components["schemas"]["Label"];
            /** @description The other object. */
            object: string;
            /** @description `-field,field`. */
            sort: string;
            /** @description The yes/no field that is ticked where it stands: the list is a checklist. */
            tick: string | null;
            /** @description Its reference field. */
            via: string;
            /** @description Expression over the record: the list is there when true. */
            visible_when: string | null;
        };
        /** @description What became of it. */
        RestoredVersion: {
            /**
             * Format: uuid
             * @description The change that gave the values back: undo it to have the later ones again.
             */
            change_id: string;
            /** @description Fields that hold what they held then. */
            fields: string[];
            /** @description Fields that changed since and stay: they are computed, not the caller's to change, or cannot hold that today. */
            left: string[];
            /** @description Why fields that could be set are left. */
            problems: components["schemas"]["FieldError"][];
            /**
             * Format: int64
             * @description The record's version now.
             */
            version: number;
        };
        /** @description What the browser came back with. */
        ReturnedAnswer: {
            /** @description `code` of the address. */
            code: string;
            /** @description `iss` of the address. */
            iss?: string | null;
            /** @description `state` of the address. */
            state: string;
        };
        /** @description A role. */
        RoleDefinition: {
            /** @description May change objects, fields, members, roles and see jobs. */
            administrator?: boolean;
            /** @description May search and export the audit log and ask why a member sees a record. */
            auditor?: boolean;
            /** @description Manages the members, departments and teams of the departments where it is held and of those below them. */
            branch_administrator?: boolean;
            /** @description Colour token of its tag. */
            color?: string;
            /** @description Roles its holders may give to members they may change, and take from them. */
            gives?: string[];
            /** @description What it is for, one sentence. */
            help?: components["schemas"]["Label"];
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier. */
            name: string;
            /**
             * @description Rights by object; the key `*` holds for objects not named.
             * @default {}
             */
            objects: {
                [key: string]: components["schemas"]["ObjectRights"];
            };
        };
        /** @description A role. */
        RoleDefinitionInput: {
            /** @description May change objects, fields, members, roles and see jobs. */
            administrator?: boolean;
            /** @description May search and export the audit log and ask why a member sees a record. */
            auditor?: boolean;
            /** @description Manages the members, departments and teams of the departments where it is held and of those below them. */
            branch_administrator?: boolean;
            /** @description Colour token of its tag. */
            color?: string | null;
            /** @description Roles its holders may give to members they may change, and take from them. */
            gives?: string[];
            /** @description What it is for, one sentence. */
            help?: components["schemas"]["Label"] | null;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier. */
            name: string;
            /**
             * @description Rights by object; the key `*` holds for objects not named.
             * @default {}
             */
            objects?: {
                [key: string]: components["schemas"]["ObjectRightsInput"];
            };
        };
        /** @description A member and one role of his. */
        RoleHolder: {
            /** @description His main department. */
            department: components["schemas"]["Reference"] | null;
            /** @description His address. */
            email: string;
            /** @description The role. */
            holding: components["schemas"]["HeldRole"];
            /** @description The member. */
            member: components["schemas"]["Reference"];
        };
        /** @description What one role says of a field. */
        RoleOnField: {
            /** @description The right of the member is what this role says. */
            decides: boolean;
            /** @description The role denies more than that, whatever others say. */
            denies: boolean;
            /** @description Its name for people. */
            label: components["schemas"]["Label"];
            /** @description What it comes to: a role that lets no record be changed lets no field be changed. */
            right: components["schemas"]["FieldRight"];
            /** @description The role. */
            role: string;
        };
        /** @description Where a role comes from. */
        RoleOrigin: "standard" | "changed" | "custom";
        /** @description A number kept right over related records by the write path. */
        RollupDefinition: {
            /** @description The field computed over; none for `count`. */
            field?: string;
            /** @description Expression over the related record: only those are taken. */
            filter?: string;
            /** @description What is computed. */
            function: components["schemas"]["RollupFunction"];
            /** @description Object whose records are counted. */
            object: string;
            /** @description Its reference field that points here. */
            via: string;
        };
        /** @description A number kept right over related records by the write path. */
        RollupDefinitionInput: {
            /** @description The field computed over; none for `count`. */
            field?: string | null;
            /** @description Expression over the related record: only those are taken. */
            filter?: string | null;
            /** @description What is computed. */
            function: components["schemas"]["RollupFunction"];
            /** @description Object whose records are counted. */
            object: string;
            /** @description Its reference field that points here. */
            via: string;
        };
        /**
         * @description Functions of a roll-up.
         * @enum {string}
         */
        RollupFunction: "count" | "sum" | "min" | "max" | "latest";
        /** @description Which records, seen from the member. */
        RowScope: "none" | "own" | "subordinates" | "department" | "department_tree" | {
            departments: string[];
        } | "all" | {
            when: string;
        };
        /** @description A rule checked on every save. */
        RuleDefinition: {
            /** @description True for a record that is in order. */
            expression: string;
            /** @description Field the message belongs to. */
            field?: string;
            /** @description Said to the person when it is not. */
            message: components["schemas"]["Label"];
            /** @description Identifier within the object. */
            name: string;
        };
        /** @description A rule checked on every save. */
        RuleDefinitionInput: {
            /** @description True for a record that is in order. */
            expression: string;
            /** @description Field the message belongs to. */
            field?: string | null;
            /** @description Said to the person when it is not. */
            message: components["schemas"]["Label"];
            /** @description Identifier within the object. */
            name: string;
        };
        /** @description A scheduled job as an administrator sees it. */
        ScheduledJob: {
            /** @description Kind, `app.verb`. */
            kind: string;
            /**
             * Format: date-time
             * @description When it runs next; null where it never does.
             */
            next_at: string | null;
            /** @description When it runs: `minute hour day month weekday` in the workspace's time zone, or `@every 3600s`. */
            schedule: string;
        };
        /** @description One change of the definitions. */
        SchemaChange: {
            /** @description Its definition. */
            object: components["schemas"]["ObjectDefinitionInput"];
            /** @constant */
            op: "add_object";
        } | {
            /** @description The whole definition. */
            object: components["schemas"]["ObjectDefinitionInput"];
            /** @constant */
            op: "change_object";
        } | {
            /** @description Its name. */
            object: string;
            /** @constant */
            op: "reset_object";
        } | {
            /** @description Its name. */
            object: string;
            /** @constant */
            op: "remove_object";
        } | {
            /** @description Definition. */
            field: components["schemas"]["FieldDefinitionInput"];
            /** @description Object. */
            object: string;
            /** @constant */
            op: "add_field";
        } | {
            /** @description The whole definition. */
            field: components["schemas"]["FieldDefinitionInput"];
            /** @description Object. */
            object: string;
            /** @constant */
            op: "change_field";
        } | {
            /** @description Field. */
            name: string;
            /** @description Object. */
            object: string;
            /** @constant */
            op: "reset_field";
        } | {
            /** @constant */
            op: "put_role";
            /** @description The whole definition. */
            role: components["schemas"]["RoleDefinitionInput"];
        } | {
            /** @description Its name. */
            name: string;
            /** @constant */
            op: "remove_role";
        } | {
            /** @constant */
            op: "put_sharing_rule";
            /** @description The whole definition. */
            rule: components["schemas"]["SharingRule"];
        } | {
            /** @description Its name. */
            name: string;
            /** @constant */
            op: "remove_sharing_rule";
        } | {
            /** @constant */
            op: "put_rates";
            /** @description How much one unit of each is, a decimal number, by ISO 4217 code. */
            rates: {
                [key: string]: string;
            };
        } | {
            /** @description Object. */
            object: string;
            /** @constant */
            op: "forget_settled";
        } | {
            /** @description Its name. */
            name: string;
            /** @constant */
            op: "install_pack";
            /** @description The version that was looked at. */
            version: string;
        } | {
            /** @description Its name. */
            name: string;
            /** @constant */
            op: "remove_pack";
        } | {
            /** @description Field. */
            name: string;
            /** @description Object. */
            object: string;
            /** @constant */
            op: "remove_field";
        };
        /** @description Changes of the definitions. */
        SchemaChanges: {
            /**
             * @description Go ahead although values are lost.
             * @default false
             */
            accept_loss?: boolean;
            /** @description In order. */
            changes: components["schemas"]["SchemaChange"][];
        };
        /** @description Values a change would lose. */
        SchemaLoss: {
            /** @description Field; the whole object where absent. */
            field: string | null;
            /** @description Object. */
            object: string;
            /**
             * Format: uint64
             * @description How many values.
             */
            values: number;
        };
        /** @description What changes of the definitions would do. */
        SchemaPlan: {
            /** @description Values that would be lost. */
            losses: components["schemas"]["SchemaLoss"][];
            /** @description Why it cannot be done. */
            problems: components["schemas"]["FieldError"][];
            /** @description In order. */
            steps: components["schemas"]["SchemaStep"][];
        };
        /** @description One step of a plan. */
        SchemaStep: {
            /** @description Column or index; the part of the definition. */
            field: string;
            /** @description Table; the object where its definition changes. */
            object: string;
            /**
             * @description `create_table`, `add_column`, `drop_column`, `drop_table`, `create_index`, `drop_index`, `change_definition`,
             *     `recompute`.
             */
            op: string;
            /** @description In words. */
            summary: components["schemas"]["Label"];
        };
        /** @description A token by which an identity system keeps members and teams. */
        ScimToken: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What it was called. */
            name: string;
            /** @description The administrator who made it; it goes when he goes. */
            owner: components["schemas"]["Reference"];
            /** @description Roles it may give and take. */
            roles: string[];
            /**
             * Format: date-time
             * @description When it was last used, to within an hour.
             */
            used_at: string | null;
        };
        /** @description Tokens, and where identity systems call. */
        ScimTokens: {
            /** @description What is entered at the identity system; begins with `/` where `public-url` is not set. */
            base_url: string;
            /** @description Newest first. */
            items: components["schemas"]["ScimToken"][];
        };
        /** @description What was found. */
        SearchAnswer: {
            /** @description Why something may not be found. */
            hint?: components["schemas"]["SearchHint"];
            /** @description The best of each object. */
            items: components["schemas"]["SearchHit"][];
            /** @description Whether there are more. */
            more: boolean;
        };
        /** @description Something worth knowing about the search. */
        SearchHint: {
            /** @description `few_digits`: by fewer than three digits no number is found by its middle or end. */
            code: string;
            /** @description The same for people. */
            message: string;
        };
        /** @description A record found. */
        SearchHit: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its title. */
            label: string;
            /** @description Where it was found, in fields the caller sees whole: the title, the second fact, others as far as they add something. */
            matched: components["schemas"]["MatchedField"][];
            /** @description Its object. */
            object: string;
            /** @description The record it stands on, where it has no page of its own: a comment, a file. */
            on?: components["schemas"]["FoundOn"];
            /** @description A second fact that tells it from others of the same title. */
            subtitle: string;
            /** @description The field of that fact. */
            subtitle_field?: string;
            /** @description Whether it has only what was nearly typed. */
            typo: boolean;
        };
        /** @description A second factor as it is presented. */
        SecondFactor: {
            /** @description The digits. */
            code: string;
        } | {
            /** @description The code. */
            recovery_code: string;
        } | components["schemas"]["PasskeySignature"];
        /** @description A group of fields. */
        SectionDefinition: {
            /** @description Field names. */
            fields: string[];
            /** @description Heading. */
            label: components["schemas"]["Label"];
            /** @description Identifier within the object. */
            name: string;
        };
        /**
         * @description Another record beside which records are seen, and changed, beyond what row rules say: roles must let their holder read (or
         *     change) some of them at all, and what they deny stays denied.
         */
        SeenWithDefinition: {
            /** @description Whether it is changed with that record, too; otherwise only read. */
            changes?: boolean;
            /** @description The reference to that record. It is set only by who may change that one. */
            field: string;
            /** @description Filter over this record: only while it holds. */
            when?: string;
        };
        /**
         * @description Another record beside which records are seen, and changed, beyond what row rules say: roles must let their holder read (or
         *     change) some of them at all, and what they deny stays denied.
         */
        SeenWithDefinitionInput: {
            /** @description Whether it is changed with that record, too; otherwise only read. */
            changes?: boolean;
            /** @description The reference to that record. It is set only by who may change that one. */
            field: string;
            /** @description Filter over this record: only while it holds. */
            when?: string | null;
        };
        /** @description A place where somebody is signed in. */
        Session: {
            /** @description Where it was last seen. */
            address: string;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            created_at: string;
            /** @description It is the one that asks. */
            current: boolean;
            /** @description What the browser says it is. */
            device: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used.
             */
            seen_at: string;
        };
        /** @description The first administrator and his company. */
        SetUp: {
            /** @description Name of the company. */
            company: string;
            /** @description His e-mail address, with which he signs in. */
            email: string;
            /**
             * @description His language.
             * @enum {string|null}
             */
            locale?: "zh-CN" | "en" | null;
            /** @description Name of the administrator. */
            name: string;
            /** @description His password. */
            password: string;
            /** @description What the server printed, where it asks for it. */
            token?: string | null;
        };
        /** @description What became of a field of the workspace's own whose name a later version of the standard took for one of its own. */
        SettledField: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The name it had, which is the standard's now. */
            field: string;
            /** @description The name under which it goes on with its values; absent where the standard's field took the values over. */
            renamed?: string;
        };
        /** @description What a server that nobody is signed in to tells of itself. */
        SetupState: {
            /** @description It is a demo company, whose logins everybody may know. */
            demo: boolean;
            /** @description It sends mail. */
            mail: boolean;
            /** @description It still needs its first administrator. */
            needed: boolean;
            /** @description Passkeys can be bound to its address. */
            passkeys: boolean;
            /**
             * Format: uint32
             * @description Characters of the shortest password.
             */
            password_length: number;
            /** @description Identity providers members may sign in by. */
            providers: components["schemas"]["OfferedProvider"][];
            /** @description Who makes him must present the token the server printed. */
            token_required: boolean;
        };
        /** @description A share of a record. */
        Share: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ends; never where null.
             */
            expires_at: string | null;
            /** @description Who made it. */
            granted_by: components["schemas"]["Actor"];
            /** @description How much it gives. */
            level: components["schemas"]["ShareLevel"];
            /** @description What made it. */
            reason: string;
            /** @description With whom. */
            with: components["schemas"]["Principal"];
        };
        /** @description How much a share gives; each level includes those before it. */
        ShareLevel: "read" | "write" | "manage";
        /** @description Gives records an expression accepts to some members, beside what their roles give. */
        SharingRule: {
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /** @description Identifier. */
            name: string;
            /** @description The object. */
            object: string;
            /** @description Kept, but without effect. */
            paused?: boolean;
            /** @description Expression over the record and `me`. */
            when: string;
            /** @description Whom. */
            with: components["schemas"]["Audience"];
            /** @description Whether they may also change them. */
            write?: boolean;
        };
        /** @description The sign-in policy. */
        SignInPolicy: {
            /**
             * Format: uint32
             * @description A session unused for so many minutes is over.
             * @default 10080
             */
            idle_minutes: number;
            /**
             * Format: uint32
             * @description An invitation is good for so many hours.
             * @default 72
             */
            invitation_hours: number;
            /**
             * Format: uint32
             * @description An API key is good for so many days at most; for good where 0.
             * @default 0
             */
            key_days: number;
            /**
             * Format: uint32
             * @description Characters of the shortest password.
             * @default 8
             */
            password_length: number;
            /**
             * Format: uint32
             * @description For so many minutes after proving who he is, a member makes sensitive changes without doing so again.
             * @default 15
             */
            proof_minutes: number;
            /**
             * Format: uint32
             * @description A link for another password is good for so many minutes.
             * @default 30
             */
            reset_minutes: number;
            /**
             * @description Everybody needs a second factor.
             * @default false
             */
            second_factor_for_all: boolean;
            /**
             * @description Members with one of these roles need a second factor.
             * @default []
             */
            second_factor_roles: string[];
            /**
             * Format: uint32
             * @description A session is over so many hours after it began.
             * @default 720
             */
            session_hours: number;
        };
        /** @description The sign-in policy. */
        SignInPolicyInput: {
            /**
             * Format: uint32
             * @description A session unused for so many minutes is over.
             * @default 10080
             */
            idle_minutes?: number;
            /**
             * Format: uint32
             * @description An invitation is good for so many hours.
             * @default 72
             */
            invitation_hours?: number;
            /**
             * Format: uint32
             * @description An API key is good for so many days at most; for good where 0.
             * @default 0
             */
            key_days?: number;
            /**
             * Format: uint32
             * @description Characters of the shortest password.
             * @default 8
             */
            password_length?: number;
            /**
             * Format: uint32
             * @description For so many minutes after proving who he is, a member makes sensitive changes without doing so again.
             * @default 15
             */
            proof_minutes?: number;
            /**
             * Format: uint32
             * @description A link for another password is good for so many minutes.
             * @default 30
             */
            reset_minutes?: number;
            /**
             * @description Everybody needs a second factor.
             * @default false
             */
            second_factor_for_all?: boolean;
            /**
             * @description Members with one of these roles need a second factor.
             * @default []
             */
            second_factor_roles?: string[];
            /**
             * Format: uint32
             * @description A session is over so many hours after it began.
             * @default 720
             */
            session_hours?: number;
        };
        /** @description Signed out here. */
        SignedOut: {
            /** @description Where the browser signs out of the identity provider as well; null where there is nothing to do. */
            provider_url: string | null;
        };
        /** @description Who signed out there is signed out here. */
        SignedOutThere: {
            /**
             * Format: uint64
             * @description Sessions that ended.
             */
            ended: number;
        };
        /** @description What a change would do. */
        Simulation: {
            /**
             * Format: uint
             * @description Of how many of them records were counted.
             */
            counted: number;
            /** @description Fields opened and closed. */
            fields: components["schemas"]["FieldImpact"][];
            /**
             * Format: uint
             * @description Members whose rights the change concerns.
             */
            members: number;
            /** @description What else changes about fields. */
            notes: components["schemas"]["NotedImpact"][];
            /** @description Records gained and lost. */
            rows: components["schemas"]["Impact"][];
            /** @description Conditions that will be slow: no index leads to the records they open. */
            slow: components["schemas"]["SlowRule"][];
            /** @description The others, the first of them. */
            uncounted: components["schemas"]["Uncounted"][];
            /** @description Verbs and actions opened and closed. */
            verbs: components["schemas"]["VerbImpact"][];
        };
        /**
         * @description A role or a sharing rule with a condition that compares nothing for equality: where few records match, lists of those it
         *     opens them to are looked through record by record.
         */
        SlowRule: {
            /** @description What the role or the rule is called. */
            label: components["schemas"]["Label"];
            /** @description The object whose records it opens. */
            object: string;
        };
        /** @description The gateway text messages go through. */
        SmsGateway: {
            /** @description Where it listens; empty where none is set up. */
            address: string;
            /** @description What it is sent: JSON, of which the texts may hold `{number}`, `{text}`, `{id}` and `{secret}`. */
            body: components["schemas"]["Json"];
            /**
             * Format: uint32
             * @description Most messages of the workspace a day.
             */
            daily_cap: number;
            /** @description Whether anything is sent. */
            enabled: boolean;
            /** @description Header that carries the secret as it is; null where each message is only signed. */
            header: string | null;
            /**
             * Format: uint32
             * @description Most messages to one member a day.
             */
            member_cap: number;
            /** @description It has a secret, which is not told. */
            secret_set: boolean;
            /**
             * Format: uint64
             * @description How many messages went out today.
             */
            sent_today: number;
        };
        /** @description A text message; what it said is not kept. */
        SmsMessage: {
            /**
             * Format: int64
             * @description Tries so far.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When it came into the queue.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Id, which the gateway is told as well.
             */
            id: string;
            /** @description Why the last one failed. */
            last_error: string | null;
            /** @description To whom. */
            member: components["schemas"]["Reference"];
            /** @description The end of the number. */
            number: string;
            /**
             * @description What it was for.
             * @enum {string}
             */
            purpose: "news" | "code" | "test";
            /**
             * Format: date-time
             * @description When the gateway took it.
             */
            sent_at: string | null;
            /**
             * @description How far it came; `held` is one that a limit of the day kept back.
             * @enum {string}
             */
            state: "waiting" | "sent" | "failed" | "held";
        };
        /** @description To which number a trial goes. */
        SmsTrial: {
            /** @description In any usual form. */
            number: string;
        };
        /** @description What became of a trial. */
        SmsTried: {
            /** @description Why not. */
            problem: string | null;
            /** @description Whether the gateway took it. */
            taken: boolean;
        };
        /** @description What set a value. */
        Source: "entered" | "agent" | "bulk" | "imported" | "enriched" | "merged" | "synced" | "undone" | "action" | "demo";
        /** @description How far somebody has come with signing in. */
        Stage: "second_factor" | "enrolment" | "full";
        /** @description A field and where it comes from. */
        StoredField: {
            /** @description The workspace changed it; it can be taken back. */
            changed?: boolean;
            /** @description Value of a new record, in the JSON form of the type; the text `"@today"`, `"@now"`, `"@me"`, `"@my_department"` are understood where the type fits. */
            default?: components["schemas"]["Json"];
            /** @description Expression of a `formula`; deterministic, over this record's own fields. */
            expression?: string;
            /** @description The one form a `text` is written in, however it is entered: the name of a company, a number with a check digit. */
            form?: components["schemas"]["TextForm"];
            /** @description Help shown beside the input. */
            help?: components["schemas"]["Label"];
            /** @description Gets an index, and with it sorting. */
            indexed?: boolean;
            /** @description Name shown. */
            label: components["schemas"]["Label"];
            /**
             * Format: double
             * @description Largest value (numbers), inclusive.
             */
            max?: number;
            /**
             * Format: uint32
             * @description Longest text in characters (text 255 unless said, long text 65,536).
             */
            max_length?: number;
            /**
             * Format: double
             * @description Smallest value (numbers), inclusive.
             */
            min?: number;
            /** @description Identifier, `[a-z][a-z0-9_]{0,39}`, no double underscore. */
            name: string;
            /** @description Pattern of an auto-number: `"C{yyyy}{mm}-{00000}"`. */
            number_format?: string;
            /** @description Expression over the records referred to (`reference`, `many_to_many`): only those it accepts are offered to choose from. */
            offered_when?: string;
            /** @description What happens to this record when the one referred to is deleted. */
            on_delete?: components["schemas"]["OnDelete"];
            /** @description Of the choices of another field, only those that are no end state. */
            open_options?: boolean;
            /** @description Choices of `select` and `multi_select`. */
            options?: components["schemas"]["OptionDefinition"][];
            /** @description Where the choices come from, if not from `options`. */
            options_from?: components["schemas"]["OptionSource"];
            /** @description The field, `object.field`, whose choices this one offers: those added there are offered here at once. */
            options_of?: string;
            /** @description Where the field comes from. */
            origin: components["schemas"]["Origin"];
            /** @description The industry pack that brought it. */
            pack?: string;
            /** @description Regular expression the whole text matches (linear-time engine). */
            pattern?: string;
            /** @description Set only by the engine, hooks and actions. */
            read_only?: boolean;
            /** @description Expression: not editable when true. */
            read_only_when?: string;
            /** @description Must have a value. */
            required?: boolean;
            /** @description Expression: required when true. */
            required_when?: string;
            /** @description Result type of a `formula`: text, number, decimal, boolean, date, datetime or duration. */
            result?: components["schemas"]["FieldKind"];
            /** @description What a `rollup` computes. */
            rollup?: components["schemas"]["RollupDefinition"];
            /**
             * Format: uint32
             * @description Digits after the point (`decimal` 0-6, default 2; `money` and `percent` 2).
             */
            scale?: number;
            /** @description Its words are found by search. */
            searchable?: boolean;
            /** @description Object referred to (`reference`, `many_to_many`). */
            target?: string;
            /** @description The field type. */
            type: components["schemas"]["FieldKind"];
            /** @description No two live records share a value. */
            unique?: boolean;
            /** @description Expression: shown when true. */
            visible_when?: string;
        };
        /** @description A definition and where it comes from. */
        StoredObject: {
            /** @description The app it belongs to. */
            app: string;
            /** @description Whoever opens a record is noted in the audit log. */
            audit_reads: boolean;
            /** @description Its records are circles: whoever belongs to one sees what lies in it. */
            circle?: components["schemas"]["CircleDefinition"];
            /** @description Accent, a token name such as `blue`. */
            color?: string;
            /** @description Fields by which duplicates are found. */
            duplicates?: components["schemas"]["ComparedField"][];
            /** @description Other objects whose records may mean the same as one that is entered. */
            duplicates_against?: components["schemas"]["ComparedObject"][];
            /** @description Rights follow from its records: what a role says of `*` does not hold for it. */
            explicit_rights: boolean;
            /** @description Its fields, those of the engine and the workspace's own included. */
            field: components["schemas"]["StoredField"][];
            /** @description The field through which records belong to another one: they are seen only where that one is. */
            follows?: string;
            /** @description They are changed only where that one may be. */
            follows_changes: boolean;
            /** @description One sentence for newcomers. */
            help?: components["schemas"]["Label"];
            /** @description Icon name of the web app's set. */
            icon?: string;
            /** @description How its records lie in a circle, open to those who belong to it. */
            in_circle?: components["schemas"]["InCircleDefinition"];
            /** @description Found by search although internal. */
            in_search: boolean;
            /** @description Indexes beyond those the engine makes. */
            index: components["schemas"]["IndexDefinition"][];
            /** @description The standard has an object of this name too, which is left out for this one. */
            instead_of_standard?: boolean;
            /** @description Hidden from navigation and search pages. */
            internal: boolean;
            /** @description Singular name. */
            label: components["schemas"]["Label"];
            /** @description What the person a record is addressed to may see meanwhile. */
            lends?: components["schemas"]["LendDefinition"][];
            /** @description Expression over the record: nobody but an administrator changes or deletes it while this holds. */
            locked_when?: string;
            /** @description The field that names the record this one is a part of: what locks that one, locks this one too. */
            locked_with?: string;
            /** @description Identifier. */
            name: string;
            /** @description Where the object comes from. */
            origin: components["schemas"]["Origin"];
            /** @description Has the fields `owner` and `department`. */
            owned: boolean;
            /** @description The industry pack that brought it. */
            pack?: string;
            /** @description Plural name; the singular where absent. */
            plural?: components["schemas"]["Label"];
            /** @description The field that names the one member who sees a record. */
            private_to?: string;
            /** @description Rules every saved record satisfies. */
            rule: components["schemas"]["RuleDefinition"][];
            /** @description The record it is seen with: whoever may read that one reads this one too. */
            seen_with?: components["schemas"]["SeenWithDefinition"];
            /** @description Its records say how the workspace works: only who may make or change some finds them in the navigation. */
            setting: boolean;
            /** @description Fields of the workspace's own whose name a later version took: what became of them. */
            settled?: components["schemas"]["SettledField"][];
            /** @description What it goes back to, without its fields, where the workspace changed anything of a standard object. */
            standard?: components["schemas"]["ObjectDefinition"];
            /** @description The field that names a record to people. */
            title_field: string;
            /** @description Its records say what happened: taking a change back leaves them as they are. */
            trail: boolean;
            /** @description How records are shown. */
            views: components["schemas"]["ViewsDefinition"];
            /** @description Screens that show its records bear the name of who looks and the time. */
            watermark: boolean;
        };
        /** @description A role and where it comes from. */
        StoredRole: {
            /** @description What it gives and denies. */
            definition: components["schemas"]["RoleDefinition"];
            /** @description Where it comes from. */
            origin: components["schemas"]["RoleOrigin"];
            /** @description The industry pack that brought it. */
            pack?: string;
        };
        /** @description A mapping that seems to fit a file. */
        SuggestedImportMapping: {
            /**
             * Format: double
             * @description How well the headers fit: 1 where none is unknown.
             */
            fit: number;
            /**
             * Format: uuid
             * @description Id of the record, where a member saved it.
             */
            id: string | null;
            /** @description Its key, where it comes with the program. */
            key: string | null;
            /** @description What it is called. */
            name: string;
            /** @description Where it comes from. */
            source: components["schemas"]["ImportMappingSource"];
        };
        /** @description One change a run would make. */
        SyncItem: {
            /**
             * @description `comes`, `changes`, `leaves`; `new_department`, `changed_department`; `unconfirmed`: a member with this address has not
             *     confirmed yet that the account is his; `no_address`; `administrator`: he is not there any more and stays all the same;
             *     `suspended`: he is there and suspended here.
             * @enum {string}
             */
            change: "comes" | "changes" | "leaves" | "new_department" | "changed_department" | "unconfirmed" | "no_address" | "administrator" | "suspended";
            /** @description The department it leads to. */
            department: string | null;
            /** @description Of whom or what. */
            name: string;
        };
        /** @description What a run would do. */
        SyncPlan: {
            /**
             * Format: uint64
             * @description Departments that would change.
             */
            changed_departments: number;
            /**
             * Format: uint64
             * @description Members whose name or department would change.
             */
            changes: number;
            /**
             * Format: uint64
             * @description Members that would be made.
             */
            comes: number;
            /** @description The first of all changes, and whoever is left alone. */
            items: components["schemas"]["SyncItem"][];
            /**
             * Format: uint64
             * @description Active members the directory knows now.
             */
            kept: number;
            /**
             * Format: uint64
             * @description Members that would be suspended.
             */
            leaves: number;
            /**
             * Format: uint64
             * @description Departments that would be made.
             */
            new_departments: number;
            /** @description More would be suspended than the settings let a run suspend; it is stopped unless their number is confirmed. */
            stopped: boolean;
        };
        /** @description What a text is, so that it is written in one form. What was stored before stays until it is changed. */
        TextForm: "company" | "credit_code" | "id_number";
        /** @description Something about a record: a record that refers to it, or a change of its own. */
        TimelineEntry: {
            /** @description Who did it; null where the caller may not see it. */
            actor: components["schemas"]["Actor"] | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uuid
             * @description The change it was part of.
             */
            change_id?: string;
            /** @description Fields that changed. */
            changes?: components["schemas"]["Change"][];
            /**
             * Format: uuid
             * @description Record of what is told.
             */
            id: string;
            /** @description `change`, or the object of the record that refers to it. */
            kind: string;
            /** @description Object of what is told. */
            object: string;
            /** @description The record that refers to it. */
            record?: components["schemas"]["Record"];
            /**
             * Format: int64
             * @description Place in the order of the workspace.
             */
            seq?: number;
            /** @description The beginning of its longest text. */
            text: string | null;
            /** @description For people. */
            title: string;
            /** @description What was done: `created`, `updated`, `won`... */
            verb?: string;
        };
        /** @description What of related records stands on the timeline of the record they refer to. Only lists by a reference have it. */
        TimelineShare: "attached" | "whole";
        /** @description All packs. */
        ToldPacks: {
            /** @description Those the server could not read, and why. */
            broken: components["schemas"]["BrokenPack"][];
            /** @description Installed or offered, by name. */
            items: components["schemas"]["Pack"][];
        };
        /** @description A secret for an app that counts time. */
        TotpSecret: {
            /** @description `otpauth:` address, to be shown as a QR code. */
            address: string;
            /** @description To be typed. */
            secret: string;
            /** @description Goes with the first code. */
            token: string;
        };
        /** @description Changes to be tried. */
        TriedChanges: {
            /** @description In order. */
            changes: components["schemas"]["SchemaChange"][];
        };
        /** @description A member of whom no records were counted. */
        Uncounted: {
            /**
             * Format: uuid
             * @description The member.
             */
            member: string;
            /** @description His name. */
            name: string;
        };
        /** @description The answer of an undo. */
        UndoAnswer: {
            /**
             * Format: uuid
             * @description Id of the change that undid: undo it to redo.
             */
            change_id: string;
            /** @description What was left, and why. */
            skipped: components["schemas"]["UndoSkipped"][];
            /**
             * Format: uint
             * @description Records taken back.
             */
            undone: number;
        };
        /** @description A change that was taken back, or is about to be. */
        UndoRun: {
            /**
             * Format: uuid
             * @description Id of the change that undoes: undo it to redo.
             */
            change_id: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description Events gone over.
             */
            done: number;
            /** @description Why it stopped. */
            failure: string | null;
            /**
             * Format: uint64
             * @description How many were left.
             */
            left: number;
            /**
             * Format: uuid
             * @description Who takes it back.
             */
            member: string;
            /** @description The first 200 of those, and why. */
            skipped: components["schemas"]["UndoSkipped"][];
            /** @description How it stands. */
            state: components["schemas"]["UndoState"];
            /**
             * Format: uint64
             * @description Of so many.
             */
            total: number;
            /**
             * Format: uint64
             * @description Records taken back.
             */
            undone: number;
            /**
             * Format: date-time
             * @description When something last became of it.
             */
            updated_at: string;
        };
        /** @description What was not taken back. */
        UndoSkipped: {
            /** @description Fields that were changed since. */
            fields: string[];
            /**
             * Format: uuid
             * @description Record.
             */
            id: string;
            /** @description Object. */
            object: string;
            /** @description `changed_since`, `gone`, `forbidden`, `invalid`. */
            reason: string;
        };
        /** @description How it stands with a change that is taken back. */
        UndoState: "undoing" | "undone" | "failed";
        /** @description A file that was kept. Its id goes into a field of a record. */
        UploadedFile: {
            /** @description Media type, as far as the content agrees with it. */
            content_type: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Name. */
            name: string;
            /**
             * Format: uint64
             * @description Bytes.
             */
            size: number;
        };
        /** @description Why a verb is open on a record, or closed. */
        VerbExplanation: {
            /** @description Whether it is open. */
            allowed: boolean;
            /** @description What opens it, and what closes it again. */
            reasons: components["schemas"]["AccessReason"][];
            /**
             * @description The verb.
             * @enum {string}
             */
            verb: "read" | "create" | "update" | "delete" | "restore" | "import" | "export" | "bulk" | "share" | "assign" | "lock";
        };
        /** @description A verb or an action that opens to members or closes, whatever the record. */
        VerbImpact: {
            /** @description What the action is called for people. */
            action?: components["schemas"]["Label"];
            /**
             * Format: uint
             * @description How many members gain it.
             */
            gaining: number;
            /**
             * Format: uint
             * @description How many lose it.
             */
            losing: number;
            /** @description The object. */
            object: string;
            /** @description `create`, `restore`, `export`, ...; the name of the action where there is an `action`. */
            verb: string;
        };
        /** @description A verdict. */
        Verdict: "different" | "open";
        /** @description What became of the chain. */
        Verification: {
            /**
             * Format: int64
             * @description The first row that is not as it was written, or does not follow the one before it.
             */
            broken_at: number | null;
            /**
             * Format: uint64
             * @description Rows in the chain.
             */
            rows: number;
            /**
             * Format: uint64
             * @description Rows from before there was a chain.
             */
            unchained: number;
        };
        /** @description How many records of a circle the caller may still open today. */
        ViewAllowance: {
            /**
             * Format: uuid
             * @description The circle.
             */
            circle: string;
            /**
             * Format: uint64
             * @description Left today.
             */
            left: number;
            /**
             * Format: uint64
             * @description How many different records a day.
             */
            limit: number;
            /** @description Object of the circle. */
            object: string;
            /**
             * Format: date-time
             * @description When the day ends.
             */
            until: string;
            /**
             * Format: uint64
             * @description Opened today.
             */
            used: number;
        };
        /** @description A member who may see a record. */
        Viewer: {
            /** @description May delete it. */
            delete: boolean;
            /** @description The member. */
            member: components["schemas"]["Reference"];
            /** @description What lets him see it. */
            reasons: components["schemas"]["AccessReason"][];
            /** @description May change it. */
            update: boolean;
        };
        /** @description How an object's records are shown (`views.toml`). */
        ViewsDefinition: {
            /** @description Board, where the object has one. */
            board?: components["schemas"]["BoardViewDefinition"];
            /** @description Calendar, where the object has one. */
            calendar?: components["schemas"]["CalendarViewDefinition"];
            /** @description Ready lists, the first is the default. */
            list?: components["schemas"]["ListViewDefinition"][];
            /**
             * @description The record page.
             * @default {}
             */
            record: components["schemas"]["RecordViewDefinition"];
        };
        /** @description How an object's records are shown (`views.toml`). */
        ViewsDefinitionInput: {
            /** @description Board, where the object has one. */
            board?: components["schemas"]["BoardViewDefinitionInput"] | null;
            /** @description Calendar, where the object has one. */
            calendar?: components["schemas"]["CalendarViewDefinitionInput"] | null;
            /** @description Ready lists, the first is the default. */
            list?: components["schemas"]["ListViewDefinitionInput"][];
            /**
             * @description The record page.
             * @default {}
             */
            record?: components["schemas"]["RecordViewDefinitionInput"];
        };
        /** @description How an object's records are shown. */
        ViewsMeta: {
            /** @description The board, where there is one. */
            board: components["schemas"]["BoardMeta"] | null;
            /** @description The calendar, where there is one. */
            calendar: components["schemas"]["CalendarMeta"] | null;
            /** @description Ready lists, the first is the default. */
            list: components["schemas"]["ListViewMeta"][];
            /** @description The record page. */
            record: components["schemas"]["RecordViewMeta"];
        };
        /** @description A likely duplicate the caller may see. */
        VisibleDuplicate: {
            /**
             * Format: uuid
             * @description Which record.
             */
            id: string;
            /** @description Its title; null where he may not see that. */
            label: string | null;
            /** @description Of which object: that of what is entered, or another one. */
            object: string;
            /** @description Whose it is. */
            owner: components["schemas"]["Reference"] | null;
            /**
             * Format: double
             * @description How sure it is, 0 to 1.
             */
            probability: number;
            /** @description What speaks for it and against it, strongest first. Fields are those of its object. */
            reasons: components["schemas"]["DuplicateReason"][];
            /**
             * @description He may.
             * @enum {boolean}
             */
            visible: true;
        };
        /** @description A member who cannot sign in yet: he has no password. */
        Waiting: {
            /**
             * Format: date-time
             * @description When the invitation ends or ended.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description When he was invited last, if ever.
             */
            invited_at: string | null;
            /**
             * Format: uuid
             * @description The member.
             */
            member: string;
        };
        /** @description Members to be invited. */
        WantedInvitations: {
            /** @description At most 200. */
            members: string[];
        };
        /** @description The version that was looked at. */
        WantedPack: {
            /**
             * @description Go ahead although values are lost.
             * @default false
             */
            accept_loss?: boolean;
            /** @description Version of the plan; another one offered meanwhile is refused. */
            version: string;
        };
        /** @description What is to be looked at. */
        WantedPlan: {
            /**
             * @description Look at its removal, not at installing the version offered.
             * @default false
             */
            remove?: boolean;
        };
        /** @description A run to be begun. */
        WantedSync: {
            /**
             * Format: uint64
             * @description So many may be suspended, though it is more than the settings let a run suspend.
             */
            leavers?: number | null;
        };
        /** @description People, days, and who has how much to do. */
        WorkloadBoard: {
            /** @description The days, in order. */
            days: components["schemas"]["WorkloadDay"][];
            /** @description The people, by name. */
            people: components["schemas"]["WorkloadPerson"][];
            /** @description Whether there were more people than a board holds. */
            truncated: boolean;
        };
        /** @description A person's day. Times are minutes. */
        WorkloadCell: {
            /**
             * Format: uint8
             * @description Halves of the day he is away.
             */
            away: number;
            /**
             * Format: int64
             * @description Time there is: a fifth of the hours he works a week (40 where nothing is said) on a day of work, less absences.
             */
            capacity: number;
            /**
             * Format: int64
             * @description Of it what the caller may not see.
             */
            hidden: number;
            /** @description What the caller may see. */
            items: components["schemas"]["WorkloadItem"][];
            /**
             * Format: int64
             * @description Time planned and still to be worked.
             */
            planned: number;
        };
        /** @description A day of the board. */
        WorkloadDay: {
            /**
             * Format: date
             * @description Which.
             */
            date: string;
            /**
             * @description `day_off`: a public holiday; `working_day`: a weekend day worked instead.
             * @enum {string}
             */
            exception?: "day_off" | "working_day";
            /** @description Whether it is worked. */
            working: boolean;
        };
        /** @description A thing to do on a day. */
        WorkloadItem: {
            /**
             * Format: date-time
             * @description When it is due.
             */
            due_at?: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            end_at?: string;
            /**
             * Format: uuid
             * @description The activity.
             */
            id: string;
            /** @description Its kind. */
            kind: string | null;
            /**
             * Format: int64
             * @description Minutes on this day.
             */
            minutes: number;
            /** @description Whether it is his own; else he takes part. */
            own: boolean;
            /**
             * Format: date-time
             * @description When it begins.
             */
            start_at?: string;
            /** @description Its state. */
            status: string | null;
            /** @description Its subject as the caller may see it. */
            title: string | null;
            /**
             * Format: int64
             * @description Its version, for a change of it.
             */
            version: number;
        };
        /** @description A person's row. */
        WorkloadPerson: {
            /** @description One for each day. */
            days: components["schemas"]["WorkloadCell"][];
            /**
             * Format: int64
             * @description Tasks done in these days.
             */
            done: number;
            /** @description The member. */
            member: components["schemas"]["Reference"];
            /** @description Open records of other objects the caller sees, by object. */
            open: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Tasks past their time.
             */
            overdue: number;
            /** @description What he is good at, as his record holds it; absent where the caller may not see it. */
            skills: string[];
            /**
             * Format: int64
             * @description Open tasks without a time.
             */
            undated: number;
        };
        /** @description A workspace of this server. */
        WorkspaceEntry: {
            /**
             * Format: date-time
             * @description When it was made; null for the main one.
             */
            created_at: string | null;
            /** @description Id; stands in its address, `/w/ID/`. */
            id: string;
            /** @description Name for people. */
            name: string;
        };
        /** @description The settings of a company. */
        WorkspaceSettings: {
            /** @description ISO 4217 code of amounts that name none. */
            currency: string;
            /** @description Made for trying out. */
            demo: boolean;
            /** @description Id; part of its address. */
            id: string;
            /** @description Name of the company. */
            name: string;
            /** @description Two-letter region for national phone forms. */
            region: string;
            /** @description IANA name; days of reports begin here. */
            time_zone: string;
        };
    };
    responses: {
        /** @description What went wrong, in the caller's language (RFC 9457) */
        default: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Go ahead although values are lost */
        accept_loss: boolean;
        /** @description Who did it */
        actor: string;
        /** @description seq of the last event known */
        after: number;
        /** @description Rows behind this number */
        "after-row": number;
        /** @description What a row is: a role held, or a kind of record opened; role without */
        by: "role" | "object";
        /** @description With a problem of this code */
        code: string;
        /** @description attachment; filename*=UTF-8''... : the name of the file, percent-encoded */
        "content-disposition": string;
        /** @description Whether and how to count */
        count: "capped" | "exact" | "none";
        /** @description next_cursor of the page before */
        cursor: string;
        /** @description The first day; today without */
        day: string;
        /** @description How many days; 14 without */
        days: number;
        /** @description The recycle bin instead */
        deleted: "only";
        /** @description Members of this department and those below it */
        department: string;
        /** @description How many levels to tell at once; 1 without */
        depth: number;
        /** @description Only say what would happen */
        dry_run: boolean;
        /** @description Only what ends by itself */
        ending: boolean;
        /** @description The activity left out: the one being planned */
        except: string;
        /** @description What kind of fault; any without */
        fault: "incomplete" | "wrong" | "stale";
        /** @description With a problem of this field */
        field: string;
        /** @description Paths separated by commas; all without */
        fields: string;
        /** @description attachment; filename*=UTF-8''... : the name of the file, percent-encoded */
        "file-name": string;
        /** @description Filter expression, docs/expressions.md */
        filter: string;
        /** @description Kind of file; csv without */
        format: "csv" | "xlsx" | "json";
        /** @description From this time on */
        from: string;
        /** @description Files that came together */
        group: string;
        /** @description What was decided of the pairs; open without */
        "group-state": "open" | "different";
        /** @description Fields separated by commas, field:month for times */
        group_by: string;
        /** @description The same key and body give the first answer again */
        "idempotency-key": string;
        /** @description The version the change is based on, as "3" */
        "if-match": string;
        /** @description Id of an import: the plans are for its file */
        import: string;
        /** @description The object the columns are to be fields of; that of the import where absent */
        "import-object": string;
        /** @description uploaded, planned, running, paused, done, failed or cancelled */
        "import-state": string;
        /** @description What became of the records; created without */
        "imported-as": "created" | "updated" | "skipped";
        /** @description Only records that this import, one of your own, made or changed */
        imported_by: string;
        /** @description Shown in place where that is safe */
        inline: boolean;
        /** @description The object */
        into: string;
        /** @description Kind of the jobs */
        "job-kind": string;
        /** @description Kinds of entries, separated by commas */
        kinds: string;
        /** @description Most items of a page */
        limit: number;
        /** @description Most groups of a page */
        "limit-100": number;
        /** @description Most items of a page */
        "limit-200": number;
        /** @description Most items of each object */
        "limit-50": number;
        /** @description Most groups */
        "limit-groups": number;
        /** @description count, count_distinct(field), sum(field), avg(field), min(field), max(field); count without */
        measures: string;
        /** @description A member; the caller where absent */
        member: string;
        /** @description Ids of members, separated by commas */
        members: string;
        /** @description The object */
        object: string;
        /** @description Objects, separated by commas */
        objects: string;
        /** @description Where the piece begins in the file, in bytes */
        offset: number;
        /** @description Which rows; those with problems without */
        only: "problems" | "fixed" | "left_out";
        /** @description Records of this member */
        owner: string;
        /** @description Code of the division above; the country without */
        parent: string;
        /** @description With a problem of the records of this key; empty for the main ones */
        part: string;
        /** @description Erase for good; administrators */
        permanent: boolean;
        /** @description Fields nobody else changed since merge by themselves */
        prefer: "merge";
        /** @description Only say what would become of it */
        preview: boolean;
        /** @description Words, as search */
        q: string;
        /** @description Also in groups */
        "quality-by": "department" | "owner";
        /** @description Records of this department and those below it */
        "quality-department": string;
        /** @description Why so many records are exported; asked for above a limit */
        reason: string;
        /** @description The record */
        record: string;
        /** @description Ids of rooms, vehicles and equipment, separated by commas */
        resources: string;
        /** @description The role */
        role: string;
        /** @description Of this rule of quality alone */
        rule: string;
        /** @description Imports of this regular import */
        schedule: string;
        /** @description How grave; any without */
        severity: "low" | "medium" | "high";
        /** @description Sheet of a workbook; the first with anything in it without */
        sheet: string;
        /** @description Fields separated by commas, - before a field for descending */
        sort: string;
        /** @description From this time on */
        "span-from": string;
        /** @description Before this time */
        "span-until": string;
        /** @description State of the jobs */
        state: "waiting" | "running" | "done" | "dead";
        /** @description Kind of file; csv without */
        "table-format": "csv" | "xlsx";
        /** @description Members of this team */
        team: string;
        /** @description Rule by rule as well */
        "trend-by": "rule" | "kind";
        /** @description How many days back; 90 without */
        "trend-days": number;
        /** @description Before this time */
        until: string;
        /** @description create, sign_in, export, ... */
        verb: string;
        /** @description Number of an older version */
        version: number;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    runAction: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                action: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordValues"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Json"] | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    splitAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressLine"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressParts"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listAllApiKeys: {
        parameters: {
            query?: {
                /** @description A member; the caller where absent */
                member?: components["parameters"]["member"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["OwnedApiKey"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeAnyApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description From this time on */
                from?: components["parameters"]["from"];
                /** @description Before this time */
                until?: components["parameters"]["until"];
                /** @description Who did it */
                actor?: components["parameters"]["actor"];
                /** @description create, sign_in, export, ... */
                verb?: components["parameters"]["verb"];
                /** @description The object */
                object?: components["parameters"]["object"];
                /** @description The record */
                record?: components["parameters"]["record"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["AuditEntry"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                /** @description From this time on */
                from?: components["parameters"]["from"];
                /** @description Before this time */
                until?: components["parameters"]["until"];
                /** @description Who did it */
                actor?: components["parameters"]["actor"];
                /** @description create, sign_in, export, ... */
                verb?: components["parameters"]["verb"];
                /** @description The object */
                object?: components["parameters"]["object"];
                /** @description The record */
                record?: components["parameters"]["record"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    forgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgottenPassword"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    lookAtLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkToken"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkOwner"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedOut"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    signInByPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeySignature"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    askForPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyQuestion"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    choosePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChosenPassword"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    proveIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    confirmByPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordConfirmation"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    confirmByLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailedConfirmation"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    confirmByMail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailConfirmation"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    answerOfProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReturnedAnswer"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    beginAtProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderPage"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    signedOutAtProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    logout_token: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedOutThere"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    signInByDirectory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DirectoryCredentials"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    presentSecondFactor: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactor"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    askToSign: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyQuestion"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getStep: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStep"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getBusy: {
        parameters: {
            query: {
                /** @description Ids of members, separated by commas */
                members?: components["parameters"]["members"];
                /** @description Ids of rooms, vehicles and equipment, separated by commas */
                resources?: components["parameters"]["resources"];
                /** @description From this time on */
                from: components["parameters"]["span-from"];
                /** @description Before this time */
                until: components["parameters"]["span-until"];
                /** @description The activity left out: the one being planned */
                except?: components["parameters"]["except"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusyAnswer"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getCalendarFeed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                secret: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    importCalendar: {
        parameters: {
            query?: {
                /** @description Only say what would become of it */
                preview?: components["parameters"]["preview"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CalendarFile"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarImport"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeSize"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getUndo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    undoChange: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoAnswer"];
                };
            };
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listDivisions: {
        parameters: {
            query?: {
                /** @description Code of the division above; the country without */
                parent?: components["parameters"]["parent"];
                /** @description How many levels to tell at once; 1 without */
                depth?: components["parameters"]["depth"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Division"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    listEnrichmentRuns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrichmentRuns"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getEnrichmentRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrichmentRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    dropEnrichmentRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    applyEnrichmentRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrichmentConsent"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrichmentDone"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    setEnrichmentSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrichmentSecret"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description seq of the last event known */
                after?: components["parameters"]["after"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit"];
                /** @description Objects, separated by commas */
                objects?: components["parameters"]["objects"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: int64
                         * @description The last event there is, whether the caller may see it or not.
                         */
                        head: number;
                        /** @description In their order. */
                        items: components["schemas"]["Event"][];
                        /**
                         * Format: int64
                         * @description `after` of the next page.
                         */
                        next: number;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description seq of the last event known */
                after?: components["parameters"]["after"];
                /** @description Objects, separated by commas */
                objects?: components["parameters"]["objects"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    listExports: {
        parameters: {
            query?: {
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Export"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    beginExport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExport"];
            };
        };
        responses: {
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    cancelExport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getExportFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                    "text/csv": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    getFilePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileRules"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    changeFilePolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilePolicy"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileRules"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header: {
                /** @description attachment; filename*=UTF-8''... : the name of the file, percent-encoded */
                "Content-Disposition": components["parameters"]["content-disposition"];
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    downloadFile: {
        parameters: {
            query?: {
                /** @description Shown in place where that is safe */
                inline?: components["parameters"]["inline"];
                /** @description Number of an older version */
                version?: components["parameters"]["version"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description A stretch of the content, as `Range` asked */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    listFileLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLinks"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    makeFileLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFileLink"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeFileLink"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    revokeFileLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    previewFile: {
        parameters: {
            query?: {
                /** @description Number of an older version */
                version?: components["parameters"]["version"];
                /** @description Sheet of a workbook; the first with anything in it without */
                sheet?: components["parameters"]["sheet"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilePreview"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listFileVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileVersions"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    replaceFile: {
        parameters: {
            query?: never;
            header: {
                /** @description attachment; filename*=UTF-8''... : the name of the file, percent-encoded */
                "Content-Disposition": components["parameters"]["content-disposition"];
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    restoreFileVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listIdentityProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["IdentityProvider"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    addIdentityProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProvider"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityProvider"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeIdentityProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    changeIdentityProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedProvider"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityProvider"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    checkIdentityProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckedProvider"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    runDirectorySync: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedSync"];
            };
        };
        responses: {
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BegunSync"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    planDirectorySync: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncPlan"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listImports: {
        parameters: {
            query?: {
                /** @description The object */
                object?: components["parameters"]["object"];
                /** @description uploaded, planned, running, paused, done, failed or cancelled */
                state?: components["parameters"]["import-state"];
                /** @description Files that came together */
                group?: components["parameters"]["group"];
                /** @description Imports of this regular import */
                schedule?: components["parameters"]["schedule"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Import"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    uploadImport: {
        parameters: {
            query: {
                /** @description The object */
                object: components["parameters"]["into"];
                /** @description Sheet of a workbook; the first with anything in it without */
                sheet?: components["parameters"]["sheet"];
            };
            header?: {
                /** @description attachment; filename*=UTF-8''... : the name of the file, percent-encoded */
                "Content-Disposition"?: components["parameters"]["file-name"];
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportUpload"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    pushImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportedRowsInput"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportUpload"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listImportMappings: {
        parameters: {
            query: {
                /** @description The object */
                object: components["parameters"]["into"];
                /** @description Id of an import: the plans are for its file */
                import?: components["parameters"]["import"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["KnownImportMapping"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    setImportConnection: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportConnection"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    runImportSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    beginImportUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewImportUpload"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportUploadProgress"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getImportUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportUploadProgress"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    giveUpImportUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    finishImportUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportUpload"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    sendImportPiece: {
        parameters: {
            query?: {
                /** @description Where the piece begins in the file, in bytes */
                offset?: components["parameters"]["offset"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportUploadProgress"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    cancelImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    guessImport: {
        parameters: {
            query?: {
                /** @description The object the columns are to be fields of; that of the import where absent */
                object?: components["parameters"]["import-object"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportGuess"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    pauseImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    planImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportPlanInput"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPreview"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listImportedRecords: {
        parameters: {
            query?: {
                /** @description What became of the records; created without */
                only?: components["parameters"]["imported-as"];
                /** @description Rows behind this number */
                after?: components["parameters"]["after-row"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedRows"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getRejectedRows: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    listImportRows: {
        parameters: {
            query?: {
                /** @description Which rows; those with problems without */
                only?: components["parameters"]["only"];
                /** @description Rows behind this number */
                after?: components["parameters"]["after-row"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit"];
                /** @description With a problem of this field */
                field?: components["parameters"]["field"];
                /** @description With a problem of this code */
                code?: components["parameters"]["code"];
                /** @description With a problem of the records of this key; empty for the main ones */
                part?: components["parameters"]["part"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRows"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    resetImportRow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                row: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRow"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    fixImportRow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
                row: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportRowFix"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRow"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    runImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportRun"];
            };
        };
        responses: {
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    tryImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportTry"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportTries"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description State of the jobs */
                state?: components["parameters"]["state"];
                /** @description Kind of the jobs */
                kind?: components["parameters"]["job-kind"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobQueue"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    retryJobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobsToRetry"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobsRetried"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    lookAtLinkedFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileLinkToken"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkedFile"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    downloadLinkedFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileLinkToken"];
            };
        };
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description A stretch of the content, as `Range` asked */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    openLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The socket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    changeMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedMe"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["ApiKey"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    addApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeApiKey"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    listFactors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnFactors"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    newPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyQuestion"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    confirmPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MadePasskey"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedFactor"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    newTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpSecret"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FirstCode"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedFactor"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeFactor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    listIdentities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["OwnIdentity"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    bindIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderPage"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    releaseIdentity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedPassword"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    getPhone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneState"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    beginPhone: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPhone"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneState"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removePhone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    confirmPhone: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PhoneCode"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneState"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getPush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushState"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    addPushSubscription: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPushSubscription"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushSubscription"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    makePushKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushKey"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removePushSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    replaceRecoveryCodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getMyRights: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldRights"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    endView: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    listViewsLeft: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["ViewAllowance"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    getMeta: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Meta"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Json"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listPacks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToldPacks"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getPack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pack: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removePack: {
        parameters: {
            query?: {
                /** @description Go ahead although values are lost */
                accept_loss?: components["parameters"]["accept_loss"];
            };
            header?: never;
            path: {
                pack: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    installPack: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                pack: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedPack"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedSchema"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    planPack: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                pack: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedPlan"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackPlan"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getProtectionPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectionPolicy"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    changeProtectionPolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProtectionPolicyInput"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectionPolicy"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listQuality: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["QualityObject"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    mendRecords: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QualityFix"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityFixAnswer"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    judgeRecords: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityObject"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getQuality: {
        parameters: {
            query?: {
                /** @description Also in groups */
                by?: components["parameters"]["quality-by"];
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Records of this department and those below it */
                department?: components["parameters"]["quality-department"];
                /** @description Records of this member */
                owner?: components["parameters"]["owner"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualitySummary"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getQualityTrend: {
        parameters: {
            query?: {
                /** @description How many days back; 90 without */
                days?: components["parameters"]["trend-days"];
                /** @description Rule by rule as well */
                by?: components["parameters"]["trend-by"];
                /** @description Records of this department and those below it */
                department?: components["parameters"]["quality-department"];
                /** @description Records of this member */
                owner?: components["parameters"]["owner"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityTrend"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listFindings: {
        parameters: {
            query?: {
                /** @description What kind of fault; any without */
                kind?: components["parameters"]["fault"];
                /** @description Of this rule of quality alone */
                rule?: components["parameters"]["rule"];
                /** @description How grave; any without */
                severity?: components["parameters"]["severity"];
                /** @description Records of this member */
                owner?: components["parameters"]["owner"];
                /** @description Records of this department and those below it */
                department?: components["parameters"]["quality-department"];
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Fields separated by commas, - before a field for descending */
                sort?: components["parameters"]["sort"];
                /** @description Paths separated by commas; all without */
                fields?: components["parameters"]["fields"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Whether and how to count */
                count?: components["parameters"]["count"];
                /** @description Words, as search */
                q?: components["parameters"]["q"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityWorklist"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listRecords: {
        parameters: {
            query?: {
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Fields separated by commas, - before a field for descending */
                sort?: components["parameters"]["sort"];
                /** @description Paths separated by commas; all without */
                fields?: components["parameters"]["fields"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Whether and how to count */
                count?: components["parameters"]["count"];
                /** @description The recycle bin instead */
                deleted?: components["parameters"]["deleted"];
                /** @description Words, as search */
                q?: components["parameters"]["q"];
                /** @description Only records that this import, one of your own, made or changed */
                imported_by?: components["parameters"]["imported_by"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordList"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    createRecord: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordValues"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Record"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    runObjectAction: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                action: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordValues"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Json"] | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    aggregate: {
        parameters: {
            query?: {
                /** @description Fields separated by commas, field:month for times */
                group_by?: components["parameters"]["group_by"];
                /** @description count, count_distinct(field), sum(field), avg(field), min(field), max(field); count without */
                measures?: components["parameters"]["measures"];
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Words, as search */
                q?: components["parameters"]["q"];
                /** @description Most groups */
                limit?: components["parameters"]["limit-groups"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AggregateAnswer"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    batchRecords: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"] | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    bulkRecords: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkRequest"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAnswer"] | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getBulkTerms: {
        parameters: {
            query?: {
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Words, as search */
                q?: components["parameters"]["q"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkTerms"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listDuplicates: {
        parameters: {
            query?: {
                /** @description What was decided of the pairs; open without */
                state?: components["parameters"]["group-state"];
                /** @description Most groups of a page */
                limit?: components["parameters"]["limit-100"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateGroups"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    setAutomaticMerging: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AutomaticMerging"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateStatus"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    checkDuplicates: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnteredValues"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateCheck"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    decideDuplicates: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DuplicateVerdict"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    scanDuplicates: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateStatus"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getDuplicateStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateStatus"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    exportRecords: {
        parameters: {
            query?: {
                /** @description Kind of file; csv without */
                format?: components["parameters"]["format"];
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Fields separated by commas, - before a field for descending */
                sort?: components["parameters"]["sort"];
                /** @description Paths separated by commas; all without */
                fields?: components["parameters"]["fields"];
                /** @description Words, as search */
                q?: components["parameters"]["q"];
                /** @description Why so many records are exported; asked for above a limit */
                reason?: components["parameters"]["reason"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                    "text/csv": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    getExportTerms: {
        parameters: {
            query?: {
                /** @description Filter expression, docs/expressions.md */
                filter?: components["parameters"]["filter"];
                /** @description Words, as search */
                q?: components["parameters"]["q"];
            };
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportTerms"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getRecord: {
        parameters: {
            query?: {
                /** @description Paths separated by commas; all without */
                fields?: components["parameters"]["fields"];
            };
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Record"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    deleteRecord: {
        parameters: {
            query?: {
                /** @description Erase for good; administrators */
                permanent?: components["parameters"]["permanent"];
            };
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    updateRecord: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The version the change is based on, as "3" */
                "If-Match"?: components["parameters"]["if-match"];
                /** @description Fields nobody else changed since merge by themselves */
                Prefer?: components["parameters"]["prefer"];
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordValues"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Record"] | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    explainAccess: {
        parameters: {
            query?: {
                /** @description A member; the caller where absent */
                member?: components["parameters"]["member"];
            };
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessExplanation"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    runRecordAction: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
                action: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordValues"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Json"] | components["schemas"]["DryRun"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
            };
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["HistoryEntry"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    getRecordLock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordLock"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    lockRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRecordLock"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordLock"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    releaseRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    mergeRecords: {
        parameters: {
            query?: {
                /** @description Only say what would happen */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeInput"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeResult"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listMerges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["MergedRecord"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    listProvenance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["FieldSource"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    getRecordQuality: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityOfRecord"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    restoreRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Record"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listShares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Share"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    addShare: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Share"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
                id: string;
                kind: string;
                principal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    getTimeline: {
        parameters: {
            query?: {
                /** @description Kinds of entries, separated by commas */
                kinds?: components["parameters"]["kinds"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
            };
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["TimelineEntry"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    restoreRecordVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                object: string;
                id: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoredVersion"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listViewers: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path: {
                object: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Viewer"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    listHolders: {
        parameters: {
            query?: {
                /** @description A member; the caller where absent */
                member?: components["parameters"]["member"];
                /** @description The role */
                role?: components["parameters"]["role"];
                /** @description Members of this department and those below it */
                department?: components["parameters"]["department"];
                /** @description Only what ends by itself */
                ending?: components["parameters"]["ending"];
                /** @description next_cursor of the page before */
                cursor?: components["parameters"]["cursor"];
                /** @description Most items of a page */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["RoleHolder"][];
                        /** @description Where the next page begins; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    exportHolders: {
        parameters: {
            query?: {
                /** @description A member; the caller where absent */
                member?: components["parameters"]["member"];
                /** @description The role */
                role?: components["parameters"]["role"];
                /** @description Members of this department and those below it */
                department?: components["parameters"]["department"];
                /** @description Only what ends by itself */
                ending?: components["parameters"]["ending"];
                /** @description Kind of file; csv without */
                format?: components["parameters"]["table-format"];
                /** @description What a row is: a role held, or a kind of record opened; role without */
                by?: components["parameters"]["by"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                    "text/csv": unknown;
                };
            };
            default: components["responses"]["default"];
        };
    };
    simulateRights: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TriedChanges"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listRoles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["StoredRole"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    applyDefinitions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchemaChanges"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedSchema"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listDefinitions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description ISO 4217 code of the company's own currency. */
                        currency: string;
                        /** @description By name. */
                        items: components["schemas"]["StoredObject"][];
                        /** @description How much one unit of each other currency is worth in it, by code. */
                        rates: {
                            [key: string]: string;
                        };
                        /**
                         * Format: int64
                         * @description Grows with each change.
                         */
                        schema_version: number;
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    getDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredObject"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    planDefinitions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchemaChanges"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchemaPlan"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listScimTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScimTokens"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    addScimToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewScimToken"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeScimToken"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeScimToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    search: {
        parameters: {
            query?: {
                /** @description Words, as search */
                q?: components["parameters"]["q"];
                /** @description Objects, separated by commas */
                objects?: components["parameters"]["objects"];
                /** @description Most items of each object */
                limit?: components["parameters"]["limit-50"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchAnswer"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupState"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    setUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUp"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listSharingRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["SharingRule"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    getSignInPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInPolicy"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    changeSignInPolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInPolicyInput"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInPolicy"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getSmsGateway: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SmsGateway"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    changeSmsGateway: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedSmsGateway"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SmsGateway"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    testSmsGateway: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SmsTrial"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SmsTried"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listSmsMessages: {
        parameters: {
            query?: {
                /** @description Most items of a page */
                limit?: components["parameters"]["limit-200"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["SmsMessage"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    inviteMembers: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedInvitations"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Invitation"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    listWaiting: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Waiting"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    listFactorsOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberFactors"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    resetFactors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    listIdentitiesOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["OwnIdentity"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    releaseIdentityOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    makeLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeLink"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    revokeLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    getRightsOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldRights"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listSessionsOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    endSessionsOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    endSessionOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    beginView: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
    getWorkload: {
        parameters: {
            query?: {
                /** @description Ids of members, separated by commas */
                members?: components["parameters"]["members"];
                /** @description Members of this department and those below it */
                department?: components["parameters"]["department"];
                /** @description Members of this team */
                team?: components["parameters"]["team"];
                /** @description The first day; today without */
                day?: components["parameters"]["day"];
                /** @description How many days; 14 without */
                days?: components["parameters"]["days"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadBoard"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    getWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspaceSettings"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    changeWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedWorkspace"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspaceSettings"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    listWorkspaces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In order. */
                        items: components["schemas"]["WorkspaceEntry"][];
                    };
                };
            };
            default: components["responses"]["default"];
        };
    };
    addWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body give the first answer again */
                "Idempotency-Key"?: components["parameters"]["idempotency-key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWorkspace"];
            };
        };
        responses: {
            /** @description The answer */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeWorkspace"];
                };
            };
            default: components["responses"]["default"];
        };
    };
    removeWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["default"];
        };
    };
}
