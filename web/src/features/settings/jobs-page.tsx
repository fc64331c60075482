import { ReloadOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { ScheduledJob } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useIsPhone } from "@/ui/use-media";
import { JobsList } from "./jobs-list";
import { SettingsFrame } from "./settings-frame";

/** What people call the work that every company has; that of others goes by its own name. */
const JOB_KINDS = {
  "definition.recompute": "recompute",
  "identity.sync_directories": "directorySync",
  "import.indexes": "importIndexes",
  "import.run": "importRun",
  "change.undo": "changeUndo",
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
  "export.write": "exportWrite",
  "export.tidy": "exportTidy",
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

/** The work done in the background, and what of it failed for good and may be tried again. */
export function SettingsJobsPage() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const kinds = Object.entries(JOB_KINDS).map(([value, name]) => ({ value, label: t(`settings.jobs.kinds.${name}`) }));
  return (
    <SettingsFrame
      title={t("settings.jobs.title")}
      subtitle={t("settings.jobs.text")}
      actions={
        <Button
          icon={<ReloadOutlined />}
          onClick={() => void queryClient.invalidateQueries({ queryKey: queryKeys.jobs().slice(0, 1) })}
          aria-label={t("list.refresh")}
          title={t("list.refresh")}
        />
      }
    >
      <JobsList
        kinds={kinds}
        nameOf={(kind) => <JobKind kind={kind} />}
        onScheduled={(scheduled) => <ScheduledJobs scheduled={scheduled} />}
      />
    </SettingsFrame>
  );
}

function ScheduledJobs({ scheduled }: { scheduled: ScheduledJob[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const phone = useIsPhone();
  const time = (at: string | null) => (at ? <span title={formats.dateTime(at)}>{formats.relative(at)}</span> : "—");
  if (scheduled.length === 0) return null;
  return (
    <section className="gx-panel">
      <Table<ScheduledJob>
        rowKey="kind"
        size="small"
        pagination={false}
        title={() => t("settings.jobs.scheduled")}
        dataSource={scheduled}
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
  );
}
