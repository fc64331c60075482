import { EyeOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { RecordData } from "@/api/types";
import { viewsOptions } from "@/api/views";
import { useFormats } from "@/i18n/formats";

/** How many records of this circle may still be opened today, on the page of one that was. */
export function ViewsNote({ circle, record }: { circle: string; record: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const views = useQuery(viewsOptions(record.id));
  const found = views.data?.find((one) => one.circle === circle);
  if (!found) return null;
  return (
    <p className="gx-views-note" role="note" data-last={found.left === 0 || undefined}>
      <EyeOutlined aria-hidden />{" "}
      {t("pools.views.left", {
        left: formats.number(found.left),
        limit: formats.number(found.limit),
        until: formats.dateTime(found.until),
      })}
    </p>
  );
}
