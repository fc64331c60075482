import { ArrowDownOutlined, ArrowUpOutlined, EyeInvisibleOutlined, SwapOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { type ReactNode, use } from "react";
import { useTranslation } from "react-i18next";
import {
  type Arrangement,
  type CardName,
  canMove,
  figureCard,
  figureOf,
  type Move,
  moved,
  type OwnCard,
  placeOf,
  shownAgain,
  standard,
} from "@/engine/home-arrangement";
import { type HomeFigures, homeFigures } from "@/engine/home-parts";
import { useMeta } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { loadPart } from "@/ui/lazy-part";

let loading: Promise<HomeFigures> | null = null;

/** The figures there are, fetched when somebody arranges his page. */
function loadFigures(): Promise<HomeFigures> {
  loading ??= loadPart(homeFigures.load).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** What a card is called; figures with their page, since some of them are called alike. */
function useCardName(figures: HomeFigures): (card: CardName) => string {
  const { t } = useTranslation();
  return (card) => {
    const figure = figureOf(card);
    if (!figure) return t(`home.cards.${card as OwnCard}`);
    return (figures.figureTitle(figure) ?? []).map((key) => t(key) as string).join(" · ") || figure;
  };
}

interface FrameProps {
  card: CardName;
  arrangement: Arrangement;
  isThere: (card: CardName) => boolean;
  onChange: (arrangement: Arrangement) => void;
  children: ReactNode;
}

/** A card that is being arranged: what it is, and buttons that move it. */
export function ArrangedCard({ card, arrangement, isThere, onChange, children }: FrameProps) {
  const { t } = useTranslation();
  const name = useCardName(use(loadFigures()))(card);
  const button = (move: Move, icon: ReactNode, disabled = false) => (
    <Tooltip title={t(`home.arrange.${move}`, { name })}>
      <Button
        type="text"
        size="small"
        icon={icon}
        disabled={disabled}
        aria-label={t(`home.arrange.${move}`, { name })}
        onClick={() => onChange(moved(arrangement, card, move, isThere))}
      />
    </Tooltip>
  );
  return (
    <div className="gx-arranged">
      <div className="gx-arranged-bar" role="toolbar" aria-label={name}>
        <span>{name}</span>
        {placeOf(arrangement, card) === "top" ? null : (
          <>
            {button("up", <ArrowUpOutlined />, !canMove(arrangement, card, "up", isThere))}
            {button("down", <ArrowDownOutlined />, !canMove(arrangement, card, "down", isThere))}
            {button("across", <SwapOutlined />)}
          </>
        )}
        {button("hide", <EyeInvisibleOutlined />)}
      </div>
      <div className="gx-arranged-body" inert>
        {children}
      </div>
    </div>
  );
}

interface BarProps {
  arrangement: Arrangement;
  isThere: (card: CardName) => boolean;
  onChange: (arrangement: Arrangement) => void;
  onDone: () => void;
}

/** Above the page while it is arranged: what is hidden, the standard, the end. */
export function ArrangeBar({ arrangement, isThere, onChange, onDone }: BarProps) {
  const { t } = useTranslation();
  const me = useMe();
  const meta = useMeta();
  const figures = use(loadFigures());
  const nameOf = useCardName(figures);
  const hidden: CardName[] = [
    ...arrangement.hidden.filter((card) => figureOf(card) === null && isThere(card)),
    ...figures
      .figuresFor(meta)
      .map(figureCard)
      .filter((card) => placeOf(arrangement, card) === null),
  ];
  return (
    <section className="gx-arrange-bar" aria-label={t("home.arrange.title")}>
      <span>{hidden.length > 0 ? t("home.arrange.hidden") : t("home.arrange.text")}</span>
      {hidden.map((card) => (
        <Button key={card} size="small" onClick={() => onChange(shownAgain(arrangement, card))}>
          + {nameOf(card)}
        </Button>
      ))}
      <span className="gx-arrange-end">
        <Button size="small" onClick={() => onChange(standard(me.user.roles))}>
          {t("home.arrange.reset")}
        </Button>
        <Button size="small" type="primary" onClick={onDone}>
          {t("home.arrange.done")}
        </Button>
      </span>
    </section>
  );
}
