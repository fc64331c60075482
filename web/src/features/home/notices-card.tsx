import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import { useRecordList } from "@/engine/records";
import { useMe } from "@/engine/session";
import { RecordLink } from "@/fields/record-link";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { HomeCard } from "./home-card";

const NOTICE = "notice";
const SHOWN = 5;
const QUERY = {
  filter: "published_at != null",
  sort: "-published_at",
  fields: "title,must_read,published_at",
  limit: SHOWN,
};

/** What the company told last, and which of it is still to be confirmed. */
export function NoticesCard() {
  const { t } = useTranslation();
  const me = useMe();
  const formats = useFormats();
  const notices = useRecordList(NOTICE, QUERY);
  const receiptsQuery = { filter: `member == "${me.user.id}"`, fields: "notice", limit: 200 };
  const receipts = useQuery({
    queryKey: queryKeys.list("notice_receipt", receiptsQuery),
    queryFn: ({ signal }) => listRecords("notice_receipt", receiptsQuery, signal),
    staleTime: 30_000,
  });
  const confirmed = new Set(receipts.data?.items.map((receipt) => asReference(receipt.notice)?.id));
  const items = notices.data?.pages.flatMap((page) => page.items) ?? [];
  if (notices.isSuccess && items.length === 0) return null;
  return (
    <HomeCard
      title={t("home.notices.title")}
      link={
        <Link to="/o/$object" params={{ object: NOTICE }}>
          {t("home.notices.all")}
        </Link>
      }
      loading={notices.isPending}
      error={notices.error}
      onRetry={() => void notices.refetch()}
    >
      <ul className="gx-recents gx-notices">
        {items.slice(0, SHOWN).map((notice) => (
          <li key={notice.id}>
            <RecordLink object={NOTICE} id={notice.id}>
              <span>{asText(notice.title)}</span>
              <small>
                {notice.must_read === true && receipts.isSuccess && !confirmed.has(notice.id) ? (
                  <span className="gx-tag gx-tag-plain">{t("home.notices.toConfirm")}</span>
                ) : null}{" "}
                {formats.relative(asText(notice.published_at))}
              </small>
            </RecordLink>
          </li>
        ))}
      </ul>
    </HomeCard>
  );
}
