import { LayoutOutlined } from "@ant-design/icons";
import { Button, Segmented, Tooltip } from "antd";
import { lazy, type ReactNode, Suspense, startTransition, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "@/api/types";
import {
  ARRANGEMENT,
  type Arrangement,
  type CardName,
  figureOf,
  moved,
  type OwnCard,
  readArrangement,
  stored,
} from "@/engine/home-arrangement";
import { type HomeFigureProps, homeFigures } from "@/engine/home-parts";
import { findField, useMeta, useObject } from "@/engine/meta";
import { useIsTold } from "@/engine/notifications/use-notifications";
import { useRecordCount } from "@/engine/records";
import { useMe, usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { ChangesCard } from "./changes-card";
import { HomeCard } from "./home-card";
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

const ArrangeBar = lazy(() => import("./arrange-bar").then((part) => ({ default: part.ArrangeBar })));
const ArrangedCard = lazy(() => import("./arrange-bar").then((part) => ({ default: part.ArrangedCard })));
const HomeFigure = lazyPart(async () => ({ default: (await homeFigures.load()).HomeFigure }));
const FirstRun = lazy(async () => {
  const [part] = await Promise.all([import("./first-run"), activateLateTexts()]);
  return { default: part.FirstRun };
});
const UnreadCard = lazy(async () => {
  const [part] = await Promise.all([import("./unread-card"), activateLateTexts()]);
  return { default: part.UnreadCard };
});
const LoadCard = lazy(async () => {
  const [part] = await Promise.all([import("./load-card"), activateLateTexts()]);
  return { default: part.LoadCard };
});
const ShortcutsCard = lazy(() => import("./shortcuts-card").then((part) => ({ default: part.ShortcutsCard })));

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
  const [kept, keep] = usePreference<Json>(ARRANGEMENT, null);
  const [isArranging, setArranging] = useState(false);
  const arrangement = readArrangement(kept, me.user.roles);
  const arrange = (next: Arrangement) => keep(stored(next));
  const told = useIsTold();
  const cards: Record<OwnCard, ReactNode> = {
    numbers: <Numbers meta={meta} scope={scope} />,
    unread: told ? <UnreadCard /> : null,
    load: canTask ? <LoadCard /> : null,
    waiting: canTask ? <WaitingCard objects={meta.objects} /> : null,
    tasks: canTask ? <TasksCard key={scope} activity={activity} scope={scope} /> : null,
    changes: <ChangesCard scope={scope} />,
    today: activity?.views.calendar ? <TodayCard activity={activity} scope={scope} /> : null,
    pipeline:
      opportunity && findField(opportunity, "stage") && hasOwn(opportunity, scope) ? (
        <PipelineCard opportunity={opportunity} scope={scope} />
      ) : null,
    notices: notice ? <NoticesCard /> : null,
    recents: <RecentsCard />,
    shortcuts: <ShortcutsCard />,
  };
  const drawCard = (card: CardName): ReactNode => {
    const figure = figureOf(card);
    if (!figure) return cards[card as OwnCard];
    const remove = () => arrange(moved(arrangement, card, "hide", isThere));
    return <FigureCard name={figure} mine={scope === "mine"} kept={kept !== null} onRemove={remove} />;
  };
  const isThere = (card: CardName) => figureOf(card) !== null || cards[card as OwnCard] !== null;
  const drawn = (names: CardName[]) =>
    names.filter(isThere).map((card) =>
      isArranging ? (
        <ArrangedCard key={card} {...{ card, arrangement, isThere }} onChange={arrange}>
          {drawCard(card)}
        </ArrangedCard>
      ) : (
        <Suspense key={card}>{drawCard(card)}</Suspense>
      ),
    );
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
        <Tooltip title={t("home.arrange.title")}>
          <Button
            icon={<LayoutOutlined />}
            aria-label={t("home.arrange.title")}
            aria-pressed={isArranging}
            // The page stays in sight until what arranging needs has come.
            onClick={() => startTransition(() => setArranging(!isArranging))}
          />
        </Tooltip>
        <QuickActions />
      </header>
      {empty ? (
        <Suspense>
          <FirstRun />
        </Suspense>
      ) : null}
      <Suspense>
        {isArranging ? null : drawn(arrangement.top)}
        {isArranging ? (
          <ArrangeBar {...{ arrangement, isThere }} onChange={arrange} onDone={() => setArranging(false)} />
        ) : null}
        {isArranging ? drawn(arrangement.top) : null}
        <div className="gx-home-columns">
          <div>{drawn(arrangement.left)}</div>
          <div>{drawn(arrangement.right)}</div>
        </div>
      </Suspense>
    </div>
  );
}

/** A figure that a feature draws, in the frame of the page; its code and its texts come after all the rest. */
function FigureCard(props: Omit<HomeFigureProps, "Frame">) {
  const { t } = useTranslation();
  return (
    <Suspense fallback={<HomeCard title={t("common.loading")} loading />}>
      <HomeFigure {...props} Frame={HomeCard} />
    </Suspense>
  );
}
