import { FileOutlined } from "@ant-design/icons";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress } from "@/api/files";
import { EmptyState } from "@/ui/empty-state";
import { lazyPart } from "@/ui/lazy-part";
import { PageSkeleton } from "@/ui/page-skeleton";
import type { ShownFile } from "../text";
import { showingOf } from "./kinds";
import { PictureBody } from "./picture-body";
import { TextBody } from "./text-body";

const PdfBody = lazyPart(async () => ({ default: (await import("./pdf-body")).PdfBody }));

/** What is in a file, as far as it can be shown. */
export function FileBody({ file, version }: { file: ShownFile; version: number }) {
  const { t } = useTranslation();
  const showing = showingOf(file.content_type);
  const address = fileAddress(file.id, version, showing === "picture");
  if (showing === "picture") return <PictureBody src={address} name={file.name} />;
  if (showing === "text") return <TextBody id={file.id} version={version} />;
  if (showing === "sound") {
    return (
      <div className="gx-viewer-sound">
        {/* biome-ignore lint/a11y/useMediaCaption: a recording somebody brought has none */}
        <audio controls preload="metadata" src={address} aria-label={file.name} />
      </div>
    );
  }
  if (showing === "pdf") {
    return (
      <Suspense fallback={<PageSkeleton rows={8} />}>
        <PdfBody src={address} name={file.name} />
      </Suspense>
    );
  }
  return <EmptyState icon={<FileOutlined />} title={t("files.noPreview")} text={t("files.noPreviewText")} />;
}
