import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Concerned, leaveOut, type Outcome } from "@/api/privacy";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { findObject, useMeta } from "@/engine/meta";
import { RecordLink } from "@/fields/record-link";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useErrorText } from "@/ui/error-text";
import { CorrectDialog } from "./correct-dialog";
import { isOpen } from "./request-steps";

const COLORS: Record<Outcome, string> = {
  open: "gold",
  exported: "blue",
  corrected: "green",
  stopped: "volcano",
  anonymised: "purple",
  erased: "red",
};

interface ConcernedListProps {
  request: RecordData;
  records: readonly Concerned[];
  pending: boolean;
}

/** The records confirmed to be about the person, and what became of each. */
export function ConcernedList({ request, records, pending }: ConcernedListProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const [correcting, setCorrecting] = useState<Concerned | null>(null);
  if (pending) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  if (records.length === 0) return <p className="gx-muted">{t("privacy.request.noRecords")}</p>;
  const corrects = isOpen(request) && asText(request.identity) === "verified";
  const remove = async (one: Concerned) => {
    try {
      await leaveOut(request.id, one.id);
      await queryClient.invalidateQueries({ queryKey: queryKeys.records });
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  return (
    <ul className="gx-privacy-records">
      {records.map((one) => {
        const name = one.label || t("common.notVisible");
        const removable = isOpen(request) && (one.outcome === "open" || one.outcome === "exported");
        return (
          <li key={one.id}>
            <span className="gx-privacy-record">
              <span className="gx-muted">{label(findObject(meta, one.object)?.label)}</span>
              {one.gone ? (
                <span className="gx-muted">{t("privacy.request.gone")}</span>
              ) : (
                <RecordLink object={one.object} id={one.id}>
                  {name}
                </RecordLink>
              )}
              {one.deleted ? <Tag>{t("privacy.request.inBin")}</Tag> : null}
              <ColorTag color={COLORS[one.outcome]}>{t(`privacy.outcomes.${one.outcome}`)}</ColorTag>
            </span>
            <span className="gx-privacy-buttons">
              {corrects && !one.gone && !one.deleted ? (
                <Button
                  size="small"
                  aria-label={`${t("privacy.request.correct")}: ${name}`}
                  onClick={() => setCorrecting(one)}
                >
                  {t("privacy.request.correct")}
                </Button>
              ) : null}
              {removable ? (
                <Button
                  size="small"
                  type="text"
                  aria-label={`${t("privacy.request.leaveOut")}: ${name}`}
                  onClick={() => void remove(one)}
                >
                  {t("privacy.request.leaveOut")}
                </Button>
              ) : null}
            </span>
          </li>
        );
      })}
      {correcting ? <CorrectDialog request={request} one={correcting} onClose={() => setCorrecting(null)} /> : null}
    </ul>
  );
}
