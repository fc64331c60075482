import { useEffect, useState } from "react";

/** A value that changes quickly, once it has rested for `pause` milliseconds. */
export function useLater<Value>(value: Value, pause: number): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return rested;
}
