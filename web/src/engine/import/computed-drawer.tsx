import { Button, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import type { ImportColumn, ImportTarget } from "@/api/imports";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useDraftGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { ExpressionInput, type ExpressionProblem } from "../expression/expression-input";
import { cellName } from "./expressions";
import type { Computed, PartDraft } from "./plan";
import { TriedTable, useTried } from "./tried-cells";

interface ComputedDrawerProps {
  id: string;
  columns: ImportColumn[];
  part: PartDraft;
  free: ImportTarget[];
  before: Computed | null;
  onSave: (computed: Computed) => void;
  onClose: () => void;
}

/** A value worked out of the cells of each row; what the first rows give is shown while it is typed. */
export function ComputedDrawer({ id, columns, part, free, before, onSave, onClose }: ComputedDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const errorText = useErrorText();
  const [path, setPath] = useState<string>(before?.field ?? "");
  const [expression, setExpression] = useState(before?.expression ?? "");
  const tried = useTried(id, { object: part.object, field: path, expression: expression.trim() });
  const error = expression.trim() === "" ? null : tried.error;
  const problem: ExpressionProblem | undefined = error
    ? { message: errorText(error), position: isApiError(error) ? error.position : null }
    : undefined;
  const target = part.fields.find((one) => one.path === path);
  const { close } = useDraftGuard(expression, onClose);
  const save = () => {
    onSave({ field: path, expression: expression.trim() });
    onClose();
  };
  const choices = before ? part.fields.filter((one) => one.path === before.field) : free;
  return (
    <SideDrawer
      title={t("imports.addComputed")}
      onClose={close}
      footer={
        <div className="gx-import-drawer-foot">
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button
            type="primary"
            onClick={save}
            disabled={!target || expression.trim() === "" || problem !== undefined || !tried.isSuccess}
          >
            {t("common.apply")}
          </Button>
        </div>
      }
    >
      <Form layout="vertical" component="div">
        <Form.Item label={t("imports.field")} htmlFor="import-computed-field">
          <Select
            id="import-computed-field"
            value={path || undefined}
            disabled={before !== null}
            onChange={setPath}
            showSearch={{ optionFilterProp: "label" }}
            placeholder={t("imports.chooseField")}
            options={choices.map((one) => ({ value: one.path, label: label(one.label) }))}
          />
        </Form.Item>
        <ExpressionInput
          id="import-computed"
          title={t("imports.expression")}
          help={t("imports.expressionHelp")}
          value={expression}
          onChange={setExpression}
          fields={columns.map((column) => ({
            name: cellName(column),
            label: { "zh-CN": column.header, en: column.header },
          }))}
          problem={problem}
          rows={3}
        />
      </Form>
      {target && expression.trim() !== "" && !problem ? <TriedTable tried={tried} computed /> : null}
    </SideDrawer>
  );
}
