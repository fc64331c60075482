import { ImportOutlined, PlusOutlined, SettingOutlined, TeamOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useObject } from "@/engine/meta";
import { useMe } from "@/engine/session";

/** An empty workspace: what to do first. */
export function FirstRun() {
  const { t } = useTranslation();
  const me = useMe();
  const account = useObject("account");
  const administrator = me.user.roles.includes("administrator");
  if (!account) return null;
  return (
    <section className="gx-first-run" aria-label={t("home.first.title", { company: me.workspace.name })}>
      <h2>{t("home.first.title", { company: me.workspace.name })}</h2>
      <p>{t("home.first.text")}</p>
      <div>
        {account.access.import ? (
          <Link to="/import/$object" params={{ object: "account" }}>
            <ImportOutlined />
            <b>{t("home.first.import")}</b>
            <span>{t("home.first.importText")}</span>
          </Link>
        ) : null}
        {account.access.create ? (
          <Link to="/o/$object/new" params={{ object: "account" }}>
            <PlusOutlined />
            <b>{t("home.first.create")}</b>
            <span>{t("home.first.createText")}</span>
          </Link>
        ) : null}
        {administrator ? (
          <>
            <Link to="/settings/members">
              <TeamOutlined />
              <b>{t("home.first.invite")}</b>
              <span>{t("home.first.inviteText")}</span>
            </Link>
            <Link to="/settings/objects">
              <SettingOutlined />
              <b>{t("home.first.shape")}</b>
              <span>{t("home.first.shapeText")}</span>
            </Link>
          </>
        ) : null}
      </div>
    </section>
  );
}
