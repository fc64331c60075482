import { StarOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { ObjectMeta } from "@/api/types";
import { useSavedViews } from "@/engine/list/saved-views";
import { findField } from "@/engine/meta";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { AREA_RECORDS, areaQuery, areaState } from "./area-model";
import { HomeCard } from "./home-card";

/** One object of an area: its lists, ready ones and saved ones, and the records of it that wait for the caller. */
export function AreaCard({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { kind, filter, query } = areaQuery(object);
  const records = useQuery({
    queryKey: [...queryKeys.list(object.name, query), "area"],
    queryFn: ({ signal }) => listRecords(object.name, query, signal),
    staleTime: 30_000,
  });
  const state = areaState(object);
  const stateField = state ? findField(object, state) : null;
  const plural = label(object.plural) || label(object.label);
  const count = records.data?.count;
  const items = records.data?.items ?? [];
  return (
    <HomeCard
      title={plural}
      count={count ? `${formats.number(count.value)}${count.exact ? "" : "+"}` : undefined}
      link={<Ways object={object} name={plural} />}
      loading={records.isPending}
      error={records.data ? null : records.error}
      onRetry={() => void records.refetch()}
    >
      <AreaLists object={object} />
      <h3 className="gx-area-heading">{t(`area.${kind}`)}</h3>
      {items.length === 0 ? <p className="gx-area-none">{t(`area.none.${kind}`)}</p> : null}
      <ul className="gx-area-records">
        {items.map((record) => (
          <li key={record.id}>
            <RecordLink object={object.name} id={record.id}>
              {titleText(record[object.title_field]) || t("record.untitled")}
            </RecordLink>
            {stateField ? <FieldDisplay field={stateField} value={record[stateField.name]} /> : null}
            <time className="gx-muted" dateTime={record.updated_at}>
              {record.updated_at ? formats.relative(record.updated_at) : ""}
            </time>
          </li>
        ))}
      </ul>
      {count && count.value > AREA_RECORDS ? (
        <Link
          className="gx-area-more"
          to="/o/$object"
          params={{ object: object.name }}
          search={{ view: "all", ...(filter ? { filter } : {}) }}
        >
          {t("home.seeAll")}
        </Link>
      ) : null}
    </HomeCard>
  );
}

/** The ways the records can be looked at. */
function Ways({ object, name }: { object: ObjectMeta; name: string }) {
  const { t } = useTranslation();
  const params = { object: object.name };
  const nameOf = (way: string) => t("area.way", { object: name, way });
  return (
    <span className="gx-area-ways">
      <Link to="/o/$object" params={params} aria-label={nameOf(t("list.viewList"))}>
        {t("list.viewList")}
      </Link>
      {object.views.board ? (
        <Link to="/o/$object/board" params={params} aria-label={nameOf(t("list.viewBoard"))}>
          {t("list.viewBoard")}
        </Link>
      ) : null}
      {object.views.calendar ? (
        <Link to="/o/$object/calendar" params={params} aria-label={nameOf(t("list.viewCalendar"))}>
          {t("list.viewCalendar")}
        </Link>
      ) : null}
    </span>
  );
}

/** The lists there are of an object: those it comes with, then those that were saved. */
function AreaLists({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const saved = useSavedViews(object.name).data ?? [];
  const params = { object: object.name };
  return (
    <ul className="gx-area-lists" aria-label={t("area.lists", { object: label(object.plural) })}>
      {object.views.list.map((view) => (
        <li key={view.name}>
          <Link to="/o/$object" params={params} search={{ view: view.name }}>
            {label(view.label)}
          </Link>
        </li>
      ))}
      {saved.map((view) => (
        <li key={view.id}>
          <Link to="/o/$object" params={params} search={{ view: `saved:${view.id}` }} title={t("area.saved")}>
            <StarOutlined aria-label={t("area.saved")} /> {view.name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
