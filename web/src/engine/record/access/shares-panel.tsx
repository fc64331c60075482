import { CloseOutlined, ShareAltOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { type Principal, removeShare, type Share, sharesOptions } from "@/api/rights";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { ShareForm } from "./share-form";

interface SharesPanelProps {
  object: string;
  id: string;
  /** May share further and take shares away. */
  mayShare: boolean;
  /** Told whether something is chosen that is not shared yet. */
  onDirty: (dirty: boolean) => void;
}

const SOURCES = ["task", "approval", "request"] as const;

/** With whom the record is shared, and the form to share it with somebody else. */
export function SharesPanel({ object, id, mayShare, onDirty }: SharesPanelProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const shares = useQuery(sharesOptions(object, id));
  const nameOf = (principal: Principal) => principal.label ?? t("common.notVisible");
  const end = useMutation({
    mutationFn: (principal: Principal) => removeShare(object, id, principal),
    onSuccess: (_none, principal) => {
      void message.success(t("rights.record.unshared", { name: nameOf(principal) }));
      return queryClient.invalidateQueries({ queryKey: queryKeys.record(object, id) });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  return (
    <>
      {mayShare ? <ShareForm object={object} id={id} onDirty={onDirty} /> : null}
      {shares.isPending ? <PageSkeleton rows={3} /> : null}
      {shares.error && !shares.data ? <ErrorState error={shares.error} onRetry={() => void shares.refetch()} /> : null}
      {shares.data?.length === 0 ? (
        <EmptyState icon={<ShareAltOutlined />} title={t("rights.record.none")} text={t("rights.record.noneText")} />
      ) : null}
      <ul className="gx-access-list">
        {shares.data?.map((share) => (
          <li key={`${share.with.kind}.${share.with.id}.${share.reason}`}>
            <ShareLine share={share} />
            {mayShare ? (
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                loading={end.isPending && end.variables === share.with}
                aria-label={t("rights.record.unshare", { name: nameOf(share.with) })}
                onClick={() => end.mutate(share.with)}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function ShareLine({ share }: { share: Share }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const source = SOURCES.find((one) => one === share.reason);
  return (
    <div>
      <b>{share.with.label ?? t("common.notVisible")}</b> <Tag>{t(`rights.record.kinds.${share.with.kind}`)}</Tag>
      <ColorTag color={share.level === "read" ? undefined : "green"}>
        {t(`rights.record.levelShort.${share.level}`)}
      </ColorTag>
      <small className="gx-muted">
        {[
          share.expires_at
            ? t("rights.record.untilDay", { at: formats.dateTime(share.expires_at) })
            : t("rights.record.forGood"),
          source ? t(`rights.record.sources.${source}`) : "",
          t("rights.record.by", {
            name: share.granted_by?.label ?? t("record.system"),
            at: formats.dateTime(share.created_at),
          }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </small>
    </div>
  );
}
