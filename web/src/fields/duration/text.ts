import type { Locale } from "@/api/types";

const SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
type Unit = keyof typeof SECONDS;

const WORDS: Record<Locale, Record<Unit, string>> = {
  "zh-CN": { d: "天", h: "小时", m: "分钟", s: "秒" },
  en: { d: "d", h: "h", m: "min", s: "s" },
};

/** `5400` as "1 小时 30 分钟" or "1 h 30 min". */
export function durationText(seconds: number, locale: Locale): string {
  let rest = Math.abs(Math.round(seconds));
  const parts: string[] = [];
  for (const unit of Object.keys(SECONDS) as Unit[]) {
    const count = Math.floor(rest / SECONDS[unit]);
    rest -= count * SECONDS[unit];
    if (count > 0) parts.push(`${count} ${WORDS[locale][unit]}`);
  }
  const text = parts.join(" ") || `0 ${WORDS[locale].m}`;
  return seconds < 0 ? `-${text}` : text;
}

const UNIT_WORDS: [RegExp, Unit][] = [
  [/^(天|日|d|days?)$/i, "d"],
  [/^(小时|时|h|hrs?|hours?)$/i, "h"],
  [/^(分钟|分|m|min|mins|minutes?)$/i, "m"],
  [/^(秒|秒钟|s|sec|seconds?)$/i, "s"],
];

/** Reads `1h30m`, `1小时30分`, `1:30`, `1.5h`, `90` (minutes); null for what is not a duration. */
export function readDuration(text: string): number | null {
  const typed = text.trim();
  const clock = /^(\d+):([0-5]\d)(?::([0-5]\d))?$/.exec(typed);
  if (clock) return Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  if (/^\d+$/.test(typed)) return Number(typed) * 60;
  let seconds = 0;
  let rest = typed;
  while (rest !== "") {
    const part = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+|[\u4e00-\u9fff]+)\s*/i.exec(rest);
    const unit = part && UNIT_WORDS.find(([word]) => word.test(part[2] ?? ""))?.[1];
    if (!part || !unit) return null;
    seconds += Number(part[1]) * SECONDS[unit];
    rest = rest.slice(part[0].length);
  }
  return typed === "" ? null : Math.round(seconds);
}
