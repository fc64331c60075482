import { analysis } from "./en/analysis";
import { area } from "./en/area";
import { audit } from "./en/audit";
import { board } from "./en/board";
import { caldav } from "./en/caldav";
import { chain } from "./en/chain";
import { comments } from "./en/comments";
import { duplicates } from "./en/duplicates";
import { enrichment } from "./en/enrichment";
import { exports } from "./en/exports";
import { factors } from "./en/factors";
import { files } from "./en/files";
import { handovers } from "./en/handovers";
import { held } from "./en/held";
import { imports } from "./en/imports";
import { joining } from "./en/joining";
import { ldap } from "./en/ldap";
import { lifecycle } from "./en/lifecycle";
import { looks } from "./en/looks";
import { marketing } from "./en/marketing";
import { grants, handOver } from "./en/members";
import { merging } from "./en/merging";
import { notices } from "./en/notices";
import { notifications } from "./en/notifications";
import { outreach } from "./en/outreach";
import { ownership } from "./en/ownership";
import { packs } from "./en/packs";
import { planning } from "./en/planning";
import { poolAnalysis } from "./en/pool-analysis";
import { pools } from "./en/pools";
import { privacy } from "./en/privacy";
import { processes } from "./en/processes";
import { profile } from "./en/profile";
import { providers } from "./en/providers";
import { quality } from "./en/quality";
import { rights } from "./en/rights";
import { runs } from "./en/runs";
import { scim } from "./en/scim";
import { security } from "./en/security";
import { settings } from "./en/settings";
import { space } from "./en/space";
import { targets } from "./en/targets";
import { visits } from "./en/visits";
import { welcome } from "./en/welcome";
import { work } from "./en/work";
import { workload } from "./en/workload";
import { workspaces } from "./en/workspaces";
import type { Shape } from "./shape";
import type { lateZhCN } from "./zh-CN-late";

export const lateEn: Shape<typeof lateZhCN> = {
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
