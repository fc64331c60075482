import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Distributed, distribute, type ShareMode } from "@/api/pools";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta, RecordData, Reference } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { useCloseGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { DistributeResult } from "./distribute-result";
import { SharePeople } from "./share-people";
import { ShareTable } from "./share-table";
import { distributionOf, newSeed } from "./shares";
import { useSettled } from "./use-settled";
import "./pools.css";

const SETTLE_MS = 300;

interface DistributeDrawerProps {
  /** What lies in the pool. */
  object: ObjectMeta | null;
  pool: RecordData | undefined;
  /** The records shared out. */
  ids: string[];
  loading: boolean;
  error: unknown;
  /** What is told of the records above the choice of members. */
  children: ReactNode;
  onClose: (left?: string[]) => void;
}

/** Who takes part, how it is shared out, who gets what: then it is done, just as it was shown. */
export function DistributeDrawer({ object, pool, ids, loading, error, children, onClose }: DistributeDrawerProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [members, setMembers] = useState<Reference[]>([]);
  const [mode, setMode] = useState<ShareMode>("even");
  const [weights, setWeights] = useState<ReadonlyMap<string, number>>(new Map());
  const [seed, setSeed] = useState(newSeed);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [outcome, setOutcome] = useState<Distributed | null>(null);
  // One key for one intention: a second press after a lost answer gives nothing out twice.
  const intention = useRef({ text: "", key: "" });

  const asked = distributionOf(ids, members, weights, mode, seed);
  const settled = useSettled(asked, SETTLE_MS);
  const preview = useQuery({
    queryKey: queryKeys.distribution(pool?.id ?? "", settled ?? {}),
    queryFn: async ({ signal }): Promise<Distributed> => {
      if (!settled || !pool) return { seed, moves: [], refused: [], members: [] };
      return distribute(pool.id, settled, { preview: true, signal });
    },
    enabled: settled !== null && pool !== undefined && outcome === null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const shown = settled ? preview.data : undefined;
  const current = shown !== undefined && !preview.isFetching && JSON.stringify(asked) === JSON.stringify(settled);
  const left = outcome?.refused.map(({ record }) => record);
  const { close } = useCloseGuard(members.length > 0 && outcome === null, () => onClose(left));

  const run = async () => {
    if (!asked || !pool) return;
    const text = JSON.stringify(asked);
    if (intention.current.text !== text) intention.current = { text, key: crypto.randomUUID() };
    setBusy(true);
    setProblem(null);
    try {
      const done = await distribute(pool.id, asked, { preview: false, idempotencyKey: intention.current.key });
      setOutcome(done);
      void queryClient.invalidateQueries({ queryKey: queryKeys.records });
    } catch (failure) {
      setProblem(failure);
    }
    setBusy(false);
  };
  const moves = shown?.moves.length ?? 0;
  const footer = outcome ? (
    <div className="gx-drawer-foot">
      <Button type="primary" autoFocus onClick={close}>
        {t("common.close")}
      </Button>
    </div>
  ) : (
    <div className="gx-drawer-foot">
      <Button onClick={close} disabled={busy}>
        {t("common.cancel")}
      </Button>
      <Button type="primary" loading={busy} disabled={!current || moves === 0} onClick={() => void run()}>
        {t("pools.share.run", { n: formats.number(moves) })}
      </Button>
    </div>
  );
  const body = () => {
    if (error) return <Alert type="error" showIcon title={errorText(error)} />;
    if (outcome) return <DistributeResult outcome={outcome} members={members} object={object} />;
    if (loading && !pool) return <PageSkeleton rows={5} />;
    return (
      <>
        {children}
        {pool ? (
          <SharePeople
            pool={pool}
            members={members}
            mode={mode}
            weights={weights}
            onMembers={setMembers}
            onMode={setMode}
            onWeights={setWeights}
          />
        ) : null}
        {problem ? <Alert type="error" showIcon role="alert" title={errorText(problem)} /> : null}
        {preview.error && !preview.isFetching ? (
          <Alert type="warning" showIcon title={errorText(preview.error)} />
        ) : shown ? (
          <ShareTable
            outcome={shown}
            members={members}
            object={object}
            stale={!current}
            onAgain={mode === "random" ? () => setSeed(newSeed()) : null}
          />
        ) : null}
      </>
    );
  };
  return (
    <SideDrawer
      title={t("pools.share.title")}
      size={640}
      onClose={close}
      closable={!busy}
      mask={{ closable: !busy }}
      footer={footer}
    >
      <div className="gx-pool-distribute">{body()}</div>
    </SideDrawer>
  );
}
