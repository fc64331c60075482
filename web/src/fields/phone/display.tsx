import { PhoneOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import type { FieldDisplayProps } from "../types";
import { asText } from "../values";
import { phoneText, splitPhone } from "./text";

/** The number as people here write it; a tap calls it. */
export function PhoneDisplay({ value, variant }: FieldDisplayProps) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const text = asText(value);
  // Covered in part: nothing that could be called.
  if (text.includes("*")) return <span className="gx-numeric">{text}</span>;
  const shown = phoneText(text, locale);
  const [number, extension] = splitPhone(text);
  return (
    <a
      className="gx-numeric gx-phone"
      href={`tel:${number}${extension ? `,${extension}` : ""}`}
      title={t("fields.call", { number: shown })}
      onClick={(event) => event.stopPropagation()}
    >
      {variant === "page" ? <PhoneOutlined /> : null}
      {shown}
    </a>
  );
}
