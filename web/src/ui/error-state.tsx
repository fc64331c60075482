import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { EmptyState } from "./empty-state";
import { useErrorText } from "./error-text";

interface ErrorStateProps {
  error: unknown;
  title?: string;
  onRetry?: () => void;
  actions?: React.ReactNode;
}

export function ErrorState({ error, title, onRetry, actions }: ErrorStateProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <div role="alert">
      <EmptyState
        title={title ?? t("errors.title")}
        text={
          <>
            {errorText(error)}
            {requestId ? <small className="gx-request-id">{t("errors.requestId", { id: requestId })}</small> : null}
          </>
        }
        actions={
          <>
            {onRetry ? (
              <Button type="primary" onClick={onRetry}>
                {t("common.retry")}
              </Button>
            ) : null}
            {actions}
          </>
        }
      />
    </div>
  );
}
