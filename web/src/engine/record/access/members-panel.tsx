import { UserAddOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Avatar, Button } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type PrincipalKind, sharesOptions } from "@/api/rights";
import type { ObjectMeta, RecordData } from "@/api/types";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { findObject, useMeta } from "../../meta";
import { AccessDrawer } from "./lazy-drawer";
import { type SpaceMember, spaceMembers } from "./space-members";
import "./access.css";

/** The object whose records the members of a kind are. */
const OBJECTS: Record<PrincipalKind, string> = {
  member: "user",
  team: "team",
  department: "department",
  department_tree: "department",
};

/** Who belongs to a space and what each may do there; whoever manages it adds people here. */
export function MembersPanel({ object, record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { auditor } = useMeta();
  const [adding, setAdding] = useState(false);
  const shares = useQuery(sharesOptions(object.name, record.id));
  if (shares.isPending) return <div className="gx-space-members gx-bone" />;
  if (shares.error && !shares.data) return <ErrorState error={shares.error} onRetry={() => void shares.refetch()} />;
  const members = spaceMembers(record, shares.data ?? []);
  const keepers = members.filter((member) => member.level === "manage" && member.name !== null);
  return (
    <section className="gx-space-members" aria-label={t("space.members")}>
      <header>
        <h2>
          {t("space.members")}
          <span className="gx-count">{formats.number(members.length)}</span>
        </h2>
        {object.access.share ? (
          <Button size="small" icon={<UserAddOutlined />} onClick={() => setAdding(true)}>
            {t("space.manage")}
          </Button>
        ) : keepers.length > 0 ? (
          <small className="gx-muted">
            {t("space.ask", { names: keepers.map((member) => member.name).join(t("common.comma")) })}
          </small>
        ) : null}
      </header>
      <ul>
        {members.map((member) => (
          <Member key={`${member.kind}.${member.id}`} member={member} />
        ))}
      </ul>
      {adding ? (
        <Suspense fallback={null}>
          <AccessDrawer
            object={object}
            id={record.id}
            title={titleText(record[object.title_field])}
            auditor={auditor}
            onClose={() => setAdding(false)}
          />
        </Suspense>
      ) : null}
    </section>
  );
}

function Member({ member }: { member: SpaceMember }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const object = OBJECTS[member.kind];
  const name = member.name ?? t("common.notVisible");
  return (
    <li>
      <Avatar size={26} shape={member.kind === "member" ? "circle" : "square"} aria-hidden>
        {name.slice(0, 1).toUpperCase()}
      </Avatar>
      <div>
        {member.name !== null && findObject(meta, object) ? (
          <RecordLink object={object} id={member.id}>
            {name}
          </RecordLink>
        ) : (
          name
        )}
        {member.kind === "member" ? null : (
          <small className="gx-muted">{t(`rights.record.kinds.${member.kind}`)}</small>
        )}
      </div>
      <ColorTag color={member.level === "read" ? "gray" : "green"}>
        {member.owner ? t("space.owner") : t(`rights.record.levelShort.${member.level}`)}
      </ColorTag>
      {member.until ? (
        <small className="gx-muted">{t("rights.record.untilDay", { at: formats.dateTime(member.until) })}</small>
      ) : null}
    </li>
  );
}
