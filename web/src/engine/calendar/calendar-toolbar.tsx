import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Segmented } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import { useIsPhone } from "@/ui/use-media";
import { MODES, type Mode, type Period, step } from "./use-calendar-view";

/** The name of what is shown: a month, a week, a day. */
function usePeriodName({ mode, day, days }: Period): string {
  const { locale } = useFormats();
  const at = (day: string | undefined) => new Date(`${day}T00:00:00Z`);
  if (mode === "month") {
    return new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", timeZone: "UTC" }).format(at(day));
  }
  const full: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" };
  if (mode === "day") return new Intl.DateTimeFormat(locale, { ...full, weekday: "short" }).format(at(day));
  return new Intl.DateTimeFormat(locale, full).formatRange(at(days[0]), at(days.at(-1)));
}

/** From day to day and from month to hours; `children` choose what else there is to choose. */
export function CalendarToolbar({ period, children }: { period: Period; children?: ReactNode }) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const name = usePeriodName(period);
  const modes: readonly Mode[] = phone ? MODES.toReversed() : MODES;
  return (
    <div className="gx-calendar-toolbar" role="toolbar" aria-label={t("list.viewCalendar")}>
      <Button onClick={() => period.goTo(period.today)}>{t("calendar.today")}</Button>
      <Button
        type="text"
        icon={<LeftOutlined />}
        aria-label={t("calendar.previous")}
        onClick={() => period.goTo(step(period.mode, period.day, -1))}
      />
      <Button
        type="text"
        icon={<RightOutlined />}
        aria-label={t("calendar.next")}
        onClick={() => period.goTo(step(period.mode, period.day, 1))}
      />
      <h2 aria-live="polite">{name}</h2>
      <div className="gx-calendar-choices">
        {children}
        <Segmented<Mode>
          value={period.mode}
          onChange={(mode) => period.setMode(mode)}
          options={modes.map((mode) => ({ value: mode, label: t(`calendar.modes.${mode}`) }))}
          aria-label={t("calendar.mode")}
        />
      </div>
    </div>
  );
}
