import { ReadOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "@/api/types";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import type { ColumnSettings } from "../board/hints";

const GuideDrawer = lazyPart(async () => {
  const [part] = await Promise.all([import("./guide-drawer"), activateLateTexts()]);
  return { default: part.GuideDrawer };
});

interface StageGuideProps {
  settings: ColumnSettings;
  record: RecordData;
  /** The step's name for people. */
  step: string;
}

/** What is set up for the step a record stands in, one press away: what to do and say there, what it asks for. */
export function StageGuide({ settings, record, step }: StageGuideProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const text = t("record.stepGuide", { step });
  return (
    <>
      <Tooltip title={text}>
        <Button type="text" icon={<ReadOutlined />} aria-label={text} onClick={() => setOpen(true)} />
      </Tooltip>
      {open ? (
        <Suspense fallback={null}>
          <GuideDrawer settings={settings} record={record} step={step} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
