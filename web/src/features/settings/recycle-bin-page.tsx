import { DeleteOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteRecord } from "@/api/records";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { dropRecords, invalidateObject, useRecordCount, useRecordList, useRestoreRecord } from "@/engine/records";
import { fieldKind } from "@/fields/registry";
import { asReference, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";
import { SettingsFrame } from "./settings-frame";

/** What was deleted, object by object: back into use, or gone for good. */
export function SettingsRecycleBinPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const objects = meta.objects.filter((object) => object.access.restore);
  const [name, setName] = useState("account");
  const object = objects.find((candidate) => candidate.name === name) ?? objects[0];
  return (
    <SettingsFrame
      title={t("list.recycleBin")}
      subtitle={t("settings.bin.text")}
      actions={
        <Select
          value={object?.name}
          onChange={setName}
          showSearch={{ optionFilterProp: "label" }}
          options={objects.map((candidate) => ({ value: candidate.name, label: label(candidate.plural) }))}
          popupMatchSelectWidth={false}
          aria-label={t("settings.bin.object")}
          style={{ minWidth: 140 }}
        />
      }
    >
      {object ? <Bin key={object.name} object={object} /> : <EmptyState title={t("list.emptyBinTitle")} />}
    </SettingsFrame>
  );
}

function Bin({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const phone = useIsPhone();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const list = useRecordList(object.name, {
    deleted: "only",
    fields: `${object.title_field},deleted_at,updated_at,updated_by`,
    sort: "-updated_at",
    limit: 100,
  });
  const count = useRecordCount(object.name, { deleted: "only" });
  const restore = useRestoreRecord(object.name);
  const erase = useMutation({
    mutationFn: (id: string) => deleteRecord(object.name, id, true),
    onSuccess: (_none, id) => {
      dropRecords(queryClient, object.name, new Set([id]));
      void invalidateObject(queryClient, object.name);
    },
  });
  const records = list.data?.pages.flatMap((page) => page.items) ?? [];
  const title = object.fields.find((field) => field.name === object.title_field);
  const nameOf = (record: RecordData) => {
    const value = record[object.title_field];
    return title && !isEmptyValue(value) ? fieldKind(title).toText(value, title, formats) : t("board.untitled");
  };
  const bringBack = (record: RecordData) =>
    restore.mutate(record.id, {
      onSuccess: () => void message.success(t("settings.bin.restored", { name: nameOf(record) })),
      onError: (error) => void message.error(errorText(error)),
    });
  const askErase = (record: RecordData) =>
    modal.confirm({
      title: t("settings.bin.erase", { name: nameOf(record) }),
      content: t("settings.bin.eraseText"),
      okText: t("settings.bin.eraseOk"),
      okButtonProps: { danger: true },
      onOk: () =>
        erase.mutateAsync(record.id).then(
          () => void message.success(t("settings.bin.erased")),
          (error: unknown) => void message.error(errorText(error)),
        ),
    });
  if (list.error && records.length === 0) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isSuccess && records.length === 0) {
    return (
      <EmptyState
        icon={<DeleteOutlined />}
        title={t("settings.bin.empty", { object: label(object.plural) })}
        text={t("list.emptyBinText")}
      />
    );
  }
  return (
    <section className="gx-panel">
      <p className="gx-muted">
        {count.data
          ? t(count.data.exact ? "list.count" : "list.countMore", { n: formats.number(count.data.value) })
          : " "}
      </p>
      <Table<RecordData>
        rowKey="id"
        size="small"
        loading={list.isPending}
        pagination={false}
        dataSource={records}
        columns={[
          {
            title: label(title?.label),
            render: (_, record) => (
              <>
                {nameOf(record)}
                {phone ? (
                  <div className="gx-muted">{formats.dateTime(record.deleted_at ?? record.updated_at ?? "")}</div>
                ) : null}
              </>
            ),
          },
          ...(phone
            ? []
            : [
                {
                  title: t("settings.bin.when"),
                  width: 170,
                  render: (_: unknown, record: RecordData) =>
                    formats.dateTime(record.deleted_at ?? record.updated_at ?? ""),
                },
                {
                  title: t("settings.bin.who"),
                  width: 140,
                  render: (_: unknown, record: RecordData) => asReference(record.updated_by)?.label,
                },
              ]),
          {
            key: "tools",
            width: phone ? 110 : 190,
            align: "end",
            render: (_, record) => (
              <>
                <Button type="link" size="small" onClick={() => bringBack(record)}>
                  {t("list.restore")}
                </Button>
                <Button type="link" size="small" danger onClick={() => askErase(record)}>
                  {t("settings.bin.eraseShort")}
                </Button>
              </>
            ),
          },
        ]}
      />
      {list.hasNextPage ? (
        <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("board.more")}
        </Button>
      ) : null}
    </section>
  );
}
