import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n/i18n";
import { TypedTextInput } from "../text/typed-input";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { phoneText } from "./text";

/** Shows the stored number in its local form; what is typed goes to the server as it is, which reads any usual form. */
export function PhoneInput(props: FieldInputProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [typed, setTyped] = useState<string | null>(null);
  const text = asText(props.value);
  return (
    <TypedTextInput
      {...props}
      value={typed === text ? text : phoneText(text, locale)}
      onChange={(next) => {
        setTyped(asText(next));
        props.onChange(next);
      }}
      mode="tel"
      placeholder={props.inline ? "" : t("fields.phonePlaceholder")}
    />
  );
}
