import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValue } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";

interface ChangedNoteProps {
  field: FieldMeta;
  /** Who changed it; null where the reader may not know. */
  by: string | null;
  value: FieldValue | undefined;
  onTake: () => void;
}

/** Under a field that is being edited: somebody else has just changed it, to this. */
export function ChangedNote({ field, by, value, onTake }: ChangedNoteProps) {
  const { t } = useTranslation();
  return (
    <div className="gx-changed-note" role="status">
      <span>{t("form.changedBy", { name: by ?? t("form.somebody") })}</span>
      <FieldDisplay field={field} value={value} variant="page" />
      <Button type="link" size="small" onClick={onTake}>
        {t("form.takeTheirs")}
      </Button>
    </div>
  );
}
