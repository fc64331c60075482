import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, HolderOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta, ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { fieldChoices } from "../filter/field-choices";
import { resolvePath, useMeta } from "../meta";
import type { ListColumn } from "./list-config";
import type { ListViewState } from "./use-list-view";

const NO_COLUMN: ReadonlySet<FieldMeta["type"]> = new Set(["json", "rich_text"]);

/** Which columns, in which order: by mouse (drag) and by keyboard (arrows). */
export function ColumnsPanel({ object, state }: { object: ObjectMeta; state: ListViewState }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [text, setText] = useState("");
  const [dragged, setDragged] = useState<string | null>(null);
  const columns = state.config.columns.filter((column) => resolvePath(meta, object, column.path));
  const shown = new Set(columns.map((column) => column.path));

  const moveTo = (path: string, to: number) => {
    const from = columns.findIndex((column) => column.path === path);
    const column = columns[from];
    if (!column || to < 0 || to >= columns.length || from === to) return;
    const rest = columns.filter((other) => other !== column);
    state.setColumns([...rest.slice(0, to), column, ...rest.slice(to)]);
  };
  const add = (path: string) => state.setColumns([...columns, { path }]);
  const drop = (column: ListColumn) => state.setColumns(columns.filter((other) => other !== column));
  const query = text.trim().toLowerCase();
  const groups = fieldChoices(meta, object, (field) => !NO_COLUMN.has(field.type))
    .map((group) => ({
      ...group,
      fields: group.fields.filter(
        (choice) =>
          !shown.has(choice.path) && (query === "" || label(choice.field.label).toLowerCase().includes(query)),
      ),
    }))
    .filter((group) => group.fields.length > 0 && (group.via === null || query !== ""));

  return (
    <div className="gx-columns-panel">
      <div className="gx-columns-head">
        <strong>{t("list.columnsShown")}</strong>
        <Button type="link" size="small" onClick={state.forgetColumns}>
          {t("list.columnsReset")}
        </Button>
      </div>
      <ul>
        {columns.map((column, index) => {
          const field = resolvePath(meta, object, column.path)?.field;
          const name = label(field?.label);
          return (
            <li
              key={column.path}
              draggable
              onDragStart={() => setDragged(column.path)}
              onDragEnd={() => setDragged(null)}
              onDragOver={(event) => {
                event.preventDefault();
                if (dragged) moveTo(dragged, index);
              }}
              data-dragged={dragged === column.path || undefined}
            >
              <HolderOutlined className="gx-handle" />
              <span className="gx-ellipsis">{name}</span>
              <Button
                type="text"
                size="small"
                icon={<ArrowUpOutlined />}
                disabled={index === 0}
                onClick={() => moveTo(column.path, index - 1)}
                aria-label={`${t("list.moveUp")}: ${name}`}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowDownOutlined />}
                disabled={index === columns.length - 1}
                onClick={() => moveTo(column.path, index + 1)}
                aria-label={`${t("list.moveDown")}: ${name}`}
              />
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                disabled={columns.length === 1}
                onClick={() => drop(column)}
                aria-label={`${t("list.removeColumn")}: ${name}`}
              />
            </li>
          );
        })}
      </ul>
      <strong>{t("list.columnsAvailable")}</strong>
      <Input
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t("list.columnsSearch")}
        aria-label={t("list.columnsSearch")}
        allowClear
      />
      <div className="gx-columns-available">
        {groups.map((group) => (
          <section key={group.via?.name ?? ""}>
            {group.via ? <h4>{t("list.columnsRelated", { object: label(group.via.label) })}</h4> : null}
            {group.fields.map((choice) => (
              <button key={choice.path} type="button" onClick={() => add(choice.path)}>
                <PlusOutlined />
                <span className="gx-ellipsis">{label(choice.field.label)}</span>
              </button>
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}
