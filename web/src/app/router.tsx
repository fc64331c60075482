import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { PLACE } from "@/api/place";
import type { ListAddress } from "@/engine/list/first-page";
import type { AuditFilter } from "@/features/settings/audit/audit-search";
import { activateLateTexts } from "@/i18n/i18n";
import { PageSkeleton } from "@/ui/page-skeleton";
import { NotFound } from "./not-found";
import { myWork, notifications, profilePages } from "./profile-routes";
import { publicRoutes } from "./public-routes";
import { root } from "./root-route";
import { RouteError } from "./route-error";
import { routePart } from "./route-part";
import { parseSearch, readText, stringifySearch } from "./search-params";
import { settingsFiles, settingsSms } from "./settings-routes";
import { shell } from "./shell-route";
import {
  acrossObjects,
  analyses,
  area,
  calendar,
  create,
  duplicates,
  importPage,
  merge,
  record,
  settingsDuplicates,
} from "./work-routes";

const index = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/home", replace: true });
  },
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/home",
  component: routePart(() => import("@/features/home/home-page"), "HomePage"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings/objects",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/objects-page"), "SettingsObjectsPage"),
});

const settingsObject = createRoute({
  getParentRoute: () => shell,
  path: "/settings/objects/$object",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/object-page"), "SettingsObjectPage"),
});

const settingsPacks = createRoute({
  getParentRoute: () => shell,
  path: "/settings/packs",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/packs/packs-page"), "SettingsPacksPage"),
});

const settingsWorkspace = createRoute({
  getParentRoute: () => shell,
  path: "/settings/workspace",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/workspace-page"), "SettingsWorkspacePage"),
});

const settingsMembers = createRoute({
  getParentRoute: () => shell,
  path: "/settings/members",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/members-page"), "SettingsMembersPage"),
});

const settingsSignIn = createRoute({
  getParentRoute: () => shell,
  path: "/settings/sign-in",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/sign-in-policy-page"), "SettingsSignInPage"),
});

const settingsProviders = createRoute({
  getParentRoute: () => shell,
  path: "/settings/providers",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/providers/providers-page"), "SettingsProvidersPage"),
});

const settingsDepartments = createRoute({
  getParentRoute: () => shell,
  path: "/settings/departments",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/departments/departments-page"), "SettingsDepartmentsPage"),
});

const settingsRoles = createRoute({
  getParentRoute: () => shell,
  path: "/settings/roles",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/roles-page"), "SettingsRolesPage"),
});

/** A new role begins as a copy of the one named in the URL. */
const settingsNewRole = createRoute({
  getParentRoute: () => shell,
  path: "/settings/roles/new",
  validateSearch: (search: Record<string, unknown>): { from?: string } => readText(search, ["from"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/role-page"), "SettingsNewRolePage"),
});

const settingsRole = createRoute({
  getParentRoute: () => shell,
  path: "/settings/roles/$role",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/role-page"), "SettingsRolePage"),
});

const settingsPosts = createRoute({
  getParentRoute: () => shell,
  path: "/settings/posts",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/posts-page"), "SettingsPostsPage"),
});

const settingsSharing = createRoute({
  getParentRoute: () => shell,
  path: "/settings/sharing",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/sharing-page"), "SettingsSharingPage"),
});

const settingsHolders = createRoute({
  getParentRoute: () => shell,
  path: "/settings/holders",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/holders-page"), "SettingsHoldersPage"),
});

const settingsExplain = createRoute({
  getParentRoute: () => shell,
  path: "/settings/explain",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/rights/explain-page"), "SettingsExplainPage"),
});

const settingsKeys = createRoute({
  getParentRoute: () => shell,
  path: "/settings/keys",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/keys/keys-page"), "SettingsKeysPage"),
});

const settingsAudit = createRoute({
  getParentRoute: () => shell,
  path: "/settings/audit",
  validateSearch: (search: Record<string, unknown>): AuditFilter =>
    readText(search, ["from", "to", "actor", "verb", "object", "record"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/audit/audit-page"), "SettingsAuditPage"),
});

const settingsProtection = createRoute({
  getParentRoute: () => shell,
  path: "/settings/protection",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/protection-page"), "SettingsProtectionPage"),
});

const settingsCurrencies = createRoute({
  getParentRoute: () => shell,
  path: "/settings/currencies",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/currencies-page"), "SettingsCurrenciesPage"),
});

const settingsRecycleBin = createRoute({
  getParentRoute: () => shell,
  path: "/settings/recycle-bin",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/recycle-bin/recycle-bin-page"), "SettingsRecycleBinPage"),
});

const settingsJobs = createRoute({
  getParentRoute: () => shell,
  path: "/settings/jobs",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/jobs-page"), "SettingsJobsPage"),
});

const settingsWorkspaces = createRoute({
  getParentRoute: () => shell,
  path: "/settings/workspaces",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/workspaces/workspaces-page"), "SettingsWorkspacesPage"),
});

const settingsIndex = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/objects", replace: true });
  },
});

const list = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object",
  validateSearch: (search: Record<string, unknown>): ListSearch =>
    readText(search, ["view", "filter", "sort", "q", "deleted"]),
  // Where it is opened first, the records are asked for before the page around them is drawn.
  loader: ({ context, params, location, cause }) => {
    if (cause !== "enter") return;
    const address = readText(location.search as Record<string, unknown>, ["view", "filter", "sort", "q", "deleted"]);
    void import("@/engine/list/first-page").then(({ readAhead }) =>
      readAhead(context.queryClient, params.object, address),
    );
  },
  component: routePart(() => import("@/engine/list/list-page"), "ListPage"),
});

type ListSearch = ListAddress;

const board = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object/board",
  validateSearch: (search: Record<string, unknown>): ListSearch => readText(search, ["view", "filter", "q"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/engine/board/board-page"), "BoardPage"),
});

const routeTree = root.addChildren([
  ...publicRoutes,
  shell.addChildren([
    index,
    home,
    ...profilePages,
    notifications,
    myWork,
    settings,
    settingsObject,
    settingsPacks,
    settingsWorkspace,
    settingsMembers,
    settingsSignIn,
    settingsProviders,
    settingsDepartments,
    settingsRoles,
    settingsNewRole,
    settingsRole,
    settingsSharing,
    settingsPosts,
    settingsHolders,
    settingsExplain,
    settingsKeys,
    settingsAudit,
    settingsProtection,
    settingsFiles,
    settingsSms,
    settingsDuplicates,
    settingsRecycleBin,
    settingsCurrencies,
    settingsJobs,
    settingsWorkspaces,
    settingsIndex,
    list,
    board,
    area,
    calendar,
    ...analyses,
    ...acrossObjects,
    create,
    record,
    importPage,
    duplicates,
    merge,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: PLACE || "/",
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingComponent: () => <PageSkeleton />,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}
