import { TypedTextInput } from "../text/typed-input";
import type { FieldInputProps } from "../types";

export function UrlInput(props: FieldInputProps) {
  return <TypedTextInput {...props} mode="url" />;
}
