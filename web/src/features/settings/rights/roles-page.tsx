import { CopyOutlined, DeleteOutlined, PlusOutlined, UndoOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rolesOptions, type StoredRole } from "@/api/rights";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { solidColor } from "@/ui/theme";
import { usePackName } from "../packs/pack-name";
import { SettingsFrame } from "../settings-frame";
import { ImpactDialog } from "./impact-dialog";
import { OTHERS, scopeKind } from "./role-draft";
import "./rights.css";

/** All roles: standard ones, changed ones and own ones. */
export function SettingsRolesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const roles = useQuery(rolesOptions);
  const [removing, setRemoving] = useState<StoredRole | null>(null);
  return (
    <SettingsFrame
      title={t("rights.roles.title")}
      subtitle={t("rights.roles.text")}
      actions={
        <Button
          type="primary"
          icon={<PlusOutlined />}
          onClick={() => void navigate({ to: "/settings/roles/new", search: {} })}
        >
          {t("rights.roles.add")}
        </Button>
      }
    >
      {roles.isPending ? <PageSkeleton rows={6} /> : null}
      {roles.error && !roles.data ? <ErrorState error={roles.error} onRetry={() => void roles.refetch()} /> : null}
      {roles.data ? (
        <ul className="gx-panel gx-role-list">
          {roles.data.map((role) => (
            <li key={role.definition.name}>
              <RoleLine role={role} onRemove={() => setRemoving(role)} />
            </li>
          ))}
        </ul>
      ) : null}
      {removing ? <RemoveRole role={removing} onClose={() => setRemoving(null)} /> : null}
    </SettingsFrame>
  );
}

function RoleLine({ role, onRemove }: { role: StoredRole; onRemove: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const { scheme } = useAppearance();
  const packName = usePackName();
  const { origin, definition } = role;
  const name = label(definition.label);
  const seen = Object.entries(definition.objects).filter(
    ([object, rights]) => object !== OTHERS && scopeKind(rights.read) !== "none",
  ).length;
  const undo = origin === "changed" ? t("rights.roles.resetNamed", { role: name }) : null;
  const remove = origin === "custom" ? t("rights.roles.removeNamed", { role: name }) : null;
  return (
    <>
      <span className="gx-swatch" style={{ background: solidColor(definition.color, scheme) }} aria-hidden />
      <div>
        <Link to="/settings/roles/$role" params={{ role: definition.name }}>
          {name}
        </Link>{" "}
        <ColorTag color={origin === "custom" ? "green" : origin === "changed" ? "orange" : undefined}>
          {t(`rights.roles.origin.${origin}`)}
        </ColorTag>
        {role.pack ? <ColorTag color="purple">{packName(role.pack)}</ColorTag> : null}
        <small className="gx-muted">
          {label(definition.help) ||
            (definition.administrator ? t("rights.roles.unlimited") : t("rights.roles.objectsGiven", { n: seen }))}
        </small>
      </div>
      {definition.administrator ? null : (
        <Button
          type="text"
          size="small"
          icon={<CopyOutlined />}
          title={t("rights.roles.copy")}
          aria-label={t("rights.roles.copyNamed", { role: name })}
          onClick={() => void navigate({ to: "/settings/roles/new", search: { from: definition.name } })}
        />
      )}
      {undo || remove ? (
        <Button
          type="text"
          size="small"
          danger={remove !== null}
          icon={remove ? <DeleteOutlined /> : <UndoOutlined />}
          title={remove ? t("rights.roles.remove") : t("rights.roles.reset")}
          aria-label={remove ?? undo ?? ""}
          onClick={onRemove}
        />
      ) : null}
    </>
  );
}

interface RemoveRoleProps {
  role: StoredRole;
  onClose: () => void;
  onRemoved?: () => void;
}

/** Takes an own role away, or a changed one back to its standard; what that does is shown first. */
export function RemoveRole({ role, onClose, onRemoved }: RemoveRoleProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const name = label(role.definition.label);
  const own = role.origin === "custom";
  return (
    <ImpactDialog
      title={own ? t("rights.roles.removeNamed", { role: name }) : t("rights.roles.resetNamed", { role: name })}
      changes={[{ op: "remove_role", name: role.definition.name }]}
      done={own ? t("rights.roles.removed", { role: name }) : t("rights.roles.resetDone", { role: name })}
      danger
      onApplied={onRemoved ?? onClose}
      onCancel={onClose}
    />
  );
}
