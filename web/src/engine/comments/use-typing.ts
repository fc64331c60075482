import { useCallback, useEffect, useRef, useState } from "react";
import { usePresence } from "@/realtime/presence";

/** Who has not typed for so long is thinking, or has gone. */
const REST_MS = 4_000;

/** Tells others at a record that one types a comment there: `typed` after each change, `done` when it is sent. */
export function useTyping(about: { object: string; id: string }): { typed: () => void; done: () => void } {
  const [typing, setTyping] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  usePresence(about.object, about.id, { here: typing, typing });
  useEffect(() => () => clearTimeout(timer.current), []);
  const done = useCallback(() => {
    clearTimeout(timer.current);
    setTyping(false);
  }, []);
  const typed = useCallback(() => {
    clearTimeout(timer.current);
    setTyping(true);
    timer.current = setTimeout(done, REST_MS);
  }, [done]);
  return { typed, done };
}
