import { type RefObject, useEffect, useRef } from "react";

/** Of a line somebody was led to: it comes into sight. */
export function useSoughtPlace(sought: boolean): RefObject<HTMLLIElement | null> {
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (sought) place.current?.scrollIntoView({ block: "center" });
  }, [sought]);
  return place;
}
