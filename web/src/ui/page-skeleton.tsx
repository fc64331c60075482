import { useTranslation } from "react-i18next";

/** Grey bars in the shape of a page; appears only after a moment, so that fast pages do not flicker. */
export function PageSkeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="gx-skeleton" role="status" aria-label={t("common.loading")}>
      <div className="gx-bone gx-bone-title" />
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={index} className="gx-bone" />
      ))}
    </div>
  );
}
