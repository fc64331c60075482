import { PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Select, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OptionDefinition } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { colorNames, solidColor } from "@/ui/theme";
import { useColorName } from "../color-choice";
import { nameFrom } from "./field-draft";
import { freeValue, hasMoves, withOption, withoutOption, withValue } from "./option-moves";
import { OptionState } from "./option-state";
import { moved, OrderTools } from "./order-tools";
import "./option-state.css";

interface OptionEditorProps {
  options: OptionDefinition[];
  onChange: (options: OptionDefinition[]) => void;
  /** Whether a record stands in one of them at a time: then they may end something and say what comes next. */
  states: boolean;
  /** What new records begin with. */
  first: string | null;
  /** Values that records may already hold: retired rather than removed. */
  kept: Set<string>;
}

/** The choices of a select: names in both languages, colour, order, states, and which are no longer offered. */
export function OptionEditor({ options, onChange, states, first, kept }: OptionEditorProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { scheme } = useAppearance();
  const nameOf = useColorName();
  const [asked, setAsked] = useState(false);
  const moves = states && (asked || hasMoves(options));
  const limited = options.some((option) => option.next);
  const change = (index: number, part: Partial<OptionDefinition>) =>
    onChange(options.map((option, at) => (at === index ? { ...option, ...part } : option)));
  const add = () =>
    onChange(withOption(options, { value: freeValue(options, ""), label: { "zh-CN": "", en: "" }, color: "blue" }));
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
                const named = withValue(options, option.value, value);
                onChange(named.map((it, at) => (at === index ? { ...it, label: { ...it.label, en } } : it)));
              }}
              placeholder={t("settings.english")}
              aria-label={t("settings.inEnglish", { title: name })}
            />
            <OrderTools
              name={name}
              index={index}
              count={options.length}
              onMove={(by) => onChange(moved(options, index, by))}
              onRemove={fixed ? null : () => onChange(withoutOption(options, option.value))}
            />
            <span className="gx-option-flags">
              <code className="gx-muted">{option.value}</code>
              {states ? (
                <Checkbox
                  checked={option.closed === true}
                  onChange={(event) => change(index, { closed: event.target.checked })}
                >
                  <Tooltip title={t("settings.closedHelp")}>{t("settings.closed")}</Tooltip>
                </Checkbox>
              ) : null}
              {states && option.closed ? (
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
            {moves ? (
              <OptionState
                option={option}
                options={options}
                isFirst={option.value === first}
                onChange={(part) => change(index, part)}
              />
            ) : null}
          </div>
        );
      })}
      <div className="gx-option-more">
        <Button icon={<PlusOutlined />} onClick={add}>
          {t("settings.addOption")}
        </Button>
        {states && !moves && options.length > 1 ? (
          <Button type="link" onClick={() => setAsked(true)}>
            {t("settings.askMoves")}
          </Button>
        ) : null}
      </div>
      {limited ? <p className="gx-muted">{t("settings.newOptionMoves")}</p> : null}
    </div>
  );
}
