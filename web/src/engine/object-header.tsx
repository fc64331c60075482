import {
  CalendarOutlined,
  PlusOutlined,
  ProjectOutlined,
  TeamOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { NewRecordLink } from "./form/new-record";
import "./object-header.css";

interface ObjectHeaderProps {
  object: ObjectMeta;
  /** After the title: the view's menu, a month's name. */
  children?: ReactNode;
  /** Before the "new" button. */
  actions?: ReactNode;
}

/** The head of an object's list, board and calendar: what it is, how it is looked at, and "new". */
export function ObjectHeader({ object, children, actions }: ObjectHeaderProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { board, calendar } = object.views;
  const { view, filter, q } = useSearch({ strict: false });
  // What is shown stays when the way of looking at it changes.
  const what = { ...(view ? { view } : {}), ...(filter ? { filter } : {}), ...(q ? { q } : {}) };
  return (
    <header className="gx-object-header">
      <ObjectTile icon={object.icon} color={object.color} />
      <h1>{label(object.plural)}</h1>
      {children}
      <div className="gx-object-header-space" />
      {board || calendar ? (
        <nav className="gx-view-types" aria-label={t("list.views")}>
          <Link
            to="/o/$object"
            params={{ object: object.name }}
            search={what}
            activeOptions={{ exact: true, includeSearch: false }}
            aria-label={t("list.viewList")}
            title={t("list.viewList")}
          >
            <UnorderedListOutlined />
          </Link>
          {board ? (
            <Link
              to="/o/$object/board"
              params={{ object: object.name }}
              search={what}
              activeOptions={{ includeSearch: false }}
              aria-label={t("list.viewBoard")}
              title={t("list.viewBoard")}
            >
              <ProjectOutlined />
            </Link>
          ) : null}
          {calendar ? (
            <Link
              to="/o/$object/calendar"
              params={{ object: object.name }}
              search={filter ? { filter } : {}}
              activeOptions={{ includeSearch: false }}
              aria-label={t("list.viewCalendar")}
              title={t("list.viewCalendar")}
            >
              <CalendarOutlined />
            </Link>
          ) : null}
          {calendar?.people ? (
            <Link to="/workload" aria-label={t("list.viewWorkload")} title={t("list.viewWorkload")}>
              <TeamOutlined />
            </Link>
          ) : null}
        </nav>
      ) : null}
      {actions}
      {object.access.create ? (
        <NewRecordLink
          object={object}
          color="primary"
          variant="solid"
          icon={<PlusOutlined />}
          aria-label={t("list.newObject", { object: label(object.label) })}
        >
          <span className="gx-wide-only">{t("list.newObject", { object: label(object.label) })}</span>
        </NewRecordLink>
      ) : null}
    </header>
  );
}
