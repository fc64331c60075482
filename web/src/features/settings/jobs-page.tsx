import { ReloadOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { Job, ScheduledJob } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";
import { SettingsFrame } from "./settings-frame";

const STATES = ["all", "waiting", "running", "done", "dead"] as const;
type State = (typeof STATES)[number];

const COLORS: Record<Job["state"], string> = { waiting: "blue", running: "gold", done: "green", dead: "red" };
/** What people call the work that every company has; that of others goes by its own name. */
const JOB_KINDS = {
  "definition.recompute": "recompute",
  "identity.sync_directories": "directorySync",
  "import.indexes": "importIndexes",
  "import.run": "importRun",
  "duplicates.scan": "duplicatesScan",
  "duplicates.follow": "duplicatesFollow",
  "quality.judge": "qualityJudge",
  "quality.lists": "qualityLists",
  "quality.freshness": "qualityFreshness",
  "quality.night": "qualityNight",
  "erasure.traces": "erasure",
  "files.tidy": "filesTidy",
  "files.read_texts": "filesTexts",
  "import.tidy": "importTidy",
  "import.due": "importDue",
  "import.fetch": "importFetch",
  "enrichment.ask": "enrichmentAsk",
  "enrichment.tidy": "enrichmentTidy",
  "mail.send": "mail",
  "collaboration.watch_tasks": "watchTasks",
  "collaboration.publish_notices": "publishNotices",
  "collaboration.mail_news": "mailNews",
  "collaboration.push_news": "pushNews",
  "collaboration.text_news": "textNews",
  "push.send": "sendPush",
  "sms.send": "sendSms",
  "collaboration.notify": "notify",
  "work.repeat_tasks": "repeatTasks",
  "work.escalate_tasks": "escalateTasks",
  "privacy.watch_requests": "watchRequests",
  "privacy.run_retention": "runRetention",
  "privacy.export": "personBundle",
  "process.start_case": "startCase",
  "process.watch_steps": "watchSteps",
  "process.resume_case": "resumeCase",
  "sales.watch_stages": "watchStages",
  "sales.score_leads": "scoreLeads",
  "customers.move_lifecycles": "moveLifecycles",
  "ownership.decide": "decideOwnership",
  "ownership.transfer": "transferOwnership",
  "marketing.clear_submissions": "clearSubmissions",
  "pools.name_moves": "nameMoves",
  "pools.recycle": "recycle",
  "pools.watch_responses": "watchResponses",
  "org.fill_holidays": "holidays",
} as const;
const isKnownJob = (kind: string): kind is keyof typeof JOB_KINDS => kind in JOB_KINDS;
/** A kind of work by the name people know, else by its own. */
function JobKind({ kind }: { kind: string }) {
  const { t } = useTranslation();
  if (!isKnownJob(kind)) return <code>{kind}</code>;
  return (
    <>
      {t(`settings.jobs.kinds.${JOB_KINDS[kind]}`)} <code className="gx-muted">{kind}</code>
    </>
  );
}

const LOOK_AGAIN_MS = 5_000;

/** The work done in the background, and what of it failed for good and may be tried again. */
export function SettingsJobsPage() {
  const { t } = useTranslation();
  const formats = useFormats();
  const phone = useIsPhone();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [state, setState] = useState<State>("all");
  const jobs = useQuery({
    queryKey: queryKeys.jobs(state),
    queryFn: async ({ signal }) => {
      const query = { limit: 200, state: state === "all" ? undefined : state };
      return await answer(api.GET("/jobs", { params: { query }, signal }));
    },
    refetchInterval: LOOK_AGAIN_MS,
  });
  const retry = useMutation({
    mutationFn: (id: string) => answer(api.POST("/jobs/{id}/retry", { params: { path: { id } } })),
    onSuccess: () => {
      void message.success(t("settings.jobs.retried"));
      return queryClient.invalidateQueries({ queryKey: queryKeys.jobs().slice(0, 1) });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const time = (at: string | null) => (at ? <span title={formats.dateTime(at)}>{formats.relative(at)}</span> : "—");
  return (
    <SettingsFrame
      title={t("settings.jobs.title")}
      subtitle={t("settings.jobs.text")}
      actions={
        <Button
          icon={<ReloadOutlined />}
          onClick={() => void jobs.refetch()}
          aria-label={t("list.refresh")}
          title={t("list.refresh")}
        />
      }
    >
      <section className="gx-panel">
        <div className="gx-scroll-x">
          <Segmented<State>
            value={state}
            onChange={setState}
            options={STATES.map((value) => ({ value, label: t(`settings.jobs.states.${value}`) }))}
            aria-label={t("settings.jobs.state")}
          />
        </div>
        {jobs.error && !jobs.data ? (
          <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />
        ) : (
          <Table<Job>
            rowKey="id"
            size="small"
            loading={jobs.isPending}
            pagination={(jobs.data?.items.length ?? 0) > 50 ? { pageSize: 50, showSizeChanger: false } : false}
            dataSource={jobs.data?.items ?? []}
            locale={{ emptyText: t("settings.jobs.none") }}
            columns={[
              {
                title: t("settings.jobs.kind"),
                render: (_, job) => (
                  <>
                    <JobKind kind={job.kind} />
                    {job.progress ? (
                      <div className="gx-muted">
                        {t("settings.jobs.progress", {
                          done: formats.number(job.progress.done),
                          total: formats.number(job.progress.total),
                        })}
                      </div>
                    ) : null}
                    {job.last_error ? <div className="gx-job-error">{job.last_error}</div> : null}
                  </>
                ),
              },
              {
                title: t("settings.jobs.state"),
                width: 100,
                render: (_, job) => <Tag color={COLORS[job.state]}>{t(`settings.jobs.states.${job.state}`)}</Tag>,
              },
              ...(phone
                ? []
                : [
                    {
                      title: t("settings.jobs.attempts"),
                      width: 90,
                      render: (_: unknown, job: Job) => `${job.attempts} / ${job.max_attempts}`,
                    },
                    { title: t("settings.jobs.due"), width: 120, render: (_: unknown, job: Job) => time(job.run_at) },
                    {
                      title: t("settings.jobs.finished"),
                      width: 120,
                      render: (_: unknown, job: Job) => time(job.finished_at),
                    },
                  ]),
              {
                key: "retry",
                width: 90,
                render: (_, job) =>
                  job.state === "dead" ? (
                    <Button
                      size="small"
                      loading={retry.isPending && retry.variables === job.id}
                      onClick={() => retry.mutate(job.id)}
                    >
                      {t("common.retry")}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </section>
      {jobs.data?.scheduled.length ? (
        <section className="gx-panel">
          <Table<ScheduledJob>
            rowKey="kind"
            size="small"
            pagination={false}
            title={() => t("settings.jobs.scheduled")}
            dataSource={jobs.data.scheduled}
            columns={[
              { title: t("settings.jobs.kind"), render: (_, job) => <JobKind kind={job.kind} /> },
              ...(phone
                ? []
                : [
                    {
                      title: t("settings.jobs.schedule"),
                      width: 160,
                      render: (_: unknown, job: ScheduledJob) => (
                        <code title={t("settings.jobs.scheduleHelp")}>{job.schedule}</code>
                      ),
                    },
                  ]),
              { title: t("settings.jobs.next"), width: 140, render: (_, job) => time(job.next_at) },
            ]}
          />
        </section>
      ) : null}
    </SettingsFrame>
  );
}
