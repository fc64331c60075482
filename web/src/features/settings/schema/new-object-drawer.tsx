import { useNavigate } from "@tanstack/react-router";
import { Alert, Checkbox, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SchemaChange } from "@/api/schema";
import type { Label } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { EditDrawer } from "../edit-drawer";
import { nameFrom, nameProblem } from "./field-draft";
import { LabelInput } from "./label-input";
import { LooksForm } from "./looks-form";
import { newObject, type ObjectLooks } from "./object-draft";
import { PlanDialog } from "./plan-dialog";
import { useSchemaCheck } from "./use-schema-check";

const EMPTY: Label = { "zh-CN": "", en: "" };

/** A new kind of record: what it is called, how it looks, and what names one of them. Fields follow on its page. */
export function NewObjectDrawer({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const [looks, setLooks] = useState<ObjectLooks>({
    label: EMPTY,
    plural: EMPTY,
    help: EMPTY,
    icon: "appstore",
    color: "teal",
  });
  const [title, setTitle] = useState<Label>({ "zh-CN": "名称", en: "Name" });
  const [owned, setOwned] = useState(true);
  const [typed, setTyped] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [planning, setPlanning] = useState(false);
  const { close, release } = useDraftGuard({ looks, title, owned, typed }, onClose);
  const name = typed ?? nameFrom(looks.label.en);
  const badName = nameProblem(name, taken);
  const unlabelled = looks.label["zh-CN"].trim() === "" && looks.label.en.trim() === "";
  const change: SchemaChange = { op: "add_object", object: newObject(name, looks, title, owned) };
  const check = useSchemaCheck(badName === null && !unlabelled ? change : null);
  const nameText = badName && (tried || name !== "") ? t(`settings.nameProblems.${badName}`) : null;
  const submit = () => {
    setTried(true);
    if (badName === null && !unlabelled) setPlanning(true);
  };
  return (
    <EditDrawer
      title={t("settings.newObject")}
      submitText={t("settings.preview")}
      onSubmit={submit}
      close={close}
      checking={check.checking}
      over={
        planning ? (
          <PlanDialog
            title={t("settings.newObject")}
            changes={[change]}
            summary={t("settings.plan.addObject", { object: label(change.object.label) })}
            done={t("settings.objectSaved", { object: label(change.object.label) })}
            onApplied={() => {
              release();
              void navigate({ to: "/settings/objects/$object", params: { object: name } });
            }}
            onCancel={() => setPlanning(false)}
          />
        ) : null
      }
    >
      <LooksForm looks={looks} onChange={setLooks} problem={tried && unlabelled ? t("settings.labelNeeded") : null} />
      <Form.Item
        label={t("settings.name")}
        htmlFor="object-name"
        required
        extra={t("settings.nameHelp")}
        {...(nameText ? { validateStatus: "error" as const, help: nameText } : {})}
      >
        <Input
          id="object-name"
          className="gx-code"
          value={name}
          onChange={(event) => setTyped(event.target.value || null)}
          placeholder="equipment"
        />
      </Form.Item>
      <LabelInput
        id="object-title"
        title={t("settings.titleLabel")}
        value={title}
        onChange={setTitle}
        extra={t("settings.titleHelp")}
      />
      <Form.Item>
        <Checkbox checked={owned} onChange={(event) => setOwned(event.target.checked)}>
          {t("settings.owned")}
        </Checkbox>
        <div className="gx-muted">{t("settings.ownedHelp")}</div>
      </Form.Item>
      {check.problems.map((problem) => (
        <Alert key={problem.message} type="error" showIcon title={problem.message} />
      ))}
    </EditDrawer>
  );
}
