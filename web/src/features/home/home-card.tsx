import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/ui/error-text";

interface HomeCardProps {
  title: string;
  /** How many, beside the title. */
  count?: number | string | undefined;
  /** At the end of the head: usually a link to the list. */
  link?: ReactNode;
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
  /** Said instead of the content where there is none. */
  empty?: ReactNode;
  children?: ReactNode;
}

/** One part of the home page: a failure of its own does not take the others down. */
export function HomeCard({ title, count, link, loading, error, onRetry, empty, children }: HomeCardProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <section className="gx-home-card" data-calm aria-label={title}>
      <header>
        <h2>{title}</h2>
        {count === undefined ? null : <span className="gx-home-count gx-numeric">{count}</span>}
        <span className="gx-home-link">{link}</span>
      </header>
      {loading ? (
        <div className="gx-home-bones" role="status" aria-label={t("common.loading")}>
          <div className="gx-bone" />
          <div className="gx-bone" />
          <div className="gx-bone" />
        </div>
      ) : error ? (
        <p className="gx-home-empty" role="alert">
          {errorText(error)}{" "}
          {onRetry ? (
            <Button type="link" size="small" onClick={onRetry}>
              {t("common.retry")}
            </Button>
          ) : null}
        </p>
      ) : empty ? (
        <div className="gx-home-empty">{empty}</div>
      ) : (
        children
      )}
    </section>
  );
}
