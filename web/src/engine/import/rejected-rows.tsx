import { ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportProgress } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { ProblemPanel } from "./problem-panel";
import { openPlan, useGuesses } from "./use-draft";
import { useFieldNames } from "./use-field-names";

interface RejectedRowsProps {
  progress: ImportProgress;
  onAgain: () => Promise<void>;
}

/** The rows an import refused: mended here, they are imported by themselves, and the whole can still be taken back at once. */
export function RejectedRows({ progress, onAgain }: RejectedRowsProps) {
  const { t } = useTranslation();
  const guesses = useGuesses(progress.id);
  const [mended, setMended] = useState(false);
  const [busy, setBusy] = useState(false);
  const opened = useQuery({
    queryKey: [...queryKeys.importDraft(progress.id), "rejected"],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: async () => {
      const guess = await guesses(progress.object);
      return { guess, draft: await openPlan(progress.plan ?? { mapping: [] }, guess, guesses) };
    },
  });
  const parts = opened.data?.draft.parts ?? [];
  const fieldName = useFieldNames(parts);
  if (opened.isPending) return <PageSkeleton rows={3} />;
  if (!opened.data) return <ErrorState error={opened.error} onRetry={() => void opened.refetch()} />;
  const again = async () => {
    setBusy(true);
    await onAgain();
    setBusy(false);
  };
  return (
    <>
      <ProblemPanel
        id={progress.id}
        columns={opened.data.guess.columns}
        parts={parts}
        kinds={progress.kinds}
        fieldName={fieldName}
        onChanged={() => setMended(true)}
      />
      <footer className="gx-import-foot">
        <span className="gx-muted">{t("imports.mendText")}</span>
        <Button type="primary" icon={<ReloadOutlined />} disabled={!mended} loading={busy} onClick={() => void again()}>
          {t("imports.runMended")}
        </Button>
      </footer>
    </>
  );
}
