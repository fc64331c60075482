import { useDraggable } from "@dnd-kit/core";
import { useRouter } from "@tanstack/react-router";
import type { KeyboardEvent, MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { WorkloadItem } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { solidColor } from "@/ui/theme";
import { hoursText, type Place, timeOf } from "./workload-model";

const ACTIVITY = "activity";

interface ItemProps {
  item: WorkloadItem;
  from: Place;
  onAsk: (item: WorkloadItem, from: Place) => void;
}

/** Whether the viewer may try to move it: his own rights are the server's to judge. */
export function isMovable(item: WorkloadItem): boolean {
  return item.own && (item.status === "open" || item.status === "in_progress");
}

/** What kind of thing it is, by colour; said in words elsewhere. */
export function KindDot({ color }: { color: string | null | undefined }) {
  const { scheme } = useAppearance();
  return <span className="gx-workload-dot" style={{ background: solidColor(color, scheme) }} />;
}

/** Something to do on a day: a click opens it, dragging or "m" moves it. */
export function ItemCard({ item, from, onAsk }: ItemProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const router = useRouter();
  const activity = findObject(useMeta(), ACTIVITY);
  const movable = isMovable(item) && (activity?.access.update ?? false);
  const { setNodeRef, listeners, isDragging } = useDraggable({
    id: `${item.id}:${from.member.id}:${from.day}`,
    data: { item, from },
    disabled: !movable,
  });
  const kind = (activity ? findField(activity, "kind") : null)?.options?.find((one) => one.value === item.kind);
  const time = timeOf(item) ? formats.time(timeOf(item)) : "";
  const open = (click: MouseEvent) => {
    if (click.metaKey || click.ctrlKey || click.shiftKey || click.button !== 0) return;
    click.preventDefault();
    void router.navigate({ to: "/r/$object/$id", params: { object: ACTIVITY, id: item.id } });
  };
  const onKeyDown = (key: KeyboardEvent) => {
    if (key.key !== "m" || !movable) return;
    key.preventDefault();
    key.stopPropagation();
    onAsk(item, from);
  };
  const words = [
    kind ? label(kind.label) : "",
    time,
    item.title ?? "",
    t("workload.hours", { n: hoursText(item.minutes) }),
  ];
  return (
    <a
      ref={setNodeRef}
      href={`/r/${ACTIVITY}/${item.id}`}
      className="gx-workload-item"
      data-done={item.status === "done" || undefined}
      data-movable={movable || undefined}
      data-dragging={isDragging || undefined}
      data-joined={!item.own || undefined}
      title={[...words.filter(Boolean), movable ? t("workload.moveHint") : ""].filter(Boolean).join(" · ")}
      aria-keyshortcuts={movable ? "m" : undefined}
      onClick={open}
      onKeyDown={onKeyDown}
      draggable={false}
      {...listeners}
    >
      <KindDot color={kind?.color} />
      {time ? <span className="gx-muted gx-numeric">{time}</span> : null}
      <span className="gx-workload-title">{item.title ?? t("board.untitled")}</span>
    </a>
  );
}
