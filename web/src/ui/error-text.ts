import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { isLoadError } from "./lazy-part";

const OWN_TEXTS = ["network", "unavailable", "bad_response", "internal", "forbidden", "not_found"] as const;

/** One sentence for a person, in the language in use: the server's own, or ours where the server said nothing. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return useCallback(
    (error) => {
      if (isLoadError(error)) return t("errors.part");
      if (!(error instanceof ApiError))
        return error instanceof Error && error.message ? error.message : t("errors.title");
      const text = error.fieldErrors[0]?.message ?? error.detail ?? error.problem?.title;
      if (text) return text;
      const own = OWN_TEXTS.find((code) => code === error.code);
      return own ? t(`errors.${own}`) : t("errors.title");
    },
    [t],
  );
}
