import { Navigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { VIEW_LIMIT } from "@/api/views";
import { asText } from "@/fields/values";
import { activateLateTexts } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { lazyPart } from "@/ui/lazy-part";
import { useObject } from "../meta";
import { useRecord } from "../records";
import { useDeletedRecord } from "./use-deleted-record";
import { useMergedAddress } from "./use-merged-address";
import "./record.css";
import { RecordScreen } from "./record-screen";
import { RecordSkeleton } from "./record-skeleton";

const SAVED_VIEW = "saved_view";
/** What a search kept from the palette is saved under: it has no list. */
const SEARCH = "search";

/** Only where no more may be opened. */
const ViewLimit = lazyPart(async () => {
  const [page] = await Promise.all([import("./view-limit"), activateLateTexts()]);
  return { default: page.ViewLimit };
});

/** `/r/{object}/{id}`: everything about one record. */
export function RecordPage() {
  const { t } = useTranslation();
  const { object: name, id } = useParams({ from: "/shell/r/$object/$id" });
  const object = useObject(name);
  const record = useRecord(name, id);
  const gone = !object || (record.error instanceof ApiError && record.error.status === 404);
  const mayAsk = useObject("rights_request") !== null;
  const own = useMergedAddress(name, id, object?.title_field, record.data);
  const bin = useDeletedRecord(name, id, object !== null && gone);
  if (object && bin.data) {
    return <RecordScreen key={`${id}-bin`} object={object} record={bin.data} />;
  }
  if (object && gone && bin.isPending) return <RecordSkeleton />;
  if (gone) {
    return (
      <EmptyState
        title={t("record.notFound")}
        text={t("record.notFoundText")}
        actions={
          <>
            <Button onClick={() => window.history.back()}>{t("common.back")}</Button>
            {mayAsk ? (
              <ButtonLink to="/profile/rights" search={{ object: name, record: id }}>
                {t("record.askForAccess")}
              </ButtonLink>
            ) : null}
          </>
        }
      />
    );
  }
  // A record known from a list is only part of one: `created_at` comes with the whole.
  if (own?.created_at !== undefined) {
    const list = name === SAVED_VIEW ? asText(own.object_name) : "";
    // A view is looked at, not looked up: whoever follows a link to it is shown its list.
    if (list && list !== SEARCH) {
      return <Navigate to="/o/$object" params={{ object: list }} search={{ view: `saved:${id}` }} replace />;
    }
    return <RecordScreen key={id} object={object} record={own} />;
  }
  if (record.error instanceof ApiError && record.error.code === VIEW_LIMIT) {
    return (
      <Suspense fallback={<RecordSkeleton />}>
        <ViewLimit object={name} text={record.error.detail} />
      </Suspense>
    );
  }
  if (record.isError) return <ErrorState error={record.error} onRetry={() => void record.refetch()} />;
  return <RecordSkeleton />;
}
