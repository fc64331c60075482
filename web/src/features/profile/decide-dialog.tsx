import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, DatePicker, Form, Input, Modal, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import type { Json, ObjectMeta, RecordData } from "@/api/types";
import { useFormGuard } from "@/engine/form/form-guard";
import { findField } from "@/engine/meta";
import { invalidateObject } from "@/engine/records";
import { asText, isObject } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { REQUEST, useRequestText } from "./request-text";

export type Decision = "approve" | "refuse";

interface DecideForm {
  role?: string;
  until?: Dayjs;
  note?: string;
}

interface DecideDialogProps {
  object: ObjectMeta;
  item: RecordData;
  decision: Decision;
  onClose: () => void;
}

/** Approves or refuses a request, with a word about it. */
export function DecideDialog({ object, item, decision, onClose }: DecideDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<DecideForm>();
  const { close } = useFormGuard(form, onClose);
  const text = useRequestText(object);
  const asked = dayjs(asText(item.until));
  const approves = decision === "approve";
  const decide = useMutation({
    mutationFn: ({ role, until, note }: DecideForm) => {
      const input: { [name: string]: Json } = note?.trim() ? { note: note.trim() } : {};
      if (approves && role) input.role = role;
      // What was asked for to the second is not cut down to the minute the picker shows.
      if (approves && until && !until.isSame(asked, "minute")) input.until = until.toISOString();
      return runAction(REQUEST, item.id, decision, input);
    },
    onSuccess: (answer) => {
      const state = isObject(answer) ? answer.state : null;
      void message.success(t(state === "approved" ? "held.approved" : approves ? "held.endorsed" : "held.refused"));
      void queryClient.invalidateQueries({ queryKey: queryKeys.rights });
      void invalidateObject(queryClient, REQUEST);
      onClose();
    },
  });
  const number = asText(item.number);
  return (
    <Modal
      open
      title={t(approves ? "held.approveTitle" : "held.refuseTitle", { number })}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t(approves ? "held.approve" : "held.refuse")}
      okButtonProps={{ danger: !approves }}
      confirmLoading={decide.isPending}
    >
      <p>{text(item)}</p>
      {approves ? <p className="gx-muted">{t("held.approveText")}</p> : null}
      <Form<DecideForm>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ until: asked }}
        onFinish={(values) => decide.mutate(values)}
      >
        {decide.error ? (
          <Alert type="error" showIcon title={errorText(decide.error)} className="gx-profile-note" />
        ) : null}
        {approves && item.kind === "object" ? (
          <Form.Item name="role" label={t("held.roleToGive")} extra={t("held.roleHelp")}>
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              options={(findField(object, "role")?.options ?? []).map((option) => ({
                value: option.value,
                label: label(option.label),
              }))}
            />
          </Form.Item>
        ) : null}
        {approves ? (
          <Form.Item name="until" label={t("held.untilField")}>
            <DatePicker
              showTime={{ format: "HH:mm" }}
              format="YYYY-MM-DD HH:mm"
              allowClear={false}
              minDate={dayjs()}
              maxDate={asked}
              style={{ width: "100%" }}
            />
          </Form.Item>
        ) : null}
        <Form.Item
          name="note"
          label={t(approves ? "held.note" : "held.whyNot")}
          rules={approves ? [] : [{ required: true, whitespace: true, message: t("held.whyNotNeeded") }]}
        >
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 8 }} autoFocus={!approves} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
