import { GlobalOutlined, LogoutOutlined, MoonOutlined, UserOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import type { ItemType } from "antd/es/menu/interface";
import { useTranslation } from "react-i18next";
import type { ThemeChoice } from "@/api/types";
import { useMe, useSignOut, useUpdateMe } from "@/engine/session";

const THEMES: { choice: ThemeChoice; text: "shell.themeLight" | "shell.themeDark" | "shell.themeSystem" }[] = [
  { choice: "light", text: "shell.themeLight" },
  { choice: "dark", text: "shell.themeDark" },
  { choice: "system", text: "shell.themeSystem" },
];

export function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const update = useUpdateMe();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const items: ItemType[] = [
    {
      key: "who",
      type: "group",
      label: (
        <div>
          <strong>{me.user.name}</strong>
          <div className="gx-muted">{me.user.email}</div>
        </div>
      ),
    },
    { type: "divider" },
    { key: "profile", icon: <UserOutlined />, label: t("shell.profile"), onClick: () => navigate({ to: "/profile" }) },
    {
      key: "language",
      icon: <GlobalOutlined />,
      label: t("shell.language"),
      children: [
        { key: "zh-CN", label: "简体中文", onClick: () => update.mutate({ locale: "zh-CN" }) },
        { key: "en", label: "English", onClick: () => update.mutate({ locale: "en" }) },
      ],
    },
    {
      key: "theme",
      icon: <MoonOutlined />,
      label: t("shell.theme"),
      children: THEMES.map(({ choice, text }) => ({
        key: choice,
        label: t(text),
        onClick: () => update.mutate({ theme: choice }),
      })),
    },
    { type: "divider" },
    { key: "out", icon: <LogoutOutlined />, label: t("shell.signOut"), onClick: () => void signOut() },
  ];
  return (
    <Dropdown
      menu={{ items, selectedKeys: [me.locale, me.theme] }}
      trigger={["click"]}
      placement="bottomRight"
      styles={{ root: { minWidth: 220 } }}
    >
      <button type="button" className="gx-user-button" aria-label={me.user.name}>
        <span className="gx-avatar">{me.user.name.slice(0, 1).toUpperCase()}</span>
      </button>
    </Dropdown>
  );
}
