import { SafetyOutlined } from "@ant-design/icons";
import { Select, Tabs } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, Reference } from "@/api/types";
import { findObject, useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { ViewersPanel } from "@/engine/record/access/viewers-panel";
import { WhyPanel } from "@/engine/record/access/why-panel";
import { FieldInput } from "@/fields/field-input";
import { RecordLink } from "@/fields/record-link";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { useTabListRole } from "@/ui/tab-list-role";
import { SettingsFrame } from "../settings-frame";
import "./rights.css";

/** Chooses a record of any kind and asks who sees it, and why somebody does or does not. */
export function SettingsExplainPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [name, setName] = useState<string | null>(null);
  const [record, setRecord] = useState<Reference | null>(null);
  const object = name ? findObject(meta, name) : null;
  const kinds = meta.objects.map((one) => ({ value: one.name, label: label(one.label) }));
  return (
    <SettingsFrame title={t("held.explain.title")} subtitle={t("held.explain.text")} auditors>
      <section className="gx-panel">
        <div className="gx-holders-filters">
          <Select<string>
            showSearch={{ optionFilterProp: "label" }}
            value={name}
            onChange={(next) => {
              setName(next);
              setRecord(null);
            }}
            options={kinds}
            placeholder={t("held.explain.object")}
            aria-label={t("held.explain.object")}
            style={{ minWidth: 160 }}
          />
          {object ? (
            <div className="gx-holders-picker">
              <label htmlFor="explain-record">{t("held.explain.record")}</label>
              <FieldInput
                key={object.name}
                field={pickerField(object.name, object.label, false)}
                id="explain-record"
                placeholder={t("held.explain.record")}
                value={record}
                onChange={(next) => setRecord(asReference(next))}
              />
            </div>
          ) : null}
        </div>
        {object && record ? (
          <Asked key={record.id} object={object} record={record} />
        ) : (
          <EmptyState icon={<SafetyOutlined />} title={t("held.explain.none")} text={t("held.explain.noneText")} />
        )}
      </section>
    </SettingsFrame>
  );
}

function Asked({ object, record }: { object: ObjectMeta; record: Reference }) {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  useTabListRole(root);
  return (
    <div ref={root}>
      <p>
        <RecordLink object={object.name} id={record.id}>
          {record.label ?? t("common.notVisible")}
        </RecordLink>
      </p>
      <Tabs
        destroyOnHidden
        items={[
          {
            key: "why",
            label: t("rights.record.tabs.why"),
            children: <WhyPanel object={object} id={record.id} anybody />,
          },
          {
            key: "viewers",
            label: t("rights.record.tabs.viewers"),
            children: <ViewersPanel object={object.name} id={record.id} />,
          },
        ]}
      />
    </div>
  );
}
