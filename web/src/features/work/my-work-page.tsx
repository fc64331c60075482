import { CheckCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Segmented, Skeleton, Tabs } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ListViewMeta, ObjectMeta } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, useMeta } from "@/engine/meta";
import { useRecordCount, useRecordList } from "@/engine/records";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageHeader } from "@/ui/page-header";
import { useTabListRole } from "@/ui/tab-list-role";
import { chosen, type Part, partsOf, ROW_FIELDS, usualView } from "./work-model";
import { WorkRow } from "./work-row";
import "./work.css";

/** Views of what others have to do: nothing to tick off there. */
const OTHERS = ["watched", "given", "from_me"];

/** Everything one has to do, by what it is: tasks, events, calls and visits, hand-overs. */
export function MyWorkPage() {
  const { t } = useTranslation();
  const meta = useMeta();
  const navigate = useNavigate();
  const forms = useRecordForms();
  const search = useSearch({ from: "/shell/my-work" });
  const root = useRef<HTMLDivElement>(null);
  useTabListRole(root);
  const parts = partsOf(meta);
  const now = chosen(parts, search.tab, search.view);
  useEffect(() => {
    document.title = `${t("work.title")} · ${t("common.product")}`;
  }, [t]);
  const activity = parts.find((part) => part.name === "tasks")?.object;
  const go = (tab: string, view?: string) =>
    void navigate({ to: "/my-work", search: { tab, ...(view ? { view } : {}) }, replace: true });
  return (
    <div className="gx-page gx-work" ref={root}>
      <PageHeader
        title={t("work.title")}
        subtitle={t("work.subtitle")}
        actions={
          activity?.access.create ? (
            <Button
              type="primary"
              icon={<PlusOutlined />}
              onClick={() => forms.create(activity.name, { kind: "task" }, () => {})}
            >
              {t("work.newTask")}
            </Button>
          ) : null
        }
      />
      {now ? (
        <Tabs
          activeKey={now.part.name}
          onChange={(tab) => go(tab)}
          destroyOnHidden
          items={parts.map((part) => ({
            key: part.name,
            label: <PartLabel part={part} />,
            children: (
              <>
                {part.views.length > 1 ? (
                  <div className="gx-work-views">
                    <Segmented<string>
                      value={now.view.name}
                      onChange={(view) => go(part.name, view)}
                      options={part.views.map((view) => ({
                        value: view.name,
                        label: <ViewLabel object={part.object} view={view} />,
                      }))}
                      aria-label={t(`work.${part.name}`)}
                    />
                  </div>
                ) : null}
                <WorkList key={now.view.name} object={part.object} view={now.view} />
              </>
            ),
          }))}
        />
      ) : null}
    </div>
  );
}

function useCountText(object: string, filter: string | null): string {
  const formats = useFormats();
  const count = useRecordCount(object, filter ? { filter } : {}).data;
  return count && count.value > 0 ? `${formats.number(count.value)}${count.exact ? "" : "+"}` : "";
}

/** A part by its name, with how many there are in the view it opens with. */
function PartLabel({ part }: { part: Part }) {
  const { t } = useTranslation();
  const count = useCountText(part.object.name, usualView(part)?.filter ?? null);
  return (
    <>
      {t(`work.${part.name}`)}
      {count ? <span className="gx-count">{count}</span> : null}
    </>
  );
}

function ViewLabel({ object, view }: { object: ObjectMeta; view: ListViewMeta }) {
  const label = useLabel();
  const count = useCountText(object.name, view.filter ?? null);
  return (
    <>
      {label(view.label)}
      {count ? <span className="gx-count">{count}</span> : null}
    </>
  );
}

function WorkList({ object, view }: { object: ObjectMeta; view: ListViewMeta }) {
  const { t } = useTranslation();
  const fields = [object.title_field, ...ROW_FIELDS].filter((name) => findField(object, name)).join(",");
  const filter = view.filter ? { filter: view.filter } : {};
  const rows = useRecordList(object.name, { ...filter, sort: view.sort, fields, limit: 50 });
  if (rows.isPending) return <Skeleton active paragraph={{ rows: 6 }} title={false} />;
  if (rows.isError) return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  const items = rows.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return <EmptyState icon={<CheckCircleOutlined />} title={t("work.none")} text={t("work.noneText")} />;
  }
  return (
    <>
      <ul className="gx-work-list">
        {items.map((record) => (
          <WorkRow key={record.id} object={object} record={record} own={!OTHERS.includes(view.name)} />
        ))}
      </ul>
      <div className="gx-work-foot">
        <Link to="/o/$object" params={{ object: object.name }} search={{ view: view.name }}>
          {t("work.openList")}
        </Link>
        {rows.hasNextPage ? (
          <Button type="text" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
            {t("fields.valueHelpMore")}
          </Button>
        ) : null}
      </div>
    </>
  );
}
