import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { WorkspaceEntry } from "@/api/types";
import { dropWorkspace } from "@/api/workspace";
import { useErrorText } from "@/ui/error-text";

/** Everything in it goes, so its id is typed first. */
export function DropWorkspaceDialog({ workspace, onClose }: { workspace: WorkspaceEntry; onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [typed, setTyped] = useState("");
  const { id, name } = workspace;
  const sure = typed.trim() === id;
  const drop = useMutation({
    mutationFn: () => dropWorkspace(id),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: queryKeys.workspaces });
      void message.success(t("workspaces.removed", { name }));
      onClose();
    },
  });
  const text = t("workspaces.removeText", { id });
  return (
    <Modal
      open
      title={t("workspaces.removeTitle", { name })}
      onCancel={onClose}
      onOk={() => drop.mutate()}
      okText={t("workspaces.removeOk")}
      okButtonProps={{ danger: true, disabled: !sure, loading: drop.isPending }}
      width={440}
    >
      {drop.error ? <Alert type="error" showIcon title={errorText(drop.error)} className="gx-drawer-note" /> : null}
      <p>{text}</p>
      <Input
        className="gx-code"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={() => sure && drop.mutate()}
        aria-label={text}
        autoComplete="off"
        autoFocus
      />
    </Modal>
  );
}
