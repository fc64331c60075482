import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ColumnOptions } from "@/api/imports";

export interface OptionsProps {
  options: ColumnOptions;
  onChange: (change: ColumnOptions) => void;
}

const TAKES = ["trim", "digits", "upper", "lower", "title"] as const;
const SIGNS = [" ", ",", "，", "、", "/", "-", "|", ";"];
/** What people write where they know nothing. */
const NOTHING = ["无", "暂无", "-", "/", "N/A", "NULL"];
const PARTS = [1, 2, 3, 4, 5, -1];

/** What is done to any text before it is read: what means nothing, which part of it, tidied, with what around it. */
export function TextOptions({ options, onChange }: OptionsProps) {
  const { t } = useTranslation();
  const { split, take } = options;
  return (
    <>
      <Form.Item label={t("imports.emptyTexts")} htmlFor="import-empty" extra={t("imports.emptyTextsHelp")}>
        <Select
          id="import-empty"
          mode="tags"
          value={options.empty ?? []}
          onChange={(empty: string[]) => onChange({ empty })}
          options={NOTHING.map((text) => ({ value: text, label: text }))}
        />
      </Form.Item>
      <Form.Item label={t("imports.split")} htmlFor="import-split" extra={t("imports.splitHelp")}>
        <div className="gx-import-pair">
          <Select
            id="import-split"
            mode="tags"
            maxCount={1}
            value={split ? [split.at] : []}
            onChange={(signs: string[]) => {
              const at = signs.at(-1);
              onChange({ split: at ? { at, part: split?.part ?? 1 } : null });
            }}
            options={SIGNS.map((sign) => ({ value: sign, label: sign === " " ? t("imports.space") : sign }))}
            placeholder={t("imports.splitNone")}
          />
          <Select
            value={split?.part ?? 1}
            disabled={!split}
            onChange={(part) => {
              if (split) onChange({ split: { ...split, part } });
            }}
            options={PARTS.map((part) => ({
              value: part,
              label: part === -1 ? t("imports.lastPart") : t("imports.part", { n: part }),
            }))}
            aria-label={t("imports.whichPart")}
          />
        </div>
      </Form.Item>
      <Form.Item label={t("imports.tidy")} htmlFor="import-take">
        <Select
          id="import-take"
          value={take ?? undefined}
          allowClear
          placeholder={t("imports.asItIs")}
          onChange={(next) => onChange({ take: next ?? null })}
          options={TAKES.map((value) => ({ value, label: t(`imports.take.${value}`) }))}
        />
      </Form.Item>
      <div className="gx-import-pair">
        <Form.Item label={t("imports.prefix")} htmlFor="import-prefix">
          <Input
            id="import-prefix"
            value={options.prefix ?? ""}
            onChange={(event) => onChange({ prefix: event.target.value })}
            maxLength={100}
          />
        </Form.Item>
        <Form.Item label={t("imports.suffix")} htmlFor="import-suffix">
          <Input
            id="import-suffix"
            value={options.suffix ?? ""}
            onChange={(event) => onChange({ suffix: event.target.value })}
            maxLength={100}
          />
        </Form.Item>
      </div>
      <Form.Item label={t("imports.otherwise")} htmlFor="import-otherwise">
        <Input
          id="import-otherwise"
          value={options.otherwise ?? ""}
          onChange={(event) => onChange({ otherwise: event.target.value })}
          maxLength={200}
        />
      </Form.Item>
    </>
  );
}
