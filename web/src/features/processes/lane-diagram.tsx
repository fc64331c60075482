import { type DragEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsPhone } from "@/ui/use-media";
import { arrowsOf, LANE_NAME, type LaneStep, laneAt, layoutLanes, NODE, type PlacedStep, stepByArrow } from "./lanes";
import "./processes.css";

export interface DrawnStep extends LaneStep {
  /** How its frame is drawn; see `processes.css`. */
  state: string;
  /** Something is wrong with it. */
  wrong?: boolean;
  /** What is said of it below its name. */
  note: ReactNode;
  /** All that is said of it, for who hears it. */
  said: string;
}

interface LaneDiagramProps {
  label: string;
  steps: DrawnStep[];
  /** The lanes in their order. */
  lanes: string[];
  laneName: (lane: string) => string;
  selected: string | null;
  onSelect: (id: string) => void;
  /** Enter on the step that is selected already. */
  onOpen?: (id: string) => void;
  /** A step was carried into another lane with the mouse; the keyboard has another way. */
  onMove?: (id: string, lane: string) => void;
}

/** Steps in a lane for each who does them, from left to right as one waits for the other. */
export function LaneDiagram(props: LaneDiagramProps) {
  const { label, steps, lanes, laneName, selected, onSelect, onOpen, onMove } = props;
  const { t } = useTranslation();
  const phone = useIsPhone();
  const root = useRef<HTMLElement>(null);
  const [room, setRoom] = useState<number | null>(null);
  useEffect(() => {
    const element = root.current;
    if (!element || phone) return;
    const watch = new ResizeObserver(() => setRoom(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [phone]);
  const layout = useMemo(() => layoutLanes(steps, lanes, room), [steps, lanes, room]);
  const arrows = useMemo(() => arrowsOf(layout), [layout]);
  const nameOf = (id: string) => steps.find((step) => step.id === id)?.name ?? "";
  const first = layout.steps[0]?.step.id;
  const [carried, setCarried] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const laneUnder = (event: DragEvent<HTMLElement>) =>
    laneAt(layout, event.clientY - event.currentTarget.getBoundingClientRect().top);
  const put = () => {
    setCarried(null);
    setOver(null);
  };
  const reached = steps.some(({ id }) => id === selected) ? selected : first;
  const go = (id: string, key: string): boolean => {
    const next = stepByArrow(layout, id, key);
    if (!next) return false;
    onSelect(next);
    root.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)?.focus();
    return true;
  };
  const node = ({ step }: PlacedStep<DrawnStep>, where: "lanes" | "list") => {
    const waits = step.after.map(nameOf).filter(Boolean);
    const said = [
      step.said,
      laneName(step.lane),
      ...(waits.length > 0 ? [t("processes.waitsFor", { steps: waits.join(t("common.comma")) })] : []),
    ].join(t("common.comma"));
    return (
      <button
        type="button"
        className="gx-lane-step"
        data-step={step.id}
        data-state={step.state}
        data-wrong={step.wrong || undefined}
        aria-pressed={step.id === selected}
        aria-label={said}
        draggable={where === "lanes" && onMove !== undefined}
        onDragStart={() => setCarried(step.id)}
        onDragEnd={put}
        tabIndex={where === "lanes" && step.id !== reached ? -1 : 0}
        style={where === "lanes" ? { width: layout.node, height: NODE.height } : undefined}
        onClick={() => (step.id === selected && onOpen ? onOpen(step.id) : onSelect(step.id))}
        onKeyDown={(event) => {
          if (event.key.startsWith("Arrow") && go(step.id, event.key)) event.preventDefault();
        }}
      >
        <b>{step.name}</b>
        <span>{step.note}</span>
        {where === "list" ? (
          <small>
            {laneName(step.lane)}
            {waits.length > 0 ? ` · ${t("processes.waitsFor", { steps: waits.join(t("common.comma")) })}` : ""}
          </small>
        ) : null}
      </button>
    );
  };
  if (phone) {
    return (
      <section ref={root} aria-label={label}>
        <ol className="gx-lane-list">
          {layout.steps.map((placed) => (
            <li key={placed.step.id} data-level={Math.min(placed.column, 3)}>
              {node(placed, "list")}
            </li>
          ))}
        </ol>
      </section>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section ref={root} className="gx-lanes-scroll" aria-label={label} tabIndex={0}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only for who carries with the mouse */}
      <div
        className="gx-lanes"
        style={{ minWidth: layout.width, height: layout.height }}
        onDragOver={(event) => {
          if (carried === null || !onMove) return;
          event.preventDefault();
          setOver(laneUnder(event));
        }}
        onDrop={(event) => {
          event.preventDefault();
          const lane = laneUnder(event);
          const step = steps.find(({ id }) => id === carried);
          if (step && lane && lane !== step.lane) onMove?.(step.id, lane);
          put();
        }}
      >
        {layout.lanes.map((lane) => (
          <div
            key={lane.name}
            className="gx-lane"
            data-over={over === lane.name || undefined}
            style={{ top: lane.y, height: lane.height }}
            aria-hidden
          >
            <span style={{ width: LANE_NAME }} title={laneName(lane.name)}>
              {laneName(lane.name)}
            </span>
          </div>
        ))}
        <svg width={layout.width} height={layout.height} aria-hidden="true">
          <defs>
            <marker id="gx-lane-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M 0 0 L 8 4 L 0 8 z" />
            </marker>
            <marker
              id="gx-lane-tip-near"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="5"
              markerHeight="5"
              orient="auto"
            >
              <path d="M 0 0 L 8 4 L 0 8 z" data-near />
            </marker>
          </defs>
          {arrows.map(({ key, from, to, path }) => {
            const near = from === selected || to === selected;
            return (
              <path
                key={key}
                d={path}
                data-near={near || undefined}
                markerEnd={near ? "url(#gx-lane-tip-near)" : "url(#gx-lane-tip)"}
              />
            );
          })}
        </svg>
        <ol>
          {layout.steps.map((placed) => (
            <li key={placed.step.id} style={{ left: placed.x, top: placed.y }}>
              {node(placed, "lanes")}
            </li>
          ))}
        </ol>
      </div>
      <p className="gx-visually-hidden">{t("processes.arrows")}</p>
    </section>
  );
}
