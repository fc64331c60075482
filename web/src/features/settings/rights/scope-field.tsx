import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { RowScope } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { RecordsPicker } from "@/engine/records-picker";
import { readProblem } from "../schema/field-draft";
import { hasDetail, SCOPE_KINDS, type ScopeKind, scopeKind, scopeOf } from "./role-draft";

interface ScopeSelectProps {
  id?: string;
  label: string;
  scope: RowScope | undefined;
  onChange: (scope: RowScope) => void;
  /** Conditions and chosen departments too; not for the row of all other objects. */
  detailed?: boolean;
  /** Dropped where nothing may be said: `none` means "not denied" there. */
  faint?: boolean;
  status?: "error" | undefined;
}

/** Which records, in plain words. */
export function ScopeSelect({ id, label, scope, onChange, detailed = true, faint, status }: ScopeSelectProps) {
  const { t } = useTranslation();
  const kind = scopeKind(scope);
  return (
    <Select<ScopeKind>
      {...(id ? { id } : {})}
      size="small"
      className={`gx-scope${kind === "none" ? " gx-scope-none" : ""}${faint ? " gx-faint" : ""}`}
      value={kind}
      onChange={(next) => onChange(scopeOf(next, scope))}
      options={SCOPE_KINDS.filter((one) => detailed || one !== "when").map((one) => ({
        value: one,
        label: t(`rights.scopes.${one}`),
      }))}
      popupMatchSelectWidth={false}
      aria-label={label}
      status={status}
    />
  );
}

interface ScopeDetailProps {
  id: string;
  title: string;
  scope: RowScope | undefined;
  onChange: (scope: RowScope) => void;
  object: StoredObject | null;
  /** What the server said of it, without its key. */
  problem: string | undefined;
}

/** The departments or the condition a scope asks for; nothing where its kind says all. */
export function ScopeDetail({ id, title, scope, onChange, object, problem }: ScopeDetailProps) {
  const { t } = useTranslation();
  if (!hasDetail(scope)) return null;
  if ("departments" in scope) {
    return (
      <Form.Item label={`${title} · ${t("rights.scope.departments")}`} htmlFor={id}>
        <RecordsPicker
          id={id}
          object="department"
          label={{ "zh-CN": "部门", en: "Departments" }}
          value={scope.departments}
          onChange={(departments) => onChange({ departments })}
        />
      </Form.Item>
    );
  }
  return (
    <ExpressionInput
      id={id}
      title={`${title} · ${t("rights.scope.condition")}`}
      help={t("rights.scope.conditionHelp")}
      value={scope.when}
      onChange={(when) => onChange({ when })}
      fields={object?.field ?? []}
      problem={problem ? readProblem(problem, () => scope.when) : undefined}
      required
    />
  );
}
