import { PlusOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldValue, FieldValues, ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { pathsToRead } from "@/fields/money/computed";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { fieldKind } from "@/fields/registry";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ObjectIcon } from "@/ui/object-icon";
import { useRecordForms } from "../form/create-record";
import { findField, readPath, resolvePath, useMeta } from "../meta";
import { useRecordList } from "../records";
import { Checklist } from "./checklist";
import { inheritedReferences } from "./quick-log-values";

const PAGE = 25;

/** The records of a related list, as a filter: by a reference, or by one of several. */
export function relatedFilter(target: ObjectMeta, via: string, id: string, only?: string): string {
  const type = findField(target, via)?.type;
  const here = type === "many_to_many" || type === "tags" ? `${via}.contains("${id}")` : `${via} == "${id}"`;
  return only ? `${here} && ${only}` : here;
}

interface Props {
  list: RelatedListMeta;
  target: ObjectMeta;
  object: ObjectMeta;
  record: RecordData;
  /** Some of them: an expression over what is listed. */
  only?: string | undefined;
  /** What one made here begins with. */
  begin?: FieldValues;
}

/** A compact table of what belongs to a record; new ones are made in place and point here already. */
export function RelatedList({ list, target, object, record, only, begin }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const forms = useRecordForms();
  const filter = relatedFilter(target, list.via, record.id, only);
  const columns = list.columns.map((path) => resolvePath(meta, target, path)).filter((column) => column !== null);
  const rows = useRecordList(target.name, {
    filter,
    limit: PAGE,
    fields: [...new Set([target.title_field, ...(list.tick ? [list.tick] : []), ...pathsToRead(columns)])].join(","),
    ...(list.sort ? { sort: list.sort } : {}),
  });
  const via = findField(target, list.via);
  const canAdd = target.access.create && via !== null && !via.read_only && !record.deleted_at;
  const add = canAdd ? (
    <Button
      size="small"
      icon={<PlusOutlined />}
      onClick={() =>
        forms.create(target.name, { ...inheritedReferences(target, list.via, object, record), ...begin }, () => {})
      }
    >
      {t("record.addRelated", { object: label(target.label) })}
    </Button>
  ) : null;
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.tick) {
    return <Checklist list={list} tick={list.tick} target={target} record={record} rows={rows} canAdd={canAdd} />;
  }
  if (rows.isPending) return <Skeleton active paragraph={{ rows: 5 }} title={false} />;
  if (rows.isError) return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<ObjectIcon icon={target.icon} />}
        title={t("record.relatedEmpty", { object: label(list.label) || label(target.plural) })}
        text={canAdd ? t("record.relatedEmptyText") : undefined}
        actions={add}
      />
    );
  }
  return (
    <div>
      <div className="gx-related-tools">
        {add}
        <Link to="/o/$object" params={{ object: target.name }} search={{ filter }}>
          {t("record.openAsList")}
        </Link>
      </div>
      <div className="gx-related-scroll">
        <table className="gx-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.path} scope="col" data-align={fieldKind(column.field).align}>
                  {label(column.field.label)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((row) => (
              <tr key={row.id}>
                {columns.map((column, index) => {
                  const value = readPath(row, column.path) as FieldValue | undefined;
                  const isTitle = index === 0 && column.depth === 0;
                  const reference = isTitle && column.field.name !== target.title_field;
                  return (
                    <td key={column.path} data-align={fieldKind(column.field).align}>
                      {isTitle && !reference ? (
                        <RecordLink object={target.name} id={row.id}>
                          {titleText(row[target.title_field]) || t("record.untitled")}
                        </RecordLink>
                      ) : (
                        <FieldDisplay
                          field={column.field}
                          value={value}
                          record={column.depth === 0 ? row : undefined}
                        />
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.hasNextPage ? (
        <Button block type="text" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
          {t("fields.valueHelpMore")}
        </Button>
      ) : null}
    </div>
  );
}
