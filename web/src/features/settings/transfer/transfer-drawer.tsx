import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input, Segmented, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { previewTransfer, startTransfer, TRANSFER } from "@/api/ownership";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { useCloseGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { type Draft, emptyDraft, planOf } from "./plan";
import { PlanEditor } from "./plan-editor";
import { leaving, TransferCheck } from "./transfer-check";
import { TransferRun } from "./transfer-run";
import "./transfer.css";

const REASONS = ["left", "moved", "other"] as const;
type Reason = (typeof REASONS)[number];
const STEPS = ["plan", "check", "run"] as const;

interface TransferDrawerProps {
  member: RecordData;
  onClose: () => void;
  /** Opens the hand-over of what is no record: reports, departments, teams. */
  onPlaces: () => void;
}

/** What a member has is handed over by a plan: said, checked, done, and taken back if need be. */
export function TransferDrawer({ member, onClose, onPlaces }: TransferDrawerProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const [step, setStep] = useState<0 | 1 | 2>(0);
  const [reason, setReason] = useState<Reason>("left");
  const [note, setNote] = useState("");
  const [drafts, setDrafts] = useState<Draft[]>([emptyDraft(1)]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [started, setStarted] = useState<string | null>(null);
  const plan = planOf(drafts);
  const preview = useQuery({
    queryKey: [...queryKeys.object(TRANSFER), "preview", member.id, plan],
    queryFn: () => previewTransfer(member.id, plan ?? []),
    enabled: step === 1 && plan !== null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const { close } = useCloseGuard(step < 2 && (plan !== null || note !== ""), onClose);
  const start = async () => {
    if (!plan) return;
    setBusy(true);
    setProblem(null);
    try {
      const text = note.trim();
      setStarted((await startTransfer({ member: member.id, plan, reason, ...(text ? { note: text } : {}) })).id);
      setStep(2);
    } catch (failure) {
      setProblem(failure);
    }
    setBusy(false);
  };
  const places = (
    <p className="gx-muted">
      {t("ownership.transfer.placesText")}{" "}
      <Button type="link" size="small" onClick={onPlaces}>
        {t("ownership.transfer.places")}
      </Button>
    </p>
  );
  const body = () => {
    if (step === 0) {
      return (
        <>
          <div className="gx-transfer-line">
            <span id="transfer-reason">{t("ownership.transfer.reason")}</span>
            <Segmented<Reason>
              value={reason}
              onChange={setReason}
              options={REASONS.map((one) => ({ value: one, label: t(`ownership.transfer.reasons.${one}`) }))}
              aria-labelledby="transfer-reason"
            />
          </div>
          <div className="gx-transfer-line">
            <label htmlFor="transfer-note">{t("ownership.transfer.note")}</label>
            <Input.TextArea
              id="transfer-note"
              value={note}
              maxLength={2000}
              autoSize={{ minRows: 1, maxRows: 5 }}
              onChange={(event) => setNote(event.target.value)}
            />
          </div>
          <p className="gx-muted">{t("ownership.transfer.text")}</p>
          <PlanEditor drafts={drafts} onChange={setDrafts} />
          {places}
        </>
      );
    }
    if (step === 2 && started) {
      return (
        <>
          <TransferRun id={started} />
          {places}
        </>
      );
    }
    if (preview.error && !preview.isFetching) return <Alert type="error" showIcon title={errorText(preview.error)} />;
    return preview.data ? <TransferCheck preview={preview.data} /> : <PageSkeleton rows={5} />;
  };
  const many = preview.data ? leaving(preview.data) : 0;
  return (
    <SideDrawer
      title={t("ownership.transfer.title", { name: asText(member.name) })}
      size={680}
      onClose={close}
      footer={
        <div className="gx-drawer-foot">
          {step === 0 ? (
            <>
              {plan ? null : <span className="gx-transfer-hint">{t("ownership.transfer.incomplete")}</span>}
              <Button onClick={close}>{t("common.cancel")}</Button>
              <Button type="primary" disabled={!plan} onClick={() => setStep(1)}>
                {t("ownership.transfer.next")}
              </Button>
            </>
          ) : step === 1 ? (
            <>
              <Button onClick={() => setStep(0)} disabled={busy}>
                {t("ownership.transfer.back")}
              </Button>
              <Button type="primary" loading={busy} disabled={many === 0} onClick={() => void start()}>
                {t("ownership.transfer.start", { n: formats.number(many) })}
              </Button>
            </>
          ) : (
            <Button type="primary" onClick={close}>
              {t("common.close")}
            </Button>
          )}
        </div>
      }
    >
      <Steps
        size="small"
        current={step}
        responsive={false}
        items={STEPS.map((one) => ({ title: t(`ownership.transfer.steps.${one}`) }))}
      />
      <div className="gx-transfer-step">
        {problem ? <Alert type="error" showIcon role="alert" title={errorText(problem)} /> : null}
        {body()}
      </div>
    </SideDrawer>
  );
}
