import { useEffect, useRef, useState } from "react";
import { tryRecord } from "@/api/records";
import type { FieldError, FieldValues, RecordData } from "@/api/types";
import { wireValues } from "../records";
import { liveChecker } from "./live-checker";

interface LiveCheckOptions {
  object: string;
  /** The record being changed; null for a new one. */
  record: RecordData | null;
  /** What is typed; another object after each change. */
  values: FieldValues;
  /** What saving would send now. */
  toSend: () => FieldValues;
  /** Something was typed that could be saved, and is not being saved. */
  active: boolean;
  onAnswer: (errors: FieldError[]) => void;
}

/**
 * Asks the server, while one types, what saving would be refused for: rules over several fields, values that are there
 * already. Answers what to call when a field is left.
 */
export function useLiveCheck(options: LiveCheckOptions): () => void {
  const { values, active } = options;
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const [checker] = useState(() =>
    liveChecker(
      (signal) => {
        const { object, record, toSend } = latest.current;
        return tryRecord(object, record?.id ?? null, wireValues(toSend()), signal);
      },
      (errors) => latest.current.onAnswer(errors),
    ),
  );
  const asked = useRef(values);
  useEffect(() => {
    if (!active) {
      checker.stop();
    } else if (asked.current !== values) {
      asked.current = values;
      checker.changed();
    }
  }, [checker, active, values]);
  useEffect(() => checker.stop, [checker]);
  return checker.left;
}
