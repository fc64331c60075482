import { useTranslation } from "react-i18next";
import type { Candidate } from "@/api/ownership";
import { type Formats, useFormats } from "@/i18n/formats";

const DAY = /^\d{4}-\d{2}-\d{2}/;

/** A figure or a day as it is read; nothing where it is not for the caller's eyes. */
export function valueText(value: string | null, formats: Formats): string {
  if (value === null) return "";
  if (DAY.test(value)) return value.length > 10 ? formats.dateTime(value) : formats.date(value);
  const number = Number(value);
  return Number.isFinite(number) ? formats.number(number, { maximumFractionDigits: 2 }) : value;
}

/** The part of the largest one, for the bar behind a figure; days have none. */
export function barOf(value: string | null, all: Candidate[]): number {
  if (value === null || DAY.test(value)) return 0;
  const most = Math.max(...all.map((one) => (one.value && !DAY.test(one.value) ? Number(one.value) : 0)));
  return most > 0 ? Math.max(0, Number(value) / most) : 0;
}

/** Which departments came into question, with what each has; month by month where it is an average of months. */
export function Candidates({ candidates, found }: { candidates: Candidate[]; found: string | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const months = candidates[0]?.months ?? [];
  return (
    <div className="gx-ownership-figures">
      <table>
        <caption className="gx-visually-hidden">{t("ownership.candidates")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("ownership.department")}</th>
            <th scope="col" data-align="end">
              {months.length > 0 ? t("ownership.mean") : t("ownership.figure")}
            </th>
            {months.map(({ month }) => (
              <th key={month} scope="col" data-align="end">
                {month.slice(0, 7)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {candidates.map((one) => (
            <tr key={one.department.id} data-found={one.department.id === found || undefined}>
              <th scope="row">{one.department.label || t("common.notVisible")}</th>
              <td data-align="end" className="gx-numeric">
                <span className="gx-ownership-bar" style={{ width: `${barOf(one.value, candidates) * 100}%` }} />
                {valueText(one.value, formats) || <span className="gx-muted">—</span>}
              </td>
              {months.map(({ month }) => {
                const figure = one.months?.find((its) => its.month === month);
                const text = figure
                  ? t("ownership.monthOf", { sum: valueText(figure.sum, formats), days: figure.days })
                  : undefined;
                return (
                  <td key={month} data-align="end" className="gx-numeric" title={text}>
                    {figure ? valueText(figure.average, formats) : "—"}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
