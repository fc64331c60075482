import type { FieldDisplayProps } from "../types";
import { personNameText } from "./text";

export function PersonNameDisplay({ value }: FieldDisplayProps) {
  return <>{personNameText(value)}</>;
}
