import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

export function TextDisplay({ value }: FieldDisplayProps) {
  return <>{asText(value)}</>;
}
