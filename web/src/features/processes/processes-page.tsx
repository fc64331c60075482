import { NodeIndexOutlined, PlayCircleOutlined, SettingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button } from "antd";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { CASE, overviewOfCases, TEMPLATE, type TemplateFigures } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { findObject, useMeta, useObject } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { lazyPart } from "@/ui/lazy-part";
import { PageHeader } from "@/ui/page-header";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useSpan } from "@/ui/span";
import { FiguresTable } from "./figures-table";
import { NoCases } from "./no-cases";
import { StandingBoard } from "./standing-board";
import { useTemplates } from "./use-templates";
import "@/fields/fields.css";
import "./processes.css";

const StartDialog = lazyPart(async () => ({ default: (await import("./start-dialog")).StartDialog }));

const DAYS = 90;

/** `/processes`: where every case stands, and at which step they are held up. */
export function ProcessesPage() {
  const { t } = useTranslation();
  const known = useObject(CASE);
  useEffect(() => {
    document.title = `${t("processes.title")} · ${t("common.product")}`;
  }, [t]);
  if (!known) {
    return <EmptyState icon={<NodeIndexOutlined />} title={t("processes.noneYet")} text={t("processes.noRight")} />;
  }
  return <Overview />;
}

function Overview() {
  const { t } = useTranslation();
  const meta = useMeta();
  const navigate = useNavigate();
  const { template: asked } = useSearch({ from: "/shell/processes" });
  const [starting, setStarting] = useState(false);
  const figures = useQuery({
    queryKey: [...queryKeys.object(CASE), "overview", DAYS],
    queryFn: () => overviewOfCases({ days: DAYS }),
    staleTime: 15_000,
    meta: { live: true, liveAlso: ["process_case_step"] },
  });
  // Those about nothing are begun here; the others on the record they are about.
  const free = useTemplates("").data ?? [];
  const templates = figures.data?.templates ?? [];
  const chosen =
    templates.find(({ id }) => id === asked) ??
    templates.find(({ running, waiting }) => running + waiting > 0) ??
    templates[0];
  const setsUp = findObject(meta, TEMPLATE)?.access.create === true;
  return (
    <div className="gx-process-page">
      <PageHeader
        title={t("processes.title")}
        subtitle={t("processes.subtitle", { n: DAYS })}
        actions={
          <>
            {free.length > 0 ? (
              <Button type="primary" icon={<PlayCircleOutlined />} onClick={() => setStarting(true)}>
                {t("processes.start")}
              </Button>
            ) : null}
            {setsUp ? (
              <Button
                icon={<SettingOutlined />}
                onClick={() => void navigate({ to: "/o/$object", params: { object: TEMPLATE } })}
              >
                {t("processes.templates")}
              </Button>
            ) : null}
          </>
        }
      />
      {figures.isPending ? (
        <PageSkeleton rows={6} />
      ) : !figures.data ? (
        <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
      ) : !chosen ? (
        <NoCases />
      ) : (
        <>
          <ul className="gx-process-tiles">
            {templates.map((one) => (
              <li key={one.id}>
                <TemplateTile
                  template={one}
                  chosen={one.id === chosen.id}
                  onChoose={() => void navigate({ to: "/processes", search: { template: one.id }, replace: true })}
                />
              </li>
            ))}
          </ul>
          {figures.data.truncated ? (
            <Alert type="info" showIcon title={t("processes.notAllCounted")} style={{ marginBottom: 12 }} />
          ) : null}
          <StandingBoard key={chosen.id} template={chosen} />
          <FiguresTable template={chosen} days={DAYS} />
        </>
      )}
      {starting ? (
        <Suspense fallback={null}>
          <StartDialog templates={free} record={null} onClose={() => setStarting(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

interface TemplateTileProps {
  template: TemplateFigures;
  chosen: boolean;
  onChoose: () => void;
}

function TemplateTile({ template, chosen, onChoose }: TemplateTileProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const span = useSpan();
  const held = template.steps.find(({ key }) => key === template.bottleneck);
  return (
    <button type="button" className="gx-process-tile" aria-pressed={chosen} onClick={onChoose}>
      <b>{template.name}</b>
      <span className="gx-numeric">
        {t("processes.running", { n: formats.number(template.running + template.waiting) })}
        {template.overdue > 0 ? (
          <span className="gx-process-late">
            {" · "}
            {t("processes.overdue", { n: formats.number(template.overdue) })}
          </span>
        ) : null}
      </span>
      <span className="gx-numeric">
        {t("processes.doneIn", { n: formats.number(template.done) })}
        {template.average_seconds !== null
          ? ` · ${t("processes.takes", { time: span(template.average_seconds) })}`
          : ""}
      </span>
      {held ? <span>{t("processes.heldAt", { step: held.name })}</span> : null}
    </button>
  );
}
