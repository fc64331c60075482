import { useEffect, useState } from "react";
import { planSchema, type SchemaChange } from "@/api/schema";
import type { FieldError } from "@/api/types";

const REST_MS = 500;

/** What the server says of a change while it is being written; null is not worth asking about yet. */
export function useSchemaCheck(change: SchemaChange | null): { problems: FieldError[]; checking: boolean } {
  const [problems, setProblems] = useState<FieldError[]>([]);
  const [checking, setChecking] = useState(false);
  const text = change ? JSON.stringify(change) : "";
  useEffect(() => {
    if (text === "") {
      setProblems([]);
      setChecking(false);
      return;
    }
    let current = true;
    setChecking(true);
    const timer = setTimeout(() => {
      planSchema([JSON.parse(text) as SchemaChange]).then(
        (plan) => {
          if (!current) return;
          setProblems(plan.problems);
          setChecking(false);
        },
        // The full check before applying reports what went wrong with the call itself.
        () => current && setChecking(false),
      );
    }, REST_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  return { problems, checking };
}
