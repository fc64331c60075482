import { useTranslation } from "react-i18next";
import { useAppearance } from "@/ui/appearance";
import { colorNames, solidColor } from "@/ui/theme";

/** What a colour is called. Definitions may name others than we offer; those keep their name. */
export function useColorName(): (color: string) => string {
  const { t, i18n } = useTranslation();
  return (color) => (i18n.exists(`looks.colors.${color}`) ? t(`looks.colors.${color as "red"}`) : color);
}

interface ColorChoiceProps {
  name: string;
  label: string;
  value: string | null | undefined;
  onChange: (color: string) => void;
}

/** One of the named colours. */
export function ColorChoice({ name, label, value, onChange }: ColorChoiceProps) {
  const { scheme } = useAppearance();
  const nameOf = useColorName();
  return (
    <div className="gx-colors" role="radiogroup" aria-label={label}>
      {colorNames.map((color) => (
        <label key={color} title={nameOf(color)} style={{ background: solidColor(color, scheme) }}>
          <input
            type="radio"
            name={name}
            className="gx-visually-hidden"
            checked={value === color}
            onChange={() => onChange(color)}
            aria-label={nameOf(color)}
          />
        </label>
      ))}
    </div>
  );
}
