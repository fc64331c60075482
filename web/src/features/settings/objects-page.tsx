import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type StoredObject, schemaOptions } from "@/api/schema";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { ObjectTile } from "@/ui/object-icon";
import { PageSkeleton } from "@/ui/page-skeleton";
import { NewObjectDrawer } from "./schema/new-object-drawer";
import { SettingsFrame } from "./settings-frame";

/** All kinds of records there are, and how many fields each has. */
export function SettingsObjectsPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [creating, setCreating] = useState(false);
  const objects = useQuery(schemaOptions);
  const shown = (objects.data ?? []).filter((object) => !object.internal);
  const own = shown.filter((object) => object.origin === "custom");
  const groups = [
    { key: "own", name: t("settings.ownObjects"), objects: own },
    ...meta.navigation.map((group) => ({
      key: group.app,
      name: label(group.label),
      objects: shown.filter((object) => object.app === group.app && object.origin !== "custom"),
    })),
  ].filter((group) => group.objects.length > 0);
  return (
    <SettingsFrame
      title={t("shell.settingsObjects")}
      subtitle={t("settings.objectsText")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
          {t("settings.newObject")}
        </Button>
      }
    >
      {objects.isPending ? <PageSkeleton /> : null}
      {objects.error && !objects.data ? (
        <ErrorState error={objects.error} onRetry={() => void objects.refetch()} />
      ) : null}
      {groups.map((group) => (
        <section key={group.key} className="gx-object-group">
          <h2>{group.name}</h2>
          <ul>
            {group.objects.map((object) => (
              <li key={object.name}>
                <ObjectCard object={object} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {creating ? (
        <NewObjectDrawer taken={(objects.data ?? []).map((object) => object.name)} onClose={() => setCreating(false)} />
      ) : null}
    </SettingsFrame>
  );
}

function ObjectCard({ object }: { object: StoredObject }) {
  const { t } = useTranslation();
  const label = useLabel();
  const fields = object.field.filter((field) => field.origin !== "system");
  const own = fields.filter((field) => field.origin === "custom").length;
  return (
    <Link to="/settings/objects/$object" params={{ object: object.name }} className="gx-object-card">
      <ObjectTile icon={object.icon ?? null} color={object.color ?? null} size={36} />
      <span>
        <b>{label(object.label)}</b>
        <small className="gx-muted">
          {own > 0 && object.origin !== "custom"
            ? t("settings.fieldCountOwn", { n: fields.length, own })
            : t("settings.fieldCount", { n: fields.length })}
        </small>
      </span>
      {object.origin === "custom" ? <ColorTag color="green">{t("settings.origin.custom")}</ColorTag> : null}
    </Link>
  );
}
