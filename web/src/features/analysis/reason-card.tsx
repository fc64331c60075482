import { Segmented } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, moneySums, sumQuery, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { findField } from "@/engine/meta";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Choice, listOf, ofDeals, within } from "./choice";
import { type Figure, groupText, share, tally } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { useCells } from "./use-cells";
import { DEAL, type Deals } from "./use-deals";

type End = "lost" | "won";
const FIELDS: Record<End, string> = { lost: "loss_reason", won: "win_reason" };
const COLUMNS = ["name", "deals", "part", "amount"] as const;

/** Why deals that ended in the span were lost, or won. */
export function ReasonCard({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const label = useLabel();
  const cells = useCells();
  const { locale, currency } = useFormats();
  const [end, setEnd] = usePreference<End>("analysis.reason.end", "lost");
  const path = FIELDS[end];
  const amount = findField(deals.deal, "amount");
  const ended = allOf(`stage in ${listOf(deals.stages[end])}`, within("closed_at", choice.span), ofDeals(choice));
  const known = findField(deals.deal, path) !== null;
  const counts = useAggregate(DEAL, { ...sumQuery(amount, path), filter: ended }, { enabled: known });
  const figure = useMemo((): Figure | null => {
    if (!counts.data) return null;
    const found = tally(counts.data, "count");
    const all = found.reduce((sum, one) => sum + (one.by[""] ?? 0), 0);
    const rows = found.map((one) => {
      const count = one.by[""] ?? 0;
      const open = { object: DEAL, filter: allOf(isKey(path, one.key), ended) };
      return {
        key: JSON.stringify(one.key),
        cells: {
          name: cells.text(groupText(one, label, t("analysis.notSet"), t("analysis.hidden"))),
          deals: cells.count(count, open),
          part: cells.percent(share(count, all)),
          ...(amount ? { amount: cells.money(moneySums(counts.data, amount, currency, one.key)) } : {}),
        },
      };
    });
    rows.sort((left, right) => Number(right.cells.deals.value) - Number(left.cells.deals.value));
    return {
      title: t(`analysis.reason.${end}`),
      columns: COLUMNS.filter((key) => key !== "amount" || amount).map((key) => ({
        key,
        title: t(`analysis.reason.${key}`),
        numeric: key !== "name",
      })),
      rows,
    };
  }, [counts.data, amount, currency, cells, label, t, end, ended, path]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(figure, [{ column: "deals", color: end === "won" ? "green" : "red" }], { lying: true, locale })
        : null,
    [figure, end, locale],
  );
  if (!known) return null;
  return (
    <FigureCard
      name="reason"
      title={t("analysis.reason.title")}
      help={t("analysis.reason.help")}
      figure={figure}
      state={stateOf(counts)}
      tools={
        <Segmented<End>
          size="small"
          value={end}
          onChange={setEnd}
          options={[
            { value: "lost", label: t("analysis.reason.lost") },
            { value: "won", label: t("analysis.reason.won") },
          ]}
          aria-label={t("analysis.reason.title")}
        />
      }
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["deals"] } : null}
    />
  );
}
