import { Button, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValues } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import type { FieldConflict, Side } from "./merge";

interface Props {
  conflicts: FieldConflict[];
  fields: FieldMeta[];
  current: FieldValues;
  onSettle: (choices: { [field: string]: Side }) => void;
  onCancel: () => void;
}

/** Somebody saved in between: for each field both touched, whose value stays. Everything else merges by itself. */
export function MergeDialog({ conflicts, fields, current, onSettle, onCancel }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const [choices, setChoices] = useState<{ [field: string]: Side }>(() =>
    Object.fromEntries(conflicts.map((conflict) => [conflict.field, "mine"])),
  );
  const who = asReference(current.updated_by)?.label ?? t("form.somebody");
  const at = typeof current.updated_at === "string" ? formats.relative(current.updated_at) : "";
  const all = (side: Side) => setChoices(Object.fromEntries(conflicts.map((conflict) => [conflict.field, side])));
  return (
    <Modal
      open
      width={720}
      title={t("form.conflictTitle")}
      onCancel={onCancel}
      footer={[
        <Button key="theirs" onClick={() => all("theirs")}>
          {t("form.takeAllTheirs")}
        </Button>,
        <Button key="mine" onClick={() => all("mine")}>
          {t("form.takeAllMine")}
        </Button>,
        <Button key="save" type="primary" onClick={() => onSettle(choices)}>
          {t("form.saveMerged")}
        </Button>,
      ]}
    >
      <p>{t("form.conflictText", { name: who, at })}</p>
      {conflicts.map((conflict) => {
        const field = fields.find((candidate) => candidate.name === conflict.field);
        if (!field) return null;
        return (
          <fieldset key={conflict.field} className="gx-merge">
            <legend>{label(field.label)}</legend>
            <Radio.Group
              value={choices[conflict.field]}
              onChange={(event) => setChoices({ ...choices, [conflict.field]: event.target.value as Side })}
            >
              {(["mine", "theirs", "base"] as const).map((side) => (
                <Radio key={side} value={side}>
                  <span className="gx-muted">{t(`form.${side}`)}</span>
                  <FieldDisplay field={field} value={conflict[side]} variant="page" />
                </Radio>
              ))}
            </Radio.Group>
          </fieldset>
        );
      })}
    </Modal>
  );
}
