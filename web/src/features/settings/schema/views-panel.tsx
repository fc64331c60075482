import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CalendarDefinition, ListViewDefinition, SchemaChange, StoredObject } from "@/api/schema";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { BoardDrawer } from "./board-drawer";
import { CalendarDrawer } from "./calendar-drawer";
import { ListViewDrawer } from "./list-view-drawer";
import { withViews } from "./object-draft";
import { moved, OrderTools } from "./order-tools";
import { usePathName } from "./path-list";
import { PlanDialog } from "./plan-dialog";
import { RecordViewDrawer } from "./record-view-drawer";
import { RelatedDrawer } from "./related-drawer";

type Open = { what: "list"; list: ListViewDefinition | null } | { what: "record" | "related" | "board" | "calendar" };

const calendarPaths = ({ start, end, title, color_by }: CalendarDefinition): string[] =>
  [title, start, end, color_by].filter((path): path is string => Boolean(path));

/** What lists, board, calendar and record page show. */
export function ViewsPanel({ object }: { object: StoredObject }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const nameOf = usePathName(object.name);
  const [open, setOpen] = useState<Open | null>(null);
  const [planned, setPlanned] = useState<{ change: SchemaChange; summary: string } | null>(null);
  const views = object.views ?? {};
  const lists = views.list ?? [];
  const record = views.record ?? {};
  const close = () => setOpen(null);
  const plan = (change: Parameters<typeof withViews>[1], summary: string) =>
    setPlanned({ change: { op: "change_object", object: withViews(object, change) }, summary });
  const names = (paths: string[]) => paths.map(nameOf).join(" · ");
  const related = (record.related ?? []).map((list) => {
    const target = findObject(meta, list.object);
    return label(list.label) || label(target?.plural) || list.object;
  });
  const hasBoard = object.field.some((field) => field.type === "select");
  const hasCalendar = object.field.some((field) => field.type === "date" || field.type === "datetime");
  return (
    <section className="gx-panel">
      <div className="gx-field-table-head">
        <h2>{t("settings.views.title")}</h2>
        <Button icon={<PlusOutlined />} onClick={() => setOpen({ what: "list", list: null })}>
          {t("settings.views.addList")}
        </Button>
      </div>
      <p className="gx-muted">{t("settings.views.text")}</p>
      <ul className="gx-rules">
        {lists.map((list, index) => (
          <Row key={list.name} title={label(list.label)} detail={names(list.columns)}>
            <Edit name={label(list.label)} onClick={() => setOpen({ what: "list", list })} />
            <OrderTools
              name={label(list.label)}
              index={index}
              count={lists.length}
              onMove={(by) => plan({ list: moved(lists, index, by) }, t("settings.views.reorder"))}
              onRemove={
                lists.length > 1
                  ? () =>
                      plan(
                        { list: lists.filter((other) => other !== list) },
                        t("settings.views.removeList", { list: label(list.label) }),
                      )
                  : null
              }
            />
          </Row>
        ))}
        <Row title={t("settings.views.record")} detail={names(record.key_facts ?? []) || t("settings.views.nothing")}>
          <Edit name={t("settings.views.record")} onClick={() => setOpen({ what: "record" })} />
        </Row>
        <Row title={t("settings.views.related")} detail={related.join(" · ") || t("settings.views.nothing")}>
          <Edit name={t("settings.views.related")} onClick={() => setOpen({ what: "related" })} />
        </Row>
        {hasBoard ? (
          <Row
            title={t("settings.views.board")}
            detail={views.board ? names(views.board.card) : t("settings.views.nothing")}
          >
            <Edit name={t("settings.views.board")} onClick={() => setOpen({ what: "board" })} />
            {views.board ? (
              <Remove
                name={t("settings.views.board")}
                onClick={() => plan({ board: undefined }, t("settings.views.removeBoard"))}
              />
            ) : null}
          </Row>
        ) : null}
        {hasCalendar ? (
          <Row
            title={t("settings.views.calendar")}
            detail={views.calendar ? names(calendarPaths(views.calendar)) : t("settings.views.nothing")}
          >
            <Edit name={t("settings.views.calendar")} onClick={() => setOpen({ what: "calendar" })} />
            {views.calendar ? (
              <Remove
                name={t("settings.views.calendar")}
                onClick={() => plan({ calendar: undefined }, t("settings.views.removeCalendar"))}
              />
            ) : null}
          </Row>
        ) : null}
      </ul>
      {open?.what === "list" ? <ListViewDrawer object={object} list={open.list} onClose={close} /> : null}
      {open?.what === "record" ? <RecordViewDrawer object={object} onClose={close} /> : null}
      {open?.what === "related" ? <RelatedDrawer object={object} onClose={close} /> : null}
      {open?.what === "board" ? <BoardDrawer object={object} onClose={close} /> : null}
      {open?.what === "calendar" ? <CalendarDrawer object={object} onClose={close} /> : null}
      {planned ? (
        <PlanDialog
          title={t("settings.views.title")}
          changes={[planned.change]}
          summary={planned.summary}
          done={t("common.saved")}
          onApplied={() => setPlanned(null)}
          onCancel={() => setPlanned(null)}
        />
      ) : null}
    </section>
  );
}

function Row({ title, detail, children }: { title: string; detail: string; children: ReactNode }) {
  return (
    <li>
      <div>
        <b>{title}</b>
        <small className="gx-muted gx-row-detail">{detail}</small>
      </div>
      {children}
    </li>
  );
}

function Edit({ name, onClick }: { name: string; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button
      type="text"
      size="small"
      icon={<EditOutlined />}
      onClick={onClick}
      aria-label={t("settings.views.edit", { name })}
    />
  );
}

function Remove({ name, onClick }: { name: string; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button
      type="text"
      size="small"
      danger
      icon={<DeleteOutlined />}
      onClick={onClick}
      aria-label={t("settings.optionRemove", { name })}
    />
  );
}
