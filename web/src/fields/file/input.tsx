import { UploadOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { uploadFile } from "@/api/upload";
import { useErrorText } from "@/ui/error-text";
import type { FieldInputProps } from "../types";
import { FileDisplay } from "./display";
import { asFile } from "./text";

/** Choose or drop; it uploads at once and only its id goes into the record. */
export function FileInput(props: FieldInputProps) {
  const { field, value, onChange, onFinish, id, autoFocus, disabled, status, describedBy } = props;
  const { t } = useTranslation();
  const errorText = useErrorText();
  const picker = useRef<HTMLInputElement>(null);
  const abort = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const file = asFile(value);
  useEffect(() => () => abort.current?.abort(), []);

  const upload = async (chosen: File | undefined) => {
    if (!chosen || disabled) return;
    setProblem(null);
    if (field.type === "image" && !chosen.type.startsWith("image/")) {
      setProblem(t("fields.imageOnly"));
      return;
    }
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setProgress(0);
    try {
      const stored = await uploadFile(chosen, setProgress, controller.signal);
      const next = { ...stored };
      onChange(next);
      onFinish?.(next);
    } catch (error) {
      if (!controller.signal.aborted) {
        setProblem(t("fields.uploadFailed", { name: chosen.name, reason: errorText(error) }));
      }
    } finally {
      if (abort.current === controller) setProgress(null);
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's short cut for the button inside
    <div
      className="gx-file-input"
      data-over={over || undefined}
      data-error={status === "error" || problem !== null || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void upload(event.dataTransfer.files[0]);
      }}
    >
      <input
        ref={picker}
        type="file"
        hidden
        accept={field.type === "image" ? "image/*" : undefined}
        onChange={(event) => {
          void upload(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {file && progress === null ? <FileDisplay field={field} value={value ?? null} variant="page" /> : null}
      {progress === null ? (
        <span className="gx-file-actions">
          <Button
            {...(id ? { id } : {})}
            size="small"
            icon={<UploadOutlined />}
            autoFocus={autoFocus}
            disabled={disabled}
            aria-describedby={describedBy}
            onClick={() => picker.current?.click()}
          >
            {file ? t("fields.replaceFile") : t("fields.chooseFile")}
          </Button>
          {file ? (
            <Button size="small" type="text" disabled={disabled} onClick={() => onChange(null)}>
              {t("fields.removeFile")}
            </Button>
          ) : (
            <span className="gx-muted gx-drop-hint">{t("fields.dropFile")}</span>
          )}
        </span>
      ) : (
        <span className="gx-file-actions">
          <Progress
            percent={Math.round(progress * 100)}
            size="small"
            aria-label={t("fields.uploading", { percent: Math.round(progress * 100) })}
          />
          <Button size="small" type="text" onClick={() => abort.current?.abort()}>
            {t("common.cancel")}
          </Button>
        </span>
      )}
      {problem ? (
        <div role="alert" className="gx-field-problem">
          {problem}
        </div>
      ) : null}
    </div>
  );
}
