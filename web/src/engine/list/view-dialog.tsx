import { Checkbox, Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { Json, ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useFormGuard } from "../form/form-guard";
import { type SavedView, useSaveView } from "./saved-views";

interface ViewDialogProps {
  object: ObjectMeta;
  /** The view to rename, or null for a new one. */
  saved: SavedView | null;
  config: Json;
  onClose: () => void;
  onSaved: (view: SavedView) => void;
}

interface ViewForm {
  name: string;
  shared: boolean;
}

export function ViewDialog({ object, saved, config, onClose, onSaved }: ViewDialogProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const save = useSaveView(object.name);
  const [form] = Form.useForm<ViewForm>();
  const { close } = useFormGuard(form, onClose);
  const submit = (values: ViewForm) =>
    save.mutate(saved ? { id: saved.id, ...values } : { ...values, config }, { onSuccess: onSaved });
  return (
    <Modal
      open
      title={saved ? t("list.renameView") : t("list.saveViewAs")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.save")}
      confirmLoading={save.isPending}
      width={440}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: saved?.name ?? "", shared: saved?.shared ?? false }}
        onFinish={submit}
      >
        <Form.Item
          name="name"
          label={t("list.viewName")}
          {...(save.error ? { validateStatus: "error" as const, help: errorText(save.error) } : {})}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("list.viewName") }) }]}
        >
          <Input maxLength={80} autoFocus />
        </Form.Item>
        <Form.Item name="shared" valuePropName="checked" extra={t("list.viewSharedHelp")}>
          <Checkbox>{t("list.viewShared")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
