import { useTranslation } from "react-i18next";
import type { Holiday } from "./holidays";

/** 休 on a day off, 班 on a weekend day that is worked. */
export function DayMark({ holiday }: { holiday: Holiday | undefined }) {
  const { t } = useTranslation();
  if (!holiday) return null;
  return (
    <span className="gx-day-mark" data-worked={holiday.worked || undefined} title={holiday.name}>
      {holiday.worked ? t("calendar.worked") : t("calendar.dayOff")}
      <span className="gx-visually-hidden">{holiday.name}</span>
    </span>
  );
}
