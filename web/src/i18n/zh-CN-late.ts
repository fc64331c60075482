import { analysis } from "./zh-CN/analysis";
import { area } from "./zh-CN/area";
import { audit } from "./zh-CN/audit";
import { board } from "./zh-CN/board";
import { caldav } from "./zh-CN/caldav";
import { chain } from "./zh-CN/chain";
import { comments } from "./zh-CN/comments";
import { duplicates } from "./zh-CN/duplicates";
import { enrichment } from "./zh-CN/enrichment";
import { exports } from "./zh-CN/exports";
import { factors } from "./zh-CN/factors";
import { files } from "./zh-CN/files";
import { handovers } from "./zh-CN/handovers";
import { held } from "./zh-CN/held";
import { imports } from "./zh-CN/imports";
import { joining } from "./zh-CN/joining";
import { ldap } from "./zh-CN/ldap";
import { lifecycle } from "./zh-CN/lifecycle";
import { looks } from "./zh-CN/looks";
import { marketing } from "./zh-CN/marketing";
import { grants, handOver } from "./zh-CN/members";
import { merging } from "./zh-CN/merging";
import { notices } from "./zh-CN/notices";
import { notifications } from "./zh-CN/notifications";
import { outreach } from "./zh-CN/outreach";
import { ownership } from "./zh-CN/ownership";
import { packs } from "./zh-CN/packs";
import { planning } from "./zh-CN/planning";
import { poolAnalysis } from "./zh-CN/pool-analysis";
import { pools } from "./zh-CN/pools";
import { privacy } from "./zh-CN/privacy";
import { processes } from "./zh-CN/processes";
import { profile } from "./zh-CN/profile";
import { providers } from "./zh-CN/providers";
import { quality } from "./zh-CN/quality";
import { rights } from "./zh-CN/rights";
import { runs } from "./zh-CN/runs";
import { scim } from "./zh-CN/scim";
import { security } from "./zh-CN/security";
import { settings } from "./zh-CN/settings";
import { space } from "./zh-CN/space";
import { targets } from "./zh-CN/targets";
import { visits } from "./zh-CN/visits";
import { welcome } from "./zh-CN/welcome";
import { work } from "./zh-CN/work";
import { workload } from "./zh-CN/workload";
import { workspaces } from "./zh-CN/workspaces";

/** Texts that only some screens need; their routes load them before they are drawn. */
export const lateZhCN = {
  analysis,
  area,
  audit,
  board,
  caldav,
  chain,
  comments,
  duplicates,
  enrichment,
  exports,
  factors,
  files,
  grants,
  handOver,
  handovers,
  held,
  imports,
  joining,
  lifecycle,
  looks,
  ldap,
  marketing,
  merging,
  notifications,
  notices,
  outreach,
  ownership,
  packs,
  poolAnalysis,
  pools,
  processes,
  privacy,
  profile,
  providers,
  quality,
  rights,
  runs,
  scim,
  security,
  settings,
  space,
  targets,
  visits,
  welcome,
  work,
  planning,
  workload,
  workspaces,
};
