import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn } from "@/api/imports";
import { useLabel } from "@/i18n/i18n";
import { findObject, useMeta } from "../meta";
import { ComputedDrawer } from "./computed-drawer";
import { ConstantDrawer } from "./constant-drawer";
import { ConstantText } from "./constant-text";
import { fieldOf, givenFields, type PartDraft } from "./plan";

type Editing = { kind: "constant" | "computed"; field: string | null } | null;

interface ValuesPanelProps {
  id: string;
  columns: ImportColumn[];
  part: PartDraft;
  onPart: (part: PartDraft) => void;
}

/** What no column gives: the same value in every row, or one worked out of the cells of the row. */
export function ValuesPanel({ id, columns, part, onPart }: ValuesPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const object = findObject(useMeta(), part.object);
  const [editing, setEditing] = useState<Editing>(null);
  const given = givenFields(part);
  const heads = new Set([...given].map((path) => path.split(".")[0] ?? path));
  const free = part.fields.filter(
    (target) => !target.path.includes(".") && target.path !== "id" && !heads.has(target.path),
  );
  const nameOf = (path: string) => label(part.fields.find((one) => one.path === path)?.label) || path;
  const drop = (path: string) =>
    onPart({
      ...part,
      constants: part.constants.filter((one) => one.field !== path),
      computed: part.computed.filter((one) => one.field !== path),
    });
  const rows = [
    ...part.constants.map((one) => ({ ...one, kind: "constant" as const })),
    ...part.computed.map((one) => ({ ...one, kind: "computed" as const })),
  ];
  return (
    <fieldset className="gx-import-group">
      <legend>{t("imports.valuesTitle")}</legend>
      <p className="gx-muted">{t("imports.valuesText")}</p>
      {rows.length > 0 ? (
        <ul className="gx-import-given">
          {rows.map((row) => {
            const field = fieldOf(object, row.field);
            return (
              <li key={row.field}>
                <span>{nameOf(row.field)}</span>
                <span className="gx-ellipsis">
                  {row.kind === "computed" ? (
                    <code title={row.expression}>{row.expression}</code>
                  ) : field ? (
                    <ConstantText field={field} value={row.value} />
                  ) : null}
                </span>
                <Button
                  type="text"
                  size="small"
                  icon={<EditOutlined />}
                  onClick={() => setEditing({ kind: row.kind, field: row.field })}
                  aria-label={t("imports.editValue", { field: nameOf(row.field) })}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  onClick={() => drop(row.field)}
                  aria-label={t("imports.dropValue", { field: nameOf(row.field) })}
                />
              </li>
            );
          })}
        </ul>
      ) : null}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "constant", label: t("imports.addConstant") },
            { key: "computed", label: t("imports.addComputed") },
          ],
          onClick: ({ key }) => setEditing({ kind: key === "computed" ? "computed" : "constant", field: null }),
        }}
      >
        <Button size="small" icon={<PlusOutlined />} disabled={free.length === 0}>
          {t("imports.addGiven")}
        </Button>
      </Dropdown>
      {editing?.kind === "constant" ? (
        <ConstantDrawer
          object={object}
          free={free}
          before={part.constants.find((one) => one.field === editing.field) ?? null}
          onSave={(next) =>
            onPart({ ...part, constants: [...part.constants.filter((one) => one.field !== next.field), next] })
          }
          onClose={() => setEditing(null)}
        />
      ) : null}
      {editing?.kind === "computed" ? (
        <ComputedDrawer
          id={id}
          columns={columns}
          part={part}
          free={free}
          before={part.computed.find((one) => one.field === editing.field) ?? null}
          onSave={(next) =>
            onPart({ ...part, computed: [...part.computed.filter((one) => one.field !== next.field), next] })
          }
          onClose={() => setEditing(null)}
        />
      ) : null}
    </fieldset>
  );
}
