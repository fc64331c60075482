import { DeleteOutlined, EditOutlined, PlusOutlined, TeamOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { deleteRecord } from "@/api/records";
import type { RecordData } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { useObject } from "@/engine/meta";
import { invalidateObject, useRecordList } from "@/engine/records";
import { asReference, asText } from "@/fields/values";
import { useLocale } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useRoleNames } from "../providers/role-names";
import { SettingsFrame } from "../settings-frame";
import "./rights.css";

const POST = "job_post";

/** Posts that roles come with: what each gives, where, and to whom. */
export function SettingsPostsPage() {
  const { t } = useTranslation();
  const post = useObject(POST);
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const list = useRecordList(POST, { sort: "name", limit: 500 });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const refresh = () => void invalidateObject(queryClient, POST);
  const add = post?.access.create ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => forms.create(POST, {}, refresh)}>
      {t("rights.posts.add")}
    </Button>
  ) : null;
  return (
    <SettingsFrame title={t("rights.posts.title")} subtitle={t("rights.posts.text")} actions={add}>
      {list.isPending ? <PageSkeleton rows={4} /> : null}
      {list.error && !list.data ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isSuccess && items.length === 0 ? (
        <EmptyState icon={<TeamOutlined />} title={t("rights.posts.none")} text={t("rights.posts.noneText")} />
      ) : null}
      {items.length > 0 ? (
        <ul className="gx-panel gx-role-list">
          {items.map((item) => (
            <li key={item.id}>
              <PostLine item={item} onChanged={refresh} />
            </li>
          ))}
        </ul>
      ) : null}
    </SettingsFrame>
  );
}

function PostLine({ item, onChanged }: { item: RecordData; onChanged: () => void }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const forms = useRecordForms();
  const roleNames = useRoleNames();
  const english = useLocale() === "en";
  const name = (english && asText(item.name_en)) || asText(item.name);
  const department = asReference(item.department);
  const roles = Array.isArray(item.roles) ? item.roles.map(String) : [];
  const remove = useMutation({
    mutationFn: () => deleteRecord(POST, item.id),
    onSuccess: onChanged,
    onError: (error) => void message.error(errorText(error)),
  });
  const holders = `posts.contains("${item.id}")`;
  return (
    <>
      <div>
        <Link to="/r/$object/$id" params={{ object: POST, id: item.id }}>
          {name}
        </Link>{" "}
        {item.active === false ? <Tag>{t("rights.posts.paused")}</Tag> : null}
        <small className="gx-muted">
          {[
            roles.length > 0 ? roleNames(roles) : t("rights.posts.noRoles"),
            department ? t("rights.posts.within", { name: department.label ?? "" }) : t("rights.posts.everywhere"),
          ].join(" · ")}
        </small>
      </div>
      <Link to="/o/$object" params={{ object: "user" }} search={{ filter: holders }}>
        {t("rights.posts.holders")}
      </Link>
      <Button
        type="text"
        size="small"
        icon={<EditOutlined />}
        aria-label={t("rights.posts.edit", { name })}
        onClick={() => forms.edit(POST, item, onChanged)}
      />
      <Button
        type="text"
        size="small"
        danger
        icon={<DeleteOutlined />}
        loading={remove.isPending}
        aria-label={t("rights.posts.remove", { name })}
        onClick={() =>
          void modal.confirm({
            title: t("rights.posts.remove", { name }),
            content: t("rights.posts.removeText"),
            okText: t("common.delete"),
            okButtonProps: { danger: true },
            onOk: () => remove.mutateAsync().catch(() => undefined),
          })
        }
      />
    </>
  );
}
