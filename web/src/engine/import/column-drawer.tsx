import { Button, Form } from "antd";
import { useTranslation } from "react-i18next";
import type { ColumnOptions } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { SideDrawer } from "@/ui/side-drawer";
import type { ColumnChoice } from "./mapping";
import { saidOptions } from "./mapping";
import { DateOptions, ReferenceOptions, UnitOptions } from "./options-by-type";
import { TextOptions } from "./options-text";
import { ValueOptions } from "./options-values";
import { fieldOf, type PartDraft } from "./plan";
import { TriedCells } from "./tried-cells";

interface ColumnDrawerProps {
  id: string;
  object: ObjectMeta | null;
  part: PartDraft;
  choice: ColumnChoice;
  onOptions: (options: ColumnOptions) => void;
  onClose: () => void;
}

const AMOUNTS = new Set(["number", "money", "percent", "duration"]);

/** How the cells of one column are read, with what its first cells become beside it. */
export function ColumnDrawer({ id, object, part, choice, onOptions, onClose }: ColumnDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { column, field: path, options } = choice;
  const target = part.fields.find((one) => one.path === path);
  const field = path ? fieldOf(object, path) : null;
  const whole = path !== null && !path.includes(".");
  const type = target?.type ?? "text";
  const set = (change: ColumnOptions) => onOptions(saidOptions({ ...options, ...change }));
  const plain = Object.keys(saidOptions(options)).length === 0;
  // What most likely is to be said of such a field stands first.
  const chosen = whole && ((field?.options?.length ?? 0) > 0 || field?.type === "boolean");
  const values = (
    <ValueOptions field={whole ? field : null} samples={column.samples} options={options} onChange={set} />
  );
  return (
    <SideDrawer
      title={t("imports.howReadOf", { column: column.header || t("imports.unnamed", { n: column.index + 1 }) })}
      onClose={onClose}
      rootClassName="gx-import-drawer"
      footer={
        <div className="gx-import-drawer-foot">
          <Button onClick={() => onOptions({})} disabled={plain}>
            {t("imports.plainly")}
          </Button>
          <Button type="primary" onClick={onClose}>
            {t("common.done")}
          </Button>
        </div>
      }
    >
      <p>{t("imports.becomes", { field: label(target?.label) || path })}</p>
      <TriedCells
        id={id}
        what={{ object: part.object, field: path ?? "", column: column.index, options: saidOptions(options) }}
      />
      <Form layout="vertical" component="div" className="gx-import-options">
        {type === "date" || type === "datetime" ? <DateOptions options={options} onChange={set} /> : null}
        {AMOUNTS.has(type) || path?.endsWith(".amount") ? <UnitOptions options={options} onChange={set} /> : null}
        {whole && field ? <ReferenceOptions field={field} options={options} onChange={set} /> : null}
        {chosen ? values : null}
        <TextOptions options={options} onChange={set} />
        {chosen ? null : values}
      </Form>
    </SideDrawer>
  );
}
