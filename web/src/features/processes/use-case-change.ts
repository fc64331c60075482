import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";

/** Changing a case: afterwards whatever was read of any record may be another, since steps are tasks. */
export function useCaseChange(): {
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  busy: boolean;
  /** Why it was refused, in one text. */
  problem: string | null;
  /** The refusal itself, for who places it. */
  error: ApiError | null;
} {
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ error: ApiError | null; text: string } | null>(null);
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      void queryClient.invalidateQueries({ queryKey: queryKeys.records });
      return true;
    } catch (error) {
      const named = error instanceof ApiError ? error.fieldErrors.map(({ message }) => message) : [];
      const text = named.length > 0 ? named.join("\n") : errorText(error);
      setFailure({ error: error instanceof ApiError ? error : null, text });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, problem: failure?.text ?? null, error: failure?.error ?? null };
}
