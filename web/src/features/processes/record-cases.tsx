import { PlayCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { CASE } from "@/api/processes";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { lazyPart } from "@/ui/lazy-part";
import { useTemplates } from "./use-templates";
import "./processes.css";

const StartDialog = lazyPart(async () => ({ default: (await import("./start-dialog")).StartDialog }));

const SHOWN = 3;

/** Which processes run about a record, where they stand, and the way to start another. */
export function RecordCases({ object, record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const cases = findObject(meta, CASE);
  const [starting, setStarting] = useState(false);
  const templates = useTemplates(object.name).data ?? [];
  const list = useRecordList(CASE, {
    filter: `record == "${record.id}" && state in ["running", "waiting"]`,
    sort: "-created_at",
    limit: 20,
    fields: "name,number,state,current,due_at,steps_done,steps_total,overdue_steps",
  });
  const running = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const [all, setAll] = useState(false);
  if (!cases || (templates.length === 0 && running.length === 0)) return null;
  const state = findField(cases, "state");
  return (
    <section
      className="gx-process-panel"
      data-compact={running.length === 0 || undefined}
      aria-label={t("processes.ofRecord")}
    >
      <header>
        <h2>{t("processes.ofRecord")}</h2>
        {running.length === 0 ? <span className="gx-muted">{t("processes.noneRuns")}</span> : null}
        {templates.length > 0 ? (
          <Button size="small" icon={<PlayCircleOutlined />} onClick={() => setStarting(true)}>
            {t("processes.start")}
          </Button>
        ) : null}
      </header>
      {running.length > 0 ? (
        <ul className="gx-record-cases">
          {running.slice(0, all ? running.length : SHOWN).map((one) => (
            <li key={one.id}>
              <RecordLink object={CASE} id={one.id}>
                {asText(one.name) || asText(one.number)}
              </RecordLink>
              {state ? <FieldDisplay field={state} value={one.state} /> : null}
              <span className="gx-muted">{asText(one.current)}</span>
              <span className={Number(one.overdue_steps ?? 0) > 0 ? "gx-process-late" : "gx-muted"}>
                {t("processes.progress", {
                  done: formats.number(Number(one.steps_done ?? 0)),
                  total: formats.number(Number(one.steps_total ?? 0)),
                })}
                {one.due_at ? ` · ${t("processes.due", { at: formats.relative(asText(one.due_at)) })}` : ""}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {running.length > SHOWN && !all ? (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("processes.showAll", { n: formats.number(running.length) })}
        </Button>
      ) : null}
      {starting ? (
        <Suspense fallback={null}>
          <StartDialog
            templates={templates}
            record={{ object: object.name, id: record.id, label: titleText(record[object.title_field]) }}
            onClose={() => setStarting(false)}
          />
        </Suspense>
      ) : null}
    </section>
  );
}
