import { PaperClipOutlined } from "@ant-design/icons";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { App, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldMeta, FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { FieldInput } from "@/fields/field-input";
import { FilesAround } from "@/fields/file/group";
import { asFile } from "@/fields/file/text";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { textToHtml } from "@/fields/rich-text/plain";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";
import { findObject, useMeta } from "../meta";
import { useSaveRecord } from "../records";
import { inheritedReferences, NOTE, viaOf } from "./quick-log-values";
import { relatedFilter } from "./related-list";
import { dayIn } from "./timeline/group";

const PER_LIST = 50;

interface Source {
  target: ObjectMeta;
  field: FieldMeta;
  filter: string;
}

function isFileField(field: FieldMeta): boolean {
  return field.type === "file" || field.type === "image";
}

/** Files of the record itself and of everything that belongs to it; a new one is kept with a note. */
export function FilesTab({ object, record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const saveNote = useSaveRecord(NOTE);
  const [round, setRound] = useState(0);
  const sources: Source[] = object.views.record.related.flatMap((list) => {
    const target = findObject(meta, list.object);
    const field = target?.fields.find(isFileField);
    if (!target || !field) return [];
    return [{ target, field, filter: `${relatedFilter(target, list.via, record.id)} && has(${field.name})` }];
  });
  const found = useQueries({
    queries: sources.map(({ target, field, filter }) => {
      const query = {
        filter,
        limit: PER_LIST,
        sort: "-created_at",
        fields: `${target.title_field},${field.name},created_at`,
      };
      return {
        queryKey: [...queryKeys.list(target.name, query), "files"],
        queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(target.name, query, signal),
      };
    }),
  });
  const own = object.fields.filter((field) => isFileField(field) && !isEmptyValue(record[field.name]));
  const rows = sources.flatMap((source, index) =>
    (found[index]?.data?.items ?? []).map((item) => ({ ...source, item })),
  );
  rows.sort((left, right) => (right.item.created_at ?? "").localeCompare(left.item.created_at ?? ""));

  const note = findObject(meta, NOTE);
  const via = viaOf(object.views.record.related, NOTE);
  const attachment = note?.fields.find(isFileField);
  const keep = async (value: FieldValue) => {
    const file = asFile(value);
    if (!file || !note || !via || !attachment) return;
    try {
      await saveNote.mutateAsync({
        values: {
          ...inheritedReferences(note, via, object, record),
          title: file.name,
          body: textToHtml(t("record.fileNote")),
          [attachment.name]: value,
        },
      });
      void queryClient.invalidateQueries({ queryKey: queryKeys.object(object.name) });
      setRound(round + 1);
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  const sourceTitle = (target: ObjectMeta, field: FieldMeta, item: RecordData) => {
    const title = titleText(item[target.title_field]);
    return title && title !== asFile(item[field.name])?.name ? title : label(target.label);
  };
  const loading = found.some((query) => query.isPending);
  const values = [...own.map((field) => record[field.name]), ...rows.map(({ field, item }) => item[field.name])];
  const around = values.map(asFile).filter((file) => file !== null);
  return (
    <div className="gx-files">
      {attachment && via && note?.access.create && !record.deleted_at ? (
        <FieldInput key={round} field={attachment} value={null} onChange={(value) => void keep(value)} />
      ) : null}
      {loading ? <Skeleton active paragraph={{ rows: 3 }} title={false} /> : null}
      {!loading && own.length + rows.length === 0 ? (
        <EmptyState icon={<PaperClipOutlined />} title={t("record.filesEmpty")} text={t("record.filesEmptyText")} />
      ) : null}
      <FilesAround value={around}>
        <ul>
          {own.map((field) => (
            <li key={field.name}>
              <FieldDisplay field={field} value={record[field.name]} variant="page" />
              <span className="gx-muted">{label(field.label)}</span>
            </li>
          ))}
          {rows.map(({ target, field, item }) => (
            <li key={item.id}>
              <FieldDisplay field={field} value={item[field.name]} variant="page" />
              <RecordLink object={target.name} id={item.id}>
                {sourceTitle(target, field, item)}
              </RecordLink>
              <time className="gx-muted" dateTime={item.created_at}>
                {formats.date(dayIn(formats.timeZone, item.created_at ?? ""))}
              </time>
            </li>
          ))}
        </ul>
      </FilesAround>
    </div>
  );
}
