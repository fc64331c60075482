import { ClusterOutlined, DeleteOutlined, ExportOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { WorkspaceEntry } from "@/api/types";
import { listWorkspaces } from "@/api/workspace";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { DropWorkspaceDialog } from "./drop-workspace-dialog";
import { NewWorkspaceDialog } from "./new-workspace-dialog";

/** The companies of this server: made empty or as a copy of another, and removed with everything in them. */
export function SettingsWorkspacesPage() {
  const { t } = useTranslation();
  const all = useQuery({ queryKey: queryKeys.workspaces, queryFn: ({ signal }) => listWorkspaces(signal) });
  const [creating, setCreating] = useState(false);
  const [dropping, setDropping] = useState<WorkspaceEntry | null>(null);
  const items = all.data ?? [];
  return (
    <SettingsFrame
      title={t("workspaces.title")}
      subtitle={t("workspaces.text")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} disabled={!all.data} onClick={() => setCreating(true)}>
          {t("workspaces.add")}
        </Button>
      }
    >
      <section className="gx-panel">
        {all.isPending ? <PageSkeleton rows={3} /> : null}
        {all.error && !all.data ? <ErrorState error={all.error} onRetry={() => void all.refetch()} /> : null}
        {items.length > 0 ? (
          <ul className="gx-role-list gx-token-list">
            {items.map((workspace) => (
              <li key={workspace.id}>
                <WorkspaceLine workspace={workspace} onDrop={() => setDropping(workspace)} />
              </li>
            ))}
          </ul>
        ) : null}
        {items.length === 1 ? <p className="gx-muted">{t("workspaces.none")}</p> : null}
      </section>
      {creating ? <NewWorkspaceDialog workspaces={items} onClose={() => setCreating(false)} /> : null}
      {dropping ? <DropWorkspaceDialog workspace={dropping} onClose={() => setDropping(null)} /> : null}
    </SettingsFrame>
  );
}

function WorkspaceLine({ workspace, onDrop }: { workspace: WorkspaceEntry; onDrop: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { id, name, created_at } = workspace;
  // The main one is there from the beginning, and stays.
  const main = created_at === null;
  const path = main ? "/" : `/w/${id}/`;
  const address = `${window.location.origin}${path}api/v1`;
  return (
    <>
      <ClusterOutlined aria-hidden />
      <div>
        <strong>{name}</strong> {main ? <Tag>{t("workspaces.main")}</Tag> : <code className="gx-muted">{id}</code>}
        {main ? null : (
          <small className="gx-muted">{t("workspaces.made", { date: formats.dateTime(created_at) })}</small>
        )}
        <small className="gx-muted">
          {t("workspaces.address")}{" "}
          <Typography.Text copyable className="gx-key-secret">
            {address}
          </Typography.Text>
        </small>
      </div>
      <Button
        type="text"
        size="small"
        href={path}
        target="_blank"
        rel="noopener"
        icon={<ExportOutlined />}
        aria-label={t("workspaces.open", { name })}
      >
        {t("workspaces.openShort")}
      </Button>
      {main ? null : (
        <Button
          type="text"
          size="small"
          danger
          icon={<DeleteOutlined />}
          aria-label={t("workspaces.remove", { name })}
          onClick={onDrop}
        />
      )}
    </>
  );
}
