import { Button, Drawer, Form } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
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
  const [planning, setPlanning] = useState(false);
  const unlabelled = looks.label["zh-CN"].trim() === "" && looks.label.en.trim() === "";
  const submit = () => {
    if (!unlabelled) setPlanning(true);
  };
  return (
    <Drawer
      open
      onClose={onClose}
      size={560}
      title={t("settings.editObject")}
      footer={
        <div className="gx-drawer-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="primary" onClick={submit} disabled={unlabelled}>
            {t("settings.preview")}
          </Button>
        </div>
      }
    >
      <Form layout="vertical" onFinish={submit}>
        <LooksForm looks={looks} onChange={setLooks} problem={unlabelled ? t("settings.labelNeeded") : null} />
        <button type="submit" hidden />
      </Form>
      {planning ? (
        <PlanDialog
          title={t("settings.editObject")}
          changes={[{ op: "change_object", object: withLooks(object, looks) }]}
          summary={t("settings.plan.changeObject", { object: label(object.label) })}
          done={t("settings.objectSaved", { object: label(looks.label) })}
          onApplied={onClose}
          onCancel={() => setPlanning(false)}
        />
      ) : null}
    </Drawer>
  );
}
