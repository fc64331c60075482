import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { STEP, TEMPLATE } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { listRecords, readRecord } from "@/api/records";
import type { FieldValue } from "@/api/types";
import { ExpressionField } from "@/engine/expression/expression-field";
import { isTypable } from "@/engine/form/conditions";
import { findObject, useMeta } from "@/engine/meta";
import { JsonInput } from "@/fields/json/input";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import { asReference, asReferences, asStrings, asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { mayWaitFor } from "./lanes";
import { QuestionsDisplay, QuestionsInput } from "./questions-input";
import { readSteps } from "./template-model";

const idOf = (value: FieldValue | undefined): string =>
  asReference(value)?.id ?? (typeof value === "string" ? value : "");

/** What the records of a template's cases are about; empty where it is about nothing. */
function useObjectOf(template: string): string {
  return (
    useQuery({
      queryKey: [...queryKeys.record(TEMPLATE, template), "object"],
      queryFn: async ({ signal }) => asText((await readRecord(TEMPLATE, template, "object", signal)).object),
      enabled: template !== "",
      staleTime: 60_000,
    }).data ?? ""
  );
}

/** Of which steps of the same template one waits; what would close a circle is not offered. */
function AfterInput({ value, values, onChange, id, disabled, status, describedBy }: FieldInputProps) {
  const { t } = useTranslation();
  const template = idOf(values?.template);
  const own = typeof values?.id === "string" ? values.id : "";
  const query = {
    filter: `template == "${template}"`,
    sort: "position",
    limit: 200,
    fields: "name,role,after,position",
  };
  const steps = useQuery({
    queryKey: [...queryKeys.object(STEP), "to-wait-for", template],
    queryFn: async ({ signal }) => readSteps((await listRecords(STEP, query, signal)).items),
    enabled: template !== "",
    staleTime: 10_000,
  });
  const all = steps.data ?? [];
  const drawn = all.map(({ id: step, name, role, after }) => ({ id: step, name, lane: role, after }));
  const chosen = Array.isArray(value)
    ? value.map((one) => idOf(one as FieldValue)).filter(Boolean)
    : asReferences(value).map((one) => one.id);
  const offered = all.filter(({ id: step }) => step !== own && (own === "" || mayWaitFor(drawn, own, step)));
  return (
    <Select<string[]>
      {...(id ? { id } : {})}
      mode="multiple"
      value={chosen}
      disabled={disabled}
      status={status}
      loading={steps.isFetching}
      placeholder={t("processes.atOnce")}
      onChange={(next) =>
        onChange(next.map((step) => ({ id: step, label: all.find((one) => one.id === step)?.name ?? null })))
      }
      options={offered.map(({ id: step, name }) => ({ value: step, label: name }))}
      showSearch={{ optionFilterProp: "label" }}
      aria-describedby={describedBy}
      style={{ width: "100%" }}
    />
  );
}

/** Which fields of the record a step wants filled before it is done. */
function RequiredFieldsInput(props: FieldInputProps) {
  const { value, values, onChange, id, disabled, status, describedBy } = props;
  const label = useLabel();
  const object = findObject(useMeta(), useObjectOf(idOf(values?.template)));
  if (!object) return <JsonInput {...props} />;
  return (
    <Select<string[]>
      {...(id ? { id } : {})}
      mode="multiple"
      value={asStrings(value)}
      disabled={disabled}
      status={status}
      onChange={(next) => onChange(next.length > 0 ? next : null)}
      options={object.fields.filter(isTypable).map((field) => ({ value: field.name, label: label(field.label) }))}
      showSearch={{ optionFilterProp: "label" }}
      aria-describedby={describedBy}
      style={{ width: "100%" }}
    />
  );
}

function RequiredFieldsDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  return <>{asStrings(value).join(t("common.comma"))}</>;
}

/** When a step is not left out: an expression over the record the case is about. */
function ConditionInput(props: FieldInputProps) {
  return <ExpressionField {...props} object={useObjectOf(idOf(props.values?.template))} />;
}

/** Which changes start a case: an expression over the record. */
function StartWhenInput(props: FieldInputProps) {
  return <ExpressionField {...props} object={asText(props.values?.object)} />;
}

function AfterDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  return (
    <>
      {asReferences(value)
        .map(({ label }) => label ?? t("common.notVisible"))
        .join(t("common.comma"))}
    </>
  );
}

/** What a case keeps for itself: its picture says it better. */
function KeptDisplay() {
  const { t } = useTranslation();
  return <span className="gx-muted">{t("processes.seeAbove")}</span>;
}

export const processFields = {
  KeptDisplay,
  AfterInput,
  AfterDisplay,
  RequiredFieldsInput,
  RequiredFieldsDisplay,
  ConditionInput,
  StartWhenInput,
  QuestionsInput,
  QuestionsDisplay,
};
