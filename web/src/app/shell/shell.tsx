import { Outlet } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { RecordDrawerProvider } from "@/engine/form/record-drawer";
import { useMe, usePreference } from "@/engine/session";
import { FormatsProvider } from "@/i18n/formats";
import { activateLateTexts, activateLocale, useLocale } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useShortcuts } from "@/ui/shortcuts";
import { useIsPhone } from "@/ui/use-media";
import { ConnectionNotice } from "./connection-notice";
import { DemoBanner } from "./demo-banner";
import { HeaderBar } from "./header-bar";
import "./shell.css";
import { lazyPart } from "@/ui/lazy-part";
import { ProofGate } from "./proof-gate";
import { ShownMark } from "./shown-mark";
import { SideNavigation } from "./side-navigation";

const BottomBar = lazyPart(async () => ({ default: (await import("./bottom-bar")).BottomBar }));
const LiveSign = lazyPart(async () => ({ default: (await import("./live-sign")).LiveSign }));
const OutboxSign = lazyPart(async () => ({ default: (await import("./outbox-sign")).OutboxSign }));
const KeyboardHelp = lazyPart(async () => ({ default: (await import("@/ui/keyboard-help")).KeyboardHelp }));
const ViewBanner = lazyPart(async () => {
  const [{ ViewBanner }] = await Promise.all([import("./view-banner"), activateLateTexts()]);
  return { default: ViewBanner };
});
const NoticeBanner = lazyPart(async () => ({ default: (await import("./notice-banner")).NoticeBanner }));
const loadPalette = () => import("./palette");
const Palette = lazyPart(async () => ({ default: (await loadPalette()).Palette }));

/** After the first screen has what it needs, and before somebody is likely to press Ctrl-K: the palette and live news. */
const PALETTE_AFTER_MS = 1_000;

export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const locale = useLocale();
  const phone = useIsPhone();
  const { setTheme, setDensity } = useAppearance();
  const [collapsed, setCollapsed] = usePreference<boolean>("navigation.collapsed", false);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [settled, setSettled] = useState(false);

  // What the account says wins over what this browser remembers; whoever looks as somebody else keeps his own looks.
  const own = !me.viewer;
  useEffect(() => {
    if (own) setTheme(me.theme);
  }, [own, me.theme, setTheme]);
  useEffect(() => {
    if (own) setDensity(me.density);
  }, [own, me.density, setDensity]);
  useEffect(() => {
    void activateLocale(me.locale);
  }, [me.locale]);

  // Whoever presses Ctrl-K types on at once: the letters must not get lost while the palette is fetched.
  useEffect(() => {
    const timer = setTimeout(() => {
      void loadPalette().catch(() => undefined);
      setSettled(true);
    }, PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);

  useShortcuts({ "mod+k": () => setPalette(true) }, { everywhere: true });
  useShortcuts({ "?": () => setHelp(true) });

  return (
    <FormatsProvider locale={locale} timeZone={me.time_zone} currency={me.workspace.currency}>
      <RecordDrawerProvider>
        <div className="gx-shell" data-phone={phone || undefined}>
          <a className="gx-skip" href="#main">
            {t("shell.skip")}
          </a>
          {me.workspace.demo ? <DemoBanner /> : null}
          {me.viewer ? (
            <Suspense fallback={null}>
              <ViewBanner name={me.user.name} />
            </Suspense>
          ) : null}
          {settled && !me.viewer ? (
            <Suspense fallback={null}>
              <NoticeBanner />
            </Suspense>
          ) : null}
          <HeaderBar phone={phone} onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />
          <div className="gx-body">
            {phone ? null : <SideNavigation collapsed={collapsed} onCollapse={setCollapsed} />}
            <main id="main" className="gx-main" tabIndex={-1}>
              <Suspense fallback={<PageSkeleton />}>
                <Outlet />
              </Suspense>
            </main>
          </div>
          {phone ? (
            <Suspense fallback={<div className="gx-bottom-space" />}>
              <BottomBar onSearch={() => setPalette(true)} />
            </Suspense>
          ) : null}
          <ConnectionNotice />
          {settled ? (
            <Suspense fallback={null}>
              <LiveSign />
            </Suspense>
          ) : null}
          {settled && !me.viewer ? (
            <Suspense fallback={null}>
              <OutboxSign />
            </Suspense>
          ) : null}
          <ProofGate />
          <ShownMark />
          {palette ? (
            <Suspense fallback={null}>
              <Palette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} />
            </Suspense>
          ) : null}
          {help ? (
            <Suspense fallback={null}>
              <KeyboardHelp open onClose={() => setHelp(false)} />
            </Suspense>
          ) : null}
        </div>
      </RecordDrawerProvider>
    </FormatsProvider>
  );
}
