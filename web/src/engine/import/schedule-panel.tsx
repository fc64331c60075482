import { useTranslation } from "react-i18next";
import type { RecordPanelProps } from "../record/record-panels";
import { ImportList } from "./import-list";
import "./import.css";

/** What a scheduled import brought so far, run by run. */
export function SchedulePanel({ record }: RecordPanelProps) {
  const { t } = useTranslation();
  return (
    <ImportList query={{ schedule: record.id }} title={t("imports.scheduleRuns")} none={t("imports.noScheduleRuns")} />
  );
}
