import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type OwnedKey, readAllKeys, removeAnyKey } from "@/api/account";
import { queryKeys } from "@/api/query-keys";
import type { Reference } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { useKeyScopeText } from "@/engine/rights/key-scope";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";
import { SettingsFrame } from "../settings-frame";

/** The API keys of everybody: whose they are, what they may, until when, and when they were last used. */
export function SettingsKeysPage() {
  const { t } = useTranslation();
  const [member, setMember] = useState<Reference | null>(null);
  const name = t("held.member");
  return (
    <SettingsFrame title={t("held.keys.title")} subtitle={t("held.keys.text")} auditors wide>
      <section className="gx-panel">
        <div className="gx-holders-filters">
          <div className="gx-holders-picker">
            <label htmlFor="keys-member">{name}</label>
            <FieldInput
              field={pickerField("user", { "zh-CN": name, en: name }, false)}
              id="keys-member"
              placeholder={t("held.anyMember")}
              value={member}
              onChange={(next) => setMember(asReference(next))}
            />
          </div>
        </div>
        <KeyTable member={member?.id ?? null} />
      </section>
    </SettingsFrame>
  );
}

function KeyTable({ member }: { member: string | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const scopeText = useKeyScopeText();
  const { administrator } = useMeta();
  const phone = useIsPhone();
  const revoke = useRevoke();
  const list = useInfiniteQuery({
    queryKey: queryKeys.allKeys(member),
    queryFn: ({ pageParam, signal }) => readAllKeys(member, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const keys = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.error && keys.length === 0) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const ends = (key: OwnedKey) => {
    if (!key.expires_at) return <ColorTag color="gold">{t("profile.keyNever")}</ColorTag>;
    if (new Date(key.expires_at).getTime() <= Date.now()) return <Tag>{t("held.keys.over")}</Tag>;
    return formats.dateTime(key.expires_at);
  };
  const used = (key: OwnedKey) => (key.used_at ? formats.relative(key.used_at) : t("held.keys.neverUsed"));
  const what = (key: OwnedKey) => (
    <div className="gx-field-name">
      <strong>{key.name}</strong>
      <span className="gx-muted">{key.owner.label ?? t("common.notVisible")}</span>
      {phone ? (
        <span className="gx-muted">
          {scopeText(key.scope)} · {used(key)}
        </span>
      ) : null}
    </div>
  );
  return (
    <>
      <Table<OwnedKey>
        rowKey="id"
        size="small"
        loading={list.isPending}
        pagination={false}
        dataSource={keys}
        locale={{ emptyText: t("held.keys.none") }}
        columns={[
          { title: t("held.keys.key"), render: (_, key) => what(key) },
          ...(phone
            ? []
            : [
                { title: t("profile.scope"), render: (_: unknown, key: OwnedKey) => scopeText(key.scope) },
                { title: t("held.keys.made"), render: (_: unknown, key: OwnedKey) => formats.dateTime(key.created_at) },
                { title: t("held.keys.used"), render: (_: unknown, key: OwnedKey) => used(key) },
              ]),
          { title: t("held.keys.ends"), render: (_, key) => ends(key) },
          ...(administrator
            ? [
                {
                  key: "revoke",
                  width: 80,
                  render: (_: unknown, key: OwnedKey) => (
                    <Button
                      size="small"
                      danger
                      type="text"
                      onClick={() => revoke(key)}
                      aria-label={t("held.keys.revokeNamed", { name: key.name, owner: key.owner.label ?? "" })}
                    >
                      {t("profile.revoke")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {list.hasNextPage ? (
        <Button block onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("held.more")}
        </Button>
      ) : null}
    </>
  );
}

/** Asks, and takes a key away. */
function useRevoke(): (key: OwnedKey) => void {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const remove = useMutation({
    mutationFn: removeAnyKey,
    onSuccess: () => {
      void message.success(t("profile.revoked"));
      void queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys });
      return queryClient.invalidateQueries({ queryKey: queryKeys.anyKeys });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  return (key) =>
    void modal.confirm({
      title: t("held.keys.revokeConfirm", { name: key.name, owner: key.owner.label ?? t("common.notVisible") }),
      okText: t("profile.revoke"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(key.id).catch(() => undefined),
    });
}
