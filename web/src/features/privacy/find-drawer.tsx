import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { checkDuplicates } from "@/api/duplicates";
import { type Candidate, confirmRecords, REQUEST } from "@/api/privacy";
import { queryKeys } from "@/api/query-keys";
import type { RecordData, RecordValues } from "@/api/types";
import { findObject, useMeta } from "@/engine/meta";
import type { ActionScreenProps } from "@/engine/slots";
import { RecordLink } from "@/fields/record-link";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useCloseGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { useCandidates } from "./use-privacy";
import "./privacy.css";

interface Offered extends Candidate {
  /** How sure the matching of duplicates is; null where something agrees exactly. */
  probability: number | null;
}

const CONTACT = "contact";

/** What the matching of duplicates thinks of the name, the mail and the phone that were given. */
function useSimilar(record: RecordData) {
  const known = findObject(useMeta(), CONTACT) !== null;
  const values: RecordValues = { name: asText(record.requester) };
  if (asText(record.email)) values.email = asText(record.email);
  if (asText(record.phone)) values.mobile = asText(record.phone);
  return useQuery({
    queryKey: [...queryKeys.record(REQUEST, record.id), "privacy", "similar"],
    queryFn: ({ signal }) => checkDuplicates(CONTACT, { values }, signal),
    enabled: known,
    staleTime: 0,
    retry: false,
  });
}

/** Records that may be about the person; somebody ticks those that are. */
export function FindDrawer({ record, onClose }: { record: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const found = useCandidates(record.id);
  const similar = useSimilar(record);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [saving, setSaving] = useState(false);
  const exact = found.data?.candidates ?? [];
  const further = (similar.data?.candidates ?? []).flatMap((one): Offered[] =>
    one.visible && !exact.some(({ id }) => id === one.id)
      ? [
          {
            object: one.object,
            id: one.id,
            label: one.label,
            matched: [],
            deleted: false,
            confirmed: false,
            probability: one.probability,
          },
        ]
      : [],
  );
  const all: Offered[] = [...exact.map((one) => ({ ...one, probability: null })), ...further];
  const tick = (id: string, on: boolean) => {
    const next = new Set(ticked);
    if (on) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  const { close } = useCloseGuard(ticked.size > 0, onClose);
  const confirm = async () => {
    setSaving(true);
    try {
      const chosen = all.filter(({ id }) => ticked.has(id));
      const by = (one: Offered) => (one.matched.length > 0 ? one.matched.join(" ") : "similar");
      await confirmRecords(
        record.id,
        chosen.map((one) => ({ object: one.object, id: one.id, matched_by: by(one) })),
      );
      await queryClient.invalidateQueries({ queryKey: queryKeys.records });
      onClose();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <SideDrawer
      title={t("privacy.find.title")}
      onClose={close}
      footer={
        <Button type="primary" disabled={ticked.size === 0} loading={saving} onClick={() => void confirm()}>
          {t("privacy.find.confirm", { n: formats.number(ticked.size) })}
        </Button>
      }
    >
      <p className="gx-muted">{t("privacy.find.text")}</p>
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <PageSkeleton rows={5} />
      ) : all.length === 0 ? (
        <p>{t("privacy.find.none")}</p>
      ) : (
        <ul className="gx-privacy-records">
          {all.map((one) => (
            <li key={one.id}>
              <Checkbox
                checked={one.confirmed || ticked.has(one.id)}
                disabled={one.confirmed}
                onChange={({ target }) => tick(one.id, target.checked)}
                aria-label={one.label ?? one.id}
              />
              <span className="gx-privacy-record">
                <span className="gx-muted">{label(findObject(meta, one.object)?.label)}</span>
                <RecordLink object={one.object} id={one.id}>
                  {one.label || t("common.notVisible")}
                </RecordLink>
                {one.matched.map((way) => (
                  <ColorTag key={way} color="blue">
                    {t(`privacy.find.ways.${way}`)}
                  </ColorTag>
                ))}
                {one.probability === null ? null : (
                  <Tag>{t("privacy.find.similar", { p: formats.number(one.probability, { style: "percent" }) })}</Tag>
                )}
                {one.deleted ? <Tag>{t("privacy.request.inBin")}</Tag> : null}
                {one.confirmed ? <ColorTag color="green">{t("privacy.find.confirmed")}</ColorTag> : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      {found.data?.more ? <p className="gx-muted">{t("privacy.find.more")}</p> : null}
    </SideDrawer>
  );
}

/** The same, begun from the menu. */
export function FindScreen({ record, onClose }: ActionScreenProps) {
  return <FindDrawer record={record} onClose={onClose} />;
}
