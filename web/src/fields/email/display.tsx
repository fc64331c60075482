import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

export function EmailDisplay({ value }: FieldDisplayProps) {
  const address = asText(value);
  // Covered in part: nobody to write to.
  if (address.includes("*")) return <span>{address}</span>;
  return (
    <a href={`mailto:${encodeURIComponent(address).replace("%40", "@")}`} onClick={(event) => event.stopPropagation()}>
      {address}
    </a>
  );
}
