import type { ObjectMeta } from "./types";

/** Whether records of an object are compared with one another. */
export const hasDuplicates = (object: ObjectMeta): boolean => object.duplicates;

/** People, places in the organisation, rights and files: two of them never become one. */
const KEPT_APART = new Set(["user", "department", "team", "job_post", "role", "role_grant", "file", "file_version"]);

/** Whether the caller may make one record of several. */
export const mayMerge = (object: ObjectMeta): boolean =>
  object.access.update && object.access.delete && !KEPT_APART.has(object.name);
