import { DeleteOutlined } from "@ant-design/icons";
import { useQueries } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { ListQuery, ObjectMeta } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { useRecordCount, useRecordList } from "@/engine/records";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SettingsFrame } from "../settings-frame";
import { BinTable } from "./bin-table";
import { type Deleted, newestFirst } from "./newest-first";

/** No object's name: all of them. */
const ALL = "";
/** How many of each object are shown where all are. */
const OF_EACH = 40;

const deletedOf = (object: ObjectMeta, limit: number): ListQuery => ({
  deleted: "only",
  fields: `${object.title_field},deleted_at,updated_at,updated_by`,
  sort: "-updated_at",
  limit,
});

/** What was deleted: back into use, or gone for good. */
export function SettingsRecycleBinPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const objects = meta.objects.filter((object) => object.access.restore);
  const [name, setName] = useState(ALL);
  const object = objects.find((candidate) => candidate.name === name);
  return (
    <SettingsFrame
      title={t("list.recycleBin")}
      subtitle={t("settings.bin.text")}
      actions={
        <Select
          value={object?.name ?? ALL}
          onChange={setName}
          showSearch={{ optionFilterProp: "label" }}
          options={[
            { value: ALL, label: t("settings.bin.all") },
            ...objects.map((candidate) => ({ value: candidate.name, label: label(candidate.plural) })),
          ]}
          popupMatchSelectWidth={false}
          aria-label={t("settings.bin.object")}
          style={{ minWidth: 140 }}
        />
      }
    >
      {object ? <Bin key={object.name} object={object} /> : <AllBins objects={objects} onOpen={setName} />}
    </SettingsFrame>
  );
}

/** The newest of every object, in one list. */
function AllBins({ objects, onOpen }: { objects: ObjectMeta[]; onOpen: (object: string) => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const bins = useQueries({
    queries: objects.map((object) => {
      const query = deletedOf(object, OF_EACH);
      return {
        queryKey: queryKeys.list(object.name, query),
        queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(object.name, query, signal),
      };
    }),
  });
  const failed = bins.find((bin) => bin.error && !bin.data);
  const { rows, further } = newestFirst(objects.map((object, index) => ({ object, page: bins[index]?.data })));
  const retry = () => {
    for (const bin of bins) if (bin.error) void bin.refetch();
  };
  if (failed) return <ErrorState error={failed.error} onRetry={retry} />;
  const pending = bins.some((bin) => bin.isPending);
  if (!pending && rows.length === 0) {
    return <EmptyState icon={<DeleteOutlined />} title={t("list.emptyBinTitle")} text={t("list.emptyBinText")} />;
  }
  return (
    <section className="gx-panel">
      <BinTable rows={rows} loading={pending} ofAll />
      {further.length > 0 ? (
        <p className="gx-muted">
          {t("settings.bin.further")}
          {further.map((object) => (
            <Button key={object.name} type="link" size="small" onClick={() => onOpen(object.name)}>
              {label(object.plural)}
            </Button>
          ))}
        </p>
      ) : null}
    </section>
  );
}

/** Everything of one object. */
function Bin({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const list = useRecordList(object.name, deletedOf(object, 100));
  const count = useRecordCount(object.name, { deleted: "only" });
  const rows = list.data?.pages.flatMap((page) => page.items.map((record): Deleted => ({ object, record }))) ?? [];
  if (list.error && rows.length === 0) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isSuccess && rows.length === 0) {
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
      <BinTable rows={rows} loading={list.isPending} />
      {list.hasNextPage ? (
        <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("board.more")}
        </Button>
      ) : null}
    </section>
  );
}
