import { ReloadOutlined, SafetyOutlined, SettingOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { App, Button, Tabs } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { addStarterRules, judgeAnew, QUALITY_RULE, type QualityObject } from "@/api/quality";
import { queryKeys } from "@/api/query-keys";
import { findObject, useMeta, useObject } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageHeader } from "@/ui/page-header";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useTabListRole } from "@/ui/tab-list-role";
import { DuplicatesTab } from "./duplicates-tab";
import { type QualitySearch, TABS, type Tab, tabOf } from "./model";
import { ObjectTiles } from "./object-tiles";
import { OverviewTab } from "./overview-tab";
import { useQualityObjects } from "./use-quality";
import { Worklist } from "./worklist";
import "@/fields/fields.css";
import "./quality.css";

/** `/quality`: how good the data is, and what there is to mend. */
export function QualityPage() {
  const { t } = useTranslation();
  const rule = useObject(QUALITY_RULE);
  const objects = useQualityObjects();
  useEffect(() => {
    document.title = `${t("quality.title")} · ${t("common.product")}`;
  }, [t]);
  if (!rule) {
    return <EmptyState icon={<SafetyOutlined />} title={t("quality.none")} text={t("quality.noRight")} />;
  }
  return (
    <div className="gx-quality">
      <PageHeader
        title={t("quality.title")}
        subtitle={t("quality.subtitle")}
        actions={
          <Link to="/o/$object" params={{ object: QUALITY_RULE }} className="gx-quality-rules">
            <SettingOutlined /> {t("quality.rules")}
          </Link>
        }
      />
      {objects.isPending ? (
        <PageSkeleton rows={6} />
      ) : !objects.data ? (
        <ErrorState error={objects.error} onRetry={() => void objects.refetch()} />
      ) : objects.data.length === 0 ? (
        <NoRules mayMake={rule.access.create} />
      ) : (
        <Objects objects={objects.data} />
      )}
    </div>
  );
}

/** Nothing is expected of anything yet: the ready rules are one press away for who may make them. */
function NoRules({ mayMake }: { mayMake: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const add = async () => {
    setBusy(true);
    try {
      const { made } = await addStarterRules();
      void message.success(t("quality.startersAdded", { n: made }));
      void queryClient.invalidateQueries({ queryKey: queryKeys.object(QUALITY_RULE) });
      // New rules are taken up by the news of them, a moment later.
      for (let tries = 0; tries < 8; tries += 1) {
        const key = { queryKey: [...queryKeys.object(QUALITY_RULE), "quality"] };
        await queryClient.refetchQueries(key);
        if ((queryClient.getQueryData<QualityObject[]>(key.queryKey)?.length ?? 0) > 0) return;
        await new Promise((done) => setTimeout(done, 1_000));
      }
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <EmptyState
      icon={<SafetyOutlined />}
      title={t("quality.none")}
      text={t(mayMake ? "quality.noneText" : "quality.noneForYou")}
      actions={
        mayMake ? (
          <Button type="primary" loading={busy} onClick={() => void add()}>
            {t("quality.addStarters")}
          </Button>
        ) : null
      }
    />
  );
}

function Objects({ objects }: { objects: QualityObject[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/quality" });
  const root = useRef<HTMLDivElement>(null);
  useTabListRole(root);
  // Something may be expected of records whose object is not seen, or not known yet.
  const seen = objects.filter(({ object }) => findObject(meta, object) !== null);
  const chosen = seen.find(({ object }) => object === search.object) ?? seen[0];
  const object = findObject(meta, chosen?.object ?? "");
  if (!chosen || !object) {
    return <EmptyState icon={<SafetyOutlined />} title={t("quality.none")} text={t("quality.noneForYou")} />;
  }
  const go = (next: QualitySearch, replace = true) => void navigate({ to: "/quality", search: next, replace });
  const change = (next: QualitySearch) => go({ ...search, object: chosen.object, ...next });
  const tab = tabOf(search);
  const counts: Record<Tab, number | null> = {
    overview: null,
    incomplete: chosen.incomplete,
    wrong: chosen.wrong,
    stale: chosen.stale,
    duplicate: chosen.duplicates?.value ?? null,
  };
  const label = (one: Tab) => (
    <>
      {t(`quality.tabs.${one}`)}
      {counts[one] === null ? null : (
        <span className="gx-quality-count gx-numeric">
          {formats.number(counts[one] ?? 0)}
          {one === "duplicate" && chosen.duplicates?.exact === false ? "+" : ""}
        </span>
      )}
    </>
  );
  const body = (one: Tab) => {
    if (one === "overview") return <OverviewTab chosen={chosen} search={search} onChange={change} />;
    if (one === "duplicate") return <DuplicatesTab object={object} count={chosen.duplicates} />;
    return (
      <Worklist
        key={`${chosen.object} ${one}`}
        object={object}
        chosen={chosen}
        kind={one}
        search={search}
        onChange={change}
      />
    );
  };
  const shown = TABS.filter((one) => one !== "duplicate" || chosen.duplicates !== null);
  return (
    <>
      <ObjectTiles objects={seen} chosen={chosen.object} onChoose={(next) => go({ object: next })} />
      <JudgedLine chosen={chosen} />
      <div ref={root}>
        <Tabs
          activeKey={shown.includes(tab) ? tab : "overview"}
          onChange={(next) => go({ object: chosen.object, tab: next })}
          items={shown.map((one) => ({ key: one, label: label(one), children: one === tab ? body(one) : null }))}
          destroyOnHidden
        />
      </div>
    </>
  );
}

/** When it was last judged, or how far it is; who may has it judged anew. */
function JudgedLine({ chosen }: { chosen: QualityObject }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const judge = async () => {
    setBusy(true);
    try {
      await judgeAnew(chosen.object);
      void queryClient.invalidateQueries({ queryKey: [...queryKeys.object(QUALITY_RULE), "quality"] });
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const judging = chosen.state === "judging";
  const said = judging
    ? t("quality.judging", {
        done: formats.number(chosen.done ?? 0),
        total: formats.number(chosen.total ?? chosen.records),
      })
    : chosen.judged_at
      ? t("quality.judged", { at: formats.relative(chosen.judged_at) })
      : t("quality.notJudged");
  return (
    <p className="gx-quality-judged gx-muted" aria-live="polite">
      {said}
      {chosen.may_judge && !judging ? (
        <Button type="link" size="small" icon={<ReloadOutlined />} loading={busy} onClick={() => void judge()}>
          {t("quality.judge")}
        </Button>
      ) : null}
    </p>
  );
}
