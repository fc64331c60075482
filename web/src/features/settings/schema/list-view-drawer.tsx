import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListViewDefinition, StoredObject } from "@/api/schema";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { ChangeDrawer } from "./change-drawer";
import { fullLabel } from "./field-draft";
import { LabelInput } from "./label-input";
import { freeName, withViews } from "./object-draft";
import { PathList } from "./path-list";
import { SortSelect } from "./sort-select";

interface ListViewDrawerProps {
  object: StoredObject;
  list: ListViewDefinition | null;
  onClose: () => void;
}

/** A ready list: its name, columns, filter and order. */
export function ListViewDrawer({ object, list, onClose }: ListViewDrawerProps) {
  const { t } = useTranslation();
  const lists = object.views?.list ?? [];
  const [draft, setDraft] = useState<ListViewDefinition>(
    () =>
      list ?? {
        name: freeName(
          object,
          "list",
          lists.map((other) => other.name),
        ),
        label: { "zh-CN": "", en: "" },
        columns: [object.title_field],
      },
  );
  const label = fullLabel(draft.label);
  const filter = draft.filter?.trim();
  const { filter: _filter, ...rest } = draft;
  const full = { ...rest, ...(filter ? { filter } : {}) };
  const complete = label && draft.columns.length > 0 ? { ...full, label } : null;
  const next = complete
    ? list
      ? lists.map((other) => (other.name === list.name ? complete : other))
      : [...lists, complete]
    : null;
  return (
    <ChangeDrawer
      object={object}
      title={list ? t("settings.views.editList") : t("settings.views.addList")}
      draft={draft}
      change={next ? { op: "change_object", object: withViews(object, { list: next }) } : null}
      expression={draft.filter ?? ""}
      onClose={onClose}
    >
      {(placed) => (
        <>
          <LabelInput
            id="list-label"
            title={t("settings.views.listName")}
            value={draft.label}
            onChange={(value) => setDraft({ ...draft, label: value })}
            required
            autoFocus={list === null}
          />
          <PathList
            id="list-columns"
            title={t("settings.views.columns")}
            object={object.name}
            paths={draft.columns}
            onChange={(columns) => setDraft({ ...draft, columns })}
            fits={(field) => field.type !== "json" && field.type !== "rich_text"}
            required
          />
          <ExpressionInput
            id="list-filter"
            title={t("settings.views.filter")}
            help={t("settings.views.filterHelp")}
            value={draft.filter ?? ""}
            onChange={(value) => setDraft({ ...draft, filter: value })}
            fields={object.field}
            problem={placed}
          />
          <SortSelect
            id="list-sort"
            object={object.name}
            sort={draft.sort}
            onChange={(sort) => {
              const { sort: _sort, ...others } = draft;
              setDraft(sort ? { ...others, sort } : others);
            }}
          />
        </>
      )}
    </ChangeDrawer>
  );
}
