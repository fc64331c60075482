import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useIsPhone } from "@/ui/use-media";
import { findField } from "../meta";
import { type CalendarView, MODES, type Mode, step } from "./use-calendar-view";

/** The name of what is shown: a month, a week, a day. */
function usePeriodName(view: CalendarView): string {
  const { locale } = useFormats();
  const at = (day: string | undefined) => new Date(`${day}T00:00:00Z`);
  const { mode, day, days } = view;
  if (mode === "month") {
    return new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", timeZone: "UTC" }).format(at(day));
  }
  const full: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" };
  if (mode === "day") return new Intl.DateTimeFormat(locale, { ...full, weekday: "short" }).format(at(day));
  return new Intl.DateTimeFormat(locale, full).formatRange(at(days[0]), at(days.at(-1)));
}

export function CalendarToolbar({ object, view }: { object: ObjectMeta; view: CalendarView }) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const name = usePeriodName(view);
  const owner = findField(object, "owner");
  const modes: readonly Mode[] = phone ? ["agenda", "day"] : MODES;
  const choice = typeof view.who === "string" ? view.who : "person";
  return (
    <div className="gx-calendar-toolbar" role="toolbar" aria-label={t("list.viewCalendar")}>
      <Button onClick={() => view.goTo(view.today)}>{t("calendar.today")}</Button>
      <Button
        type="text"
        icon={<LeftOutlined />}
        aria-label={t("calendar.previous")}
        onClick={() => view.goTo(step(view.mode, view.day, -1))}
      />
      <Button
        type="text"
        icon={<RightOutlined />}
        aria-label={t("calendar.next")}
        onClick={() => view.goTo(step(view.mode, view.day, 1))}
      />
      <h2 aria-live="polite">{name}</h2>
      <div className="gx-calendar-choices">
        {view.owned ? (
          <>
            <Segmented
              value={choice}
              onChange={(value) => {
                if (value === "mine" || value === "all") view.setWho(value);
                else view.setWho({ id: "", label: "" });
              }}
              options={[
                { value: "mine", label: t("calendar.mine") },
                { value: "all", label: t("calendar.team") },
                ...(owner ? [{ value: "person", label: t("calendar.person") }] : []),
              ]}
              aria-label={t("calendar.whose")}
            />
            {owner && typeof view.who !== "string" ? (
              <div className="gx-calendar-person">
                <FieldInput
                  field={{ ...owner, read_only: false, required: true }}
                  value={view.who.id ? view.who : null}
                  onChange={(value) => {
                    const person = asReference(value);
                    if (person) view.setWho({ id: person.id, label: person.label ?? "" });
                  }}
                />
              </div>
            ) : null}
          </>
        ) : null}
        <Segmented<Mode>
          value={view.mode}
          onChange={(mode) => view.setMode(mode)}
          options={modes.map((mode) => ({ value: mode, label: t(`calendar.modes.${mode}`) }))}
          aria-label={t("calendar.mode")}
        />
      </div>
    </div>
  );
}
