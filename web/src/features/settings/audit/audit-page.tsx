import { DownloadOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, App, Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type AuditSearch, type AuditVerification, auditFile, readAudit, verifyAudit } from "@/api/audit";
import { queryKeys } from "@/api/query-keys";
import { useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { AuditFilters } from "./audit-filters";
import { type AuditFilter, toAuditSearch } from "./audit-search";
import { AuditTable } from "./audit-table";
import "./audit.css";

const PAGE = 100;

/** Who did what, newest first: looked through, taken along as a file, and checked for what was changed afterwards. */
export function SettingsAuditPage() {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const { auditor } = useMeta();
  const filter = useSearch({ from: "/shell/settings/audit" });
  const search = useMemo(() => toAuditSearch(filter, timeZone), [filter, timeZone]);
  const setFilter = (next: AuditFilter) => void navigate({ to: "/settings/audit", search: next, replace: true });
  const verify = useMutation({
    mutationFn: verifyAudit,
    onError: (error) => void message.error(errorText(error)),
  });
  return (
    <SettingsFrame
      title={t("audit.title")}
      subtitle={t("audit.text")}
      auditors
      wide
      actions={
        auditor ? (
          <>
            <Button icon={<SafetyCertificateOutlined />} loading={verify.isPending} onClick={() => verify.mutate()}>
              {t("audit.verify")}
            </Button>
            <Button icon={<DownloadOutlined />} href={auditFile(search)} download title={t("audit.exportHint")}>
              {t("audit.export")}
            </Button>
          </>
        ) : null
      }
    >
      {verify.data ? <Verdict found={verify.data} onClose={verify.reset} /> : null}
      <section className="gx-panel">
        <AuditFilters filter={filter} onChange={setFilter} />
        <Entries search={search} />
      </section>
    </SettingsFrame>
  );
}

function Verdict({ found, onClose }: { found: AuditVerification; onClose: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const broken = found.broken_at;
  return (
    <Alert
      className="gx-audit-verdict"
      type={broken === null ? "success" : "error"}
      showIcon
      closable={{ onClose }}
      title={
        broken === null
          ? t("audit.intact", { n: formats.number(found.rows) })
          : t("audit.broken", { n: formats.number(broken) })
      }
      description={
        broken !== null
          ? t("audit.brokenText")
          : found.unchained > 0
            ? t("audit.unchained", { n: formats.number(found.unchained) })
            : undefined
      }
    />
  );
}

function Entries({ search }: { search: AuditSearch }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery({
    queryKey: queryKeys.audit(search),
    queryFn: ({ pageParam, signal }) =>
      readAudit({ ...search, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
  const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.error && entries.length === 0) {
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  }
  if (list.isPending) return <PageSkeleton rows={8} />;
  if (entries.length === 0) return <EmptyState title={t("audit.none")} text={t("audit.noneText")} />;
  return (
    <>
      <AuditTable entries={entries} />
      <div className="gx-audit-more">
        {list.hasNextPage ? (
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("audit.more")}
          </Button>
        ) : (
          <span className="gx-muted">{t("audit.end")}</span>
        )}
      </div>
    </>
  );
}
