import { Segmented, Skeleton } from "antd";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { usePreference } from "../session";
import { RelatedList } from "./related-list";
import type { RelatedWay, RelatedWayProps } from "./related-ways";

/** What belongs to a record in a way of its own, or as the list that everything has. */
export function WayChoice({ way, ...what }: RelatedWayProps & { way: RelatedWay }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [listed, setListed] = usePreference<boolean>(`record.${what.target.name}.listed`, false);
  const Way = useMemo(() => lazyPart(way.load), [way]);
  return (
    <>
      <Segmented<string>
        size="small"
        className="gx-related-way"
        value={listed ? "list" : "way"}
        onChange={(next) => setListed(next === "list")}
        options={[
          { value: "way", label: label(way.label) },
          { value: "list", label: t("list.viewList") },
        ]}
        aria-label={t("list.views")}
      />
      {listed ? (
        <RelatedList {...what} />
      ) : (
        <Suspense fallback={<Skeleton active paragraph={{ rows: 5 }} title={false} />}>
          <Way {...what} />
        </Suspense>
      )}
    </>
  );
}
