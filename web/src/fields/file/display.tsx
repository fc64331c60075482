import { FileOutlined } from "@ant-design/icons";
import { Suspense } from "react";
import { apiUrl } from "@/api/client";
import { useFormats } from "@/i18n/formats";
import { lazyPart } from "@/ui/lazy-part";
import type { FieldDisplayProps } from "../types";
import { asFile, isPicture, sizeText } from "./text";

const Picture = lazyPart(async () => ({ default: (await import("./picture")).Picture }));

/** A picture where it is one; otherwise name and size, and a click downloads. */
export function FileDisplay({ value, variant }: FieldDisplayProps) {
  const formats = useFormats();
  const file = asFile(value);
  if (!file) return null;
  if (isPicture(file.content_type) && variant === "page") {
    return (
      <Suspense fallback={<span className="gx-picture-place" />}>
        <Picture src={apiUrl(`/files/${file.id}`, { inline: 1 })} name={file.name} />
      </Suspense>
    );
  }
  return (
    <a className="gx-file" href={apiUrl(`/files/${file.id}`)} download onClick={(event) => event.stopPropagation()}>
      <FileOutlined />
      <span>{file.name}</span>
      {variant === "page" && file.size > 0 ? (
        <small className="gx-muted">{sizeText(file.size, formats.number)}</small>
      ) : null}
    </a>
  );
}
