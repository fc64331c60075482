import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { WorkloadQuery } from "@/api/calendar";
import { findObject, useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";

/** Whose load: one's own people, a department's, a team's. */
export type Scope = { kind: "mine" } | { kind: "department" | "team"; id: string; label: string };

export function scopeQuery(scope: Scope): WorkloadQuery {
  if (scope.kind === "mine" || scope.id === "") return {};
  return scope.kind === "department" ? { department: scope.id } : { team: scope.id };
}

export function ScopeChoice({ scope, onChange }: { scope: Scope; onChange: (scope: Scope) => void }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const object = scope.kind === "mine" ? null : findObject(meta, scope.kind);
  return (
    <>
      <Segmented<Scope["kind"]>
        value={scope.kind}
        onChange={(kind) => onChange(kind === "mine" ? { kind } : { kind, id: "", label: "" })}
        options={(["mine", "department", "team"] as const).map((kind) => ({
          value: kind,
          label: t(`workload.scopes.${kind}`),
        }))}
        aria-label={t("workload.whose")}
      />
      {object && scope.kind !== "mine" ? (
        <div className="gx-workload-scope">
          <FieldInput
            field={pickerField(object.name, object.label, false)}
            value={scope.id ? { id: scope.id, label: scope.label } : null}
            onChange={(value) => {
              const chosen = asReference(value);
              onChange({ kind: scope.kind, id: chosen?.id ?? "", label: chosen?.label ?? "" });
            }}
          />
        </div>
      ) : null}
    </>
  );
}
