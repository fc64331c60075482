import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { type MergeInput, mergeRecords } from "@/api/merge";
import { queryKeys } from "@/api/query-keys";
import type { FieldError, ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { dropRecords, storeRecord } from "../records";
import { useUndoMerge } from "./use-undo-merge";

/** What this page reads is kept under this word. */
const MERGE = queryKeys.mergePreview("", {})[2];

interface Afterwards {
  /** Where to go when it is done. */
  to: "survivor" | "queue";
  /** How the record that stays is called. */
  name: string;
}

/** Merges, says so with the way back, and goes on. What is refused is kept as problems of the fields. */
export function useMerge(object: ObjectMeta, records: RecordData[]) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const takeBack = useUndoMerge();
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<FieldError[]>([]);
  const busy = useRef(false);

  const run = async (survivor: string, input: MergeInput, { to, name }: Afterwards) => {
    // A second press comes before the first is drawn.
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    try {
      const merged = await mergeRecords(object.name, survivor, input);
      dropRecords(queryClient, object.name, new Set(input.others));
      storeRecord(queryClient, object.name, merged.record);
      for (const id of input.others) queryClient.removeQueries({ queryKey: queryKeys.record(object.name, id) });
      // All but this page's own questions: they would be asked of records that are one by now.
      const elsewhere = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[2] !== MERGE;
      void queryClient.invalidateQueries({ queryKey: queryKeys.records, predicate: elsewhere });
      const names = new Map(records.map((record) => [record.id, titleText(record[object.title_field])]));
      undoToast(t("merging.done", { n: input.others.length + 1, name }), () => void takeBack(merged.change_id, names));
      if (to === "queue") void navigate({ to: "/duplicates/$object", params: { object: object.name }, replace: true });
      else
        void navigate({ to: "/r/$object/$id", params: { object: object.name, id: merged.record.id }, replace: true });
    } catch (error) {
      setProblems(error instanceof ApiError ? error.fieldErrors : []);
      void message.error(errorText(error));
      busy.current = false;
      setPending(false);
    }
  };
  return { run, pending, problems, forget: () => setProblems([]) };
}
