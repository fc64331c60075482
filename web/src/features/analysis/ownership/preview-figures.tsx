import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { RulesPreview } from "@/api/ownership";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import type { Figure, Row } from "../figure";
import type { FigureState } from "../figure-body";
import { FigureCard } from "../figure-card";
import { useCells } from "../use-cells";
import { valueText } from "./candidates";

interface PreviewProps {
  preview: RulesPreview;
  state: FigureState;
}

/** How many would go from which department to which, and by which rule. */
export function MovesCard({ preview, state }: PreviewProps) {
  const { t } = useTranslation();
  const cells = useCells();
  const figure = useMemo((): Figure => {
    const name = (one: { label: string | null } | null) =>
      one === null ? t("ownership.none") : one.label || t("common.notVisible");
    const rows = preview.moves.map(
      ({ from, to, rule, count }): Row => ({
        key: `${from?.id} ${to.id} ${rule.id}`,
        cells: {
          from: cells.text(name(from), { object: preview.object, filter: isKey("department", from?.id) }),
          to: cells.text(name(to)),
          rule: cells.text(name(rule)),
          count: cells.count(count),
        },
      }),
    );
    const columns = (["from", "to", "rule", "count"] as const).map((key) => ({
      key,
      title: t(`ownership.moves.${key}`),
      numeric: key === "count",
    }));
    return { title: t("ownership.moves.title"), columns, rows };
  }, [preview, cells, t]);
  return (
    <FigureCard
      name="ownership_moves"
      title={t("ownership.moves.title")}
      help={t("ownership.moves.help")}
      figure={figure}
      state={state}
      wide
    />
  );
}

/** The first of the records that would change, each with the figures that say so. */
export function RecordsCard({ preview }: { preview: RulesPreview }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const name = (one: { label: string | null } | null) =>
    one === null ? t("ownership.none") : one.label || t("common.notVisible");
  const { records, changed, object } = preview;
  if (records.length === 0) return null;
  return (
    <section className="gx-analysis-card" data-wide aria-labelledby="gx-ownership-records">
      <header>
        <h2 id="gx-ownership-records">{t("ownership.records.title")}</h2>
      </header>
      <p className="gx-analysis-help">
        {t("ownership.records.help", { n: formats.number(records.length), all: formats.number(changed) })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className="gx-analysis-scroll" tabIndex={0} aria-label={t("ownership.records.title")}>
        <table className="gx-analysis-table gx-ownership-records">
          <thead>
            <tr>
              <th scope="col">{t("ownership.records.record")}</th>
              <th scope="col">{t("ownership.moves.from")}</th>
              <th scope="col">{t("ownership.moves.to")}</th>
              <th scope="col">{t("ownership.moves.rule")}</th>
              <th scope="col">{t("ownership.candidates")}</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <tr key={record.id}>
                <th scope="row">
                  <Link to="/r/$object/$id" params={{ object, id: record.id }}>
                    {record.label || t("common.notVisible")}
                  </Link>
                </th>
                <td>{name(record.from)}</td>
                <td>{name(record.to)}</td>
                <td>{name(record.rule)}</td>
                <td>
                  {record.candidates
                    .map((one) => [name(one.department), valueText(one.value, formats)].filter(Boolean).join(" "))
                    .join(" · ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
