import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CASE, type TemplateFigures } from "@/api/processes";
import { useFormats } from "@/i18n/formats";
import { useSpan } from "@/ui/span";
import { caseFilters } from "./overview-model";

/** The same in numbers: per step how many stand there, how many are late, how long it takes. */
export function FiguresTable({ template, days }: { template: TemplateFigures; days: number }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const span = useSpan();
  const steps = [...template.steps].sort((one, other) => one.position - other.position);
  const number = (n: number) => (n > 0 ? formats.number(n) : "—");
  const filters = caseFilters(template.id, days);
  const states = ["running", "waiting", "overdue", "done", "cancelled"] as const;
  return (
    <div className="gx-process-panel">
      <header>
        <h2>{t("processes.figures")}</h2>
        <span className="gx-process-facts" style={{ margin: 0 }}>
          {states.map((state) => (
            <Link
              key={state}
              to="/o/$object"
              params={{ object: CASE }}
              search={{ view: "all", filter: filters[state] }}
            >
              {state === "done" || state === "cancelled"
                ? t(`processes.endedIn.${state}`, { n: days })
                : t(`processes.caseStates.${state}`)}{" "}
              <span className="gx-numeric">{formats.number(template[state])}</span>
            </Link>
          ))}
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className="gx-process-table" tabIndex={0} aria-label={t("processes.figures")}>
        <table className="gx-table">
          <caption className="gx-visually-hidden">{t("processes.figures")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("processes.step")}</th>
              {(["open", "waiting", "overdue", "done"] as const).map((column) => (
                <th key={column} scope="col" data-align="end">
                  {t(`processes.columns.${column}`, { n: days })}
                </th>
              ))}
              <th scope="col" data-align="end">
                {t("processes.columns.average")}
              </th>
              <th scope="col" data-align="end">
                {t("processes.columns.longest")}
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.key}>
                <th scope="row">
                  {step.name}
                  {step.key === template.bottleneck ? (
                    <>
                      {" "}
                      <small className="gx-process-sign">{t("processes.bottleneck")}</small>
                    </>
                  ) : null}
                </th>
                <td data-align="end" className="gx-numeric">
                  {number(step.open)}
                </td>
                <td data-align="end" className="gx-numeric">
                  {number(step.waiting)}
                </td>
                <td data-align="end" className={step.overdue > 0 ? "gx-numeric gx-process-late" : "gx-numeric"}>
                  {number(step.overdue)}
                </td>
                <td data-align="end" className="gx-numeric">
                  {number(step.done)}
                </td>
                <td data-align="end" className="gx-numeric">
                  {span(step.average_seconds) || "—"}
                </td>
                <td data-align="end" className="gx-numeric">
                  {span(step.longest_open_seconds) || "—"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
