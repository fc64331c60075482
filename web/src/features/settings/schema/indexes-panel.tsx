import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IndexDefinition, StoredObject } from "@/api/schema";
import { IndexDrawer } from "./index-drawer";
import { standardOf, withIndexes } from "./object-draft";
import { usePathName } from "./path-list";
import { PlanDialog } from "./plan-dialog";

const KEY = (index: IndexDefinition) => index.fields.join(" ");

/** Indexes over several fields: for lists that are filtered and sorted by them, and against doubled combinations. */
export function IndexesPanel({ object }: { object: StoredObject }) {
  const { t } = useTranslation();
  const nameOf = usePathName(object.name);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<IndexDefinition | null>(null);
  const indexes = object.index ?? [];
  const standard = new Set(standardOf(object)?.index?.map(KEY));
  const names = (index: IndexDefinition) => index.fields.map(nameOf).join(" + ");
  return (
    <section className="gx-panel">
      <div className="gx-field-table-head">
        <h2>{t("settings.indexes.title")}</h2>
        <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
          {t("settings.indexes.add")}
        </Button>
      </div>
      <p className="gx-muted">{t("settings.indexes.text")}</p>
      <ul className="gx-rules">
        {indexes.map((index) => (
          <li key={KEY(index)}>
            <div>{names(index)}</div>
            {index.unique ? <Tag>{t("settings.flags.unique.short")}</Tag> : null}
            {standard.has(KEY(index)) ? (
              <Tag>{t("settings.origin.standard")}</Tag>
            ) : (
              <Button
                type="text"
                danger
                icon={<DeleteOutlined />}
                onClick={() => setRemoving(index)}
                aria-label={t("settings.optionRemove", { name: names(index) })}
              />
            )}
          </li>
        ))}
        {indexes.length === 0 ? <li className="gx-muted">{t("settings.indexes.none")}</li> : null}
      </ul>
      {adding ? <IndexDrawer object={object} onClose={() => setAdding(false)} /> : null}
      {removing ? (
        <PlanDialog
          title={t("settings.indexes.remove")}
          changes={[
            {
              op: "change_object",
              object: withIndexes(
                object,
                indexes.filter((index) => index !== removing),
              ),
            },
          ]}
          summary={names(removing)}
          done={t("common.saved")}
          onApplied={() => setRemoving(null)}
          onCancel={() => setRemoving(null)}
        />
      ) : null}
    </section>
  );
}
