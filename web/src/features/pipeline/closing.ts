import type { FieldValues } from "@/api/types";
import { allOf } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { asReference, asText } from "@/fields/values";

/** A day so many days from today. What entered before it has stood its days tomorrow. */
const dayFrom = (days: number) => (days < 0 ? `today() - days(${-days})` : `today() + days(${days})`);

/** Which deals the settings of a stage close by themselves, as they stand; null where they close none. */
export function closingFilter(values: FieldValues): string | null {
  const pipeline = asReference(values.pipeline)?.id ?? asText(values.pipeline);
  const stage = asText(values.stage);
  const days = Number(asText(values.close_after_days) || 0);
  const condition = asText(values.close_when).trim();
  if (!pipeline || !stage || (days <= 0 && !condition)) return null;
  return allOf(
    isKey("pipeline", pipeline),
    isKey("stage", stage),
    days > 0 ? `stage_changed_at < ${dayFrom(2 - days)}` : "",
    condition ? `(${condition})` : "",
  );
}
