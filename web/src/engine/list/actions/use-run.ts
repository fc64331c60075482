import { useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import type { ActionMeta, FieldValues, ObjectMeta } from "@/api/types";
import { wireValues } from "../../records";
import type { SelectionRun } from "../../slots";
import { patientPause, type RunState, runOver, type Target } from "./run-over";

export interface RunOverSelection {
  state: RunState;
  running: boolean;
  /** It ended: by itself, stopped, or because nobody answered any more. */
  ended: boolean;
  /** Somebody stopped it. */
  stopped: boolean;
  /** What was refused last holds for what is left. */
  halted: boolean;
  left: Target[];
  /** Begins, or goes on with what is left. */
  start: () => void;
  stop: () => void;
}

/** Runs an action on many records. The page is not left by mistake meanwhile. */
export function useRun(
  object: ObjectMeta,
  action: ActionMeta,
  input: FieldValues,
  targets: Target[],
  way: SelectionRun | undefined,
): RunOverSelection {
  const queryClient = useQueryClient();
  const [state, setState] = useState<RunState>({ total: targets.length, done: [], refused: [], waiting: false });
  const [running, setRunning] = useState(false);
  const [ended, setEnded] = useState(false);
  const [left, setLeft] = useState<Target[]>(targets);
  const controller = useRef<AbortController | null>(null);
  const [stopped, setStopped] = useState(false);
  const [halted, setHalted] = useState(false);
  // One key for each record: an answer that was lost on the way is given again, and nothing is done twice.
  const keys = useRef(new Map<string, string>());
  useEffect(() => () => controller.current?.abort(), []);
  useBlocker({ enableBeforeUnload: () => running, shouldBlockFn: () => running });

  const start = async () => {
    const before = state;
    const abort = new AbortController();
    controller.current = abort;
    setRunning(true);
    setEnded(false);
    setStopped(false);
    setHalted(false);
    const end = await runOver({
      targets: left,
      call: ({ id }) => {
        const key = keys.current.get(id) ?? crypto.randomUUID();
        keys.current.set(id, key);
        return runAction(object.name, id, action.name, wireValues(input), key);
      },
      onChange: (now) =>
        setState({
          ...now,
          total: targets.length,
          done: [...before.done, ...now.done],
          refused: [...before.refused, ...now.refused],
        }),
      signal: abort.signal,
      pause: patientPause,
      ...(way ? { inOrder: true, limits: way.limits } : {}),
    });
    setLeft(end.left);
    setHalted(end.halted);
    setRunning(false);
    setEnded(true);
    // An action may touch any object.
    void queryClient.invalidateQueries({ queryKey: queryKeys.records });
  };
  const stop = () => {
    setStopped(true);
    controller.current?.abort();
  };
  return { state, running, ended, stopped, halted, left, start: () => void start(), stop };
}
