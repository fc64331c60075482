import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, type InputRef, Progress, Skeleton } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { createRecord, deleteRecord, updateRecord } from "@/api/records";
import type { ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { storeRecord, type useRecordList } from "../records";

interface ChecklistProps {
  list: RelatedListMeta;
  /** The yes/no field. */
  tick: string;
  target: ObjectMeta;
  /** The record it belongs to. */
  record: RecordData;
  rows: ReturnType<typeof useRecordList>;
  canAdd: boolean;
}

/** Related records that are ticked off where they stand, with a line to add the next one. */
export function Checklist({ list, tick, target, record, rows, canAdd }: ChecklistProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [text, setText] = useState("");
  const input = useRef<InputRef>(null);
  if (rows.isPending) return <Skeleton active paragraph={{ rows: 4 }} title={false} />;
  if (rows.isError) return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  const items = rows.data.pages.flatMap((page) => page.items);
  const done = items.filter((item) => item[tick] === true).length;
  const settle = () => queryClient.invalidateQueries({ queryKey: queryKeys.records });
  const attempt = (work: Promise<unknown>, back?: () => void) =>
    work.then(settle).catch((error: unknown) => {
      back?.();
      void message.error(errorText(error));
    });
  const turn = (item: RecordData, to: boolean) => {
    // It is ticked at once; where the server does not agree it goes back.
    storeRecord(queryClient, target.name, { ...item, [tick]: to });
    void attempt(updateRecord(target.name, item.id, { [tick]: to }), () => storeRecord(queryClient, target.name, item));
  };
  const add = () => {
    const said = text.trim();
    if (said === "") return;
    setText("");
    input.current?.focus();
    const values = { [list.via]: record.id, [target.title_field]: said };
    void attempt(createRecord(target.name, values), () => setText(said));
  };
  return (
    <div className="gx-checklist">
      {items.length > 0 ? (
        <Progress
          percent={Math.round((done / items.length) * 100)}
          size="small"
          format={() => `${done} / ${items.length}`}
          aria-label={label(list.label)}
        />
      ) : null}
      <ul>
        {items.map((item) => (
          <Line
            key={item.id}
            item={item}
            name={titleText(item[target.title_field])}
            done={item[tick] === true}
            canTurn={target.access.update && !record.deleted_at}
            onTurn={(to) => turn(item, to)}
            onDelete={
              target.access.delete && !record.deleted_at ? () => void attempt(deleteRecord(target.name, item.id)) : null
            }
          />
        ))}
      </ul>
      {canAdd ? (
        <Input
          ref={input}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onPressEnter={add}
          prefix={<PlusOutlined aria-hidden />}
          placeholder={t("record.checklistAdd")}
          aria-label={t("record.checklistAdd")}
          suffix={
            <Button size="small" type="text" disabled={text.trim() === ""} onClick={add}>
              {t("record.checklistAddOk")}
            </Button>
          }
        />
      ) : null}
    </div>
  );
}

interface LineProps {
  item: RecordData;
  name: string;
  done: boolean;
  canTurn: boolean;
  onTurn: (to: boolean) => void;
  onDelete: (() => void) | null;
}

function Line({ item, name, done, canTurn, onTurn, onDelete }: LineProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const by = asReference(item.done_by)?.label;
  return (
    <li data-done={done || undefined}>
      <Checkbox checked={done} disabled={!canTurn} onChange={(event) => onTurn(event.target.checked)}>
        {name}
      </Checkbox>
      {done && by && typeof item.done_at === "string" ? (
        <span className="gx-muted">
          {by} · {formats.relative(item.done_at)}
        </span>
      ) : null}
      {onDelete ? (
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          aria-label={t("record.checklistRemove", { name })}
          onClick={onDelete}
        />
      ) : null}
    </li>
  );
}
