import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { ApiError } from "@/api/errors";
import type { FieldMeta, FieldValue, FieldValues } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import "./conflict-dialog.css";

interface ConflictDialogProps {
  /** A `version_conflict`. */
  error: ApiError;
  fields: FieldMeta[];
  mine: FieldValues;
  onKeepMine: () => void;
  onKeepTheirs: () => void;
  onCancel: () => void;
}

/** Both sides of a conflict, field by field; the person decides. */
export function ConflictDialog({ error, fields, mine, onKeepMine, onKeepTheirs, onCancel }: ConflictDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const conflict = error.conflict;
  if (!conflict) return null;
  const touched = fields.filter((field) => field.name in mine && conflict.conflictingFields.includes(field.name));
  const shown = touched.length > 0 ? touched : fields.filter((field) => field.name in mine);
  const names = shown.map((field) => label(field.label)).join(t("common.comma"));
  const who = asReference(conflict.current.updated_by)?.label;
  return (
    <Modal
      open
      title={t("errors.conflictTitle")}
      onCancel={onCancel}
      footer={[
        <Button key="mine" onClick={onKeepMine}>
          {t("errors.keepMine")}
        </Button>,
        <Button key="theirs" type="primary" onClick={onKeepTheirs}>
          {t("errors.keepTheirs")}
        </Button>,
      ]}
    >
      <p>
        {who
          ? t("errors.conflictText", { name: who, field: names })
          : t("errors.conflictTextAnonymous", { field: names })}
      </p>
      <table className="gx-conflict">
        <thead>
          <tr>
            <td />
            <th scope="col">{t("errors.conflictBefore")}</th>
            <th scope="col">{t("errors.conflictTheirs")}</th>
            <th scope="col">{t("errors.conflictYours")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((field) => (
            <tr key={field.name}>
              <th scope="row">{label(field.label)}</th>
              <td>
                <FieldDisplay field={field} value={conflict.bases[field.name]} variant="page" />
              </td>
              <td>
                <FieldDisplay field={field} value={conflict.current[field.name] as FieldValue} variant="page" />
              </td>
              <td>
                <FieldDisplay field={field} value={mine[field.name]} variant="page" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
