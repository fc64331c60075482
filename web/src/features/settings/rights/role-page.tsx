import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { type RoleDefinition, rolesOptions, type StoredRole } from "@/api/rights";
import { type StoredObject, schemaOptions } from "@/api/schema";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { basicObjects, FROM_NOTHING, freeName } from "./role-draft";
import { RoleEditor } from "./role-editor";
import "./rights.css";

export function SettingsRolePage() {
  const { role } = useParams({ from: "/shell/settings/roles/$role" });
  return <RoleLoader name={role} />;
}

export function SettingsNewRolePage() {
  const { from } = useSearch({ from: "/shell/settings/roles/new" });
  return <RoleLoader name={null} from={from} />;
}

function startingRole(roles: StoredRole[], objects: StoredObject[], from: string): RoleDefinition {
  const taken = roles.map((role) => role.definition.name);
  const source = roles.find((role) => role.definition.name === from)?.definition;
  const label = source ? copyLabel(source.label) : { "zh-CN": "", en: "" };
  const { administrator: _unlimited, ...rest } = source ?? {
    color: "teal",
    objects: from === FROM_NOTHING ? {} : basicObjects(roles, objects),
  };
  return { ...rest, name: freeName("role", taken), label };
}

/** A copy needs a name of its own in both languages. */
function copyLabel(label: RoleDefinition["label"]): RoleDefinition["label"] {
  return { "zh-CN": `${label["zh-CN"]}（副本）`, en: `${label.en} (copy)` };
}

function RoleLoader({ name, from }: { name: string | null; from?: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const roles = useQuery(rolesOptions);
  const objects = useQuery(schemaOptions);
  const stored = roles.data?.find((role) => role.definition.name === name) ?? null;
  if (roles.data && objects.data && (name === null || stored)) {
    const [known, kinds] = [roles.data, objects.data];
    return (
      <RoleEditor
        key={name ?? "new"}
        stored={stored}
        startFrom={(source) => stored?.definition ?? startingRole(known, kinds, source)}
        from={from ?? ""}
        roles={known}
        objects={kinds}
      />
    );
  }
  const error = roles.error ?? objects.error;
  const back = (
    <Button icon={<ArrowLeftOutlined />} onClick={() => void navigate({ to: "/settings/roles" })}>
      {t("rights.roles.all")}
    </Button>
  );
  return (
    <SettingsFrame
      icon={
        <Link to="/settings/roles" aria-label={t("rights.roles.all")} className="gx-back">
          <ArrowLeftOutlined />
        </Link>
      }
      title={t("rights.roles.title")}
    >
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => {
            void roles.refetch();
            void objects.refetch();
          }}
          actions={back}
        />
      ) : roles.data && objects.data ? (
        <EmptyState title={t("rights.roles.unknown")} actions={back} />
      ) : (
        <PageSkeleton rows={8} />
      )}
    </SettingsFrame>
  );
}
