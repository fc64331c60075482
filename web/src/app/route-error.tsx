import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { ButtonLink } from "@/ui/button-link";
import { ErrorState } from "@/ui/error-state";
import { isLoadError } from "@/ui/lazy-part";
import { NotFound } from "./not-found";

/** The boundary of every route: the shell around it stays usable. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  if (isApiError(error, "not_found")) return <NotFound />;
  return (
    <ErrorState
      error={error}
      title={t("errors.routeTitle")}
      onRetry={() => {
        // What could not be fetched is not asked for again by the page that wanted it, only by a new one.
        if (isLoadError(error)) {
          window.location.reload();
          return;
        }
        reset();
        void router.invalidate();
      }}
      actions={<ButtonLink to="/home">{t("shell.goHome")}</ButtonLink>}
    />
  );
}
