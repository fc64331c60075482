import {
  ApartmentOutlined,
  BankOutlined,
  ClockCircleOutlined,
  DeleteOutlined,
  LockOutlined,
  SafetyOutlined,
  SettingOutlined,
  ShareAltOutlined,
  TeamOutlined,
} from "@ant-design/icons";

/** The pages of the settings, for whoever may open them. */
export const SETTINGS_LINKS = [
  { to: "/settings/workspace", icon: <BankOutlined />, text: "shell.settingsWorkspace" },
  { to: "/settings/objects", icon: <SettingOutlined />, text: "shell.settingsObjects" },
  { to: "/settings/members", icon: <TeamOutlined />, text: "shell.settingsMembers" },
  { to: "/settings/sign-in", icon: <LockOutlined />, text: "shell.settingsSignIn" },
  { to: "/settings/departments", icon: <ApartmentOutlined />, text: "shell.settingsDepartments" },
  { to: "/settings/roles", icon: <SafetyOutlined />, text: "shell.settingsRoles" },
  { to: "/settings/sharing", icon: <ShareAltOutlined />, text: "shell.settingsSharing" },
  { to: "/settings/recycle-bin", icon: <DeleteOutlined />, text: "list.recycleBin" },
  { to: "/settings/jobs", icon: <ClockCircleOutlined />, text: "shell.settingsJobs" },
] as const;
