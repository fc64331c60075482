import { DownloadOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Segmented } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { fileAddress, fileVersionsOptions } from "@/api/files";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { useCloseGuard } from "@/ui/leave-guard";
import { type ShownFile, sizeText } from "../text";
import { FileBody } from "./file-body";
import { step } from "./kinds";
import { LinksPanel } from "./links-panel";
import { VersionsPanel } from "./versions-panel";
import "./viewer.css";

interface FileViewerProps {
  file: ShownFile;
  /** Those it stands among; arrow keys lead from one to the next. */
  around: readonly ShownFile[];
  onClose: () => void;
}

type Part = "look" | "versions" | "links";

/** Whether a key belongs to what is being typed in. */
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("input, textarea, select, audio, [contenteditable=true]") !== null;

/** A file, large: what is in it, what was in it, and who outside may have it. */
export function FileViewer({ file, around, onClose }: FileViewerProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const files = around.some((one) => one.id === file.id) ? around : [file];
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      files.findIndex((one) => one.id === file.id),
    ),
  );
  const [part, setPart] = useState<Part>("look");
  // Something is typed for a link that is not made yet.
  const [typed, setTyped] = useState(false);
  const { close } = useCloseGuard(typed, onClose);
  const shown = files[at] ?? file;
  // A new version may have been put in its place since the page was drawn.
  const versions = useQuery(fileVersionsOptions(shown.id));
  const current = versions.data?.items.find((one) => one.current);
  const present = current
    ? { ...shown, name: current.name, size: current.size, content_type: current.content_type }
    : shown;
  const gone = isApiError(versions.error, "not_found");
  const several = files.length > 1;

  useEffect(() => {
    if (!several) return;
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      event.preventDefault();
      setAt((before) => step(files.length, before, event.key === "ArrowRight" ? 1 : -1));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [several, files.length]);

  return (
    <Modal
      open
      centered
      footer={null}
      width="min(1080px, 100vw)"
      className="gx-viewer"
      onCancel={close}
      title={<span className="gx-viewer-title">{present.name}</span>}
    >
      <div className="gx-viewer-bar">
        <Segmented<Part>
          value={part}
          onChange={setPart}
          options={[
            { value: "look", label: t("files.look") },
            { value: "versions", label: t("files.versions", { count: versions.data?.items.length ?? 1 }) },
            { value: "links", label: t("files.links") },
          ]}
        />
        <span className="gx-muted">{present.size > 0 ? sizeText(present.size, formats.number) : null}</span>
        <span className="gx-viewer-tools">
          {several ? (
            <>
              <Button
                type="text"
                icon={<LeftOutlined />}
                aria-label={t("files.previous")}
                onClick={() => setAt(step(files.length, at, -1))}
              />
              <span className="gx-muted">{`${at + 1} / ${files.length}`}</span>
              <Button
                type="text"
                icon={<RightOutlined />}
                aria-label={t("files.next")}
                onClick={() => setAt(step(files.length, at, 1))}
              />
            </>
          ) : null}
          {gone ? null : (
            <Button icon={<DownloadOutlined />} href={fileAddress(shown.id)} download={present.name}>
              {t("files.download")}
            </Button>
          )}
        </span>
      </div>
      <div className="gx-viewer-body" key={`${shown.id} ${part}`}>
        {gone ? <EmptyState title={t("files.gone")} text={t("files.goneText")} /> : null}
        {!gone && part === "look" ? <FileBody file={present} version={current?.number ?? 0} /> : null}
        {!gone && part === "versions" ? <VersionsPanel file={shown.id} /> : null}
        {!gone && part === "links" ? <LinksPanel file={shown.id} onTyped={setTyped} /> : null}
      </div>
    </Modal>
  );
}
