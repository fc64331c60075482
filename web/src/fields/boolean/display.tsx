import { useTranslation } from "react-i18next";
import type { FieldDisplayProps } from "../types";

export function BooleanDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  return (
    <span className={value === true ? undefined : "gx-muted"}>{value === true ? t("fields.yes") : t("fields.no")}</span>
  );
}
