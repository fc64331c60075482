import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, AutoComplete, DatePicker, Form, Input, Modal, Radio, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { askForRights } from "@/api/held-rights";
import type { Json, ObjectMeta } from "@/api/types";
import { useFormGuard } from "@/engine/form/form-guard";
import { findField, useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { invalidateObject } from "@/engine/records";
import { FieldInput } from "@/fields/field-input";
import { asReference, asText, isObject } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { REQUEST, recordOf } from "./request-text";

const KINDS = ["role", "object", "record"] as const;
const LEVELS = ["read", "write"] as const;
/** A right is asked for a year at most. */
const LONGEST_DAYS = 365;

interface AskForm {
  kind: (typeof KINDS)[number];
  role?: string;
  department?: Json;
  data?: string;
  record?: string;
  level: (typeof LEVELS)[number];
  until: Dayjs;
  reason: string;
}

interface AskDialogProps {
  request: ObjectMeta;
  /** A record to ask for. */
  wanted: { object?: string; record?: string };
  onClose: () => void;
}

function inputOf(values: AskForm): { [name: string]: Json } {
  const common = { kind: values.kind, until: values.until.toISOString(), reason: values.reason.trim() };
  const department = asReference(values.department)?.id;
  const within: { [name: string]: Json } = department ? { department } : {};
  if (values.kind === "role") return { ...common, ...within, role: values.role ?? "" };
  if (values.kind === "object") return { ...common, ...within, target_object: values.data?.trim() ?? "" };
  const found = recordOf(values.record ?? "");
  return { ...common, target_object: found?.object ?? "", target_record: found?.id ?? "", level: values.level };
}

/** Asks for a role, a kind of data or one record, for a time and with a reason. */
export function AskDialog({ request, wanted, onClose }: AskDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<AskForm>();
  const kind = Form.useWatch("kind", form);
  const { close } = useFormGuard(form, onClose);
  const send = useMutation({
    mutationFn: (values: AskForm) => askForRights(inputOf(values)),
    onSuccess: (answer) => {
      const number = isObject(answer) ? asText(answer.number) : "";
      void message.success(t("held.sent", { number }));
      void invalidateObject(queryClient, REQUEST);
      onClose();
    },
  });
  const link = wanted.object && wanted.record ? `/r/${wanted.object}/${wanted.record}` : "";
  return (
    <Modal
      open
      title={t("held.ask")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("held.send")}
      confirmLoading={send.isPending}
    >
      <Form<AskForm>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          kind: link ? "record" : "role",
          level: "read",
          until: dayjs().add(30, "day").endOf("day"),
          ...(link ? { record: link } : {}),
        }}
        onFinish={(values) => send.mutate(values)}
      >
        {send.error ? <Alert type="error" showIcon title={errorText(send.error)} className="gx-profile-note" /> : null}
        <Form.Item name="kind" label={t("held.kind")}>
          <Radio.Group
            optionType="button"
            options={KINDS.map((value) => ({ value, label: t(`held.kinds.${value}`) }))}
          />
        </Form.Item>
        <What request={request} kind={kind ?? (link ? "record" : "role")} />
        <Form.Item
          name="until"
          label={t("held.untilField")}
          rules={[{ required: true, message: t("held.untilNeeded") }]}
        >
          <DatePicker
            showTime={{ format: "HH:mm" }}
            format="YYYY-MM-DD HH:mm"
            minDate={dayjs()}
            maxDate={dayjs().add(LONGEST_DAYS, "day")}
            style={{ width: "100%" }}
          />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t("held.reason")}
          rules={[{ required: true, whitespace: true, message: t("held.reasonNeeded") }]}
        >
          <Input.TextArea
            maxLength={1000}
            autoSize={{ minRows: 3, maxRows: 8 }}
            placeholder={t("held.reasonPlaceholder")}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** The part of the form that depends on what is asked for. */
function What({ request, kind }: { request: ObjectMeta; kind: AskForm["kind"] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  if (kind === "record") {
    const check = (_: unknown, value: string | undefined) =>
      recordOf(value ?? "")?.object ? Promise.resolve() : Promise.reject(new Error(t("held.recordBad")));
    return (
      <>
        <Form.Item
          name="record"
          label={t("held.recordId")}
          extra={t("held.recordHelp")}
          rules={[{ required: true, message: t("held.recordNeeded") }, { validator: check }]}
          validateFirst
        >
          <Input />
        </Form.Item>
        <Form.Item name="level" label={t("held.level")}>
          <Radio.Group options={LEVELS.map((value) => ({ value, label: t(`held.levels.${value}`) }))} />
        </Form.Item>
      </>
    );
  }
  return (
    <>
      {kind === "role" ? (
        <Form.Item name="role" label={t("held.chooseRole")} rules={[{ required: true, message: t("held.roleWanted") }]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={(findField(request, "role")?.options ?? []).map((option) => ({
              value: option.value,
              label: label(option.label),
            }))}
          />
        </Form.Item>
      ) : (
        <Form.Item
          name="data"
          label={t("held.chooseObject")}
          extra={t("held.objectHelp")}
          rules={[{ required: true, whitespace: true, message: t("held.objectNeeded") }]}
        >
          <AutoComplete
            options={meta.objects.map((object) => ({ value: label(object.label) }))}
            showSearch={{ filterOption: (typed, option) => Boolean(option?.value.includes(typed)) }}
            maxLength={100}
          />
        </Form.Item>
      )}
      <Form.Item name="department" label={t("held.department")} extra={t("held.departmentHelp")}>
        <DepartmentInput />
      </Form.Item>
    </>
  );
}

/** A department, as a form's field. */
function DepartmentInput({ id, value, onChange }: { id?: string; value?: Json; onChange?: (next: Json) => void }) {
  return (
    <FieldInput
      field={pickerField("department", { "zh-CN": "", en: "" }, false)}
      id={id ?? "ask-department"}
      value={asReference(value)}
      onChange={(next) => onChange?.(next)}
    />
  );
}
