import { useNavigate } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DuplicateGroup, DuplicateState } from "@/api/duplicates";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { ErrorState } from "@/ui/error-state";
import { ObjectTile } from "@/ui/object-icon";
import { PageHeader } from "@/ui/page-header";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useShortcuts } from "@/ui/shortcuts";
import { useIsPhone } from "@/ui/use-media";
import { GroupCard } from "./group-card";
import { nextAt } from "./queue";
import { QueueEmpty } from "./queue-empty";
import { QueueStatus } from "./queue-status";
import { useQueue } from "./use-queue";
import { useScan } from "./use-scan";

interface QueueScreenProps {
  object: ObjectMeta;
  state: DuplicateState;
  onState: (state: DuplicateState) => void;
}

const STATES: DuplicateState[] = ["open", "different"];

/** Group after group: the records side by side, why they are together, and what to do about it. */
export function QueueScreen({ object, state, onState }: QueueScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const root = useRef<HTMLDivElement>(null);
  const { list, groups, touched, decide, readAnew } = useQueue(object, state);
  const scan = useScan(object, () => void readAnew());
  const [wanted, setWanted] = useState(-1);
  const at = wanted < 0 ? -1 : nextAt(wanted, groups.length);
  const current = groups[at];
  // Where the keyboard is, there is the focus: what is pressed next belongs to that group.
  const [moved, setMoved] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after every move, and when another group takes the place
  useEffect(() => {
    if (moved === 0 || at < 0) return;
    const card = root.current?.querySelectorAll<HTMLElement>("[data-group]")[at];
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }, [moved, current?.group]);
  const go = (by: number) => {
    if (groups.length === 0) return false;
    const next = Math.max(0, Math.min(at + by, groups.length - 1));
    if (at + by >= groups.length && list.hasNextPage) void list.fetchNextPage();
    setWanted(next);
    setMoved(moved + 1);
    return true;
  };
  const merge = (group: DuplicateGroup) =>
    void navigate({
      to: "/merge/$object",
      params: { object: object.name },
      search: { ids: group.records.map((record) => record.id).join(","), from: "queue" },
    });
  useShortcuts({
    j: () => go(1),
    k: () => go(-1),
    m: () => (current ? merge(current) : false),
    d: () => (current ? void decide(current) : false),
  });
  const status = scan.status.data;
  return (
    <div ref={root} className="gx-page gx-duplicates">
      <PageHeader
        icon={<ObjectTile icon={object.icon} color={object.color} />}
        title={t("duplicates.title", { object: label(object.plural) })}
        subtitle={t("duplicates.subtitle")}
        actions={
          <ButtonLink to="/o/$object" params={{ object: object.name }}>
            {t("duplicates.toList")}
          </ButtonLink>
        }
      />
      <QueueStatus scan={scan} />
      <div className="gx-queue-tools">
        <Segmented<DuplicateState>
          value={state}
          onChange={onState}
          aria-label={t("duplicates.stateLabel")}
          options={STATES.map((value) => ({
            value,
            label: status
              ? `${t(`duplicates.states.${value}`)} ${formats.number(status[value])}`
              : t(`duplicates.states.${value}`),
          }))}
        />
        {phone || groups.length === 0 ? null : <span className="gx-muted">{t("duplicates.keys")}</span>}
      </div>
      {list.isPending ? <PageSkeleton rows={8} /> : null}
      {list.isError && groups.length === 0 ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {list.isSuccess && groups.length === 0 ? <QueueEmpty object={object} state={state} scan={scan} /> : null}
      <ol className="gx-groups">
        {groups.map((group, index) => (
          <li key={group.group}>
            <GroupCard
              object={object}
              group={group}
              state={state}
              number={index + 1}
              current={index === at}
              dealtWith={group.records.some((record) => touched.has(record.id))}
              onEnter={() => setWanted(index)}
              onDecide={(only) => void decide(group, only)}
            />
          </li>
        ))}
      </ol>
      {list.hasNextPage ? (
        <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("duplicates.more")}
        </Button>
      ) : null}
    </div>
  );
}
