import { App, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportUpload, uploadImport } from "@/api/imports";
import { useErrorText } from "@/ui/error-text";

interface SheetChoiceProps {
  upload: ImportUpload;
  file: File;
  onUploaded: (upload: ImportUpload, file: File) => void;
}

/** Which sheet of a workbook is meant. The server reads another one when it is sent the file again. */
export function SheetChoice({ upload, file, onUploaded }: SheetChoiceProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const abort = useRef<AbortController | null>(null);
  const [reading, setReading] = useState<string | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  if (upload.sheets.length < 2) return null;

  const choose = async (sheet: string) => {
    abort.current?.abort();
    abort.current = new AbortController();
    setReading(sheet);
    try {
      onUploaded(await uploadImport(upload.object, file, () => {}, abort.current.signal, sheet), file);
    } catch (error) {
      if (!(error instanceof DOMException)) void message.error(errorText(error));
    } finally {
      setReading(null);
    }
  };
  return (
    <div className="gx-import-sheet">
      <label htmlFor="import-sheet">{t("imports.sheet")}</label>
      <Select
        id="import-sheet"
        value={reading ?? upload.sheet}
        loading={reading !== null}
        onChange={(sheet: string) => void choose(sheet)}
        options={upload.sheets.map((name) => ({ value: name, label: name }))}
        popupMatchSelectWidth={false}
      />
    </div>
  );
}
