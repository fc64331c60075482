import "./fields.css";
import type { FieldMeta, FieldValue } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { fieldKind } from "./registry";
import { TextDisplay } from "./text/display";
import type { DisplayVariant } from "./types";
import { isEmptyValue } from "./values";

interface Props {
  field: FieldMeta;
  value: FieldValue | undefined;
  variant?: DisplayVariant;
}

/** Draws any value of any field. An empty one is quiet in a list and a dash on a page. */
export function FieldDisplay({ field, value, variant = "cell" }: Props) {
  const formats = useFormats();
  if (isEmptyValue(value)) {
    return variant === "page" ? <span className="gx-muted">—</span> : null;
  }
  const kind = fieldKind(field);
  if (kind.Display === TextDisplay) return <>{kind.toText(value, field, formats)}</>;
  return <kind.Display field={field} value={value} variant={variant} />;
}
