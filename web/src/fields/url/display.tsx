import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

/** The address without what every address has. Only web addresses become links. */
export function UrlDisplay({ value }: FieldDisplayProps) {
  const address = asText(value);
  if (!/^https?:\/\//i.test(address)) return <>{address}</>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer" onClick={(event) => event.stopPropagation()}>
      {address.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "")}
    </a>
  );
}
