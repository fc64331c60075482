import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportPreview, type ImportUpload, readImport } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { PageHeader } from "@/ui/page-header";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useIsPhone } from "@/ui/use-media";
import { usePreference } from "../session";
import { CheckStep } from "./check-step";
import { type ColumnChoice, initialMapping, type Match } from "./mapping";
import { MappingStep } from "./mapping-step";
import { RunStep } from "./run-step";
import { UploadStep } from "./upload-step";

type Step = "upload" | "mapping" | "check" | "run";
const STEPS: Step[] = ["upload", "mapping", "check", "run"];

interface Props {
  object: ObjectMeta;
  /** An import to show, running or over; empty for a new one. */
  run: string;
  /** A new one is wanted. */
  onRestart: () => void;
}

/** From a file to records in four steps: choose it, say what its columns are, look at what would happen, do it. */
export function ImportScreen({ object, run, onRestart }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const phone = useIsPhone();
  const [step, setStep] = useState<Step>("upload");
  const [upload, setUpload] = useState<ImportUpload | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState<ColumnChoice[]>([]);
  const [match, setMatch] = useState<Match>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  // An import runs on while its page is closed: whoever comes back finds it.
  const [running, setRunning] = usePreference<string>(`import.${object.name}.running`, "");
  const earlier = useQuery({
    queryKey: queryKeys.imports(running),
    queryFn: ({ signal }) => readImport(running, signal),
    enabled: run === "" && running !== "" && step === "upload",
    retry: false,
  });

  const restart = () => {
    setRunning("");
    setUpload(null);
    setFile(null);
    setPreview(null);
    setMatch(null);
    setStep("upload");
    onRestart();
  };
  const uploaded = (next: ImportUpload, sent: File) => {
    setUpload(next);
    setFile(sent);
    setMapping(initialMapping(next));
    setMatch(null);
    setStep("mapping");
  };
  const resumed = step === "upload" && running !== "" && earlier.data?.state === "running";
  const shown: Step = run !== "" || resumed ? "run" : step;
  const body = () => {
    if (shown === "run") {
      const id = run || (upload?.id ?? running);
      return <RunStep object={object} id={id} onRestart={restart} onFinished={() => setRunning("")} />;
    }
    if (shown === "check" && upload && preview) {
      return (
        <CheckStep
          object={object}
          upload={upload}
          mapping={mapping}
          match={match}
          preview={preview}
          onMapping={setMapping}
          onPreview={setPreview}
          onBack={() => setStep("mapping")}
          onRun={() => {
            setRunning(upload.id);
            setStep("run");
          }}
        />
      );
    }
    if (shown === "mapping" && upload) {
      return (
        <MappingStep
          // Another sheet is another table: nothing said of the one before holds for it.
          key={upload.id}
          upload={upload}
          file={file}
          mapping={mapping}
          match={match}
          onMapping={setMapping}
          onMatch={setMatch}
          onUploaded={uploaded}
          onBack={restart}
          onChecked={(next) => {
            setPreview(next);
            setStep("check");
          }}
        />
      );
    }
    if (running !== "" && earlier.isLoading) return <PageSkeleton rows={3} />;
    return <UploadStep object={object} onUploaded={uploaded} />;
  };
  return (
    <div className="gx-page gx-import">
      <PageHeader
        icon={<ObjectTile icon={object.icon} color={object.color} />}
        title={t("imports.title", { object: label(object.plural) })}
        subtitle={upload?.file_name ?? t("imports.subtitle")}
        actions={
          <Link to="/o/$object" params={{ object: object.name }} tabIndex={-1}>
            <Button>{t("imports.toList")}</Button>
          </Link>
        }
      />
      {phone ? (
        <p className="gx-import-step gx-muted">
          {STEPS.indexOf(shown) + 1} / {STEPS.length} · {t(`imports.steps.${shown}`)}
        </p>
      ) : (
        <Steps
          size="small"
          current={STEPS.indexOf(shown)}
          items={STEPS.map((name) => ({ title: t(`imports.steps.${name}`) }))}
          className="gx-import-steps"
        />
      )}
      {body()}
    </div>
  );
}
