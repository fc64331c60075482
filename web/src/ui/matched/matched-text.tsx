import type { ReactNode } from "react";
import "./matched.css";
import type { Range } from "./ranges";

/** A text with what was found in it marked. It reads as the text alone. */
export function MatchedText({ text, ranges }: { text: string; ranges: readonly Range[] }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    parts.push(text.slice(at, from));
    parts.push(
      <mark key={from} className="gx-match">
        {text.slice(from, to)}
      </mark>,
    );
    at = to;
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}
