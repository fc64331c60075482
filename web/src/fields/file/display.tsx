import { FileOutlined } from "@ant-design/icons";
import { Suspense, useState } from "react";
import { apiUrl } from "@/api/client";
import { useFormats } from "@/i18n/formats";
import { lazyPart } from "@/ui/lazy-part";
import type { FieldDisplayProps } from "../types";
import { useFilesAround } from "./group";
import { asFile, isPicture, type ShownFile, sizeText } from "./text";

const FileViewer = lazyPart(async () => {
  const [{ activateLateTexts }, viewer] = await Promise.all([import("@/i18n/i18n"), import("./viewer/file-viewer")]);
  await activateLateTexts();
  return { default: viewer.FileViewer };
});

/** Name and size; where it is a picture also that, small. It opens the viewer. */
export function FileDisplay({ value, variant }: FieldDisplayProps) {
  const file = asFile(value);
  return file ? <FileButton file={file} variant={variant} /> : null;
}

/** A file by its name or picture, as a button that opens it. */
export function FileButton({ file, variant }: { file: ShownFile; variant: FieldDisplayProps["variant"] }) {
  const around = useFilesAround();
  const [open, setOpen] = useState(false);
  const picture = isPicture(file.content_type) && variant === "page";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps clicks within the viewer from the row around
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside is what keys reach
    <span className="gx-file-place" onClick={(event) => event.stopPropagation()}>
      <button
        type="button"
        className={picture ? "gx-file-picture" : "gx-file"}
        aria-label={picture ? file.name : undefined}
        onClick={() => setOpen(true)}
      >
        {picture ? (
          <>
            <img
              className="gx-picture"
              src={apiUrl(`/files/${file.id}`, { inline: 1 })}
              alt=""
              height={96}
              loading="lazy"
            />
            <FileCaption file={file} />
          </>
        ) : (
          <>
            <FileOutlined />
            {variant === "page" ? <FileCaption file={file} /> : <span>{file.name}</span>}
          </>
        )}
      </button>
      {open ? (
        <Suspense fallback={null}>
          <FileViewer file={file} around={around} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </span>
  );
}

/** The name, and how large the file is where that is known. */
function FileCaption({ file }: { file: ShownFile }) {
  const formats = useFormats();
  return (
    <>
      <span className="gx-file-name">{file.name}</span>
      {file.size > 0 ? <small className="gx-muted">{sizeText(file.size, formats.number)}</small> : null}
    </>
  );
}
