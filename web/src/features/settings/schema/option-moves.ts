import type { OptionDefinition } from "@/api/schema";

/** The next free value for a new option: from its English name, else by number. */
export function freeValue(options: OptionDefinition[], wanted: string): string {
  const taken = new Set(options.map((option) => option.value));
  const base = wanted || "option";
  if (wanted && !taken.has(base)) return base;
  for (let number = 1; ; number += 1) {
    if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
  }
}

/** Whether the options say of a record where it may go on to, or how likely it is won. */
export function hasMoves(options: OptionDefinition[]): boolean {
  return options.some((option) => option.next || typeof option.probability === "number");
}

const inUse = (option: OptionDefinition) => option.retired !== true;
const isOpen = (option: OptionDefinition) => inUse(option) && option.closed !== true;

/** Whether records in `option` may be put into one more open state: as a rule those that are open, or may be opened again. */
function takesOneMore(option: OptionDefinition, options: OptionDefinition[]): boolean {
  const open = options.filter(isOpen);
  return isOpen(option) || (open.length > 0 && open.every((other) => option.next?.includes(other.value)));
}

/**
 * With one more option. Where the others say what they may go on to, it is entered from every open one and goes where
 * those go: one that none may enter would be of no use. It stands before the end states that close the list.
 */
export function withOption(options: OptionDefinition[], added: OptionDefinition): OptionDefinition[] {
  const limited = options.some((option) => option.next);
  const onwards = options.filter(
    (other) =>
      isOpen(other) || (inUse(other) && options.some((from) => isOpen(from) && from.next?.includes(other.value))),
  );
  const entered = options.map((option) =>
    option.next && takesOneMore(option, options) ? { ...option, next: [...option.next, added.value] } : option,
  );
  const lastOpen = options.findLastIndex((option) => option.closed !== true);
  const whole: OptionDefinition = limited ? { ...added, next: onwards.map((option) => option.value) } : added;
  return [...entered.slice(0, lastOpen + 1), whole, ...entered.slice(lastOpen + 1)];
}

/** Without one option; nothing goes on to it any more. */
export function withoutOption(options: OptionDefinition[], value: string): OptionDefinition[] {
  return options
    .filter((option) => option.value !== value)
    .map((option) => (option.next ? { ...option, next: option.next.filter((one) => one !== value) } : option));
}

/** With another value for one option, wherever it is named. */
export function withValue(options: OptionDefinition[], from: string, to: string): OptionDefinition[] {
  return options.map((option) => ({
    ...option,
    value: option.value === from ? to : option.value,
    ...(option.next ? { next: option.next.map((one) => (one === from ? to : one)) } : {}),
  }));
}

/** Whether no record that stands in another option can be put into this one. */
export function isCutOff(options: OptionDefinition[], value: string): boolean {
  const others = options.filter((option) => option.value !== value && inUse(option));
  return others.length > 0 && others.every((option) => option.next && !option.next.includes(value));
}
