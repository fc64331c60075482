import { Checkbox, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { OptionDefinition } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { isCutOff } from "./option-moves";

interface OptionStateProps {
  option: OptionDefinition;
  options: OptionDefinition[];
  /** What new records begin with need not be reached from elsewhere. */
  isFirst: boolean;
  onChange: (part: Partial<OptionDefinition>) => void;
}

/** Where records may go on to from one option, and how likely they are won there. */
export function OptionState({ option, options, isFirst, onChange }: OptionStateProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const name = label(option.label) || option.value;
  const others = options.filter((other) => other.value !== option.value);
  // What is gone on to in practice: a retired one stays only where it was named already.
  const offered = others.filter((other) => !other.retired || option.next?.includes(other.value));
  const limit = (limited: boolean) =>
    onChange({ next: limited ? offered.filter((other) => !other.retired).map((other) => other.value) : null });
  return (
    <div className="gx-option-state">
      <Checkbox checked={Boolean(option.next)} onChange={(event) => limit(event.target.checked)}>
        {t("settings.limitNext")}
      </Checkbox>
      {option.next ? (
        <Select<string[]>
          mode="multiple"
          value={option.next}
          onChange={(next) => onChange({ next })}
          options={offered.map((other) => ({ value: other.value, label: label(other.label) || other.value }))}
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("settings.nextNone")}
          aria-label={t("settings.nextOf", { name })}
        />
      ) : (
        <span className="gx-muted">{t("settings.nextAny")}</span>
      )}
      <InputNumber
        value={option.probability ?? null}
        onChange={(probability) => onChange({ probability })}
        min={0}
        max={100}
        precision={0}
        suffix="%"
        placeholder={t("settings.probability")}
        aria-label={t("settings.probabilityOf", { name })}
      />
      {!isFirst && !option.retired && isCutOff(options, option.value) ? (
        <p className="gx-option-cut-off">{t("settings.cutOff")}</p>
      ) : null}
    </div>
  );
}
