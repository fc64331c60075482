import { SwapOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DayMark } from "@/engine/calendar/day-mark";
import { useHolidays } from "@/engine/calendar/holidays";
import { findField, findObject, useMeta } from "@/engine/meta";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { PersonHead } from "./person-head";
import { LoadBar } from "./workload-cell";
import type { WorkloadParts } from "./workload-grid";
import { isMovable, KindDot } from "./workload-item";
import { timeOf } from "./workload-model";

const ACTIVITY = "activity";

/** One day for one hand: the days as a strip, below it each person's day. */
export function PhoneWorkload({ board, today, onAsk }: WorkloadParts) {
  const { t } = useTranslation();
  const formats = useFormats();
  const activity = findObject(useMeta(), ACTIVITY);
  const kinds = (activity ? findField(activity, "kind") : null)?.options ?? [];
  const dates = board.days.map((day) => day.date);
  const holidays = useHolidays(dates);
  const [chosen, setChosen] = useState<string | null>(null);
  const day = chosen && dates.includes(chosen) ? chosen : dates.includes(today) ? today : (dates[0] ?? "");
  const index = dates.indexOf(day);
  const weekday = new Intl.DateTimeFormat(formats.locale, { weekday: "short", timeZone: "UTC" });
  return (
    <div className="gx-workload-phone" data-calm>
      <div className="gx-workload-strip" role="tablist" aria-label={t("workload.time")}>
        {board.days.map((one) => (
          <button
            key={one.date}
            type="button"
            role="tab"
            aria-selected={one.date === day}
            data-today={one.date === today || undefined}
            data-off={!one.working || undefined}
            onClick={() => setChosen(one.date)}
          >
            {weekday.format(new Date(`${one.date}T00:00:00Z`))}
            <b className="gx-numeric">{Number(one.date.slice(8))}</b>
            <DayMark holiday={holidays.get(one.date)} />
          </button>
        ))}
      </div>
      {board.people.map((person) => {
        const cell = person.days[index];
        if (!cell) return null;
        const from = { member: { id: person.member.id, label: person.member.label ?? null }, day };
        return (
          <section key={person.member.id}>
            <PersonHead person={person} />
            <LoadBar cell={cell} />
            <ul>
              {cell.items.map((item) => (
                <li key={item.id} data-done={item.status === "done" || undefined}>
                  <KindDot color={kinds.find((one) => one.value === item.kind)?.color} />
                  {timeOf(item) ? <span className="gx-muted gx-numeric">{formats.time(timeOf(item))}</span> : null}
                  <RecordLink object={ACTIVITY} id={item.id}>
                    {item.title ?? t("board.untitled")}
                  </RecordLink>
                  {isMovable(item) ? (
                    <Button
                      type="text"
                      icon={<SwapOutlined />}
                      aria-label={t("workload.moveItem", { title: item.title ?? "" })}
                      onClick={() => onAsk(item, from)}
                    />
                  ) : null}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
