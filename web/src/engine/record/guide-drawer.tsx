import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { asReference, isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SideDrawer } from "@/ui/side-drawer";
import type { ColumnSettings } from "../board/hints";
import { isKey } from "../filter/is-key";
import { isSystemField } from "../meta";
import { useRecordList } from "../records";

interface GuideDrawerProps {
  settings: ColumnSettings;
  record: RecordData;
  step: string;
  onClose: () => void;
}

/** Texts to read come first. */
const rank = (field: FieldMeta) => (field.type === "rich_text" ? 0 : field.type === "long_text" ? 1 : 2);

/** What the settings of the step a record stands in say, as far as they say anything. */
export function GuideDrawer({ settings, record, step, onClose }: GuideDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { object, column, of } = settings;
  const shared = asReference(record[of.name]);
  const list = useRecordList(
    object.name,
    {
      filter: `${isKey(of.name, shared?.id ?? null)} && ${isKey(column, record[column] ?? null)}`,
      fields: object.fields.map((field) => field.name).join(","),
      limit: 1,
    },
    { enabled: shared !== null },
  );
  const found = list.data?.pages[0]?.items[0];
  const known = new Set([object.title_field, column, of.name]);
  const told = object.fields
    .filter(
      (field) =>
        !known.has(field.name) &&
        !isSystemField(field.name) &&
        field.type !== "boolean" &&
        !isEmptyValue(found?.[field.name]),
    )
    .sort((left, right) => rank(left) - rank(right));
  const body = () => {
    if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
    if (shared && list.isPending) return <Skeleton active paragraph={{ rows: 6 }} title={false} />;
    if (!found || told.length === 0) return <EmptyState title={t("record.noStepGuide", { step })} />;
    return (
      <>
        {told.map((field) => (
          <section key={field.name} className="gx-guide-part">
            <h3>{label(field.label)}</h3>
            <FieldDisplay field={field} value={found[field.name]} variant="page" record={found} />
          </section>
        ))}
        <p>
          <RecordLink object={object.name} id={found.id}>
            {t("record.openStepGuide")}
          </RecordLink>
        </p>
      </>
    );
  };
  return (
    <SideDrawer title={[shared?.label, step].filter(Boolean).join(" · ")} onClose={onClose} size={480}>
      {body()}
    </SideDrawer>
  );
}
