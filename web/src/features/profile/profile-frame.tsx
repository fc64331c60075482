import { useNavigate } from "@tanstack/react-router";
import { Segmented } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PageHeader } from "@/ui/page-header";
import "./profile.css";

type Part = "personal" | "security";

/** The pages about oneself: who one is and how one likes it, and how one signs in. */
export function ProfileFrame({ part, children }: { part: Part; children: ReactNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const open = (next: Part) => void navigate({ to: next === "personal" ? "/profile" : "/profile/security" });
  return (
    <div className="gx-page">
      <div className="gx-page-narrow">
        <PageHeader title={t("profile.title")} subtitle={t("profile.subtitle")} />
        <Segmented<Part>
          className="gx-profile-parts"
          value={part}
          onChange={open}
          options={[
            { value: "personal", label: t("profile.partPersonal") },
            { value: "security", label: t("profile.partSecurity") },
          ]}
          aria-label={t("profile.title")}
        />
        {children}
      </div>
    </div>
  );
}
