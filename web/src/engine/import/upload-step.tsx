import { FileExcelOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportUpload } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ACCEPTED } from "./accepted";
import { chooseFolder, droppedFiles } from "./dropped-files";
import { useSending } from "./use-sending";

interface UploadStepProps {
  object: ObjectMeta;
  onUploaded: (upload: ImportUpload, file: File) => void;
  /** Several came: which of them is gone on with is chosen below. */
  onSeveral: () => void;
}

/** Choose a file or several, or drop them; the server tells encoding, format and columns. */
export function UploadStep({ object, onUploaded, onSeveral }: UploadStepProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const input = useRef<HTMLInputElement>(null);
  const [empty, setEmpty] = useState(false);
  const [over, setOver] = useState(false);
  const { sending, problems, taken, send, stop } = useSending(object, onUploaded, onSeveral);
  // A folder without any table is told, rather than nothing happening.
  const sendFound = (files: File[]) => {
    setEmpty(files.length === 0);
    if (files.length > 0) void send(files);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer).then(sendFound);
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
        {sending === null ? (
          <>
            <FileExcelOutlined className="gx-import-icon" aria-hidden />
            <p>{t("imports.drop")}</p>
            <Button type="primary" onClick={() => input.current?.click()}>
              {t("imports.choose")}
            </Button>
            <Button type="link" onClick={() => chooseFolder(sendFound)}>
              {t("imports.chooseFolder")}
            </Button>
            <small className="gx-muted">{t("imports.kinds")}</small>
          </>
        ) : (
          <div className="gx-import-uploading" role="status">
            <p>
              {t(sending.part < 1 ? "imports.uploading" : "imports.reading", { name: sending.name })}
              {sending.of > 1 ? ` ${sending.number} / ${sending.of}` : ""}
            </p>
            <Progress
              percent={Math.round(sending.part * 100)}
              status="active"
              aria-label={t("imports.uploading", { name: sending.name })}
            />
            {sending.cut ? <p className="gx-import-problem">{t("imports.cut")}</p> : null}
            <Button onClick={stop}>{t("common.cancel")}</Button>
          </div>
        )}
        <input
          ref={input}
          type="file"
          accept={ACCEPTED.join(",")}
          multiple
          hidden
          onChange={(event) => {
            void send([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </div>
      {empty ? (
        <p role="alert" className="gx-import-problem">
          {t("imports.emptyFolder")}
        </p>
      ) : null}
      {problems.map((problem) => (
        <p key={problem} role="alert" className="gx-import-problem">
          {problem}
        </p>
      ))}
      {taken > 1 ? <p role="status">{t("imports.taken", { n: taken })}</p> : null}
      <ul className="gx-import-hints">
        <li>{t("imports.hints.header", { object: label(object.label) })}</li>
        <li>{t("imports.hints.encoding")}</li>
        <li>{t("imports.hints.several")}</li>
        <li>{t("imports.hints.undo")}</li>
      </ul>
    </section>
  );
}
