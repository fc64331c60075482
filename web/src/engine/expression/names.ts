import { parseExpression } from "./parse";
import type { Expression } from "./syntax";

function collect(expression: Expression, names: Set<string>): void {
  switch (expression.kind) {
    case "path":
      if (expression.segments[0]) names.add(expression.segments[0]);
      return;
    case "list":
      for (const item of expression.items) collect(item, names);
      return;
    case "call":
      for (const argument of expression.args) collect(argument, names);
      return;
    case "choice":
      for (const part of [expression.condition, expression.then, expression.otherwise]) collect(part, names);
      return;
    case "literal":
  }
}

/** The fields an expression asks of its record, by the first step of each path; none where it cannot be read here. */
export function namesIn(source: string): string[] {
  const names = new Set<string>();
  try {
    collect(parseExpression(source), names);
  } catch {
    return [];
  }
  return [...names];
}
