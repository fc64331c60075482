import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import type { NewWorkspace, WorkspaceEntry } from "@/api/types";
import { makeWorkspace } from "@/api/workspace";
import { useFormGuard } from "@/engine/form/form-guard";
import { useErrorText } from "@/ui/error-text";

interface Props {
  workspaces: WorkspaceEntry[];
  onClose: () => void;
}

const NOTHING = "";
/** As the server wants it: it names a file or a schema of the database. */
const ID = /^[a-z][a-z0-9_]{0,29}$/;

/** A workspace of its own, empty or a copy of another. */
export function NewWorkspaceDialog({ workspaces, onClose }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<NewWorkspace>();
  const create = useMutation({
    mutationFn: ({ id, name, template }: NewWorkspace) =>
      makeWorkspace({ id, name: name.trim(), ...(template ? { template } : {}) }),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: queryKeys.workspaces });
      void message.success(t("workspaces.created", { name: made.name }));
      onClose();
    },
    onError: (error) => {
      const found = error instanceof ApiError ? error.fieldErrors : [];
      form.setFields(
        found.flatMap(({ field, message: text }) =>
          field === "id" || field === "name" || field === "template" ? [{ name: field, errors: [text] }] : [],
        ),
      );
    },
  });
  const { close } = useFormGuard(form, onClose, create.isPending);
  const placed = create.error instanceof ApiError && create.error.fieldErrors.length > 0;
  return (
    <Modal
      open
      title={t("workspaces.add")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.create")}
      confirmLoading={create.isPending}
      width={480}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ template: NOTHING }}
        onFinish={(values) => create.mutate(values)}
      >
        {create.error && !placed ? (
          <Alert type="error" showIcon title={errorText(create.error)} className="gx-drawer-note" />
        ) : null}
        <Form.Item
          name="name"
          label={t("workspaces.name")}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("workspaces.name") }) }]}
        >
          <Input placeholder={t("workspaces.namePlaceholder")} maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item
          name="id"
          label={t("workspaces.id")}
          extra={t("workspaces.idHelp")}
          validateTrigger="onBlur"
          rules={[{ required: true, pattern: ID, message: t("workspaces.idProblem") }]}
        >
          <Input className="gx-code" placeholder="practice" maxLength={30} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="template" label={t("workspaces.template")} extra={t("workspaces.templateHelp")}>
          <Select
            options={[
              { value: NOTHING, label: t("workspaces.empty") },
              ...workspaces.map(({ id, name }) => ({ value: id, label: t("workspaces.copyOf", { name }) })),
            ]}
          />
        </Form.Item>
        <p className="gx-muted">{t("workspaces.administrator")}</p>
      </Form>
    </Modal>
  );
}
