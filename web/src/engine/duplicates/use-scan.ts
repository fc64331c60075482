import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useEffect, useRef, useState } from "react";
import { duplicateStatusOptions, scanDuplicates } from "@/api/duplicates";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";

/** How far the search for duplicates of an object is, and beginning one. `onDone` hears when one has ended. */
export function useScan(object: ObjectMeta, onDone?: () => void) {
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [starting, setStarting] = useState(false);
  const status = useQuery(duplicateStatusOptions(object.name));
  const running = status.data?.state === "running";
  const ran = useRef(false);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });
  useEffect(() => {
    if (ran.current && !running) done.current?.();
    ran.current = running;
  }, [running]);
  const start = async () => {
    setStarting(true);
    try {
      const begun = await scanDuplicates(object.name);
      queryClient.setQueryData(queryKeys.duplicates(object.name, { status: true }), begun);
      // A small company's records are compared before the answer is here.
      if (begun.state !== "running") done.current?.();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setStarting(false);
    }
  };
  return { status, running, starting, start };
}

export type Scan = ReturnType<typeof useScan>;
