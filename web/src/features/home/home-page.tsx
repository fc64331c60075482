import { Segmented } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { findField, useMeta, useObject } from "@/engine/meta";
import { useRecordCount } from "@/engine/records";
import { useMe, usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { ChangesCard } from "./changes-card";
import { FirstRun } from "./first-run";
import { defaultScope, greeting, hasOwn, type Scope } from "./home-model";
import { NoticesCard } from "./notices-card";
import { Numbers } from "./numbers";
import { PipelineCard } from "./pipeline-card";
import { QuickActions } from "./quick-actions";
import { RecentsCard } from "./recents-card";
import { TasksCard } from "./tasks-card";
import { TodayCard } from "./today-card";
import { WaitingCard } from "./waiting-card";
import "./home.css";

/** The day of whoever signed in: what to do, what stands in the calendar, how it goes, what changed. */
export function HomePage() {
  const { t } = useTranslation();
  const me = useMe();
  const meta = useMeta();
  const { locale, timeZone } = useFormats();
  const [scope, setScope] = usePreference<Scope>("home.scope", defaultScope(me.user.roles));
  const account = useObject("account");
  const activity = useObject("activity");
  const opportunity = useObject("opportunity");
  const notice = useObject("notice");
  const accounts = useRecordCount("account", {});
  const empty = account !== null && accounts.data?.value === 0;
  useEffect(() => {
    document.title = `${t("shell.home")} · ${t("common.product")}`;
  }, [t]);
  const now = new Date();
  const hour = Number(new Intl.DateTimeFormat("en", { hour: "numeric", hourCycle: "h23", timeZone }).format(now));
  const today = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric", weekday: "long", timeZone }).format(
    now,
  );
  const canTask = activity !== null && findField(activity, "due_at") !== null;
  return (
    <div className="gx-page gx-home">
      <header className="gx-home-header">
        <div>
          <h1>{t(`home.greeting.${greeting(hour)}`, { name: me.user.name })}</h1>
          <p>{today}</p>
        </div>
        <Segmented<Scope>
          value={scope}
          onChange={setScope}
          options={[
            { value: "mine", label: t("home.mine") },
            { value: "team", label: t("home.team") },
          ]}
          aria-label={t("home.scope")}
        />
        <QuickActions />
      </header>
      {empty ? <FirstRun /> : null}
      <Numbers meta={meta} scope={scope} />
      <div className="gx-home-columns">
        <div>
          {canTask ? <WaitingCard objects={meta.objects} /> : null}
          {canTask ? <TasksCard key={scope} activity={activity} scope={scope} /> : null}
          <ChangesCard scope={scope} />
        </div>
        <div>
          {activity?.views.calendar ? <TodayCard activity={activity} scope={scope} /> : null}
          {opportunity && findField(opportunity, "stage") && hasOwn(opportunity, scope) ? (
            <PipelineCard opportunity={opportunity} scope={scope} />
          ) : null}
          {notice ? <NoticesCard /> : null}
          <RecentsCard />
        </div>
      </div>
    </div>
  );
}
