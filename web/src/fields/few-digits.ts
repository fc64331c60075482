/** Fewest digits by which a number is found by its middle or its end. */
const FEWEST = 3;

/** Whether what was typed is nothing but fewer digits than any piece of a number is found by, in characters of either width. */
export function hasTooFewDigits(typed: string): boolean {
  const digits = typed.normalize("NFKC").trim();
  return digits.length > 0 && digits.length < FEWEST && /^[0-9]+$/.test(digits);
}
