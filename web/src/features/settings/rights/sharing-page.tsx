import { DeleteOutlined, EditOutlined, PlusOutlined, ShareAltOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type SharingRule, sharingRulesOptions } from "@/api/rights";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ObjectTile } from "@/ui/object-icon";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { ImpactDialog } from "./impact-dialog";
import { AUDIENCE } from "./sharing-draft";
import { SharingDrawer } from "./sharing-drawer";
import "./rights.css";

type Open = { what: "edit"; rule: SharingRule | null } | { what: "remove"; rule: SharingRule };

/** Rules that open records to some people beside what their roles give. */
export function SettingsSharingPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const rules = useQuery(sharingRulesOptions);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ what: "edit", rule: null })}>
      {t("rights.sharing.add")}
    </Button>
  );
  return (
    <SettingsFrame
      title={t("rights.sharing.title")}
      subtitle={t("rights.sharing.text")}
      actions={rules.data && rules.data.length > 0 ? add : null}
    >
      {rules.isPending ? <PageSkeleton rows={4} /> : null}
      {rules.error && !rules.data ? <ErrorState error={rules.error} onRetry={() => void rules.refetch()} /> : null}
      {rules.data && rules.data.length === 0 ? (
        <EmptyState
          icon={<ShareAltOutlined />}
          title={t("rights.sharing.none")}
          text={t("rights.sharing.noneText")}
          actions={add}
        />
      ) : null}
      {rules.data && rules.data.length > 0 ? (
        <ul className="gx-panel gx-role-list">
          {rules.data.map((rule) => (
            <li key={rule.name}>
              <RuleLine
                rule={rule}
                onEdit={() => setOpen({ what: "edit", rule })}
                onRemove={() => setOpen({ what: "remove", rule })}
              />
            </li>
          ))}
        </ul>
      ) : null}
      {open?.what === "edit" ? (
        <SharingDrawer rule={open.rule} taken={(rules.data ?? []).map((rule) => rule.name)} onClose={close} />
      ) : null}
      {open?.what === "remove" ? (
        <ImpactDialog
          title={t("rights.sharing.remove", { rule: label(open.rule.label) })}
          changes={[{ op: "remove_sharing_rule", name: open.rule.name }]}
          done={t("rights.sharing.removed", { rule: label(open.rule.label) })}
          danger
          onApplied={close}
          onCancel={close}
        />
      ) : null}
    </SettingsFrame>
  );
}

function RuleLine({ rule, onEdit, onRemove }: { rule: SharingRule; onEdit: () => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const object = findObject(useMeta(), rule.object);
  const audience = AUDIENCE.filter((kind) => (rule.with[kind]?.length ?? 0) > 0).map((kind) =>
    t(`rights.sharing.audience.${kind}`, { n: rule.with[kind]?.length ?? 0 }),
  );
  return (
    <>
      <ObjectTile icon={object?.icon ?? null} color={object?.color ?? null} size={32} />
      <div className="gx-field-name">
        <button type="button" onClick={onEdit}>
          {label(rule.label)}
        </button>
        <Tag>{rule.write ? t("rights.sharing.write") : t("rights.sharing.read")}</Tag>
        {rule.paused ? <ColorTag color="orange">{t("rights.sharing.paused")}</ColorTag> : null}
        <small className="gx-muted">
          {[label(object?.label) || rule.object, ...audience].join(" · ")} · <code>{rule.when}</code>
        </small>
      </div>
      <Button
        type="text"
        size="small"
        icon={<EditOutlined />}
        aria-label={t("rights.roles.editNamed", { role: label(rule.label) })}
        onClick={onEdit}
      />
      <Button
        type="text"
        size="small"
        danger
        icon={<DeleteOutlined />}
        aria-label={t("rights.sharing.remove", { rule: label(rule.label) })}
        onClick={onRemove}
      />
    </>
  );
}
