import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Modal } from "antd";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldMeta, ListQuery, ObjectMeta, RecordData, Reference } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useMatches } from "@/ui/matched/use-matches";
import { hasTooFewDigits } from "../few-digits";
import { useRested } from "./candidates";
import { MatchedValue } from "./matched-value";
import { referenceTo } from "./title";

const COLUMNS = 5;
const ROWS = 30;

interface Props {
  target: ObjectMeta;
  /** What alone may be chosen. */
  offered?: string | undefined;
  initialText: string;
  onChoose: (chosen: Reference) => void;
  onClose: () => void;
}

/** The columns of the object's first list that need no other object: enough to tell two records of one name apart. */
function helpColumns(target: ObjectMeta): FieldMeta[] {
  const names = [target.title_field, ...(target.views.list[0]?.columns ?? [])];
  return [...new Set(names)]
    .map((name) => target.fields.find((field) => field.name === name))
    .filter((field) => field !== undefined)
    .slice(0, COLUMNS);
}

/** A searchable table of the records one may choose from; arrows and Enter work from the search box. */
export function ValueHelp({ target, offered, initialText, onChoose, onClose }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const errorText = useErrorText();
  const [text, setText] = useState(initialText);
  const [active, setActive] = useState(0);
  const columns = helpColumns(target);
  const q = useRested(text.trim());
  const matches = useMatches(q);
  const query: ListQuery = {
    limit: ROWS,
    fields: columns.map((column) => column.name).join(","),
    ...(q ? { q } : {}),
    ...(offered ? { filter: offered } : {}),
  };
  const list = useInfiniteQuery({
    queryKey: [...queryKeys.list(target.name, query), "value-help"],
    queryFn: ({ pageParam, signal }) => listRecords(target.name, { ...query, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const rows: RecordData[] = list.data?.pages.flatMap((page) => page.items) ?? [];
  const current = Math.min(active, rows.length - 1);
  const choose = (row: RecordData | undefined) => {
    if (row) onChoose(referenceTo(target, row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setActive(Math.min(current + 1, rows.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(current - 1, 0));
    else if (event.key === "Enter") choose(rows[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal
      open
      title={t("fields.valueHelp", { object: label(target.label) })}
      width={820}
      footer={null}
      onCancel={onClose}
    >
      <Input.Search
        autoFocus
        allowClear
        value={text}
        loading={list.isFetching}
        placeholder={t("fields.referencePlaceholder")}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="gx-help-table">
        {list.isError ? (
          <p role="alert" className="gx-field-problem">
            {errorText(list.error)}
          </p>
        ) : (
          <table className="gx-table">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.name} scope="col">
                    {label(column.label)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr
                  key={row.id}
                  aria-selected={index === current}
                  ref={(node) => {
                    if (index === current) node?.scrollIntoView?.({ block: "nearest" });
                  }}
                  onClickCapture={(event) => {
                    event.preventDefault();
                    event.stopPropagation();
                    choose(row);
                  }}
                >
                  {columns.map((column) => (
                    <td key={column.name}>
                      <MatchedValue
                        field={column}
                        row={row}
                        searched={column.searchable || column.name === target.title_field}
                        matches={matches}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {list.isSuccess && rows.length === 0 ? (
          <p className="gx-muted gx-help-empty">
            {t(hasTooFewDigits(text) ? "fields.fewDigits" : "fields.referenceEmpty")}
          </p>
        ) : null}
        {list.hasNextPage ? (
          <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("fields.valueHelpMore")}
          </Button>
        ) : null}
      </div>
    </Modal>
  );
}
