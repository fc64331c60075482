import { useTranslation } from "react-i18next";
import type { ImportProgress, ImportUpload } from "@/api/imports";
import { useFormats } from "@/i18n/formats";
import type { PartDraft } from "./plan";
import { SheetChoice } from "./sheet-choice";

interface FileFactsProps {
  progress: ImportProgress;
  upload: ImportUpload | null;
  file: File | null;
  parts: PartDraft[];
  onUploaded: (upload: ImportUpload, file: File) => void;
}

/** What was sent, and how much of it goes somewhere. */
export function FileFacts({ progress, upload, file, parts, onUploaded }: FileFactsProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = new Set(parts.flatMap((part) => part.mapping.map((choice) => choice.column.index)));
  const mapped = new Set(
    parts.flatMap((part) => part.mapping.flatMap((choice) => (choice.field ? [choice.column.index] : []))),
  );
  return (
    <>
      <p className="gx-import-found">
        {t("imports.found", {
          rows: formats.number(upload?.rows ?? progress.total),
          columns: formats.number(columns.size),
          format: progress.format.toUpperCase(),
          encoding: progress.encoding,
        })}{" "}
        <span className="gx-muted">{t("imports.mapped", { n: mapped.size, of: columns.size })}</span>
      </p>
      {upload && file ? <SheetChoice upload={upload} file={file} onUploaded={onUploaded} /> : null}
    </>
  );
}
