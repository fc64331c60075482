import { ToolOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FindingKind, QualityObject } from "@/api/quality";
import type { ObjectMeta } from "@/api/types";
import { findField } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { lazyPart } from "@/ui/lazy-part";
import { type QualitySearch, scopeOf } from "./model";
import { useSummary, useWorklist } from "./use-quality";
import { WorkFilters } from "./work-filters";
import { WorkTable } from "./work-table";

const FixDrawer = lazyPart(async () => ({ default: (await import("./fix-drawer")).FixDrawer }));

const NONE: ReadonlySet<string> = new Set();

interface WorklistProps {
  object: ObjectMeta;
  chosen: QualityObject;
  kind: FindingKind;
  search: QualitySearch;
  onChange: (next: QualitySearch) => void;
}

/** The records with something to mend, of one kind: filtered, ticked, mended one by one or many at once. */
export function Worklist({ object, chosen, kind, search, onChange }: WorklistProps) {
  const { t } = useTranslation();
  const owned = findField(object, "owner") !== null;
  const formats = useFormats();
  // Ticks belong to what is looked at: with another filter nothing is ticked that is out of sight.
  const looked = JSON.stringify([search.rule, search.severity, search.owner, search.department, search.q]);
  const [ticks, setTicks] = useState<{ looked: string; ids: ReadonlySet<string> }>({ looked, ids: NONE });
  const ticked = ticks.looked === looked ? ticks.ids : NONE;
  const setTicked = (ids: ReadonlySet<string>) => setTicks({ looked, ids });
  const [fixing, setFixing] = useState<"ticked" | "rule" | null>(null);
  const summary = useSummary(object.name, "department");
  const rules = (summary.data?.by_rule ?? []).filter(({ rule }) => rule.kind === kind);
  const rule = rules.find((one) => one.rule.id === search.rule)?.rule ?? null;
  const list = useWorklist(object.name, {
    kind,
    rule: search.rule,
    severity: search.severity,
    owner: search.owner,
    department: search.department,
    q: search.q,
    sort: "-updated_at",
    fields: [object.title_field, ...(owned ? ["owner"] : []), "updated_at"].join(","),
  });
  const pages = list.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const told = pages.flatMap((page) => page.rules);
  const count = pages[0]?.count;
  const filtered = Boolean(search.rule || search.severity || search.owner || search.department || search.q);
  const scope = fixing === "ticked" ? scopeOf([...ticked], search) : fixing === "rule" ? scopeOf([], search) : null;
  return (
    <section aria-label={t(`quality.tabs.${kind}`)}>
      <WorkFilters object={object} rules={rules} search={search} onChange={onChange} />
      <div className="gx-quality-bar">
        <span aria-live="polite" className="gx-numeric">
          {ticked.size > 0
            ? t("quality.ticked", { n: formats.number(ticked.size) })
            : count
              ? t("quality.found", { n: `${formats.number(count.value)}${count.exact ? "" : "+"}` })
              : ""}
        </span>
        {chosen.may_fix && ticked.size > 0 ? (
          <Button type="primary" icon={<ToolOutlined />} onClick={() => setFixing("ticked")}>
            {t("quality.fixTicked")}
          </Button>
        ) : null}
        {chosen.may_fix && ticked.size === 0 && rule && items.length > 0 && !search.q && !search.severity ? (
          <Button icon={<ToolOutlined />} onClick={() => setFixing("rule")}>
            {t("quality.fixRule")}
          </Button>
        ) : null}
        {ticked.size > 0 ? (
          <Button type="text" onClick={() => setTicked(NONE)}>
            {t("quality.untick")}
          </Button>
        ) : null}
      </div>
      {list.isPending ? (
        <Skeleton active title={false} paragraph={{ rows: 8 }} />
      ) : !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState
          title={t(filtered ? "quality.nothingHere" : "quality.allClean")}
          text={t(filtered ? "quality.nothingHereText" : "quality.allCleanText")}
          actions={
            filtered ? (
              <Button onClick={() => onChange({ rule: "", severity: "", owner: "", department: "", q: "" })}>
                {t("filter.clear")}
              </Button>
            ) : null
          }
        />
      ) : (
        <>
          <WorkTable
            object={object}
            items={items}
            rules={told}
            mayTick={chosen.may_fix}
            ticked={ticked}
            onTick={setTicked}
            stale={list.isPlaceholderData}
          />
          {list.hasNextPage ? (
            <Button
              block
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
              style={{ marginTop: 12 }}
            >
              {t("quality.more")}
            </Button>
          ) : null}
        </>
      )}
      {fixing && scope ? (
        <Suspense fallback={null}>
          <FixDrawer
            object={object}
            scope={scope}
            rule={rule}
            onClose={(done) => {
              setFixing(null);
              if (done) setTicked(NONE);
            }}
          />
        </Suspense>
      ) : null}
    </section>
  );
}
