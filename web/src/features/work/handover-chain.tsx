import { ArrowRightOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { useSpan } from "@/ui/span";
import { type Handover, linksOf } from "./handover-links";
import "./work.css";

const HANDOVER = "handover";
const FIELDS =
  "from_department,from_member,to_department,to_member,accepted_by,state,offered_at,due_at,answer_time,total_time";

/** From which department to which a record went, as one line, with how long each took to accept it. */
export function HandoverChain({ record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const span = useSpan();
  const handover = findObject(useMeta(), HANDOVER);
  const list = useRecordList(HANDOVER, {
    filter: `record == "${record.id}" && state != "withdrawn"`,
    sort: "id",
    limit: 50,
    fields: FIELDS,
  });
  const links = linksOf(list.data?.pages.flatMap(({ items }) => items) ?? []);
  const state = handover ? findField(handover, "state") : null;
  if (!state || links.length === 0) return null;
  const detail = (one: Handover) =>
    [
      one.accepted ? t("handovers.acceptedAfter", { span: span(one.answerTime) }) : "",
      one.totalTime !== null ? t("handovers.doneAfter", { span: span(one.totalTime) }) : "",
      one.open && one.dueAt ? t("handovers.until", { at: formats.dateTime(one.dueAt) }) : "",
    ].filter(Boolean);
  return (
    <section className="gx-handovers" aria-label={t("handovers.chain")}>
      <h2>{t("handovers.chain")}</h2>
      <ol>
        {links.map((one, at) => (
          <li key={one.id} data-declined={one.declined || undefined}>
            {at === 0 || links[at - 1]?.to !== one.from ? <span>{one.from || t("handovers.someone")}</span> : null}
            <ArrowRightOutlined aria-hidden />
            <RecordLink object={HANDOVER} id={one.id}>
              {one.to || t("handovers.someone")}
            </RecordLink>
            <FieldDisplay field={state} value={one.state} />
            <span className="gx-muted">
              {formats.dateTime(one.offeredAt)}
              {detail(one).map((text) => ` · ${text}`)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
