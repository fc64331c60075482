import { Form } from "antd";
import { useTranslation } from "react-i18next";
import { useAppearance } from "@/ui/appearance";
import { ObjectIcon } from "@/ui/object-icon";
import { objectIcons } from "@/ui/object-icon-set";
import { tagColors } from "@/ui/theme";
import { ColorChoice } from "../color-choice";
import { LabelInput } from "./label-input";
import type { ObjectLooks } from "./object-draft";

interface LooksFormProps {
  looks: ObjectLooks;
  onChange: (looks: ObjectLooks) => void;
  problem: string | null;
}

/** The name, icon and colour of an object. */
export function LooksForm({ looks, onChange, problem }: LooksFormProps) {
  const { t, i18n } = useTranslation();
  const { scheme } = useAppearance();
  const nameOf = (icon: string) => (i18n.exists(`looks.icons.${icon}`) ? t(`looks.icons.${icon as "aim"}`) : icon);
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
        <ColorChoice
          name="object-color"
          label={t("settings.color")}
          value={looks.color}
          onChange={(color) => onChange({ ...looks, color })}
        />
      </Form.Item>
      <Form.Item label={t("settings.icon")}>
        <div className="gx-icons" role="radiogroup" aria-label={t("settings.icon")}>
          {Object.keys(objectIcons).map((icon) => (
            <label
              key={icon}
              title={nameOf(icon)}
              style={looks.icon === icon ? tagColors(looks.color, scheme) : undefined}
            >
              <input
                type="radio"
                name="object-icon"
                className="gx-visually-hidden"
                checked={looks.icon === icon}
                onChange={() => onChange({ ...looks, icon })}
                aria-label={nameOf(icon)}
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
