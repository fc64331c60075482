import { FileExcelOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportUpload, uploadImport } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";

const ACCEPTED = [".csv", ".tsv", ".txt", ".xlsx", ".json", ".ndjson", ".jsonl", ".vcf"];

interface UploadStepProps {
  object: ObjectMeta;
  onUploaded: (upload: ImportUpload, file: File) => void;
}

/** Choose a file, or drop it; the server tells encoding, format and columns. */
export function UploadStep({ object, onUploaded }: UploadStepProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const errorText = useErrorText();
  const input = useRef<HTMLInputElement>(null);
  const abort = useRef<AbortController | null>(null);
  const [over, setOver] = useState(false);
  const [part, setPart] = useState<number | null>(null);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const send = async (file: File | undefined) => {
    if (!file) return;
    if (!ACCEPTED.some((ending) => file.name.toLowerCase().endsWith(ending))) {
      setProblem(t("imports.wrongKind", { name: file.name }));
      return;
    }
    if (file.size === 0) {
      setProblem(t("imports.emptyFile", { name: file.name }));
      return;
    }
    abort.current = new AbortController();
    setProblem(null);
    setName(file.name);
    setPart(0);
    try {
      onUploaded(await uploadImport(object.name, file, setPart, abort.current.signal), file);
    } catch (error) {
      if (!(error instanceof DOMException)) setProblem(errorText(error));
      setPart(null);
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void send(event.dataTransfer.files[0]);
  };
  return (
    <section className="gx-panel">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the button is for everybody */}
      <div
        className="gx-import-drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {part === null ? (
          <>
            <FileExcelOutlined className="gx-import-icon" aria-hidden />
            <p>{t("imports.drop")}</p>
            <Button type="primary" onClick={() => input.current?.click()}>
              {t("imports.choose")}
            </Button>
            <small className="gx-muted">{t("imports.kinds")}</small>
          </>
        ) : (
          <div className="gx-import-uploading" role="status">
            <p>{part < 1 ? t("imports.uploading", { name }) : t("imports.reading", { name })}</p>
            <Progress percent={Math.round(part * 100)} status="active" />
            <Button onClick={() => abort.current?.abort()}>{t("common.cancel")}</Button>
          </div>
        )}
        <input
          ref={input}
          type="file"
          accept={ACCEPTED.join(",")}
          hidden
          onChange={(event) => {
            void send(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </div>
      {problem ? (
        <p role="alert" className="gx-import-problem">
          {problem}
        </p>
      ) : null}
      <ul className="gx-import-hints">
        <li>{t("imports.hints.header", { object: label(object.label) })}</li>
        <li>{t("imports.hints.encoding")}</li>
        <li>{t("imports.hints.undo")}</li>
      </ul>
    </section>
  );
}
