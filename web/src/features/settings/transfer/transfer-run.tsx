import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Progress } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { TRANSFER, takeBackTransfer } from "@/api/ownership";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import type { RecordData } from "@/api/types";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { FailuresDisplay } from "./transfer-fields";

const ASK_MS = 1_000;
const MOVING = ["waiting", "running", "taking_back"];
const FIGURES = ["moved", "pooled", "stayed", "failed"] as const;

export const isMoving = (transfer: RecordData | undefined): boolean =>
  transfer === undefined || MOVING.includes(asText(transfer.state));

/** How a hand-over goes on, what became of it, and taking it back. */
export function TransferRun({ id }: { id: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const asked = useQuery({
    queryKey: queryKeys.record(TRANSFER, id),
    queryFn: ({ signal }) => readRecord(TRANSFER, id, undefined, signal),
    refetchInterval: (query) => (isMoving(query.state.data) ? ASK_MS : false),
  });
  const transfer = asked.data;
  const moving = isMoving(transfer);
  useEffect(() => {
    if (!moving) void queryClient.invalidateQueries({ queryKey: queryKeys.records, refetchType: "none" });
  }, [moving, queryClient]);
  if (!transfer) {
    return asked.error ? (
      <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
    ) : (
      <PageSkeleton rows={4} />
    );
  }
  const number = (name: string) => Number(transfer[name] ?? 0);
  const state = asText(transfer.state);
  const handled = FIGURES.reduce((sum, name) => sum + number(name), 0);
  const takeBack = async () => {
    const sure = await modal.confirm({
      title: t("ownership.transfer.takeBack"),
      content: t("ownership.transfer.takeBackText"),
      okText: t("ownership.transfer.takeBack"),
      okButtonProps: { danger: true },
    });
    if (!sure) return;
    await takeBackTransfer(id).catch((error: unknown) => void message.error(errorText(error)));
    void asked.refetch();
  };
  const title = moving ? "running" : state === "taken_back" ? "takenBack" : "done";
  return (
    <>
      <p role="status">
        <strong>{t(`ownership.transfer.${title}`)}</strong>{" "}
        {moving
          ? t("ownership.transfer.progress", {
              done: formats.number(handled),
              total: formats.number(number("total")),
            })
          : null}
      </p>
      {moving ? (
        <Progress
          percent={Math.min(100, Math.round((100 * handled) / Math.max(1, number("total"))))}
          showInfo={false}
        />
      ) : null}
      <dl className="gx-transfer-figures">
        {FIGURES.map((name) => (
          <div key={name}>
            <dt>{t(`ownership.transfer.${name}`)}</dt>
            <dd className="gx-numeric">{formats.number(number(name))}</dd>
          </div>
        ))}
      </dl>
      {number("failed") > 0 ? (
        <>
          <h3>{t("ownership.transfer.failures")}</h3>
          <FailuresDisplay value={transfer.failures ?? []} />
        </>
      ) : null}
      {moving ? null : (
        <div className="gx-transfer-after">
          <Link to="/r/$object/$id" params={{ object: TRANSFER, id }}>
            {t("ownership.transfer.open")}
          </Link>
          {state === "done" ? (
            <Button onClick={() => void takeBack()}>{t("ownership.transfer.takeBack")}</Button>
          ) : null}
        </div>
      )}
    </>
  );
}
