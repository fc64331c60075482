import { createRoute } from "@tanstack/react-router";
import { activateLateTexts } from "@/i18n/i18n";
import { routePart } from "./route-part";
import { readText } from "./search-params";
import { shell } from "./shell-route";

const profile = createRoute({
  getParentRoute: () => shell,
  path: "/profile",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/profile/profile-page"), "ProfilePage"),
});

const profileSecurity = createRoute({
  getParentRoute: () => shell,
  path: "/profile/security",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/profile/security-page"), "SecurityPage"),
});

/** A record that was not open to whoever followed a link to it may be asked for; `request` is one somebody was told of. */
const profileRights = createRoute({
  getParentRoute: () => shell,
  path: "/profile/rights",
  validateSearch: (search: Record<string, unknown>): { object?: string; record?: string; request?: string } =>
    readText(search, ["object", "record", "request"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/profile/my-rights-page"), "MyRightsPage"),
});

const profileNotifications = createRoute({
  getParentRoute: () => shell,
  path: "/profile/notifications",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/profile/wishes-page"), "WishesPage"),
});

/** Files that were made for one in the background. */
const profileExports = createRoute({
  getParentRoute: () => shell,
  path: "/profile/exports",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/profile/exports-page"), "ExportsPage"),
});

/** The pages about oneself. */
export const profilePages = [profile, profileSecurity, profileRights, profileNotifications, profileExports];

/** What one has to do, by what it is; `tab` and `view` say which part. */
export const myWork = createRoute({
  getParentRoute: () => shell,
  path: "/my-work",
  validateSearch: (search: Record<string, unknown>): { tab?: string; view?: string } =>
    readText(search, ["tab", "view"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/work/my-work-page"), "MyWorkPage"),
});

const BOXES = ["inbox", "unread", "mentions", "archived"] as const;

/** What one was told; `open` names a notification that a mail speaks of. */
export const notifications = createRoute({
  getParentRoute: () => shell,
  path: "/notifications",
  validateSearch: (search: Record<string, unknown>): { box?: (typeof BOXES)[number]; open?: string } => {
    const { open } = readText(search, ["open"]);
    const box = BOXES.find((one) => one === search.box);
    return { ...(box ? { box } : {}), ...(open ? { open } : {}) };
  },
  loader: activateLateTexts,
  component: routePart(() => import("@/features/notifications/notifications-page"), "NotificationsPage"),
});
