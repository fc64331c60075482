import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { findField } from "@/engine/meta";
import { useOfferedActions } from "@/engine/record/action-menu";
import { useStartAction } from "@/engine/record/use-start-action";
import { useRecordList } from "@/engine/records";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { SentValuesDisplay } from "./sent-values-display";

const FEW = 10;
/** What an entry shows; a role may hide any of it, and what is hidden cannot be asked for. */
const FIELDS = ["name", "state", "reason", "received_at", "values", "origin", "lead"];

/** What visitors sent and nobody has looked at yet: each is taken or refused where it stands. */
export function HeldList({ submission, filter }: { submission: ObjectMeta; filter: string }) {
  const { t } = useTranslation();
  const held = useRecordList(submission.name, {
    filter,
    ...(findField(submission, "received_at") ? { sort: "-received_at" } : {}),
    limit: FEW,
    fields: FIELDS.filter((field) => findField(submission, field)).join(","),
  });
  const items = held.data?.pages.flatMap((page) => page.items) ?? [];
  if (held.isPending) return <Skeleton active title={false} paragraph={{ rows: 3 }} />;
  if (held.isError) return <ErrorState error={held.error} onRetry={() => void held.refetch()} />;
  if (items.length === 0) return <p className="gx-muted">{t("marketing.form.heldNone")}</p>;
  return (
    <>
      <ul className="gx-held">
        {items.map((record) => (
          <HeldEntry key={record.id} submission={submission} record={record} />
        ))}
      </ul>
      {held.hasNextPage ? (
        <Button type="text" block loading={held.isFetchingNextPage} onClick={() => void held.fetchNextPage()}>
          {t("marketing.form.heldMore")}
        </Button>
      ) : null}
    </>
  );
}

function HeldEntry({ submission, record }: { submission: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { start, running, dialog } = useStartAction(submission, record);
  const actions = useOfferedActions(submission, record);
  const name = titleText(record.name) || t("record.untitled");
  const shown = (field: string, value: FieldValue | undefined) => {
    const meta = findField(submission, field);
    return meta && !isEmptyValue(value) ? <FieldDisplay field={meta} value={value} /> : null;
  };
  const values = findField(submission, "values");
  return (
    <li>
      <div className="gx-held-head">
        <RecordLink object={submission.name} id={record.id}>
          {name}
        </RecordLink>
        {shown("reason", record.reason)}
        {isEmptyValue(record.received_at) ? null : (
          <time className="gx-muted" dateTime={String(record.received_at)}>
            {formats.relative(String(record.received_at))}
          </time>
        )}
      </div>
      {values && !isEmptyValue(record.values) ? (
        <SentValuesDisplay field={values} value={record.values} variant="page" />
      ) : null}
      <div className="gx-marketing-buttons">
        {actions.map((action) => (
          <Button
            key={action.name}
            size="small"
            type={action.primary ? "primary" : "default"}
            ghost={action.primary}
            loading={running}
            aria-label={`${label(action.label)}: ${name}`}
            onClick={() => void start(action)}
          >
            {label(action.label)}
          </Button>
        ))}
      </div>
      {dialog}
    </li>
  );
}
