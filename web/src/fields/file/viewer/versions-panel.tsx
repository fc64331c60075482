import { DownloadOutlined, UndoOutlined, UploadOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Progress } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FileVersion, fileAddress, fileVersionsOptions, restoreFileVersion } from "@/api/files";
import { queryKeys } from "@/api/query-keys";
import { uploadFile } from "@/api/upload";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { sizeText } from "../text";

/** What a file held and holds; another content for it, and back to an older one. */
export function VersionsPanel({ file }: { file: string }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const versions = useQuery(fileVersionsOptions(file));
  const picker = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState<number | null>(null);
  // Records tell name and size of their files.
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: queryKeys.file(file) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.records });
  };
  const restore = useMutation({
    mutationFn: (number: number) => restoreFileVersion(file, number),
    onSuccess: () => refresh().then(() => void message.success(t("files.restored"))),
  });
  const replace = useMutation({
    mutationFn: (chosen: File) => uploadFile(chosen, setProgress, undefined, file),
    onSuccess: () => refresh().then(() => void message.success(t("files.replaced"))),
    onSettled: () => setProgress(null),
  });
  if (versions.error) return <Alert type="error" showIcon title={errorText(versions.error)} />;
  if (!versions.data) return <PageSkeleton rows={4} />;
  const problem = replace.error ?? restore.error;
  return (
    <div className="gx-viewer-panel">
      {problem ? <Alert type="error" showIcon title={errorText(problem)} role="alert" /> : null}
      {versions.data.may_replace ? (
        <p className="gx-viewer-new">
          <input
            ref={picker}
            type="file"
            hidden
            aria-label={t("files.newVersion")}
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              event.target.value = "";
              if (chosen) replace.mutate(chosen);
            }}
          />
          <Button icon={<UploadOutlined />} loading={replace.isPending} onClick={() => picker.current?.click()}>
            {t("files.newVersion")}
          </Button>
          <span className="gx-muted">{t("files.newVersionText")}</span>
        </p>
      ) : null}
      {progress === null ? null : <Progress percent={Math.round(progress * 100)} size="small" />}
      <ul className="gx-viewer-list">
        {versions.data.items.map((version) => (
          <VersionRow
            key={version.number}
            file={file}
            version={version}
            onRestore={versions.data.may_replace ? () => restore.mutate(version.number) : undefined}
            busy={restore.isPending}
          />
        ))}
      </ul>
    </div>
  );
}

interface VersionRowProps {
  file: string;
  version: FileVersion;
  onRestore: (() => void) | undefined;
  busy: boolean;
}

function VersionRow({ file, version, onRestore, busy }: VersionRowProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <li>
      <span className="gx-viewer-what">
        <b>{t("files.version", { number: version.number })}</b> {version.name}{" "}
        {version.current ? <ColorTag color="blue">{t("files.current")}</ColorTag> : null}
        <small className="gx-muted">
          {[
            version.made_by.label ?? t("common.notVisible"),
            formats.dateTime(version.made_at),
            sizeText(version.size, formats.number),
          ].join(" · ")}
        </small>
      </span>
      <Button
        type="text"
        icon={<DownloadOutlined />}
        href={fileAddress(file, version.number)}
        download={version.name}
        aria-label={t("files.downloadVersion", { number: version.number })}
      />
      {version.current || !onRestore ? null : (
        <Button icon={<UndoOutlined />} disabled={busy} onClick={onRestore}>
          {t("files.restore")}
        </Button>
      )}
    </li>
  );
}
