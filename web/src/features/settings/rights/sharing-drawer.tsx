import { useQuery } from "@tanstack/react-query";
import { Alert, Checkbox, Form, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Audience, type RightsChange, rolesOptions, type SharingRule } from "@/api/rights";
import { schemaOptions } from "@/api/schema";
import type { FieldError } from "@/api/types";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { RecordsPicker } from "@/engine/records-picker";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { EditDrawer } from "../edit-drawer";
import { readProblem } from "../schema/field-draft";
import { LabelInput } from "../schema/label-input";
import { useSchemaCheck } from "../schema/use-schema-check";
import { ImpactDialog } from "./impact-dialog";
import { isComplete, newSharingRule, tidyRule } from "./sharing-draft";

interface SharingDrawerProps {
  rule: SharingRule | null;
  taken: string[];
  onClose: () => void;
}

const RECORDS = [
  { kind: "departments", object: "department", label: { "zh-CN": "部门", en: "Departments" } },
  { kind: "teams", object: "team", label: { "zh-CN": "团队", en: "Teams" } },
  { kind: "members", object: "user", label: { "zh-CN": "成员", en: "Members" } },
] as const;

/** A sharing rule: which records, for whom, and how much. */
export function SharingDrawer({ rule, taken, onClose }: SharingDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const objects = useQuery(schemaOptions);
  const roles = useQuery(rolesOptions);
  const [draft, setDraft] = useState(() => rule ?? newSharingRule(taken));
  const { close } = useDraftGuard(draft, onClose);
  const [saving, setSaving] = useState(false);
  const [refused, setRefused] = useState<{ draft: SharingRule; problems: FieldError[] } | null>(null);
  const set = (change: Partial<SharingRule>) => setDraft({ ...draft, ...change });
  const setAudience = (change: Audience) => set({ with: { ...draft.with, ...change } });
  const complete = isComplete(draft);
  const change: RightsChange = { op: "put_sharing_rule", rule: tidyRule(draft) };
  const check = useSchemaCheck(complete ? change : null);
  const found = refused?.draft === draft ? refused.problems : check.problems;
  const problems = found.map((problem) => readProblem(problem.message, () => draft.when));
  const placed = problems.find((problem) => problem.key === "when");
  const object = objects.data?.find((one) => one.name === draft.object);
  return (
    <EditDrawer
      title={rule ? t("rights.sharing.edit") : t("rights.sharing.add")}
      submitText={t("rights.roles.check")}
      onSubmit={() => setSaving(true)}
      close={close}
      disabled={!complete || problems.length > 0}
      checking={check.checking}
      over={
        saving ? (
          <ImpactDialog
            title={t("rights.impact.title")}
            changes={[change]}
            done={t("rights.sharing.saved", { rule: label(tidyRule(draft).label) })}
            onApplied={onClose}
            onCancel={() => setSaving(false)}
            onProblems={(list) => setRefused({ draft, problems: list })}
          />
        ) : null
      }
    >
      <LabelInput
        id="sharing-label"
        title={t("rights.sharing.name")}
        value={draft.label}
        onChange={(next) => set({ label: next })}
        required
        autoFocus={!rule}
      />
      <Form.Item label={t("rights.sharing.object")} htmlFor="sharing-object" required>
        <Select<string>
          id="sharing-object"
          value={draft.object || undefined}
          onChange={(name) => set({ object: name })}
          options={(objects.data ?? [])
            .filter((one) => !one.internal)
            .map((one) => ({ value: one.name, label: label(one.label) }))}
          showSearch={{ optionFilterProp: "label" }}
        />
      </Form.Item>
      <ExpressionInput
        id="sharing-when"
        title={t("rights.sharing.when")}
        help={t("rights.sharing.whenHelp")}
        value={draft.when}
        onChange={(when) => set({ when })}
        fields={object?.field ?? []}
        problem={placed}
        required
      />
      <fieldset className="gx-audience">
        <legend>{t("rights.sharing.with")}</legend>
        <Form.Item label={t("rights.sharing.roles")} htmlFor="sharing-roles">
          <Select<string[]>
            id="sharing-roles"
            mode="multiple"
            value={draft.with.roles ?? []}
            onChange={(names) => setAudience({ roles: names })}
            options={(roles.data ?? []).map(({ definition }) => ({
              value: definition.name,
              label: label(definition.label),
            }))}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        {RECORDS.map((part) => (
          <Form.Item key={part.kind} label={t(`rights.sharing.${part.kind}`)} htmlFor={`sharing-${part.kind}`}>
            <RecordsPicker
              id={`sharing-${part.kind}`}
              object={part.object}
              label={part.label}
              value={draft.with[part.kind] ?? []}
              onChange={(ids) => setAudience({ [part.kind]: ids })}
            />
          </Form.Item>
        ))}
        <p className="gx-muted">{t("rights.sharing.audienceNeeded")}</p>
      </fieldset>
      <Form.Item label={t("rights.sharing.level")}>
        <Radio.Group
          value={draft.write === true}
          onChange={(event) => set({ write: event.target.value === true })}
          options={[
            { value: false, label: t("rights.sharing.read") },
            { value: true, label: t("rights.sharing.write") },
          ]}
        />
      </Form.Item>
      <Form.Item extra={t("rights.sharing.pausedHelp")}>
        <Checkbox checked={draft.paused === true} onChange={(event) => set({ paused: event.target.checked })}>
          {t("rights.sharing.paused")}
        </Checkbox>
      </Form.Item>
      {problems
        .filter((problem) => problem !== placed)
        .map((problem) => (
          <Alert key={problem.message} type="error" showIcon title={problem.message} className="gx-gap" />
        ))}
    </EditDrawer>
  );
}
