import "./fields.css";
import type { FieldMeta, FieldValue } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { CoveredHint } from "./masked-hint";
import { computedMoney } from "./money/computed";
import { MoneyDisplay } from "./money/display";
import { fieldKind } from "./registry";
import { TextDisplay } from "./text/display";
import type { DisplayVariant } from "./types";
import { coverOf, isEmptyValue } from "./values";

interface Props {
  field: FieldMeta;
  value: FieldValue | undefined;
  variant?: DisplayVariant;
  /** The record the value is of, where it is at hand: amounts worked out are in the currency of its others. */
  record?: { [field: string]: FieldValue | undefined } | undefined;
}

/** Draws any value of any field. An empty one is quiet in a list and a dash on a page. */
export function FieldDisplay({ field, value, variant = "cell", record }: Props) {
  const formats = useFormats();
  const covered = coverOf(record, field.name);
  if (covered === "hidden" || covered === "unopened") return <CoveredHint unopened={covered !== "hidden"} />;
  if (isEmptyValue(value)) {
    return variant === "page" ? <span className="gx-muted">—</span> : null;
  }
  const money = record ? computedMoney(field, value, record) : null;
  if (money) return <MoneyDisplay field={field} value={{ ...money }} variant={variant} />;
  const kind = fieldKind(field);
  if (kind.Display === TextDisplay) return <>{kind.toText(value, field, formats)}</>;
  return <kind.Display field={field} value={value} variant={variant} />;
}
