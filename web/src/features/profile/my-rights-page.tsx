import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";

import { useTranslation } from "react-i18next";
import { type HeldRights, type HeldRole, myRightsOptions } from "@/api/held-rights";
import { useObject } from "@/engine/meta";
import { isAhead, useSource, useWhen, useWhere } from "@/engine/rights/held-role";
import { ObjectSummaryTable } from "@/engine/rights/object-summary";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { DecisionsPanel } from "./decisions-panel";
import { ProfileFrame } from "./profile-frame";
import { REQUEST } from "./request-text";
import { RequestsPanel } from "./requests-panel";

/** What one may do, where that comes from and until when; asking for more, and deciding on what others ask for. */
export function MyRightsPage() {
  const { t } = useTranslation();
  const request = useObject(REQUEST);
  const wanted = useSearch({ from: "/shell/profile/rights" });
  const mine = useQuery(myRightsOptions);
  return (
    <ProfileFrame part="rights" wide>
      {request ? <DecisionsPanel request={request} sought={wanted.request} /> : null}
      {mine.isPending ? <PageSkeleton rows={6} /> : null}
      {mine.error && !mine.data ? <ErrorState error={mine.error} onRetry={() => void mine.refetch()} /> : null}
      {mine.data ? <Roles rights={mine.data} /> : null}
      {request ? <RequestsPanel request={request} wanted={wanted} /> : null}
      {mine.data ? (
        <section className="gx-panel">
          <h2>{t("held.objectsTitle")}</h2>
          <p className="gx-muted">{t("held.objectsText")}</p>
          <ObjectSummaryTable objects={mine.data.objects} />
        </section>
      ) : null}
    </ProfileFrame>
  );
}

function Roles({ rights }: { rights: HeldRights }) {
  const { t } = useTranslation();
  const label = useLabel();
  const user = useObject("user");
  const options = user?.fields.find((field) => field.name === "roles")?.options ?? [];
  const names = rights.gives.map((role) => label(options.find((option) => option.value === role)?.label) || role);
  return (
    <section className="gx-panel">
      <h2>{t("held.rolesTitle")}</h2>
      <p className="gx-muted">{t("held.rolesText")}</p>
      <ul className="gx-key-list">
        {rights.roles.map((held) => (
          <RoleLine key={`${held.role}-${held.grant ?? held.post?.id ?? ""}`} held={held} />
        ))}
        {rights.roles.length === 0 ? <li className="gx-muted">{t("held.noRoles")}</li> : null}
      </ul>
      {names.length > 0 && !rights.administrator ? (
        <p className="gx-muted">{t("held.gives", { roles: names.join(t("held.comma")) })}</p>
      ) : null}
    </section>
  );
}

function RoleLine({ held }: { held: HeldRole }) {
  const { t } = useTranslation();
  const label = useLabel();
  const where = useWhere();
  const when = useWhen();
  const from = useSource();
  return (
    <li>
      <div>
        <strong>
          {label(held.label)} {isAhead(held, Date.now()) ? <ColorTag color="gold">{t("held.notYet")}</ColorTag> : null}
        </strong>
        <span className="gx-muted">{[from(held), where(held), when(held)].join(" · ")}</span>
        {held.reason ? <span className="gx-muted">{held.reason}</span> : null}
      </div>
    </li>
  );
}
