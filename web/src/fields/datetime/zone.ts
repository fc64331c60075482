import dayjs, { type Dayjs } from "dayjs";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept for each zone: making one costs far more than using it, and lists and boards ask for every row. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, made);
  return made;
}

/** What the clock on the wall of `timeZone` shows at an instant, as minutes ahead of UTC. */
export function zoneOffsetMinutes(at: Date, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second"));
  return Math.round((wall - Math.floor(at.getTime() / 1000) * 1000) / 60_000);
}

/** An instant as a picker shows it: the wall time of the viewer's zone, carried by a zone-less dayjs. */
export function toWallTime(instant: string, timeZone: string): Dayjs {
  const at = new Date(instant);
  const wall = new Date(at.getTime() + zoneOffsetMinutes(at, timeZone) * 60_000);
  return dayjs(wall.toISOString().slice(0, 19));
}

/** The wall time a person picked, as an instant. In the hour a clock skips, the later reading is taken. */
export function fromWallTime(wall: Dayjs, timeZone: string): string {
  const asUtc = new Date(`${wall.format("YYYY-MM-DDTHH:mm:ss")}Z`).getTime();
  let instant = asUtc - zoneOffsetMinutes(new Date(asUtc), timeZone) * 60_000;
  instant = asUtc - zoneOffsetMinutes(new Date(instant), timeZone) * 60_000;
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
