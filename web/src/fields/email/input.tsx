import { TypedTextInput } from "../text/typed-input";
import type { FieldInputProps } from "../types";

export function EmailInput(props: FieldInputProps) {
  return <TypedTextInput {...props} mode="email" />;
}
