import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { Simulation } from "@/api/rights";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { NotedImpacts, VerbImpacts } from "./impact-verbs";
import { FIELD_RIGHTS } from "./role-draft";

type Rows = Simulation["rows"];

/** The rows of one object and verb together. */
export function impactGroups(rows: Rows): { object: string; verb: Rows[number]["verb"]; rows: Rows }[] {
  const groups = new Map<string, Rows>();
  for (const row of rows) {
    const key = `${row.object} ${row.verb}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ object: first.object, verb: first.verb, rows: group }] : [];
  });
}

/** Who gains or loses how many records of what, and which fields open or close. */
export function ImpactList({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const { members, counted, uncounted, rows, verbs, fields, notes } = simulation;
  const objectName = (name: string) => label(findObject(meta, name)?.label) || name;
  const fieldName = (object: string, name: string) => {
    const found = findObject(meta, object);
    return label(found ? findField(found, name)?.label : null) || name;
  };
  const slow = simulation.slow.map((rule) => (
    <Alert
      key={`${rule.object} ${rule.label.en}`}
      type="warning"
      showIcon
      title={t("rights.impact.slow", { name: label(rule.label), object: objectName(rule.object) })}
    />
  ));
  if (members === 0) {
    return (
      <div className="gx-impact">
        {slow}
        <p>{t("rights.impact.nobody")}</p>
      </div>
    );
  }
  const opens = (field: Simulation["fields"][number]) =>
    FIELD_RIGHTS.indexOf(field.after) > FIELD_RIGHTS.indexOf(field.before);
  return (
    <div className="gx-impact">
      {slow}
      <p>
        {counted < members
          ? t("rights.impact.counted", { n: members, counted })
          : t("rights.impact.members", { n: members })}
      </p>
      {uncounted.length > 0 ? (
        <details className="gx-impact-group">
          <summary>{t("rights.impact.uncounted", { n: members - counted })}</summary>
          <p>
            {uncounted.map((one) => one.name).join(t("common.comma"))}
            {members - counted > uncounted.length ? "…" : null}
          </p>
        </details>
      ) : null}
      {rows.length + verbs.length + fields.length + notes.length === 0 ? <p>{t("rights.impact.same")}</p> : null}
      {rows.length > 0 ? <h3>{t("rights.impact.records")}</h3> : null}
      {impactGroups(rows).map((group) => (
        <ImpactGroup
          key={`${group.object}.${group.verb}`}
          title={t("rights.impact.verbOf", {
            object: objectName(group.object),
            verb: t(`rights.verbs.${group.verb}`),
          })}
          rows={group.rows}
        />
      ))}
      {rows.some((row) => row.capped) ? <p className="gx-muted">{t("rights.impact.capped")}</p> : null}
      <VerbImpacts verbs={verbs} objectName={objectName} />
      {fields.length > 0 ? (
        <>
          <h3>{t("rights.impact.fields")}</h3>
          <ul className="gx-impact-fields">
            {fields.map((field) => (
              <li key={`${field.object}.${field.field}.${field.before}.${field.after}`}>
                <ColorTag color={opens(field) ? "green" : "orange"}>
                  {opens(field) ? t("rights.impact.opens") : t("rights.impact.closes")}
                </ColorTag>
                <span>
                  {t("rights.impact.field", {
                    object: objectName(field.object),
                    field: fieldName(field.object, field.field),
                  })}
                </span>
                <span>
                  {t("rights.impact.fromTo", {
                    before: t(`rights.fields.rights.${field.before}`),
                    after: t(`rights.fields.rights.${field.after}`),
                  })}
                </span>
                <span className="gx-muted">{t("rights.impact.people", { n: field.members })}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <NotedImpacts
        notes={notes}
        fieldOf={(it) =>
          t("rights.impact.field", { object: objectName(it.object), field: fieldName(it.object, it.field) })
        }
      />
    </div>
  );
}

function ImpactGroup({ title, rows }: { title: string; rows: Rows }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const gaining = rows.filter((row) => row.gained > 0).length;
  const losing = rows.filter((row) => row.lost > 0).length;
  const amount = (count: number, capped: boolean) => `${formats.number(count)}${capped ? "+" : ""}`;
  return (
    <details className="gx-impact-group">
      <summary>
        <b>{title}</b>
        {gaining > 0 ? <ColorTag color="green">{t("rights.impact.gain", { n: gaining })}</ColorTag> : null}
        {losing > 0 ? <ColorTag color="orange">{t("rights.impact.lose", { n: losing })}</ColorTag> : null}
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("rights.impact.member")}</th>
            <th scope="col">{t("rights.impact.more")}</th>
            <th scope="col">{t("rights.impact.less")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.member}>
              <th scope="row">{row.name}</th>
              <td>{row.gained > 0 ? t("rights.impact.gained", { n: amount(row.gained, row.capped) }) : null}</td>
              <td>{row.lost > 0 ? t("rights.impact.lost", { n: amount(row.lost, row.capped) }) : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
