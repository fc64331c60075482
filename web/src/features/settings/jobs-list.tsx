import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented, Select, Table } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { Job, ScheduledJob } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";

const STATES = ["all", "waiting", "running", "done", "dead"] as const;
type State = (typeof STATES)[number];

const COLORS: Record<Job["state"], string> = { waiting: "blue", running: "gold", done: "green", dead: "red" };
const LOOK_AGAIN_MS = 5_000;
const PAGE = 100;

/** The jobs of a state and of a kind, page by page. */
export function useJobs(state: State, kind: string | undefined) {
  return useInfiniteQuery({
    queryKey: queryKeys.jobs(state, kind),
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        state: state === "all" ? undefined : state,
        ...(kind ? { kind } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      };
      return await answer(api.GET("/jobs", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: LOOK_AGAIN_MS,
  });
}

interface JobsListProps {
  /** Kinds that can be asked for, by what people call them. */
  kinds: { value: string; label: string }[];
  nameOf: (kind: string) => ReactNode;
  onScheduled: (scheduled: ScheduledJob[]) => ReactNode;
}

/** The work done in the background: what waits, runs, is done, and what was given up and may be tried again, one by one or together. */
export function JobsList({ kinds, nameOf, onScheduled }: JobsListProps) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [state, setState] = useState<State>("all");
  const [kind, setKind] = useState<string>();
  const jobs = useJobs(state, kind);
  const failed = (error: unknown) => void message.error(errorText(error));
  const lookAgain = () => queryClient.invalidateQueries({ queryKey: queryKeys.jobs().slice(0, 1) });
  const retry = useMutation({
    mutationFn: (id: string) => answer(api.POST("/jobs/{id}/retry", { params: { path: { id } } })),
    onSuccess: () => {
      void message.success(t("settings.jobs.retried"));
      return lookAgain();
    },
    onError: failed,
  });
  const retryAll = useMutation({
    mutationFn: () => answer(api.POST("/jobs/retry", { body: { kind: kind ?? null } })),
    onSuccess: ({ retried }) => {
      void message.success(t("settings.jobs.retriedMany", { n: retried }));
      return lookAgain();
    },
    onError: failed,
  });
  const askRetryAll = () =>
    modal.confirm({
      title: t(kind ? "settings.jobs.retryKindAsk" : "settings.jobs.retryAllAsk"),
      content: t("settings.jobs.retryAllText"),
      okText: t("settings.jobs.retryAll"),
      onOk: () => retryAll.mutateAsync().catch(() => {}),
    });
  const items = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <section className="gx-panel">
        <div className="gx-job-choice">
          <div className="gx-scroll-x">
            <Segmented<State>
              value={state}
              onChange={setState}
              options={STATES.map((value) => ({ value, label: t(`settings.jobs.states.${value}`) }))}
              aria-label={t("settings.jobs.state")}
            />
          </div>
          <Select<string>
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            value={kind}
            onChange={setKind}
            options={kinds}
            placeholder={t("settings.jobs.anyKind")}
            aria-label={t("settings.jobs.kind")}
          />
          {state === "dead" && items.length > 0 ? (
            <Button loading={retryAll.isPending} onClick={askRetryAll}>
              {t("settings.jobs.retryAll")}
            </Button>
          ) : null}
        </div>
        {jobs.error && !jobs.data ? (
          <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />
        ) : (
          <>
            <JobsTable
              items={items}
              loading={jobs.isPending}
              nameOf={nameOf}
              retrying={retry.isPending ? retry.variables : null}
              onRetry={retry.mutate}
            />
            {jobs.hasNextPage ? (
              <Button type="link" loading={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
                {t("settings.jobs.more")}
              </Button>
            ) : null}
          </>
        )}
      </section>
      {onScheduled(jobs.data?.pages[0]?.scheduled ?? [])}
    </>
  );
}

interface JobsTableProps {
  items: Job[];
  loading: boolean;
  nameOf: (kind: string) => ReactNode;
  retrying: string | null;
  onRetry: (id: string) => void;
}

function JobsTable({ items, loading, nameOf, retrying, onRetry }: JobsTableProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const phone = useIsPhone();
  const time = (at: string | null) => (at ? <span title={formats.dateTime(at)}>{formats.relative(at)}</span> : "—");
  return (
    <Table<Job>
      rowKey="id"
      size="small"
      loading={loading}
      pagination={false}
      dataSource={items}
      locale={{ emptyText: t("settings.jobs.none") }}
      columns={[
        {
          title: t("settings.jobs.kind"),
          render: (_, job) => (
            <>
              {nameOf(job.kind)}
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
          render: (_, job) => <ColorTag color={COLORS[job.state]}>{t(`settings.jobs.states.${job.state}`)}</ColorTag>,
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
              <Button size="small" loading={retrying === job.id} onClick={() => onRetry(job.id)}>
                {t("common.retry")}
              </Button>
            ) : null,
        },
      ]}
    />
  );
}
