import { PlusOutlined } from "@ant-design/icons";
import { hashKey } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { FieldValues, ListQuery, ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { pathsToRead } from "@/fields/money/computed";
import { fieldKind } from "@/fields/registry";
import { useLabel } from "@/i18n/i18n";
import { useLeft } from "@/realtime/store";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ObjectIcon } from "@/ui/object-icon";
import { useRecordForms } from "../form/create-record";
import { FreshRows, useCalmRows } from "../list/fresh-rows";
import { findField, resolvePath, useMeta } from "../meta";
import { useRecordList } from "../records";
import { Checklist } from "./checklist";
import { inheritedReferences } from "./quick-log-values";
import { RelatedRow } from "./related-row";

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
  const query: ListQuery = {
    filter,
    limit: PAGE,
    fields: [...new Set([target.title_field, ...(list.tick ? [list.tick] : []), ...pathsToRead(columns)])].join(","),
    ...(list.sort ? { sort: list.sort } : {}),
  };
  const rows = useRecordList(target.name, query);
  const listKey = hashKey(queryKeys.list(target.name, query));
  useCalmRows(list.tick ? "" : listKey, target, filter);
  const left = useLeft(listKey);
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
      <FreshRows
        list={listKey}
        items={items}
        reading={rows.isFetching && !rows.isFetchingNextPage}
        onShow={() => void rows.refetch()}
      />
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
              <RelatedRow key={row.id} target={target} row={row} columns={columns} left={left.has(row.id)} />
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
