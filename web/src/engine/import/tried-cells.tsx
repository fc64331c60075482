import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type ColumnOptions, tryImport } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";
import { useLater } from "./use-later";

/** Typing pauses this long before it is tried, in milliseconds. */
const PAUSE_MS = 350;

export interface Tried {
  object: string;
  field: string;
  column?: number;
  options?: ColumnOptions;
  expression?: string;
}

/** What the first cells become, asked of the server: it alone reads them as the import will. */
export function useTried(id: string, what: Tried) {
  const text = useLater(JSON.stringify(what), PAUSE_MS);
  const rested = JSON.parse(text) as Tried;
  return useQuery({
    queryKey: queryKeys.importTry(id, rested),
    queryFn: ({ signal }) => tryImport(id, rested, signal),
    enabled: rested.expression !== "" && rested.field !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

/** The first cells of a column, before and after. */
export function TriedCells({ id, what }: { id: string; what: Tried }) {
  return <TriedTable tried={useTried(id, what)} computed={false} />;
}

interface TriedTableProps {
  tried: ReturnType<typeof useTried>;
  /** There is no cell it comes from. */
  computed: boolean;
}

/** What was tried, row by row. */
export function TriedTable({ tried, computed }: TriedTableProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const items = tried.data?.items ?? [];
  return (
    <div className="gx-import-tried" aria-live="polite" data-old={tried.isPlaceholderData || undefined}>
      <table>
        <caption>{t("imports.tried")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("imports.rowShort")}</th>
            {computed ? null : <th scope="col">{t("imports.cell")}</th>}
            <th scope="col">{t("imports.result")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.row}>
              <td className="gx-numeric gx-muted">{item.row}</td>
              {computed ? null : <td title={item.from}>{item.from}</td>}
              <td data-bad={item.problem ? true : undefined}>
                {item.problem ? item.problem.message : item.text === "" ? t("imports.emptyResult") : item.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {tried.isSuccess && items.length === 0 ? <p className="gx-muted">{t("imports.nothingToTry")}</p> : null}
      {tried.error && !computed ? (
        <p role="alert" className="gx-import-problem">
          {errorText(tried.error)}
        </p>
      ) : null}
    </div>
  );
}
