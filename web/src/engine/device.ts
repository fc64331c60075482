/** What a browser says it is, in words: browsers also claim to be those they descend from, so the order counts. */
const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger\//, "WeChat"],
  [/DingTalk\//, "DingTalk"],
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/HeadlessChrome\/|Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
];

export interface Device {
  /** Such as `Chrome · Windows`; empty where nothing is known. */
  name: string;
  phone: boolean;
}

/** Reads a User-Agent header. */
export function describeDevice(userAgent: string): Device {
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const parts = [find(BROWSERS), find(SYSTEMS)].filter((part) => part !== undefined);
  // A program that is no browser says its name first: curl/8.5.0.
  const name = parts.length > 0 ? parts.join(" · ") : (userAgent.split(/[\s/(]/)[0] ?? "");
  return { name, phone: /Mobile|iPhone|Android|HarmonyOS/.test(userAgent) && !/iPad/.test(userAgent) };
}
