import { Checkbox, Form } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { EditDrawer } from "../edit-drawer";
import { LooksForm } from "./looks-form";
import { type ObjectLooks, withLooks } from "./object-draft";
import { PlanDialog } from "./plan-dialog";

const EMPTY = { "zh-CN": "", en: "" };

/** Names, icon and colour of an own object. */
export function ObjectDrawer({ object, onClose }: { object: StoredObject; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [looks, setLooks] = useState<ObjectLooks>({
    label: object.label,
    plural: object.plural ?? EMPTY,
    help: object.help ?? EMPTY,
    icon: object.icon ?? "appstore",
    color: object.color ?? "teal",
  });
  const [marks, setMarks] = useState({ watermark: object.watermark, audit_reads: object.audit_reads });
  const [planning, setPlanning] = useState(false);
  const { close, dirty } = useDraftGuard({ looks, marks }, onClose);
  const unlabelled = looks.label["zh-CN"].trim() === "" && looks.label.en.trim() === "";
  return (
    <EditDrawer
      title={t("settings.editObject")}
      submitText={t("settings.preview")}
      onSubmit={() => setPlanning(true)}
      close={close}
      disabled={unlabelled || !dirty}
      over={
        planning ? (
          <PlanDialog
            title={t("settings.editObject")}
            changes={[{ op: "change_object", object: { ...withLooks(object, looks), ...marks } }]}
            summary={t("settings.plan.changeObject", { object: label(object.label) })}
            done={t("settings.objectSaved", { object: label(looks.label) })}
            onApplied={onClose}
            onCancel={() => setPlanning(false)}
          />
        ) : null
      }
    >
      <LooksForm looks={looks} onChange={setLooks} problem={unlabelled ? t("settings.labelNeeded") : null} />
      <Form.Item label={t("settings.protection.marks")}>
        <Checkbox
          checked={marks.watermark}
          onChange={(event) => setMarks({ ...marks, watermark: event.target.checked })}
        >
          {t("settings.protection.watermark")}
        </Checkbox>
        <p className="gx-muted">{t("settings.protection.watermarkHelp")}</p>
        <Checkbox
          checked={marks.audit_reads}
          onChange={(event) => setMarks({ ...marks, audit_reads: event.target.checked })}
        >
          {t("settings.protection.auditReads")}
        </Checkbox>
        <p className="gx-muted">{t("settings.protection.auditReadsHelp")}</p>
      </Form.Item>
    </EditDrawer>
  );
}
