import { Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RelatedListDefinition, StoredObject } from "@/api/schema";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ChangeDrawer } from "./change-drawer";
import { withRecordView } from "./object-draft";
import { moved, OrderTools } from "./order-tools";
import { PathList } from "./path-list";
import { SortSelect } from "./sort-select";

const KEY = (list: RelatedListDefinition) => `${list.object}.${list.via}`;

/** The lists of related records on the record page. */
export function RelatedDrawer({ object, onClose }: { object: StoredObject; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [lists, setLists] = useState<RelatedListDefinition[]>(object.views?.record?.related ?? []);
  const change = (index: number, next: RelatedListDefinition) =>
    setLists(lists.map((list, at) => (at === index ? next : list)));
  const nameOf = (list: RelatedListDefinition) => {
    const target = findObject(meta, list.object);
    const via = target ? findField(target, list.via) : null;
    return `${label(target?.plural) || label(target?.label) || list.object} · ${label(via?.label) || list.via}`;
  };
  const ways = meta.objects.flatMap((other) =>
    other.fields
      .filter((field) => field.target === object.name && ["reference", "user", "department"].includes(field.type))
      .map((field): RelatedListDefinition => ({ object: other.name, via: field.name, columns: [other.title_field] }))
      .filter((way) => lists.every((list) => KEY(list) !== KEY(way))),
  );
  const complete = lists.every((list) => list.columns.length > 0);
  return (
    <ChangeDrawer
      object={object}
      title={t("settings.views.related")}
      draft={lists}
      change={complete ? { op: "change_object", object: withRecordView(object, { related: lists }) } : null}
      onClose={onClose}
    >
      {() => (
        <>
          {lists.map((list, index) => (
            <fieldset key={KEY(list)} className="gx-section-edit">
              <legend>
                {nameOf(list)}
                <OrderTools
                  name={nameOf(list)}
                  index={index}
                  count={lists.length}
                  onMove={(by) => setLists(moved(lists, index, by))}
                  onRemove={() => setLists(lists.filter((_, at) => at !== index))}
                />
              </legend>
              <PathList
                id={`related-${KEY(list)}`}
                title={t("settings.views.columns")}
                object={list.object}
                paths={list.columns}
                onChange={(columns) => change(index, { ...list, columns })}
                fits={(field) => field.type !== "json" && field.type !== "rich_text"}
                required
              />
              <SortSelect
                id={`related-sort-${KEY(list)}`}
                object={list.object}
                sort={list.sort}
                onChange={(sort) => {
                  const { sort: _sort, ...rest } = list;
                  change(index, sort ? { ...rest, sort } : rest);
                }}
              />
            </fieldset>
          ))}
          <Form.Item label={t("settings.views.addRelated")} htmlFor="related-add">
            <Select
              id="related-add"
              value={null}
              onChange={(key: string | null) => {
                const way = ways.find((each) => KEY(each) === key);
                if (way) setLists([...lists, way]);
              }}
              options={ways.map((way) => ({ value: KEY(way), label: nameOf(way) }))}
              showSearch={{ optionFilterProp: "label" }}
              placeholder={t("settings.views.chooseRelated")}
              notFoundContent={t("settings.rollup.none")}
            />
          </Form.Item>
        </>
      )}
    </ChangeDrawer>
  );
}
