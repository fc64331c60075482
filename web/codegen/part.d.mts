/** The document without what the web app does not use. */
export function partOf(document: unknown): unknown;
