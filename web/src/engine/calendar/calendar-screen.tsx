import { ImportOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useShortcuts } from "@/ui/shortcuts";
import { useIsPhone } from "@/ui/use-media";
import { ObjectHeader } from "../object-header";
import { besides, useBusy } from "./busy";
import { CalendarBody, useBeginEvent } from "./calendar-body";
import { CalendarToolbar } from "./calendar-toolbar";
import { ColleagueBar } from "./colleague-bar";
import type { CalendarShape } from "./events";
import { ImportDialog } from "./import-dialog";
import { step, useCalendarView } from "./use-calendar-view";
import { WhoseChoice } from "./whose-choice";

export function CalendarScreen({ object, shape }: { object: ObjectMeta; shape: CalendarShape }) {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const phone = useIsPhone();
  const view = useCalendarView(object, timeZone, phone);
  const [importing, setImporting] = useState(false);
  const create = useBeginEvent(object, shape);
  const covered = useBusy(besides(view.colleagues), view.days, timeZone);
  const turn = (by: 1 | -1) => () => view.goTo(step(view.mode, view.day, by));
  const arrows = { ArrowLeft: turn(-1), ArrowRight: turn(1) };
  useShortcuts({
    t: () => view.goTo(view.today),
    ...arrows,
    m: () => view.setMode("month"),
    w: () => view.setMode("week"),
    d: () => view.setMode("day"),
    a: () => view.setMode("agenda"),
    c: () => object.access.create && create(view.day, null),
  });
  return (
    <div className="gx-calendar">
      <ObjectHeader
        object={object}
        actions={
          shape.calendar.people && object.access.create ? (
            <Button
              icon={<ImportOutlined />}
              aria-label={t("planning.importTitle")}
              title={t("planning.importTitle")}
              onClick={() => setImporting(true)}
            />
          ) : null
        }
      />
      <CalendarToolbar period={view}>{view.owned ? <WhoseChoice object={object} view={view} /> : null}</CalendarToolbar>
      {view.hasPeople ? <ColleagueBar view={view} /> : null}
      <CalendarBody
        object={object}
        shape={shape}
        period={view}
        conditions={[view.whose, view.filter]}
        covered={covered}
        colleagues={view.colleagues}
        showOwner={view.who !== "mine"}
        notes={
          view.filter ? (
            <Tag closable onClose={view.clearFilter}>
              {t("calendar.filtered")}
            </Tag>
          ) : null
        }
      />
      {importing ? <ImportDialog object={object.name} onClose={() => setImporting(false)} /> : null}
    </div>
  );
}
