import { createRoute } from "@tanstack/react-router";
import { activateLateTexts } from "@/i18n/i18n";
import { root } from "./root-route";
import { routePart } from "./route-part";
import { readText } from "./search-params";

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { return?: string } => readText(search, ["return"]),
  component: routePart(() => import("@/features/sign-in/login-page"), "LoginPage"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/setup-page"), "SetupPage"),
});

const forgotten = createRoute({
  getParentRoute: () => root,
  path: "/forgotten",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/forgotten-page"), "ForgottenPage"),
});

/** Where the links in mails lead; the token stands behind the `#`. */
const activate = createRoute({
  getParentRoute: () => root,
  path: "/activate",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/link-page"), "LinkPage"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/link-page"), "LinkPage"),
});

/** Where a link to a file leads; the token stands behind the `#`. */
const shared = createRoute({
  getParentRoute: () => root,
  path: "/shared",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/shared-file-page"), "SharedFilePage"),
});

/** Where an identity provider sends the browser back to. */
const providerReturn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/$provider",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/provider-return-page"), "ProviderReturnPage"),
});

const confirm = createRoute({
  getParentRoute: () => root,
  path: "/confirm",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/sign-in/confirm-page"), "ConfirmPage"),
});

/** Pages for those who are not signed in. */
export const publicRoutes = [login, setup, forgotten, activate, reset, providerReturn, confirm, shared] as const;
