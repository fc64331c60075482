import { Skeleton } from "antd";
import { Suspense } from "react";
import type { ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { calendarShape } from "../calendar/events";
import { findField } from "../meta";
import { RelatedList } from "./related-list";
import type { RelatedPart } from "./related-parts";
import { relatedWay } from "./related-ways";
import { WayChoice } from "./way-choice";

/** Few objects are booked. */
const RelatedCalendar = lazyPart(async () => {
  const [part] = await Promise.all([import("../calendar/related-calendar"), activateLateTexts()]);
  return { default: part.RelatedCalendar };
});

interface Props {
  list: RelatedListMeta;
  target: ObjectMeta;
  object: ObjectMeta;
  record: RecordData;
  /** Some of the list's records, where it is split. */
  part: RelatedPart | null;
}

/** What belongs to a record: a calendar where many share in what has its time (a room is booked), else a list. */
export function RelatedTab({ list, target, object, record, part }: Props) {
  if (part) return <PartTab list={list} target={target} object={object} record={record} part={part} />;
  const way = relatedWay(target.name);
  if (way) return <WayChoice way={way} list={list} target={target} object={object} record={record} />;
  const shape = findField(target, list.via)?.type === "many_to_many" ? calendarShape(target) : null;
  // Waiting for one another is no booking.
  if (!shape || target.name === object.name) {
    return <RelatedList list={list} target={target} object={object} record={record} />;
  }
  return (
    <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} title={false} />}>
      <RelatedCalendar list={list} target={target} shape={shape} object={object} record={record} />
    </Suspense>
  );
}

function PartTab({ list, target, object, record, part }: Props & { part: RelatedPart }) {
  const shape = part.as === "calendar" ? calendarShape(target) : null;
  const shown = { list, target, object, record, only: part.only, begin: part.begin };
  if (!shape) return <RelatedList {...shown} />;
  return (
    <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} title={false} />}>
      <RelatedCalendar {...shown} shape={shape} />
    </Suspense>
  );
}
