import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ParseKeys } from "i18next";
import { type ComponentType, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import type { HomeFigureProps } from "@/engine/home-parts";
import { findObject, useMeta } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { ActivityCard } from "./activity-card";
import { type Choice, readChoice, within } from "./choice";
import { ContactCard } from "./contact-card";
import { CostCard } from "./cost-card";
import { CycleCard } from "./cycle-card";
import { DurationCard } from "./duration-card";
import { type FigureFrame, FigureFrameContext } from "./figure-frame";
import { FIGURES, type FigureName, figureEntry, figuresFor, isFigure, PAGES } from "./figures";
import { FunnelCard } from "./funnel-card";
import { DepartmentCard } from "./handovers/department-card";
import { CohortCard } from "./lifecycle/cohort-card";
import { FlowCard as LifecycleFlowCard } from "./lifecycle/flow-card";
import { MovesCard } from "./lifecycle/moves-card";
import { PeopleCard } from "./lifecycle/people-card";
import { type Lifecycle, useLifecycle } from "./lifecycle/stages";
import { StandingCard } from "./lifecycle/standing-card";
import { StayCard } from "./lifecycle/stay-card";
import { POOLED, type PoolChoice, readPoolChoice } from "./pools/choice";
import { ClaimCard } from "./pools/claim-card";
import { FlowCard as PoolFlowCard } from "./pools/flow-card";
import { HoldingCard } from "./pools/holding-card";
import { ReturnCard } from "./pools/return-card";
import { RateCard } from "./rate-card";
import { ReasonCard } from "./reason-card";
import { TrendCard } from "./trend-card";
import { type Deals, useDeals } from "./use-deals";
import { useDepartments } from "./use-departments";
import { VisitCard } from "./visit-card";
import "./analysis.css";

export { figuresFor };

/** Of which page a figure is, and how it is called; null for one that a newer or older version knows. */
export const figureTitle = (name: string): ParseKeys[] | null =>
  isFigure(name) ? [PAGES[FIGURES[name].page], FIGURES[name].title] : null;

interface DrawProps {
  choice: Choice;
}
type Draw = ComponentType<DrawProps>;

/** What a page of the analysis asks for before it draws its cards is asked for here, once for each kind of card. */
function withDeals(Card: ComponentType<DrawProps & { deals: Deals }>): Draw {
  return function DealFigure({ choice }) {
    const deals = useDeals(null);
    return deals ? <Card deals={deals} choice={choice} /> : null;
  };
}

function withLifecycle(Card: ComponentType<DrawProps & { lifecycle: Lifecycle }>): Draw {
  return function LifecycleFigure({ choice }) {
    const lifecycle = useLifecycle();
    return lifecycle ? <Card lifecycle={lifecycle} choice={choice} /> : null;
  };
}

/** All pools of what the caller sees, leads first. */
function withPools(Card: ComponentType<{ choice: PoolChoice }>): Draw {
  return function PoolFigure({ choice: { today } }) {
    const meta = useMeta();
    const object = POOLED.find((name) => findObject(meta, name));
    const choice = useMemo(() => readPoolChoice({ object }, today), [object, today]);
    return <Card choice={choice} />;
  };
}

/** A figure without a drawing does not compile, nor the other way round. */
const DRAWN: Record<FigureName, Draw> = {
  funnel: withDeals(FunnelCard),
  trend: withDeals(TrendCard),
  rate: withDeals(RateCard),
  reason: withDeals(ReasonCard),
  cost: CostCard,
  duration: withDeals(DurationCard),
  cycle: withDeals(CycleCard),
  activity: ActivityCard,
  contact: ContactCard,
  visit: ({ choice }) => <VisitCard choice={choice} departments={useDepartments()} />,
  lifecycle_standing: withLifecycle(StandingCard),
  lifecycle_cohort: withLifecycle(CohortCard),
  lifecycle_stay: withLifecycle(StayCard),
  lifecycle_flow: withLifecycle(LifecycleFlowCard),
  lifecycle_moves: withLifecycle(MovesCard),
  lifecycle_people: withLifecycle(PeopleCard),
  pool_flow: withPools(PoolFlowCard),
  pool_claims: withPools(ClaimCard),
  pool_back: withPools(ReturnCard),
  pool_holdings: withPools(({ choice }) => <HoldingCard choice={choice} pool={null} />),
  handovers: ({ choice }) => <DepartmentCard within={within("offered_at", choice.span)} />,
};

/** A figure of the analysis as a card of the home page: of the last twelve months, or as things are today. */
export function HomeFigure({ name, mine, kept, onRemove, Frame }: HomeFigureProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  if (isFigure(name) && FIGURES[name].offered(meta)) return <Framed name={name} mine={mine} Frame={Frame} />;
  // The standard arrangement leaves out what one may not see; what one put there oneself does not vanish unsaid.
  if (!kept) return null;
  return (
    <Frame
      title={t(isFigure(name) ? FIGURES[name].title : "analysis.title")}
      empty={
        <>
          {t("analysis.onHome.withdrawn")}{" "}
          <Button type="link" size="small" onClick={onRemove}>
            {t("analysis.unpin")}
          </Button>
        </>
      }
    />
  );
}

function Framed({ name, mine, Frame }: Pick<HomeFigureProps, "mine" | "Frame"> & { name: FigureName }) {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const me = useMe().user.id;
  const today = todayIn(timeZone);
  const choice = useMemo(() => readChoice(mine ? { owner: me } : {}, today, []), [mine, me, today]);
  const { title, page, standing } = figureEntry(name);
  const frame = useMemo(
    (): FigureFrame => ({
      Frame,
      title: t(title),
      // The page shows what the card does: one's own, or everybody's.
      link: (
        <Link to={page} search={mine ? { owner: me } : {}}>
          {t(PAGES[page])}
        </Link>
      ),
      time: standing ? null : t("analysis.periods.last_12_months"),
    }),
    [Frame, title, page, standing, mine, me, t],
  );
  const Card = DRAWN[name];
  return (
    <FigureFrameContext value={frame}>
      <Card choice={choice} />
    </FigureFrameContext>
  );
}
