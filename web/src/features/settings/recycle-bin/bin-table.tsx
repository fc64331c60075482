import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { deleteRecord, restoreRecord } from "@/api/records";
import { findField } from "@/engine/meta";
import { dropRecords, invalidateObject } from "@/engine/records";
import { fieldKind } from "@/fields/registry";
import { asReference, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { ObjectTile } from "@/ui/object-icon";
import { useIsPhone } from "@/ui/use-media";
import { type Deleted, deletedAt } from "./newest-first";

interface BinTableProps {
  rows: Deleted[];
  loading: boolean;
  /** Records of several objects: each says what it is. */
  ofAll?: boolean;
}

/** Deleted records with the two ways they can go. */
export function BinTable({ rows, loading, ofAll = false }: BinTableProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const phone = useIsPhone();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const gone = ({ object, record }: Deleted) => {
    dropRecords(queryClient, object.name, new Set([record.id]));
    void invalidateObject(queryClient, object.name);
  };
  const restore = useMutation({
    mutationFn: ({ object, record }: Deleted) => restoreRecord(object.name, record.id),
    onSuccess: (_restored, row) => {
      gone(row);
      void message.success(t("settings.bin.restored", { name: nameOf(row) }));
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const erase = useMutation({
    mutationFn: ({ object, record }: Deleted) => deleteRecord(object.name, record.id, true),
    onSuccess: (_none, row) => {
      gone(row);
      void message.success(t("settings.bin.erased"));
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const nameOf = ({ object, record }: Deleted): string => {
    const title = findField(object, object.title_field);
    const value = record[object.title_field];
    return title && !isEmptyValue(value) ? fieldKind(title).toText(value, title, formats) : t("board.untitled");
  };
  const askErase = (row: Deleted) =>
    modal.confirm({
      title: t("settings.bin.erase", { name: nameOf(row) }),
      content: t("settings.bin.eraseText"),
      okText: t("settings.bin.eraseOk"),
      okButtonProps: { danger: true },
      onOk: () => erase.mutateAsync(row).catch(() => undefined),
    });
  const when = ({ record }: Deleted) => formats.dateTime(deletedAt(record));
  const wide: TableColumnsType<Deleted> = [
    ...(ofAll
      ? [
          {
            title: t("settings.bin.object"),
            width: 130,
            render: (_: unknown, { object }: Deleted) => label(object.label),
          },
        ]
      : []),
    { title: t("settings.bin.when"), width: 150, render: (_, row) => when(row) },
    { title: t("settings.bin.who"), width: 140, render: (_, { record }) => asReference(record.updated_by)?.label },
  ];
  return (
    <Table<Deleted>
      rowKey={({ object, record }) => `${object.name} ${record.id}`}
      size="small"
      loading={loading}
      pagination={false}
      dataSource={rows}
      columns={[
        {
          title: t("settings.bin.name"),
          render: (_, row) => (
            <div className="gx-bin-name">
              {ofAll ? <ObjectTile icon={row.object.icon} color={row.object.color} size={24} /> : null}
              <div>
                {nameOf(row)}
                {phone ? (
                  <div className="gx-muted">{ofAll ? `${label(row.object.label)} · ${when(row)}` : when(row)}</div>
                ) : null}
              </div>
            </div>
          ),
        },
        ...(phone ? [] : wide),
        {
          key: "tools",
          width: phone ? 110 : 190,
          align: "end",
          render: (_, row) => (
            <>
              <Button type="link" size="small" onClick={() => restore.mutate(row)}>
                {t("list.restore")}
              </Button>
              <Button type="link" size="small" danger onClick={() => askErase(row)}>
                {t("settings.bin.eraseShort")}
              </Button>
            </>
          ),
        },
      ]}
    />
  );
}
