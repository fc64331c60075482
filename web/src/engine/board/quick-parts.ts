/**
 * A filter as the conditions it joins with "and". One that is put together otherwise is a single condition: it is taken
 * as it is.
 */
export function andParts(filter: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let at = 0; at < filter.length; at += 1) {
    const sign = filter[at] ?? "";
    if (quote) {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if ("([".includes(sign)) depth += 1;
    else if (")]".includes(sign)) depth -= 1;
    else if (depth === 0 && (sign === "?" || filter.startsWith("||", at))) return [filter.trim()];
    else if (depth === 0 && filter.startsWith("&&", at)) {
      parts.push(filter.slice(from, at).trim());
      from = at + 2;
    }
  }
  parts.push(filter.slice(from).trim());
  return parts.filter((part) => part !== "");
}

const whole = (filter: string) => {
  const parts = andParts(filter);
  const [only] = parts;
  return parts.length === 1 && only && /\|\||\?/.test(only) && !only.startsWith("(") ? [`(${only})`] : parts;
};

export const hasPart = (filter: string, part: string): boolean => andParts(filter).includes(part);

/** The filter without the conditions that `drop` names, and with one more. */
export function withPart(filter: string, part: string | null, drop: (part: string) => boolean): string {
  const kept = whole(filter).filter((one) => !drop(one));
  return [...kept, ...(part ? [part] : [])].join(" && ");
}

/** The value that a filter asks of a field, where one of its conditions is just that. */
export function chosenOf(filter: string, field: string): string | null {
  const start = `${field} == `;
  const part = andParts(filter).find((one) => one.startsWith(start));
  const text = part?.slice(start.length).trim() ?? "";
  return /^(["'])[^"'\\]*\1$/.test(text) ? text.slice(1, -1) : null;
}
