import { Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldDefinition } from "@/api/schema";
import type { FieldMeta, Json } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { toWire } from "@/fields/values";
import { definitionOf, type FieldDraft } from "./field-draft";
import { keysOf } from "./field-keys";

interface PartsProps {
  draft: FieldDraft;
  onChange: (part: Partial<FieldDraft>) => void;
  problemOf: (key: string) => string | undefined;
}

/** What Form.Item shows for a problem. */
function shown(problem: string | undefined) {
  return problem ? { validateStatus: "error" as const, help: problem } : {};
}

const FLAGS = ["required", "unique", "searchable", "indexed"] as const;

/** The yes-or-no parts that the type knows. */
export function FieldFlags({ draft, onChange, problemOf }: PartsProps) {
  const { t } = useTranslation();
  const keys = keysOf(draft.type, draft.result);
  const flags = FLAGS.filter((flag) => keys.has(flag));
  const problem = flags.map(problemOf).find(Boolean);
  if (flags.length === 0) return null;
  return (
    <Form.Item {...shown(problem)}>
      <div className="gx-flags">
        {flags.map((flag) => (
          <Checkbox key={flag} checked={draft[flag]} onChange={(event) => onChange({ [flag]: event.target.checked })}>
            {t(`settings.flags.${flag}.name`)}
            <small className="gx-muted">{t(`settings.flags.${flag}.help`)}</small>
          </Checkbox>
        ))}
      </div>
    </Form.Item>
  );
}

type TextForm = NonNullable<FieldDefinition["form"]>;
const TEXT_FORMS: TextForm[] = ["company", "credit_code", "id_number"];

const NUMBERS = ["scale", "min", "max", "max_length"] as const;

/** Lengths, ranges, patterns: the limits that the type knows. */
export function FieldLimits({ draft, onChange, problemOf, locked }: PartsProps & { locked: boolean }) {
  const { t } = useTranslation();
  const keys = keysOf(draft.type, draft.result);
  const numbers = NUMBERS.filter((key) => keys.has(key));
  return (
    <>
      {numbers.length > 0 ? (
        <div className="gx-two">
          {numbers.map((key) => (
            <Form.Item
              key={key}
              label={t(`settings.limits.${key}`)}
              htmlFor={`field-${key}`}
              {...shown(problemOf(key))}
            >
              <InputNumber
                id={`field-${key}`}
                value={draft[key]}
                onChange={(value) => onChange({ [key]: value })}
                disabled={key === "scale" && locked}
                style={{ width: "100%" }}
                {...(key === "scale" ? { min: 0, max: 6, precision: 0 } : {})}
                {...(key === "max_length" ? { min: 1, precision: 0 } : {})}
              />
            </Form.Item>
          ))}
        </div>
      ) : null}
      {keys.has("form") ? (
        <Form.Item
          label={t("settings.limits.form")}
          htmlFor="field-form"
          extra={t("settings.limits.formHelp")}
          {...shown(problemOf("form"))}
        >
          <Select
            id="field-form"
            allowClear
            placeholder={t("settings.limits.noForm")}
            value={draft.form ?? undefined}
            onChange={(form: TextForm | undefined) => onChange({ form: form ?? null })}
            options={TEXT_FORMS.map((form) => ({ value: form, label: t(`settings.limits.forms.${form}`) }))}
          />
        </Form.Item>
      ) : null}
      {keys.has("pattern") ? (
        <Form.Item
          label={t("settings.limits.pattern")}
          htmlFor="field-pattern"
          extra={t("settings.limits.patternHelp")}
          {...shown(problemOf("pattern"))}
        >
          <Input
            id="field-pattern"
            className="gx-code"
            value={draft.pattern}
            onChange={(event) => onChange({ pattern: event.target.value })}
          />
        </Form.Item>
      ) : null}
      {keys.has("number_format") ? (
        <Form.Item
          label={t("settings.limits.number_format")}
          htmlFor="field-number-format"
          extra={t("settings.limits.numberFormatHelp")}
          required
          {...shown(problemOf("number_format"))}
        >
          <Input
            id="field-number-format"
            className="gx-code"
            value={draft.number_format}
            onChange={(event) => onChange({ number_format: event.target.value })}
          />
        </Form.Item>
      ) : null}
    </>
  );
}

/** The moving defaults: a value that is worked out when a record is made. */
const MOVING: { [type: string]: string } = {
  date: "@today",
  datetime: "@now",
  user: "@me",
  department: "@my_department",
};

/** What a new record starts with, entered as in a form; dates and people may be "today" and "whoever creates it". */
export function DefaultValue({ draft, onChange, problemOf }: PartsProps) {
  const { t } = useTranslation();
  if (!keysOf(draft.type).has("default") || draft.type === "json") return null;
  const moving = MOVING[draft.type];
  const definition = definitionOf({ ...draft, default: null });
  const meta: FieldMeta = {
    ...definition,
    help: null,
    section: null,
    custom: true,
    required: false,
    read_only: false,
    computed: false,
    unique: false,
    searchable: false,
    sortable: false,
    filterable: false,
    groupable: false,
  } as FieldMeta;
  if (draft.type === "user" || draft.type === "department") meta.target = draft.type;
  if (draft.type === "tags") meta.target = draft.target || "tag";
  const kind = moving && draft.default === moving ? "moving" : draft.default === null ? "none" : "fixed";
  return (
    <Form.Item label={t("settings.default.title")} htmlFor="field-default" {...shown(problemOf("default"))}>
      <div className={moving ? "gx-two" : undefined}>
        {moving ? (
          <Select
            value={kind === "moving" ? "moving" : "fixed"}
            onChange={(value) => onChange({ default: value === "moving" ? moving : null })}
            options={[
              { value: "fixed", label: t("settings.default.fixed") },
              {
                value: "moving",
                label: t(`settings.default.${draft.type as "date" | "datetime" | "user" | "department"}`),
              },
            ]}
            aria-label={t("settings.default.title")}
          />
        ) : null}
        {kind === "moving" ? null : (
          <FieldInput
            key={draft.type}
            id="field-default"
            field={meta}
            value={draft.default}
            onChange={(value) => onChange({ default: toWire(value) as Json })}
          />
        )}
      </div>
    </Form.Item>
  );
}
