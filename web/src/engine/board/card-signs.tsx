import { ClockCircleOutlined, PauseCircleOutlined, QuestionCircleOutlined, WarningOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { systemFields } from "../meta";
import { useViewer } from "../viewer";
import { useBoardHints } from "./board-context";
import { signsOf } from "./signs";

/** From so many days before the limit on it is told. */
const SOON = 3;

/** How long a card has been where it is, whether it should have left, and that it does not move on. */
export function CardSigns({ object, record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const viewer = useViewer();
  const hints = useBoardHints();
  // Conditions are read anew only when the card changed: there may be a thousand of them.
  const { days, over, stalled, unplanned } = useMemo(
    () => signsOf(record, [...object.fields, ...systemFields], hints, viewer, new Date()),
    [record, object, hints, viewer],
  );
  const late = over !== null && over > 0;
  const soon = over !== null && over <= 0 && over >= -SOON;
  if (days === null && !late && !soon && !stalled && !unplanned) return null;
  return (
    <ul className="gx-card-signs">
      {days === null ? null : (
        <li title={hints.since ? label(hints.since.label) : undefined}>
          <ClockCircleOutlined aria-hidden /> {t("board.daysHere", { n: formats.number(days) })}
        </li>
      )}
      {late ? (
        <li data-sign="late">
          <WarningOutlined aria-hidden /> {t("board.overBy", { n: formats.number(over) })}
        </li>
      ) : null}
      {soon ? (
        <li data-sign="soon">
          <WarningOutlined aria-hidden />{" "}
          {over === 0 ? t("board.lastDay") : t("board.daysLeft", { n: formats.number(-over) })}
        </li>
      ) : null}
      {stalled && !late ? (
        <li data-sign="stalled">
          <PauseCircleOutlined aria-hidden /> {t("board.stalled")}
        </li>
      ) : null}
      {unplanned ? (
        <li data-sign="unplanned">
          <QuestionCircleOutlined aria-hidden /> {t("board.unplanned")}
        </li>
      ) : null}
    </ul>
  );
}
