import { BellOutlined, CheckCircleOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, Progress, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import { RelatedList } from "@/engine/record/related-list";
import type { RelatedWayProps } from "@/engine/record/related-ways";
import { RecordLink } from "@/fields/record-link";
import { asText } from "@/fields/values";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";
import { type Missing, readMissing } from "./missing";
import "./notices.css";

const NOTICE = "notice";

/** Who has not confirmed a notice, for whoever published it; for all others the confirmations they may see. */
export function Confirmations(props: RelatedWayProps) {
  const { record } = props;
  const { t } = useTranslation();
  const published = asText(record.published_at) !== "";
  const missing = useQuery({
    queryKey: [...queryKeys.record(NOTICE, record.id), "missing"],
    queryFn: async () => readMissing(await runAction(NOTICE, record.id, "missing", {})),
    enabled: published,
    retry: false,
    staleTime: 10_000,
    meta: { live: true, liveAlso: ["notice_receipt"] },
  });
  if (!published) return <EmptyState title={t("notices.notOut")} text={t("notices.notOutText")} />;
  if (missing.isPending) return <Skeleton active paragraph={{ rows: 4 }} title={false} />;
  if (missing.isError) return <RelatedList {...props} />;
  return <MissingList id={record.id} missing={missing.data} size={Number(record.audience_size ?? 0)} />;
}

function MissingList({ id, missing, size }: { id: string; missing: Missing; size: number }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const remind = useMutation({
    mutationFn: () => runAction(NOTICE, id, "remind", {}),
    onSuccess: () => void message.success(t("notices.reminded", { n: missing.total })),
    onError: (error) => void message.error(errorText(error)),
  });
  // Whoever came to the company since counts too: nobody is confirmed who is not there.
  const all = Math.max(size, missing.total);
  const done = all - missing.total;
  if (missing.total === 0) {
    return <EmptyState icon={<CheckCircleOutlined />} title={t("notices.allConfirmed", { n: done })} />;
  }
  return (
    <div className="gx-missing">
      <div className="gx-missing-head">
        <Progress
          percent={all === 0 ? 0 : Math.floor((done / all) * 100)}
          size="small"
          aria-label={t("notices.confirmedOf", { done, all })}
        />
        <span className="gx-numeric">{t("notices.confirmedOf", { done, all })}</span>
        <Button
          icon={<BellOutlined />}
          loading={remind.isPending}
          disabled={remind.isSuccess}
          onClick={() => remind.mutate()}
        >
          {t("notices.remind", { n: missing.total })}
        </Button>
      </div>
      <h3>{t("notices.missing", { n: missing.total })}</h3>
      <ul>
        {missing.members.map((member) => (
          <li key={member.id}>
            {member.label ? (
              <RecordLink object="user" id={member.id}>
                {member.label}
              </RecordLink>
            ) : (
              <span className="gx-muted">{t("common.notVisible")}</span>
            )}
          </li>
        ))}
      </ul>
      {missing.total > missing.members.length ? (
        <p className="gx-muted">{t("notices.andMore", { n: missing.total - missing.members.length })}</p>
      ) : null}
    </div>
  );
}
