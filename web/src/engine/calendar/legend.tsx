import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { solidColor } from "@/ui/theme";

interface LegendProps {
  field: FieldMeta;
  /** The values that occur. */
  present: Set<string>;
  hidden: string[];
  onChange: (hidden: string[]) => void;
}

/** What the colours mean; a click hides or shows a colour. */
export function Legend({ field, present, hidden, onChange }: LegendProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { scheme } = useAppearance();
  const options = (field.options ?? []).filter((option) => present.has(option.value) || hidden.includes(option.value));
  if (options.length < 2 && hidden.length === 0) return null;
  return (
    <fieldset className="gx-legend">
      <legend className="gx-visually-hidden">{t("calendar.legend", { field: label(field.label) })}</legend>
      {options.map((option) => {
        const off = hidden.includes(option.value);
        return (
          <button
            key={option.value}
            type="button"
            aria-pressed={!off}
            onClick={() => onChange(off ? hidden.filter((value) => value !== option.value) : [...hidden, option.value])}
          >
            <span className="gx-board-dot" style={{ background: solidColor(option.color, scheme) }} />
            {label(option.label)}
          </button>
        );
      })}
    </fieldset>
  );
}
