import { useCallback } from "react";
import { useTranslation } from "react-i18next";

const KNOWN = [
  "created",
  "updated",
  "deleted",
  "restored",
  "undone",
  "converted",
  "stage_changed",
  "won",
  "lost",
  "reopened",
  "completed",
  "checked_in",
  "checked_out",
  "maintained",
  "locked",
  "unlocked",
  "shared",
  "unshared",
  "merged",
  "unmerged",
  "version_imported",
] as const;

/** What was done to a record (`updated`, `opportunity.won`), in words; a verb of a pack we lack is "changed". */
export function useVerbText(): (verb: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (verb) => {
      const name = verb.split(".").at(-1);
      return t(`record.changeKinds.${KNOWN.find((known) => known === name) ?? "updated"}`);
    },
    [t],
  );
}
