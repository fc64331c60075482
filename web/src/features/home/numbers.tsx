import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Meta } from "@/api/types";
import { aggregateOptions, measureOf, moneySums, sumQuery } from "@/engine/aggregate";
import { moneySumText } from "@/fields/money/text";
import { useFormats } from "@/i18n/formats";
import { numberTiles, type Scope } from "./home-model";

/** A few numbers that matter, each a link to the list it counts. */
export function Numbers({ meta, scope }: { meta: Meta; scope: Scope }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const tiles = numberTiles(meta, scope);
  const results = useQueries({
    queries: tiles.map((tile) =>
      aggregateOptions(tile.object, {
        ...sumQuery(tile.sum),
        filter: tile.filter,
      }),
    ),
  });
  const earlier = useQueries({
    queries: tiles.map((tile) => ({
      ...aggregateOptions(tile.object, { measures: "count", filter: tile.before ?? "false" }),
      enabled: tile.before !== null,
    })),
  });
  if (tiles.length === 0) return null;
  return (
    <div className="gx-numbers">
      {tiles.map((tile, index) => {
        const result = results[index];
        const count = measureOf(result?.data, "count");
        const sums = tile.sum ? moneySums(result?.data, tile.sum, formats.currency) : null;
        const money = sums ? moneySumText(sums, formats) : null;
        return (
          <Link
            key={tile.key}
            to="/o/$object"
            params={{ object: tile.object }}
            search={{ view: "all", filter: tile.filter }}
            className="gx-number"
          >
            <span className="gx-number-name">{t(`home.numbers.${tile.key}`)}</span>
            {result?.isPending ? (
              <span className="gx-bone" />
            ) : result?.isError ? (
              <b>—</b>
            ) : (
              <>
                <b className="gx-numeric">{money ?? formats.number(count)}</b>
                <span className="gx-number-note gx-numeric">
                  {money === null
                    ? t("home.lastWeek", { n: formats.number(measureOf(earlier[index]?.data, "count")) })
                    : t("home.deals", { n: formats.number(count) })}
                </span>
              </>
            )}
          </Link>
        );
      })}
    </div>
  );
}
