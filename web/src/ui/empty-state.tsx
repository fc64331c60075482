import type { ReactNode } from "react";

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  text?: ReactNode;
  /** What to do next: usually one primary button. */
  actions?: ReactNode;
}

export function EmptyState({ icon, title, text, actions }: EmptyStateProps) {
  return (
    <div className="gx-state" role="status">
      {icon ? (
        <div className="gx-state-icon" aria-hidden>
          {icon}
        </div>
      ) : null}
      <h2 className="gx-state-title">{title}</h2>
      {text ? <p className="gx-state-text">{text}</p> : null}
      {actions ? <div className="gx-state-actions">{actions}</div> : null}
    </div>
  );
}
