import { PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Select, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { OptionDefinition } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { colorNames, solidColor } from "@/ui/theme";
import { useColorName } from "../color-choice";
import { nameFrom } from "./field-draft";
import { moved, OrderTools } from "./order-tools";

interface OptionEditorProps {
  options: OptionDefinition[];
  onChange: (options: OptionDefinition[]) => void;
  /** Values that records may already hold: retired rather than removed. */
  kept: Set<string>;
}

/** The next free value for a new option: from its English name, else by number. */
function freeValue(options: OptionDefinition[], wanted: string): string {
  const taken = new Set(options.map((option) => option.value));
  const base = wanted || "option";
  if (wanted && !taken.has(base)) return base;
  for (let number = 1; ; number += 1) {
    if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
  }
}

/** The choices of a select: names in both languages, colour, order, end states, and which are no longer offered. */
export function OptionEditor({ options, onChange, kept }: OptionEditorProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { scheme } = useAppearance();
  const nameOf = useColorName();
  const change = (index: number, part: Partial<OptionDefinition>) =>
    onChange(options.map((option, at) => (at === index ? { ...option, ...part } : option)));
  const add = () =>
    onChange([...options, { value: freeValue(options, ""), label: { "zh-CN": "", en: "" }, color: "blue" }]);
  return (
    <div className="gx-options">
      {options.map((option, index) => {
        const fixed = kept.has(option.value);
        const name = label(option.label) || option.value;
        return (
          <div
            key={fixed ? option.value : `new-${index}`}
            className="gx-option"
            data-retired={option.retired || undefined}
          >
            <Select
              value={option.color ?? "gray"}
              onChange={(color) => change(index, { color })}
              options={colorNames.map((color) => ({
                value: color,
                label: (
                  <span className="gx-swatch" style={{ background: solidColor(color, scheme) }} title={nameOf(color)} />
                ),
              }))}
              popupMatchSelectWidth={false}
              aria-label={t("settings.optionColor", { name })}
            />
            <Input
              value={option.label["zh-CN"]}
              onChange={(event) => change(index, { label: { ...option.label, "zh-CN": event.target.value } })}
              placeholder={t("settings.chinese")}
              aria-label={t("settings.inChinese", { title: name })}
            />
            <Input
              value={option.label.en}
              onChange={(event) => {
                const en = event.target.value;
                const others = options.filter((_, at) => at !== index);
                const value = fixed ? option.value : freeValue(others, nameFrom(en));
                change(index, { value, label: { ...option.label, en } });
              }}
              placeholder={t("settings.english")}
              aria-label={t("settings.inEnglish", { title: name })}
            />
            <OrderTools
              name={name}
              index={index}
              count={options.length}
              onMove={(by) => onChange(moved(options, index, by))}
              onRemove={fixed ? null : () => onChange(options.filter((_, at) => at !== index))}
            />
            <span className="gx-option-flags">
              <code className="gx-muted">{option.value}</code>
              <Checkbox
                checked={option.closed === true}
                onChange={(event) => change(index, { closed: event.target.checked })}
              >
                <Tooltip title={t("settings.closedHelp")}>{t("settings.closed")}</Tooltip>
              </Checkbox>
              {option.closed ? (
                <Checkbox
                  checked={option.won === true}
                  onChange={(event) => change(index, { won: event.target.checked })}
                >
                  {t("settings.won")}
                </Checkbox>
              ) : null}
              <Checkbox
                checked={option.retired === true}
                onChange={(event) => change(index, { retired: event.target.checked })}
              >
                <Tooltip title={t("settings.retiredHelp")}>{t("settings.retired")}</Tooltip>
              </Checkbox>
            </span>
          </div>
        );
      })}
      <Button icon={<PlusOutlined />} onClick={add}>
        {t("settings.addOption")}
      </Button>
    </div>
  );
}
