import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import { pagePath } from "@/api/place";

interface RecordLinkProps {
  object: string;
  id: string;
  className?: string;
  tabIndex?: number;
  children: ReactNode;
}

/** A link to a record that costs nothing to draw: lists show hundreds of them while they scroll. */
export function RecordLink({ object, id, className, tabIndex, children }: RecordLinkProps) {
  const router = useRouter();
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    void router.navigate({ to: "/r/$object/$id", params: { object, id } });
  };
  return (
    <a
      href={pagePath(`/r/${encodeURIComponent(object)}/${encodeURIComponent(id)}`)}
      className={className}
      tabIndex={tabIndex}
      onClick={open}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {children}
    </a>
  );
}
