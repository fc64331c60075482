import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Checkbox, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { KnownMapping } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { createRecord, updateRecord } from "@/api/records";
import type { Json, ObjectMeta, RecordValues } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useFormGuard } from "../form/form-guard";
import { type PlanDraft, planInput } from "./plan";

const OBJECT = "import_mapping";

interface SaveMappingProps {
  object: ObjectMeta;
  /** The heads of the file's columns, in their order. */
  headers: string[];
  draft: PlanDraft;
  /** One's own mapping that is in use: it can be changed. */
  before: KnownMapping | null;
  onClose: () => void;
  onSaved: () => void;
}

interface MappingForm {
  name: string;
  shared: boolean;
}

/** Keeps what was said of this file for the next one like it, for oneself or for all. */
export function SaveMapping({ object, headers, draft, before, onClose, onSaved }: SaveMappingProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [anew, setAnew] = useState(before === null);
  const [form] = Form.useForm<MappingForm>();
  const { close } = useFormGuard(form, onClose);
  const save = useMutation({
    mutationFn: ({ name, shared }: MappingForm) => {
      const plan = planInput(draft) as unknown as Json;
      const values: RecordValues = { name, shared, headers, plan };
      return anew || !before?.id
        ? createRecord(OBJECT, { ...values, object: object.name })
        : updateRecord(OBJECT, before.id, values);
    },
    onSuccess: (_record, { name }) => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.object(OBJECT) });
      void message.success(t("imports.mappingSaved", { name }));
      onSaved();
    },
  });
  return (
    <Modal
      open
      title={t("imports.saveMapping")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.save")}
      confirmLoading={save.isPending}
      width={460}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: before?.name ?? "", shared: before?.shared ?? false }}
        onFinish={(values) => save.mutate(values)}
      >
        {before ? (
          <Form.Item>
            <Radio.Group
              value={anew}
              onChange={(event) => setAnew(event.target.value === true)}
              options={[
                { value: false, label: t("imports.changeMapping", { name: before.name }) },
                { value: true, label: t("imports.newMapping") },
              ]}
            />
          </Form.Item>
        ) : null}
        <Form.Item
          name="name"
          label={t("imports.mappingName")}
          {...(save.error ? { validateStatus: "error" as const, help: errorText(save.error) } : {})}
          rules={[
            { required: true, whitespace: true, message: t("common.required", { field: t("imports.mappingName") }) },
          ]}
        >
          <Input maxLength={80} autoFocus />
        </Form.Item>
        <Form.Item name="shared" valuePropName="checked" extra={t("imports.sharedHelp")}>
          <Checkbox>{t("imports.shareMapping")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
