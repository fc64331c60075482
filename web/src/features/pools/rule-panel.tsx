import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type OwnerLoss, previewRule, type RulePreview } from "@/api/pools";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import { findObject, useMeta } from "@/engine/meta";
import { wireValues } from "@/engine/records";
import type { FormPanelProps } from "@/engine/slots";
import { titleText } from "@/fields/reference/title";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { losersOfAll, lostPercent } from "./losses";
import { previewValues } from "./rule-values";
import { useSettled } from "./use-settled";
import "./pools.css";

const SETTLE_MS = 500;
/** Rows shown at once; the others are asked for. */
const OWNERS = 8;
const RECORDS = 6;
const NAMED = 3;

/** Below the fields of a recycling rule: who would lose which records by it, before it is saved. */
export function RulePanel({ object, values, record }: FormPanelProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const asked = useSettled(previewValues(object, values, record), SETTLE_MS);
  const input = asked && wireValues(asked);
  const preview = useQuery({
    queryKey: queryKeys.rulePreview(input ?? {}),
    queryFn: ({ signal }) => previewRule(input ?? {}, signal),
    enabled: input !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
  const pool = asReference(asked?.pool)?.id ?? asText(asked?.pool);
  const kind = useQuery({
    queryKey: [...queryKeys.record("pool", pool), "object"],
    queryFn: async ({ signal }) => asText((await readRecord("pool", pool, "object", signal)).object),
    enabled: pool !== "",
    staleTime: 60_000,
  }).data;
  const body = () => {
    if (!input) return <p className="gx-muted">{t("pools.rule.needed")}</p>;
    if (preview.error && !preview.isFetching) return <p role="alert">{errorText(preview.error)}</p>;
    if (!preview.data) {
      return (
        <div role="status" aria-label={t("common.loading")}>
          <div className="gx-bone" />
          <div className="gx-bone" />
        </div>
      );
    }
    return <Outcome preview={preview.data} kind={kind ?? ""} />;
  };
  return (
    <section
      className="gx-pool-panel"
      aria-labelledby="gx-pool-preview"
      data-stale={preview.isFetching || undefined}
      aria-busy={preview.isFetching}
    >
      <h2 id="gx-pool-preview">{t("pools.rule.title")}</h2>
      <div aria-live="polite">{body()}</div>
      <p className="gx-muted">{t("pools.rule.tomorrow")}</p>
    </section>
  );
}

function Outcome({ preview, kind }: { preview: RulePreview; kind: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const object = findObject(useMeta(), kind);
  const { total, owners, records } = preview;
  const partly = preview.partial ? <p className="gx-muted">{t("pools.rule.partial")}</p> : null;
  if (total === 0) {
    return (
      <>
        <p>{t("pools.rule.nothing")}</p>
        {partly}
      </>
    );
  }
  const all = losersOfAll(owners);
  const name = ({ member }: OwnerLoss) => member.label ?? t("common.notVisible");
  const names = all.slice(0, NAMED).map(name).join(t("common.comma"));
  return (
    <>
      <p>
        {t("pools.rule.sum", {
          n: formats.number(total),
          object: object ? label(object.plural) : t("pools.records"),
          people: formats.number(owners.length),
        })}
      </p>
      {partly}
      {all.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={
            all.length > NAMED
              ? t("pools.rule.losesAllMore", { names, n: formats.number(all.length) })
              : t("pools.rule.losesAll", { names })
          }
        />
      ) : null}
      <OwnerTable owners={owners} name={name} />
      {records.length > 0 ? <Records records={records} kind={kind} total={total} /> : null}
    </>
  );
}

function OwnerTable({ owners, name }: { owners: OwnerLoss[]; name: (owner: OwnerLoss) => string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const shown = all ? owners : owners.slice(0, OWNERS);
  return (
    <>
      <table className="gx-table gx-pool-table">
        <caption className="gx-visually-hidden">{t("pools.rule.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("pools.rule.owner")}</th>
            <th scope="col" data-align="end">
              {t("pools.rule.loses")}
            </th>
            <th scope="col" data-align="end">
              {t("pools.rule.holds")}
            </th>
            <th scope="col">{t("pools.rule.part")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((owner) => {
            const percent = lostPercent(owner);
            return (
              <tr key={owner.member.id}>
                <th scope="row">{name(owner)}</th>
                <td data-align="end" className="gx-numeric">
                  {formats.number(owner.loses)}
                </td>
                <td data-align="end" className="gx-numeric">
                  {formats.number(owner.holds)}
                </td>
                <td>
                  <span className="gx-pool-share gx-numeric" data-all={percent === 100 || undefined}>
                    <span className="gx-pool-bar" aria-hidden>
                      <span style={{ width: `${percent}%` }} />
                    </span>
                    {percent}%
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {shown.length < owners.length ? (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("pools.showAll", { n: formats.number(owners.length) })}
        </Button>
      ) : null}
    </>
  );
}

function Records({ records, kind, total }: { records: RulePreview["records"]; kind: string; total: number }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const shown = all ? records : records.slice(0, RECORDS);
  return (
    <>
      <h3>{t("pools.rule.first")}</h3>
      <ul className="gx-pool-records">
        {shown.map(({ id, label, owner }) => (
          <li key={id}>
            {kind ? (
              // In a window of its own: the form stays as it is.
              <Link to="/r/$object/$id" params={{ object: kind, id }} target="_blank" rel="noreferrer">
                {titleText(label) || t("record.untitled")}
              </Link>
            ) : (
              titleText(label) || t("record.untitled")
            )}
            <span className="gx-muted">{owner?.label ?? ""}</span>
          </li>
        ))}
      </ul>
      {shown.length < records.length ? (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {records.length < total
            ? t("pools.rule.showFirst", { n: formats.number(records.length) })
            : t("pools.rule.showRecords", { n: formats.number(records.length) })}
        </Button>
      ) : null}
    </>
  );
}
