import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import { findObject, useMeta } from "@/engine/meta";
import type { FormPanelProps } from "@/engine/slots";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { closingFilter } from "./closing";
import "./pipeline.css";

const DEAL = "opportunity";
const SETTLE_MS = 600;
const SHOWN = 5;

/** Below the settings of a stage: which deals they will close by themselves the next morning, before they are saved. */
export function ClosingPanel({ values, record }: FormPanelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const known = findObject(useMeta(), DEAL) !== null;
  const filter = useSettled(closingFilter({ ...record, ...values }));
  const query = { filter: filter ?? "", fields: "name,owner", limit: SHOWN, count: "capped" as const };
  const closing = useQuery({
    queryKey: [...queryKeys.list(DEAL, query), "closing"],
    queryFn: ({ signal }) => listRecords(DEAL, query, signal),
    enabled: known && filter !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  // What is wrong with the condition is told at its field.
  if (!known || filter === null || closing.error instanceof ApiError || !closing.data) return null;
  const { items, count } = closing.data;
  const n = `${formats.number(count?.value ?? items.length)}${count?.exact === false ? "+" : ""}`;
  return (
    <section className="gx-closing" aria-live="polite" data-stale={closing.isFetching || undefined}>
      <p>
        <strong>{t("board.closing", { n })}</strong>
      </p>
      {items.length > 0 ? (
        <ul>
          {items.map((item) => (
            <li key={item.id}>
              {/* In a window of its own: the form stays as it is. */}
              <Link to="/r/$object/$id" params={{ object: DEAL, id: item.id }} target="_blank" rel="noreferrer">
                {asText(item.name) || t("record.untitled")}
              </Link>{" "}
              <span className="gx-muted">{asReference(item.owner)?.label}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

/** What was typed, once nobody has typed for a moment. */
function useSettled(text: string | null): string | null {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
