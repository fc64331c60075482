import { Form } from "antd";
import { useTranslation } from "react-i18next";
import { useAppearance } from "@/ui/appearance";
import { ObjectIcon } from "@/ui/object-icon";
import { objectIcons } from "@/ui/object-icon-set";
import { colorNames, solidColor, tagColors } from "@/ui/theme";
import { LabelInput } from "./label-input";
import type { ObjectLooks } from "./object-draft";

interface LooksFormProps {
  looks: ObjectLooks;
  onChange: (looks: ObjectLooks) => void;
  problem: string | null;
}

/** The name, icon and colour of an object. */
export function LooksForm({ looks, onChange, problem }: LooksFormProps) {
  const { t } = useTranslation();
  const { scheme } = useAppearance();
  return (
    <>
      <LabelInput
        id="object-label"
        title={t("settings.objectLabel")}
        value={looks.label}
        onChange={(label) => onChange({ ...looks, label })}
        required
        autoFocus
        problem={problem}
      />
      <LabelInput
        id="object-plural"
        title={t("settings.plural")}
        value={looks.plural}
        onChange={(plural) => onChange({ ...looks, plural })}
        extra={t("settings.pluralHelp")}
      />
      <Form.Item label={t("settings.color")}>
        <div className="gx-colors" role="radiogroup" aria-label={t("settings.color")}>
          {colorNames.map((color) => (
            <label key={color} title={color} style={{ background: solidColor(color, scheme) }}>
              <input
                type="radio"
                name="object-color"
                className="gx-visually-hidden"
                checked={looks.color === color}
                onChange={() => onChange({ ...looks, color })}
                aria-label={color}
              />
            </label>
          ))}
        </div>
      </Form.Item>
      <Form.Item label={t("settings.icon")}>
        <div className="gx-icons" role="radiogroup" aria-label={t("settings.icon")}>
          {Object.keys(objectIcons).map((icon) => (
            <label key={icon} title={icon} style={looks.icon === icon ? tagColors(looks.color, scheme) : undefined}>
              <input
                type="radio"
                name="object-icon"
                className="gx-visually-hidden"
                checked={looks.icon === icon}
                onChange={() => onChange({ ...looks, icon })}
                aria-label={icon}
              />
              <ObjectIcon icon={icon} />
            </label>
          ))}
        </div>
      </Form.Item>
      <LabelInput
        id="object-help"
        title={t("settings.objectHelp")}
        value={looks.help}
        onChange={(help) => onChange({ ...looks, help })}
      />
    </>
  );
}
