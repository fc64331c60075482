import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn } from "@/api/imports";
import { RecordInput } from "./record-choice";

interface CellValuesProps {
  object: "user" | "department";
  column: ImportColumn | undefined;
  /** Ids by what the cell holds. */
  values: { [cell: string]: string };
  otherwise: string | null;
  onChange: (values: { [cell: string]: string }, otherwise: string | null) => void;
}

/** Who or what stands for each text a column holds, and for all others. */
export function CellValues({ object, column, values, otherwise, onChange }: CellValuesProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [added, setAdded] = useState<string[]>([]);
  const samples = (column?.samples ?? []).filter((sample) => sample !== "");
  const cells = [...new Set([...Object.keys(values), ...samples, ...added])];
  const set = (cell: string, id: string) => {
    const { [cell]: _before, ...rest } = values;
    onChange(id === "" ? rest : { ...rest, [cell]: id }, otherwise);
  };
  const add = () => {
    const cell = typed.trim();
    if (cell) setAdded([...added, cell]);
    setTyped("");
  };
  const key = column?.index ?? 0;
  return (
    <>
      <ul className="gx-import-values">
        {cells.map((cell, at) => (
          <li key={cell}>
            <span className="gx-ellipsis" title={cell}>
              {cell}
            </span>
            <span aria-hidden>→</span>
            <RecordInput
              id={`import-${object}-${key}-${at}`}
              object={object}
              label={t("imports.readAsFor", { value: cell })}
              value={values[cell] ?? ""}
              onChange={(id) => set(cell, id)}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              disabled={values[cell] === undefined}
              onClick={() => set(cell, "")}
              aria-label={t("imports.forgetValue", { value: cell })}
            />
          </li>
        ))}
        <li>
          <span className="gx-muted">{t("imports.otherCells")}</span>
          <span aria-hidden>→</span>
          <RecordInput
            id={`import-${object}-${key}-otherwise`}
            object={object}
            label={t("imports.ownersBy.mine")}
            value={otherwise ?? ""}
            onChange={(id) => onChange(values, id === "" ? null : id)}
          />
          <span />
        </li>
      </ul>
      <div className="gx-import-pair">
        <Input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={add}
          placeholder={t("imports.cellText")}
          aria-label={t("imports.cellText")}
        />
        <Button icon={<PlusOutlined />} onClick={add} disabled={typed.trim() === ""}>
          {t("imports.addValue")}
        </Button>
      </div>
    </>
  );
}
