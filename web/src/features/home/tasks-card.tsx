import { CheckCircleOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { fromWallTime, toWallTime } from "@/fields/datetime/zone";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { HomeCard } from "./home-card";
import { type Scope, type TaskGroup, taskFilter, taskGroup } from "./home-model";
import { type TickedKeeper, useTicked, withTicked } from "./ticked";
import { useCompleteTask } from "./use-complete-task";

const SHOWN = 6;
const READ = 60;
const GROUPS: TaskGroup[] = ["overdue", "today", "later"];
const FIELDS = ["subject", "kind", "status", "priority", "due_at", "account", "opportunity", "lead", "owner"];

/** What is to be done, most pressing first; a tick completes it, and can be taken back. */
export function TasksCard({ activity, scope }: { activity: ObjectMeta; scope: Scope }) {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const filter = taskFilter(activity, scope);
  const fields = FIELDS.filter((name) => findField(activity, name)).join(",");
  const list = useRecordList(activity.name, { filter, sort: "due_at", fields, limit: READ });
  const keeper = useTicked();
  const items = withTicked(list.data?.pages[0]?.items ?? [], keeper.ticked);
  const more = list.data?.pages[0]?.next_cursor ? "+" : "";
  const now = Date.now();
  const tomorrow = toWallTime(new Date(now).toISOString(), timeZone).startOf("day").add(1, "day");
  const dayEnd = Date.parse(fromWallTime(tomorrow, timeZone));
  const groups = GROUPS.map((group) => ({
    group,
    found: items.filter((item) => taskGroup(asText(item.due_at), now, dayEnd) === group),
  })).filter(({ found }) => found.length > 0);
  return (
    <HomeCard
      title={scope === "mine" ? t("home.tasks.mine") : t("home.tasks.team")}
      count={list.isSuccess ? `${items.length}${more}` : undefined}
      loading={list.isPending}
      error={list.data ? null : list.error}
      onRetry={() => void list.refetch()}
      link={
        scope === "mine" ? (
          <Link to="/my-work">{t("shell.myWork")}</Link>
        ) : (
          <Link to="/o/$object" params={{ object: activity.name }} search={{ view: "all", filter, sort: "due_at" }}>
            {t("home.seeAll")}
          </Link>
        )
      }
      empty={
        items.length === 0 ? (
          <>
            <CheckCircleOutlined /> {t("home.tasks.none")}
          </>
        ) : null
      }
    >
      {groups.map(({ group, found }) => (
        <Group
          key={group}
          group={group}
          activity={activity}
          items={found}
          keeper={keeper}
          // They come by their day: only of the last group there may be more than were read.
          more={group === groups.at(-1)?.group ? more : ""}
          showOwner={scope === "team"}
        />
      ))}
    </HomeCard>
  );
}

interface GroupProps {
  group: TaskGroup;
  activity: ObjectMeta;
  items: RecordData[];
  keeper: TickedKeeper;
  /** "+" where there may be more than were read. */
  more: string;
  showOwner: boolean;
}

function Group({ group, activity, items, keeper, more, showOwner }: GroupProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <div className="gx-tasks" data-group={group}>
      <h3>
        {t(`home.tasks.${group}`)} <span className="gx-numeric">{`${items.length}${more}`}</span>
      </h3>
      <ul>
        {shown.map((item) => (
          <Task key={item.id} activity={activity} task={item} keeper={keeper} group={group} showOwner={showOwner} />
        ))}
      </ul>
      {items.length > shown.length ? (
        <button type="button" className="gx-home-more" onClick={() => setAll(true)}>
          {t("home.showMore", { n: items.length - shown.length })}
        </button>
      ) : null}
    </div>
  );
}

interface TaskProps {
  activity: ObjectMeta;
  task: RecordData;
  keeper: TickedKeeper;
  group: TaskGroup;
  showOwner: boolean;
}

function Task({ activity, task, keeper, group, showOwner }: TaskProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { done, complete, canComplete } = useCompleteTask(activity, task, keeper);
  const about = ["account", "opportunity", "lead"]
    .map((name) => ({ name, reference: asReference(task[name]) }))
    .find(({ reference }) => reference?.label);
  const due = asText(task.due_at);
  const day = new Intl.DateTimeFormat(formats.locale, {
    month: "numeric",
    day: "numeric",
    weekday: "short",
    timeZone: formats.timeZone,
  });
  const priority = findField(activity, "priority");
  const urgent = task.priority === "high" || task.priority === "urgent";
  const title = asText(task.subject);
  return (
    <li className="gx-task" data-done={done || undefined}>
      <Checkbox
        checked={done}
        disabled={!canComplete}
        onChange={complete}
        aria-label={t("home.tasks.complete", { name: title })}
      />
      <div className="gx-task-text">
        <RecordLink object={activity.name} id={task.id} className="gx-task-title">
          {title}
        </RecordLink>
        <span className="gx-task-about">
          {urgent && priority ? <FieldDisplay field={priority} value={task.priority} /> : null}
          {about?.reference ? (
            <RecordLink object={about.name} id={about.reference.id}>
              {about.reference.label}
            </RecordLink>
          ) : null}
          {showOwner ? <span>{asReference(task.owner)?.label}</span> : null}
        </span>
      </div>
      <time dateTime={due} title={formats.dateTime(due)} className="gx-numeric">
        {group === "today"
          ? formats.time(due)
          : group === "overdue"
            ? formats.relative(due)
            : day.format(new Date(due))}
      </time>
    </li>
  );
}
