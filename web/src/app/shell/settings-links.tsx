import {
  ApartmentOutlined,
  AppstoreAddOutlined,
  AuditOutlined,
  BankOutlined,
  ClockCircleOutlined,
  ClusterOutlined,
  CopyOutlined,
  DeleteOutlined,
  DollarOutlined,
  FileProtectOutlined,
  IdcardOutlined,
  KeyOutlined,
  LockOutlined,
  LoginOutlined,
  MessageOutlined,
  PaperClipOutlined,
  QuestionCircleOutlined,
  SafetyOutlined,
  SettingOutlined,
  ShareAltOutlined,
  SolutionOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import type { Meta } from "@/api/types";

/** The pages of the settings; all for administrators, some for auditors or branch administrators too. */
const SETTINGS_LINKS = [
  { to: "/settings/workspace", icon: <BankOutlined />, text: "shell.settingsWorkspace" },
  { to: "/settings/objects", icon: <SettingOutlined />, text: "shell.settingsObjects" },
  { to: "/settings/packs", icon: <AppstoreAddOutlined />, text: "shell.settingsPacks" },
  { to: "/settings/members", icon: <TeamOutlined />, text: "shell.settingsMembers", branches: true },
  { to: "/settings/sign-in", icon: <LockOutlined />, text: "shell.settingsSignIn" },
  { to: "/settings/providers", icon: <LoginOutlined />, text: "shell.settingsProviders" },
  { to: "/settings/departments", icon: <ApartmentOutlined />, text: "shell.settingsDepartments", branches: true },
  { to: "/settings/roles", icon: <SafetyOutlined />, text: "shell.settingsRoles" },
  { to: "/settings/posts", icon: <IdcardOutlined />, text: "shell.settingsPosts" },
  { to: "/settings/sharing", icon: <ShareAltOutlined />, text: "shell.settingsSharing" },
  { to: "/settings/holders", icon: <SolutionOutlined />, text: "shell.settingsHolders", auditors: true },
  { to: "/settings/explain", icon: <QuestionCircleOutlined />, text: "shell.settingsExplain", auditors: true },
  { to: "/settings/keys", icon: <KeyOutlined />, text: "shell.settingsKeys", auditors: true },
  { to: "/settings/audit", icon: <AuditOutlined />, text: "shell.settingsAudit", auditors: true },
  { to: "/settings/protection", icon: <FileProtectOutlined />, text: "shell.settingsProtection" },
  { to: "/settings/files", icon: <PaperClipOutlined />, text: "shell.settingsFiles" },
  { to: "/settings/sms", icon: <MessageOutlined />, text: "shell.settingsSms" },
  { to: "/settings/currencies", icon: <DollarOutlined />, text: "shell.settingsCurrencies" },
  { to: "/settings/duplicates", icon: <CopyOutlined />, text: "shell.settingsDuplicates" },
  { to: "/settings/recycle-bin", icon: <DeleteOutlined />, text: "list.recycleBin" },
  { to: "/settings/jobs", icon: <ClockCircleOutlined />, text: "shell.settingsJobs" },
  { to: "/settings/workspaces", icon: <ClusterOutlined />, text: "shell.settingsWorkspaces" },
] as const;

/** Lists that are set up once and stand in no app: those of them the caller may read. */
const SETTINGS_LISTS = ["escalation_rule", "notification_rule"];

export function settingsLists(meta: Pick<Meta, "objects">) {
  return meta.objects.filter((object) => SETTINGS_LISTS.includes(object.name));
}

/** Those the caller may open. */
export function settingsLinks(meta: Pick<Meta, "administrator" | "auditor" | "branch_administrator">) {
  const { administrator, auditor, branch_administrator: branches } = meta;
  return SETTINGS_LINKS.filter(
    (link) => administrator || (auditor && "auditors" in link) || (branches && "branches" in link),
  );
}
