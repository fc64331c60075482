import { KeyOutlined, MoreOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Input, Segmented, Switch, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, useMeta, useObject } from "@/engine/meta";
import { invalidateObject, useRecordList, useSaveRecord } from "@/engine/records";
import { useMe } from "@/engine/session";
import { FieldDisplay } from "@/fields/field-display";
import { useRested } from "@/fields/reference/candidates";
import { asText } from "@/fields/values";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";
import { LeavingMember } from "./leaving-member";
import { GRANT, MemberGrants } from "./member-grants";
import { MemberSignIn, useWaitingMembers, useWaitingText } from "./member-sign-in";
import { SettingsFrame } from "./settings-frame";

type Shown = "active" | "inactive";

/** Who may use the workspace: colleagues, their departments and roles, and whether they may sign in. */
export function SettingsMembersPage() {
  const { t } = useTranslation();
  const user = useObject("user");
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const [newcomer, setNewcomer] = useState<RecordData | null>(null);
  const create = () =>
    forms.create("user", {}, (made) => {
      void invalidateObject(queryClient, "user");
      // A new member cannot sign in before he is invited: offer it right away.
      setNewcomer(made);
    });
  return (
    <SettingsFrame
      branches
      title={t("settings.members.title")}
      subtitle={t("settings.members.text")}
      actions={
        user?.access.create ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={create}>
            {t("settings.members.add")}
          </Button>
        ) : null
      }
    >
      {user ? <MemberTable user={user} /> : <EmptyState title={t("list.unknownObject")} />}
      {newcomer ? <MemberSignIn member={newcomer} onClose={() => setNewcomer(null)} /> : null}
    </SettingsFrame>
  );
}

