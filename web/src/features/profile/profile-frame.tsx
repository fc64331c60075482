import { useNavigate } from "@tanstack/react-router";
import { Segmented } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PageHeader } from "@/ui/page-header";
import "./profile.css";

type Part = "personal" | "security" | "rights" | "notifications" | "exports";

const PLACES = {
  personal: "/profile",
  security: "/profile/security",
  rights: "/profile/rights",
  notifications: "/profile/notifications",
  exports: "/profile/exports",
} as const;

interface ProfileFrameProps {
  part: Part;
  /** Wider than a form: for a table. */
  wide?: boolean;
  children: ReactNode;
}

/** The pages about oneself: who one is and how one likes it, how one signs in, and what one may do. */
export function ProfileFrame({ part, wide, children }: ProfileFrameProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const open = (next: Part) => void navigate({ to: PLACES[next] });
  return (
    <div className="gx-page">
      <div className={wide ? "gx-profile-wide" : "gx-page-narrow"}>
        <PageHeader title={t("profile.title")} subtitle={t("profile.subtitle")} />
        <div className="gx-profile-parts">
          <Segmented<Part>
            value={part}
            onChange={open}
            options={[
              { value: "personal", label: t("profile.partPersonal") },
              { value: "security", label: t("profile.partSecurity") },
              { value: "rights", label: t("held.title") },
              { value: "notifications", label: t("notifications.title") },
              { value: "exports", label: t("exports.title") },
            ]}
            aria-label={t("profile.title")}
          />
        </div>
        {children}
      </div>
    </div>
  );
}
