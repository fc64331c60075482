import { KeyOutlined, MoreOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Switch, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TRANSFER } from "@/api/ownership";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, useMeta, useObject } from "@/engine/meta";
import { invalidateObject, useRecordCount, useRecordList, useSaveRecord } from "@/engine/records";
import { useMe } from "@/engine/session";
import { FieldDisplay } from "@/fields/field-display";
import { useRested } from "@/fields/reference/candidates";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";
import { LeavingMember } from "../leaving-member";
import { GRANT, MemberGrants } from "../member-grants";
import { MemberSignIn, useWaitingMembers, useWaitingText } from "../member-sign-in";
import { MemberFilters } from "./member-filters";
import { ALL_ACTIVE, filterOf, type MemberSearch } from "./member-search";

const PAGE = 100;

/** The members a filter leaves, a page at a time, and what can be done with each. */
export function MemberTable({ user }: { user: ObjectMeta }) {
  const { t } = useTranslation();
  const me = useMe();
  const { administrator } = useMeta();
  const phone = useIsPhone();
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const save = useSaveRecord("user");
  const [chosen, setChosen] = useState<MemberSearch>(ALL_ACTIVE);
  const q = useRested(chosen.typed.trim(), 250);
  const [signIn, setSignIn] = useState<RecordData | null>(null);
  const [granting, setGranting] = useState<RecordData | null>(null);
  const [leaving, setLeaving] = useState<RecordData | null>(null);
  const grants = useObject(GRANT);
  const mayHandOver = useObject(TRANSFER)?.actions.some((action) => action.name === "start") === true;
  const formats = useFormats();
  const waiting = useWaitingMembers();
  const waitingText = useWaitingText();
  const search = { filter: filterOf(chosen, [...waiting.keys()], administrator), ...(q ? { q } : {}) };
  const list = useRecordList("user", { ...search, sort: "name", limit: PAGE });
  const count = useRecordCount("user", search).data;
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
    return item ? <ColorTag color={item.invited_at ? "gold" : "default"}>{waitingText(item)}</ColorTag> : null;
  };
  return (
    <section className="gx-panel">
      <MemberFilters user={user} chosen={chosen} waiting={waiting.size} onChange={setChosen} />
      {list.error && members.length === 0 ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Table<RecordData>
          rowKey="id"
          size="small"
          loading={list.isPending}
          pagination={false}
          locale={{ emptyText: t("settings.members.none") }}
          dataSource={members}
          columns={[
            {
              title: t("settings.members.name"),
              render: (_, member) => (
                <div className="gx-field-name">
                  <button type="button" onClick={() => edit(member)}>
                    {asText(member.name)}
                  </button>
                  {member.id === me.user.id ? <ColorTag color="blue">{t("filter.me")}</ColorTag> : null}
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
                        // What he may not give away is told in the hand-over.
                        disabled: !administrator && !mayHandOver,
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
      {members.length > 0 ? (
        <div className="gx-member-foot">
          <span className="gx-muted">
            {t(count?.exact === false ? "settings.members.shownOfMore" : "settings.members.shownOf", {
              shown: formats.number(members.length),
              n: formats.number(count?.value ?? members.length),
            })}
          </span>
          {list.hasNextPage ? (
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("held.more")}
            </Button>
          ) : null}
        </div>
      ) : null}
      {granting ? <MemberGrants member={granting} onClose={() => setGranting(null)} /> : null}
      {leaving ? <LeavingMember member={leaving} onClose={() => setLeaving(null)} /> : null}
      {signIn ? <MemberSignIn member={signIn} onClose={() => setSignIn(null)} /> : null}
    </section>
  );
}
