import { useFormats } from "@/i18n/formats";
import type { FieldDisplayProps } from "../types";
import { moneyText } from "./text";

export function MoneyDisplay({ value }: FieldDisplayProps) {
  const formats = useFormats();
  return <span className="gx-numeric">{moneyText(value, formats)}</span>;
}
