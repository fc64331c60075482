import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords, readHistory } from "@/api/records";
import type { HistoryItem, ListQuery, ObjectMeta, RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { RecordLink } from "@/fields/record-link";
import { fieldKind } from "@/fields/registry";
import { asReference, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { HomeCard } from "./home-card";
import type { Scope } from "./home-model";

const OBJECTS = ["opportunity", "account", "lead", "contact"];
const PER_OBJECT = 5;
const SHOWN = 7;
const DAYS = 14;

const changedAt = (record: RecordData): string => record.updated_at ?? "";

interface Changed {
  object: ObjectMeta;
  record: RecordData;
}

/** What others did to the caller's records (or, for a team, what happened at all), newest first. */
export function ChangesCard({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const objects = OBJECTS.map((name) => findObject(meta, name)).filter(
    (object): object is ObjectMeta => object !== null && findField(object, "owner") !== null,
  );
  const recent = `updated_at >= now() - days(${DAYS})`;
  const filter = scope === "mine" ? `owner == me.id && updated_by != me.id && ${recent}` : recent;
  const lists = useQueries({
    queries: objects.map((object) => {
      const fields = `${object.title_field},updated_at,updated_by`;
      const query: ListQuery = { filter, sort: "-updated_at", fields, limit: PER_OBJECT };
      return {
        queryKey: [...queryKeys.object(object.name), "changes", query],
        queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(object.name, query, signal),
        staleTime: 60_000,
        meta: { live: true },
      };
    }),
  });
  const found = objects
    .flatMap((object, index): Changed[] => (lists[index]?.data?.items ?? []).map((record) => ({ object, record })))
    .sort((a, b) => changedAt(b.record).localeCompare(changedAt(a.record)))
    .slice(0, SHOWN);
  const histories = useQueries({
    queries: found.map(({ object, record }) => ({
      queryKey: [...queryKeys.history(object.name, record.id), "latest", record.version],
      queryFn: ({ signal }: { signal: AbortSignal }) => readHistory(object.name, record.id, { limit: 1 }, signal),
      staleTime: 5 * 60_000,
    })),
  });
  if (objects.length === 0) return null;
  const failed = lists.find((list) => list.isError);
  return (
    <HomeCard
      title={scope === "mine" ? t("home.changes.mine") : t("home.changes.team")}
      loading={lists.some((list) => list.isPending)}
      error={found.length === 0 && failed ? failed.error : null}
      onRetry={() => void Promise.all(lists.map((list) => list.refetch()))}
      empty={found.length === 0 ? t(scope === "mine" ? "home.changes.noneMine" : "home.changes.noneTeam") : null}
    >
      <ul className="gx-record-changes">
        {found.map((changed, index) => (
          <Change key={changed.record.id} changed={changed} latest={histories[index]?.data?.items[0] ?? null} />
        ))}
      </ul>
    </HomeCard>
  );
}

function Change({ changed, latest }: { changed: Changed; latest: HistoryItem | null }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { object, record } = changed;
  const title = object.fields.find((field) => field.name === object.title_field);
  const value = record[object.title_field];
  const who = asReference(record.updated_by)?.label ?? t("home.changes.somebody");
  const created = record.version === 1;
  const changes = (created ? [] : (latest?.changes ?? [])).flatMap((change) => {
    const field = findField(object, change.field);
    if (!field || isEmptyValue(change.new)) return [];
    return [{ name: label(field.label), text: fieldKind(field).toText(change.new, field, formats) }];
  });
  const [first] = changes;
  return (
    <li>
      <ObjectTile icon={object.icon} color={object.color} size={28} />
      <div>
        <RecordLink object={object.name} id={record.id}>
          {title && !isEmptyValue(value) ? fieldKind(title).toText(value, title, formats) : t("record.untitled")}
        </RecordLink>
        <span className="gx-task-about">
          <span>
            {created ? t("home.changes.created", { who }) : t("home.changes.changed", { who })}
            {first ? ` ${first.name} → ${first.text}` : ""}
            {changes.length > 1 ? ` ${t("home.changes.more", { n: changes.length - 1 })}` : ""}
          </span>
        </span>
      </div>
      <time dateTime={record.updated_at} title={formats.dateTime(changedAt(record))}>
        {formats.relative(changedAt(record))}
      </time>
    </li>
  );
}
