import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  PointerSensor,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WorkloadBoard, WorkloadItem, WorkloadPerson } from "@/api/types";
import { DayMark } from "@/engine/calendar/day-mark";
import type { Day } from "@/engine/calendar/days";
import { useHolidays } from "@/engine/calendar/holidays";
import { useFormats } from "@/i18n/formats";
import { PersonHead } from "./person-head";
import { LoadBar } from "./workload-cell";
import { ItemCard } from "./workload-item";
import type { Place } from "./workload-model";

/** More than so many things of a day are behind "n more". */
const SHOWN = 5;

export interface WorkloadParts {
  board: WorkloadBoard;
  today: Day;
  onMove: (item: WorkloadItem, from: Place, to: Place) => void;
  onAsk: (item: WorkloadItem, from: Place) => void;
}

/** People by days. */
export function WorkloadGrid({ board, today, onMove, onAsk }: WorkloadParts) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const holidays = useHolidays(board.days.map((day) => day.date));
  const [dragged, setDragged] = useState<WorkloadItem | null>(null);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    const data = active.data.current as { item: WorkloadItem; from: Place } | undefined;
    const to = over?.data.current as Place | undefined;
    if (data && to) onMove(data.item, data.from, to);
  };
  return (
    <DndContext
      sensors={sensors}
      onDragStart={({ active }) => setDragged((active.data.current as { item: WorkloadItem }).item)}
      onDragCancel={() => setDragged(null)}
      onDragEnd={onDragEnd}
    >
      <div className="gx-workload-scroll" data-calm>
        <table className="gx-workload-grid" aria-label={t("workload.title")}>
          <thead>
            <tr>
              <th scope="col">{t("workload.person")}</th>
              {board.days.map((day) => (
                <th
                  key={day.date}
                  scope="col"
                  data-today={day.date === today || undefined}
                  data-off={!day.working || undefined}
                >
                  {weekday.format(new Date(`${day.date}T00:00:00Z`))}
                  <b className="gx-numeric">
                    {Number(day.date.slice(5, 7))}/{Number(day.date.slice(8))}
                  </b>
                  <DayMark holiday={holidays.get(day.date)} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {board.people.map((person) => (
              <tr key={person.member.id}>
                <th scope="row">
                  <PersonHead person={person} />
                </th>
                {board.days.map((day, index) => (
                  <Cell key={day.date} person={person} day={day.date} working={day.working}>
                    <DayContent person={person} index={index} day={day.date} onAsk={onAsk} />
                  </Cell>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <DragOverlay dropAnimation={null}>
        {dragged ? <div className="gx-workload-item gx-workload-ghost">{dragged.title}</div> : null}
      </DragOverlay>
    </DndContext>
  );
}

interface CellProps {
  person: WorkloadPerson;
  day: Day;
  working: boolean;
  children: ReactNode;
}

function Cell({ person, day, working, children }: CellProps) {
  const { setNodeRef, isOver } = useDroppable({
    id: `${person.member.id}:${day}`,
    data: { member: person.member, day } satisfies Place,
  });
  return (
    <td ref={setNodeRef} data-over={isOver || undefined} data-off={!working || undefined} data-day={day}>
      {children}
    </td>
  );
}

interface DayContentProps {
  person: WorkloadPerson;
  index: number;
  day: Day;
  onAsk: WorkloadParts["onAsk"];
}

/** A day of a person: how full it is and what is on it. */
export function DayContent({ person, index, day, onAsk }: DayContentProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const cell = person.days[index];
  if (!cell) return null;
  const items = all ? cell.items : cell.items.slice(0, SHOWN);
  const from = { member: { id: person.member.id, label: person.member.label ?? null }, day };
  return (
    <>
      <LoadBar cell={cell} />
      {items.map((item) => (
        <ItemCard key={item.id} item={item} from={from} onAsk={onAsk} />
      ))}
      {items.length < cell.items.length ? (
        <button type="button" className="gx-workload-more" onClick={() => setAll(true)}>
          {t("calendar.more", { n: cell.items.length - items.length })}
        </button>
      ) : null}
    </>
  );
}