function MemberTable({ user }: { user: ObjectMeta }) {
  const { t } = useTranslation();
  const me = useMe();
  const { administrator } = useMeta();
  const phone = useIsPhone();
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const save = useSaveRecord("user");
  const [shown, setShown] = useState<Shown>("active");
  const [typed, setTyped] = useState("");
  const q = useRested(typed.trim(), 250);
  const [signIn, setSignIn] = useState<RecordData | null>(null);
  const [granting, setGranting] = useState<RecordData | null>(null);
  const [leaving, setLeaving] = useState<RecordData | null>(null);
  const grants = useObject(GRANT);
  const waiting = useWaitingMembers();
  const waitingText = useWaitingText();
  const list = useRecordList("user", {
    // A branch administrator manages the members of his branches; others are none of his business here.
    filter: `${shown === "active" ? "active" : "!active"}${administrator ? "" : " && department in me.branches"}`,
    sort: "name",
    limit: 200,
    ...(q ? { q } : {}),
  });
  const members = list.data?.pages.flatMap((page) => page.items) ?? [];
  const edit = (member: RecordData) => forms.edit("user", member, () => void invalidateObject(queryClient, "user"));
  const setActive = (member: RecordData, active: boolean) => {
    const run = () =>
      save.mutateAsync({ id: member.id, values: { active }, version: member.version, merge: true }).then(
        () => void invalidateObject(queryClient, "user"),
        (error: unknown) => void message.error(errorText(error)),
      );
    if (active) void run();
    else {
      void modal.confirm({
        title: t("settings.members.deactivate", { name: asText(member.name) }),
        content: t("settings.members.deactivateText"),
        okText: t("settings.members.deactivateOk"),
        okButtonProps: { danger: true },
        onOk: run,
      });
    }
  };
  const cell = (name: string) => (_: unknown, member: RecordData) => {
    const field = findField(user, name);
    return field ? <FieldDisplay field={field} value={member[name]} /> : null;
  };
  const roles = (member: RecordData) => {
    const options = findField(user, "roles")?.options ?? [];
    const held = Array.isArray(member.roles) ? member.roles.map(String) : [];
    const tags = options.filter((option) => held.includes(option.value));
    return (
      <span className="gx-role-tags">
        {tags.map((option) => (
          <Tag key={option.value}>{option.label[me.locale]}</Tag>
        ))}
      </span>
    );
  };
  const waitingTag = (member: RecordData) => {
    const item = waiting.get(member.id);
    return item ? <Tag color={item.invited_at ? "gold" : "default"}>{waitingText(item)}</Tag> : null;
  };
  return (
    <section className="gx-panel">
      <div className="gx-field-table-head">
        <Segmented<Shown>
          value={shown}
          onChange={setShown}
          options={[
            { value: "active", label: t("settings.members.active") },
            { value: "inactive", label: t("settings.members.inactive") },
          ]}
          aria-label={t("settings.members.title")}
        />
        <Input
          prefix={<SearchOutlined />}
          allowClear
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={t("settings.members.search")}
          aria-label={t("settings.members.search")}
        />
      </div>
      {list.error && members.length === 0 ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Table<RecordData>
          rowKey="id"
          size="small"
          loading={list.isPending}
          pagination={members.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
          dataSource={members}
          columns={[
            {
              title: t("settings.members.name"),
              render: (_, member) => (
                <div className="gx-field-name">
                  <button type="button" onClick={() => edit(member)}>
                    {asText(member.name)}
                  </button>
                  {member.id === me.user.id ? <Tag color="blue">{t("filter.me")}</Tag> : null}
                  <span className="gx-muted">{asText(member.email)}</span>
                  {waitingTag(member)}
                  {phone ? <div>{roles(member)}</div> : null}
                </div>
              ),
            },
            ...(phone
              ? []
              : [
                  { title: t("settings.members.department"), render: cell("department") },
                  { title: t("settings.members.roles"), render: (_: unknown, member: RecordData) => roles(member) },
                ]),
            {
              title: t("settings.members.signIn"),
              width: phone ? 76 : 116,
              render: (_, member) => (
                <Switch
                  size="small"
                  checked={member.active === true}
                  disabled={member.id === me.user.id || !user.access.update}
                  onChange={(active) => setActive(member, active)}
                  aria-label={t("settings.members.mayUse", { name: asText(member.name) })}
                />
              ),
            },
            ...(phone
              ? []
              : [
                  {
                    key: "sign-in",
                    width: 48,
                    render: (_: unknown, member: RecordData) => (
                      <Button
                        type="text"
                        size="small"
                        icon={<KeyOutlined />}
                        disabled={member.active !== true}
                        onClick={() => setSignIn(member)}
                        title={t("settings.members.manageSignIn")}
                        aria-label={t("security.memberSignIn", { name: asText(member.name) })}
                      />
                    ),
                  },
                ]),
            {
              key: "more",
              width: 48,
              render: (_, member) => (
                <Dropdown
                  trigger={["click"]}
                  menu={{
                    items: [
                      ...(phone
                        ? [
                            {
                              key: "sign-in",
                              label: t("settings.members.manageSignIn"),
                              disabled: member.active !== true,
                              onClick: () => setSignIn(member),
                            },
                          ]
                        : []),
                      ...(grants
                        ? [{ key: "grants", label: t("grants.menu"), onClick: () => setGranting(member) }]
                        : []),
                      {
                        key: "hand-over",
                        disabled: !administrator,
                        label: t("handOver.menu"),
                        onClick: () => setLeaving(member),
                      },
                    ],
                  }}
                >
                  <Button
                    type="text"
                    size="small"
                    icon={<MoreOutlined />}
                    aria-label={t("settings.members.more", { name: asText(member.name) })}
                  />
                </Dropdown>
              ),
            },
          ]}
        />
      )}
      {granting ? <MemberGrants member={granting} onClose={() => setGranting(null)} /> : null}
      {leaving ? <LeavingMember member={leaving} onClose={() => setLeaving(null)} /> : null}
      {signIn ? <MemberSignIn member={signIn} onClose={() => setSignIn(null)} /> : null}
    </section>
  );
}
