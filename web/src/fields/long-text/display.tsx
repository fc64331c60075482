import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

/** On a page with its line breaks; in a cell on one line. */
export function LongTextDisplay({ value, variant }: FieldDisplayProps) {
  const text = asText(value);
  if (variant === "page") return <span className="gx-long-text">{text}</span>;
  return <span title={text.length > 60 ? text : undefined}>{text.replace(/\s+/g, " ")}</span>;
}
