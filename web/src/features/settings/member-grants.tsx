import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { deleteRecord } from "@/api/records";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, useObject } from "@/engine/meta";
import { invalidateObject, useRecordList } from "@/engine/records";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { SideDrawer } from "@/ui/side-drawer";

export const GRANT = "role_grant";

type Span = "over" | "ahead" | "now";

/** Where a grant stands in time. */
function spanOf(grant: RecordData, now: number): Span {
  const at = (value: unknown) => (typeof value === "string" ? Date.parse(value) : null);
  const [starts, ends] = [at(grant.starts_at), at(grant.ends_at)];
  if (ends !== null && ends <= now) return "over";
  return starts !== null && starts > now ? "ahead" : "now";
}

const COLORS: Record<Span, string> = { over: "default", ahead: "gold", now: "green" };

/** Roles a member holds for a time or within a department, beside those he always has. */
export function MemberGrants({ member, onClose }: { member: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const grant = useObject(GRANT);
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const refresh = () => void invalidateObject(queryClient, GRANT);
  const add = () => {
    const initial = { member: { id: member.id, label: asText(member.name) } };
    forms.create(GRANT, initial, refresh);
  };
  return (
    <SideDrawer title={t("grants.title", { name: asText(member.name) })} size={520} onClose={onClose}>
      <p className="gx-muted">{t("grants.text")}</p>
      {grant ? <Grants grant={grant} member={member.id} onChanged={refresh} /> : null}
      {grant?.access.create ? (
        <Button icon={<PlusOutlined />} onClick={add}>
          {t("grants.add")}
        </Button>
      ) : null}
    </SideDrawer>
  );
}

interface GrantsProps {
  grant: ObjectMeta;
  member: string;
  onChanged: () => void;
}

function Grants({ grant, member, onChanged }: GrantsProps) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const forms = useRecordForms();
  const list = useRecordList(GRANT, { filter: `member == "${member}"`, sort: "-id", limit: 200 });
  const remove = useMutation({
    mutationFn: (id: string) => deleteRecord(GRANT, id),
    onSuccess: onChanged,
    onError: (error) => void message.error(errorText(error)),
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.error && items.length === 0) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isSuccess && items.length === 0) return <p>{t("grants.none")}</p>;
  return (
    <ul className="gx-grants">
      {items.map((item) => (
        <li key={item.id}>
          <GrantLine grant={grant} item={item} />
          {grant.access.update ? (
            <Button
              type="text"
              size="small"
              icon={<EditOutlined />}
              onClick={() => forms.edit(GRANT, item, onChanged)}
              aria-label={t("common.edit")}
              title={t("common.edit")}
            />
          ) : null}
          {grant.access.delete ? (
            <Button
              type="text"
              size="small"
              danger
              icon={<DeleteOutlined />}
              onClick={() =>
                void modal.confirm({
                  title: t("grants.removeTitle"),
                  content: t("grants.removeText"),
                  okText: t("grants.remove"),
                  okButtonProps: { danger: true },
                  onOk: () => remove.mutateAsync(item.id).catch(() => undefined),
                })
              }
              aria-label={t("grants.remove")}
              title={t("grants.remove")}
            />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Which role, where, from when to when, and why. */
function GrantLine({ grant, item }: { grant: ObjectMeta; item: RecordData }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const option = findField(grant, "role")?.options?.find(({ value }) => value === item.role);
  const department = asReference(item.department);
  const span = spanOf(item, Date.now());
  const from = asText(item.starts_at);
  const until = asText(item.ends_at);
  const when = [
    from ? t("grants.from", { when: formats.dateTime(from) }) : "",
    until ? t("grants.until", { when: formats.dateTime(until) }) : "",
  ].filter(Boolean);
  return (
    <div>
      <strong>{option ? label(option.label) : asText(item.role)}</strong>
      <ColorTag color={COLORS[span]}>{t(`grants.spans.${span}`)}</ColorTag>
      <small>
        {department ? t("grants.within", { name: department.label ?? "" }) : t("grants.everywhere")}
        {" · "}
        {when.length > 0 ? when.join(t("grants.and")) : t("grants.open")}
      </small>
      {asText(item.reason) ? <small>{asText(item.reason)}</small> : null}
    </div>
  );
}
