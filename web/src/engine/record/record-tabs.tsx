import { EllipsisOutlined } from "@ant-design/icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Tabs } from "antd";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useTabListRole } from "@/ui/tab-list-role";
import { findObject, useMeta } from "../meta";
import { useRecordCount } from "../records";
import { useViewer } from "../viewer";
import { FilesTab } from "./files-tab";
import { HistoryTab } from "./history-tab";
import { OverviewTab } from "./overview-tab";
import { relatedFilter } from "./related-list";
import { relatedLists } from "./related-lists";
import { entriesOf } from "./related-parts";
import { RelatedTab } from "./related-tab";

interface RecordTabsProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  onSave: (values: FieldValues) => Promise<void>;
  /** The timeline as the first tab, where there is no room for its own column. */
  timeline: ReactNode | null;
}

/** The parts of a record: its fields, what belongs to it, its files, its history. Which one is open is in the URL. */
export function RecordTabs({ object, record, editable, onSave, timeline }: RecordTabsProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: "/shell/r/$object/$id" });
  const root = useRef<HTMLDivElement>(null);
  useTabListRole(root);
  const viewer = useViewer();
  const related = relatedLists(object, record, viewer).flatMap((list) => {
    const target = findObject(meta, list.object);
    return target ? entriesOf(list).map((entry) => ({ ...entry, target })) : [];
  });
  const items = [
    ...(timeline ? [{ key: "timeline", label: t("record.timeline"), children: timeline }] : []),
    {
      key: "overview",
      label: t("record.overview"),
      children: <OverviewTab object={object} record={record} editable={editable} onSave={onSave} />,
    },
    ...related.map(({ list, target, part, key }) => ({
      key,
      label: <RelatedLabel list={list} target={target} only={part?.only} id={record.id} />,
      children: <RelatedTab list={list} target={target} part={part} object={object} record={record} />,
    })),
    { key: "files", label: t("record.files"), children: <FilesTab object={object} record={record} /> },
    {
      key: "history",
      label: t("record.history"),
      children: <HistoryTab object={object} id={record.id} canUndo={editable} />,
    },
  ];
  const active = items.some((item) => item.key === tab) ? (tab as string) : (items[0]?.key ?? "overview");
  return (
    <div ref={root}>
      <Tabs
        activeKey={active}
        onChange={(next) => void navigate({ to: ".", search: { tab: next }, replace: true })}
        items={items}
        more={{ icon: <EllipsisOutlined aria-label={t("common.more")} /> }}
        destroyOnHidden
      />
    </div>
  );
}

interface RelatedLabelProps {
  list: RelatedListMeta;
  target: ObjectMeta;
  only: string | undefined;
  id: string;
}

function RelatedLabel({ list, target, only, id }: RelatedLabelProps) {
  const label = useLabel();
  const formats = useFormats();
  const count = useRecordCount(target.name, { filter: relatedFilter(target, list.via, id, only) }).data;
  return (
    <>
      {label(list.label) || label(target.plural)}
      {count && count.value > 0 ? (
        <span className="gx-count">
          {formats.number(count.value)}
          {count.exact ? "" : "+"}
        </span>
      ) : null}
    </>
  );
}
