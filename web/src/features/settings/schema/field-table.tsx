import { DeleteOutlined, EditOutlined, RollbackOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Input, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDefinition, StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useIsPhone } from "@/ui/use-media";
import { usePackName } from "../packs/pack-name";

interface FieldTableProps {
  object: StoredObject;
  onEdit: (field: FieldDefinition) => void;
  onRemove: (field: FieldDefinition) => void;
  onReset: (field: FieldDefinition) => void;
}

type Row = StoredObject["field"][number];

/** The fields of an object. Those of the system itself are left out; standard ones can be changed, own ones removed too. */
export function FieldTable({ object, onEdit, onRemove, onReset }: FieldTableProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const phone = useIsPhone();
  const packName = usePackName();
  const [typed, setTyped] = useState("");
  const words = typed.trim().toLowerCase();
  const rows = object.field.filter(
    (field) =>
      field.origin !== "system" &&
      `${field.name} ${field.label["zh-CN"]} ${field.label.en}`.toLowerCase().includes(words),
  );
  const flags = (field: Row) => (
    <>
      {field.required ? <Tag>{t("settings.flags.required.short")}</Tag> : null}
      {field.unique ? <Tag>{t("settings.flags.unique.short")}</Tag> : null}
      {field.read_only ? <Tag>{t("settings.readOnly")}</Tag> : null}
      {field.origin === "custom" ? <ColorTag color="green">{t("settings.origin.custom")}</ColorTag> : null}
      {field.pack ? <ColorTag color="purple">{packName(field.pack)}</ColorTag> : null}
      {field.changed ? <ColorTag color="gold">{t("settings.changed")}</ColorTag> : null}
    </>
  );
  return (
    <section className="gx-panel gx-field-table">
      <div className="gx-field-table-head">
        <h2>{t("settings.fields", { n: rows.length })}</h2>
        <Input
          prefix={<SearchOutlined />}
          allowClear
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={t("list.columnsSearch")}
          aria-label={t("list.columnsSearch")}
        />
      </div>
      <Table<Row>
        rowKey="name"
        size="small"
        pagination={false}
        dataSource={rows}
        onRow={(field) => ({ onDoubleClick: () => onEdit(field) })}
        columns={[
          {
            title: t("settings.fieldLabel"),
            render: (_, field) => (
              <div className="gx-field-name">
                <button type="button" onClick={() => onEdit(field)}>
                  {label(field.label)}
                </button>
                {field.name === object.title_field ? (
                  <ColorTag color="blue">{t("settings.titleField")}</ColorTag>
                ) : null}
                <code className="gx-muted">{field.name}</code>
                {phone ? <div>{flags(field)}</div> : null}
              </div>
            ),
          },
          {
            title: t("settings.type"),
            width: phone ? 90 : 150,
            render: (_, field) => t(`settings.types.${field.type}.name`),
          },
          ...(phone ? [] : [{ title: t("settings.properties"), render: (_: unknown, field: Row) => flags(field) }]),
          {
            key: "tools",
            width: 84,
            align: "end" as const,
            render: (_, field) => (
              <>
                <Button
                  type="text"
                  size="small"
                  icon={<EditOutlined />}
                  onClick={() => onEdit(field)}
                  aria-label={t("settings.editField", { field: label(field.label) })}
                />
                {field.changed ? (
                  <Button
                    type="text"
                    size="small"
                    icon={<RollbackOutlined />}
                    onClick={() => onReset(field)}
                    aria-label={t("settings.resetNamed", { name: label(field.label) })}
                    title={t("settings.reset")}
                  />
                ) : null}
                {field.origin === "custom" && field.name !== object.title_field ? (
                  <Button
                    type="text"
                    size="small"
                    danger
                    icon={<DeleteOutlined />}
                    onClick={() => onRemove(field)}
                    aria-label={t("settings.removeNamed", { field: label(field.label) })}
                  />
                ) : null}
              </>
            ),
          },
        ]}
      />
    </section>
  );
}
