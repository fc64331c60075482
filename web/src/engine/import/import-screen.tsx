import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportUpload } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { PageHeader } from "@/ui/page-header";
import { History } from "./history";
import { ImportFlow } from "./import-flow";
import { StepBar } from "./step-bar";
import { UploadStep } from "./upload-step";

interface Props {
  object: ObjectMeta;
  /** An import to go on with; empty for a new one. */
  run: string;
}

/** From a file to records in four steps: choose it, say what its columns are, look at what would happen, do it. */
export function ImportScreen({ object, run }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // The server keeps the table; the file itself is wanted again only where another sheet of it is meant.
  const [sent, setSent] = useState<{ id: string; file: File } | null>(null);
  const [fileName, setFileName] = useState("");

  const open = (id: string) =>
    void navigate({ to: "/import/$object", params: { object: object.name }, search: id ? { run: id } : {} });
  const uploaded = (upload: ImportUpload, file: File) => {
    queryClient.setQueryData(queryKeys.importUpload(upload.id), upload);
    void queryClient.invalidateQueries({ queryKey: queryKeys.importsOf() });
    setSent({ id: upload.id, file });
    open(upload.id);
  };
  return (
    <div className="gx-page gx-import">
      <PageHeader
        icon={<ObjectTile icon={object.icon} color={object.color} />}
        title={t("imports.title", { object: label(object.plural) })}
        subtitle={(run !== "" && fileName) || t("imports.subtitle")}
        actions={
          <Link to="/o/$object" params={{ object: object.name }} tabIndex={-1}>
            <Button>{t("imports.toList")}</Button>
          </Link>
        }
      />
      {run === "" ? (
        <>
          <StepBar step="upload" />
          <UploadStep
            object={object}
            onUploaded={uploaded}
            onSeveral={() => void queryClient.invalidateQueries({ queryKey: queryKeys.importsOf() })}
          />
          <History object={object} />
        </>
      ) : (
        <ImportFlow
          key={run}
          object={object}
          id={run}
          file={sent?.id === run ? sent.file : null}
          onFileName={setFileName}
          onUploaded={uploaded}
          onRestart={() => open("")}
        />
      )}
    </div>
  );
}
