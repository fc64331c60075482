import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { allOf } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { findField, useObject } from "@/engine/meta";
import { SelectDisplay } from "@/fields/select/display";
import { useLabel } from "@/i18n/i18n";
import type { Place } from "../figure";
import { type Figures, type Kind, type MemberFigures, SALES_TARGET, type TargetRow } from "./model";
import { FigureCell, FigureLink, TargetBar, useFigureText } from "./target-cells";

/** A target, and once it is opened those in it. */
export function TargetRows({ row }: { row: TargetRow }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const place = (kind: Kind): Place => ({ object: row.object, filter: row.filters[kind] });
  const name = row.target.label ?? t("analysis.hidden");
  return (
    <>
      <tr>
        <th scope="row">
          <div className="gx-target-name">
            {row.members.length > 0 ? (
              <Button
                type="text"
                size="small"
                icon={open ? <DownOutlined /> : <RightOutlined />}
                aria-expanded={open}
                aria-label={t("targets.members", { name })}
                onClick={() => setOpen(!open)}
              />
            ) : (
              <span className="gx-target-indent" aria-hidden />
            )}
            <div>
              <Link to="/r/$object/$id" params={{ object: SALES_TARGET, id: row.target.id }}>
                {name}
              </Link>
              <Notes row={row} place={place} />
            </div>
          </div>
        </th>
        <FigureCells figures={row} currency={row.currency} place={place} />
      </tr>
      {open ? row.members.map((one) => <MemberRow key={one.member.id} one={one} row={row} />) : null}
    </>
  );
}

function MemberRow({ one, row }: { one: MemberFigures; row: TargetRow }) {
  const { t } = useTranslation();
  const name = one.member.label ?? t("analysis.hidden");
  const place = (kind: Kind): Place => ({
    object: row.object,
    filter: allOf(row.filters[kind], isKey("owner", one.member.id)),
  });
  return (
    <tr className="gx-target-member">
      <th scope="row">
        {one.target ? (
          <Link to="/r/$object/$id" params={{ object: SALES_TARGET, id: one.target.id }}>
            {name}
          </Link>
        ) : (
          name
        )}
      </th>
      <FigureCells figures={one} currency={row.currency} place={place} />
    </tr>
  );
}

interface FigureCellsProps {
  figures: Figures;
  currency: string | null;
  place: (kind: Kind) => Place;
}

function FigureCells({ figures, currency, place }: FigureCellsProps) {
  const { t } = useTranslation();
  const text = useFigureText(currency);
  const { gap } = figures;
  const linked = (kind: "won" | "commit" | "open") => (
    <FigureLink text={text(figures[kind])} value={figures[kind]} open={place(kind)} />
  );
  return (
    <>
      <FigureCell name={t("targets.columns.wanted")}>{text(figures.wanted)}</FigureCell>
      <FigureCell name={t("targets.columns.won")}>{linked("won")}</FigureCell>
      <FigureCell name={t("targets.columns.commit")}>{linked("commit")}</FigureCell>
      <FigureCell name={t("targets.columns.weighted")}>
        <FigureLink text={text(figures.weighted)} value={figures.weighted} open={place("open")} />
      </FigureCell>
      <FigureCell name={t("targets.columns.open")}>{linked("open")}</FigureCell>
      <FigureCell name={t("targets.columns.gap")}>
        {gap !== null && gap < 0 ? t("targets.above", { by: text(-gap) }) : text(gap)}
      </FigureCell>
      <td data-name={t("targets.columns.percent")} className="gx-target-cell">
        <TargetBar figures={figures} />
      </td>
    </>
  );
}

/** How the target stands, and what its figures leave out. */
function Notes({ row, place }: { row: TargetRow; place: (kind: Kind) => Place }) {
  const { t } = useTranslation();
  const label = useLabel();
  const object = useObject(SALES_TARGET);
  const field = (name: string) => (object ? findField(object, name) : null);
  const [state, line] = [field("state"), field("product_line")];
  const lineName = label(line?.options?.find((one) => one.value === row.line)?.label) || row.line;
  return (
    <div className="gx-target-notes">
      {state ? <SelectDisplay field={state} value={row.state} variant="cell" /> : null}
      {lineName ? <span>{lineName}</span> : null}
      {row.undatedDeals > 0 ? (
        <FigureLink text={t("targets.undated", { n: row.undatedDeals })} value={1} open={place("undated")} />
      ) : null}
      {row.unratedDeals > 0 ? <span>{t("targets.unrated", { n: row.unratedDeals })}</span> : null}
      {row.partial ? <span>{t("targets.partial")}</span> : null}
    </div>
  );
}
