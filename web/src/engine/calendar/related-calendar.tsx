import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useIsPhone } from "@/ui/use-media";
import { findField } from "../meta";
import { inheritedReferences } from "../record/quick-log-values";
import { relatedFilter } from "../record/related-list";
import { useBusy } from "./busy";
import { CalendarBody } from "./calendar-body";
import { CalendarToolbar } from "./calendar-toolbar";
import type { Day } from "./days";
import { type CalendarShape, notCancelled } from "./events";
import { daysShown, type Mode, type Period, PHONE_MODE, todayIn } from "./use-calendar-view";
import "./calendar.css";

/** The object whose times are told even where what takes them is not to be seen. */
const RESOURCE = "resource";

interface Props {
  list: RelatedListMeta;
  target: ObjectMeta;
  shape: CalendarShape;
  object: ObjectMeta;
  record: RecordData;
  /** Some of them: an expression over what is listed. */
  only?: string | undefined;
  /** What one made here begins with. */
  begin?: FieldValues;
}

/** When something is booked, by whom one may see and by others; an empty place books it. */
export function RelatedCalendar({ list, target, shape, object, record, only, begin }: Props) {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const phone = useIsPhone();
  const today = todayIn(timeZone);
  const [day, setDay] = useState<Day>(today);
  const [mode, setMode] = useState<Mode>(phone ? PHONE_MODE : "week");
  const days = useMemo(() => daysShown(mode, day), [mode, day]);
  const filter = relatedFilter(target, list.via, record.id, only);
  const covered = useBusy({ resources: object.name === RESOURCE ? [record.id] : [] }, days, timeZone);
  const period: Period = {
    mode,
    day,
    today,
    days,
    goTo: setDay,
    setMode: (next, at) => {
      setMode(next);
      if (at) setDay(at);
    },
  };
  const open = findField(target, list.via)?.read_only === false && !record.deleted_at;
  return (
    <div className="gx-related-calendar">
      <CalendarToolbar period={period}>
        <Link to="/o/$object" params={{ object: target.name }} search={{ filter }}>
          {t("record.openAsList")}
        </Link>
      </CalendarToolbar>
      <CalendarBody
        object={open ? target : { ...target, access: { ...target.access, create: false } }}
        shape={shape}
        period={period}
        conditions={[filter, notCancelled(target)]}
        covered={covered}
        showOwner
        begin={{ ...inheritedReferences(target, list.via, object, record), ...begin }}
      />
    </div>
  );
}
