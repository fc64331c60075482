import type { FieldDisplayProps } from "@/fields/types";
import { asText } from "@/fields/values";
import "./expression-input.css";

/** An expression as it is written. */
export function ExpressionText({ value }: FieldDisplayProps) {
  return <code className="gx-expression">{asText(value)}</code>;
}
