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
    <section className="gx-first-run" aria-label={t("welcome.title", { company: me.workspace.name })}>
      <h2>{t("welcome.title", { company: me.workspace.name })}</h2>
      <p>{t("welcome.text")}</p>
      <div>
        {account.access.import ? (
          <Link to="/import/$object" params={{ object: "account" }}>
            <ImportOutlined />
            <b>{t("welcome.import")}</b>
            <span>{t("welcome.importText")}</span>
          </Link>
        ) : null}
        {account.access.create ? (
          <Link to="/o/$object/new" params={{ object: "account" }}>
            <PlusOutlined />
            <b>{t("welcome.create")}</b>
            <span>{t("welcome.createText")}</span>
          </Link>
        ) : null}
        {administrator ? (
          <>
            <Link to="/settings/members">
              <TeamOutlined />
              <b>{t("welcome.invite")}</b>
              <span>{t("welcome.inviteText")}</span>
            </Link>
            <Link to="/settings/objects">
              <SettingOutlined />
              <b>{t("welcome.shape")}</b>
              <span>{t("welcome.shapeText")}</span>
            </Link>
          </>
        ) : null}
      </div>
    </section>
  );
}
