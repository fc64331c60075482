import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RuleDefinition, SchemaChange, StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { standardOf, withRules } from "./object-draft";
import { PlanDialog } from "./plan-dialog";
import { RuleDrawer } from "./rule-drawer";

/** What every saved record has to satisfy. Rules of the standard stay, but for what they say. */
export function RulesPanel({ object }: { object: StoredObject }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [editing, setEditing] = useState<RuleDefinition | "new" | null>(null);
  const [removing, setRemoving] = useState<RuleDefinition | null>(null);
  const rules = object.rule ?? [];
  const standard = new Set(standardOf(object)?.rule?.map((rule) => rule.name));
  const without = (rule: RuleDefinition): SchemaChange[] => [
    {
      op: "change_object",
      object: withRules(
        object,
        rules.filter((other) => other.name !== rule.name),
      ),
    },
  ];
  return (
    <section className="gx-panel">
      <div className="gx-field-table-head">
        <h2>{t("settings.rules.title")}</h2>
        <Button icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("settings.rules.add")}
        </Button>
      </div>
      <p className="gx-muted">{t("settings.rules.text")}</p>
      <ul className="gx-rules">
        {rules.map((rule) => (
          <li key={rule.name}>
            <div>
              <b>{label(rule.message)}</b>
              <code>{rule.expression}</code>
            </div>
            {standard.has(rule.name) ? <Tag>{t("settings.origin.standard")}</Tag> : null}
            <Button
              type="text"
              icon={<EditOutlined />}
              onClick={() => setEditing(rule)}
              aria-label={t("common.edit")}
            />
            {standard.has(rule.name) ? null : (
              <Button
                type="text"
                danger
                icon={<DeleteOutlined />}
                onClick={() => setRemoving(rule)}
                aria-label={t("common.delete")}
              />
            )}
          </li>
        ))}
        {rules.length === 0 ? <li className="gx-muted">{t("settings.rules.none")}</li> : null}
      </ul>
      {editing ? (
        <RuleDrawer object={object} rule={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
      {removing ? (
        <PlanDialog
          title={t("settings.rules.remove")}
          changes={without(removing)}
          summary={label(removing.message)}
          done={t("common.saved")}
          onApplied={() => setRemoving(null)}
          onCancel={() => setRemoving(null)}
        />
      ) : null}
    </section>
  );
}
