import type { FieldDisplayProps } from "../types";
import { addressText } from "./text";

export function AddressDisplay({ value }: FieldDisplayProps) {
  return <>{addressText(value)}</>;
}
