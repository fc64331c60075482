import { App as AntdApp, ConfigProvider } from "antd";
import { type ReactNode, useMemo } from "react";
import { designLocale, useLocale } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { antdThemeConfig } from "@/ui/theme";
import { usePrefersStill } from "@/ui/use-media";

/** The star stands after the name, in all forms alike. */
const markRequired = (label: ReactNode, { required }: { required: boolean }): ReactNode => (
  <>
    {label}
    {required ? <span className="gx-required">*</span> : null}
  </>
);

/** Ant Design with our theme, in the language and density in use, and still for those who want no movement. */
export function DesignProvider({ children }: { children: ReactNode }) {
  const { scheme, density } = useAppearance();
  const locale = useLocale();
  const still = usePrefersStill();
  const compact = density === "compact";
  const theme = useMemo(() => antdThemeConfig(scheme, compact), [scheme, compact]);
  return (
    <ConfigProvider
      theme={theme}
      locale={designLocale(locale)}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: markRequired }}
      // The style sheet ends every other movement in no time. Ant Design's own way of having none (`token.motion`)
      // leaves dialogs without the focus.
      wave={{ disabled: still }}
      componentSize="middle"
    >
      <AntdApp message={{ maxCount: 3, top: 60 }}>{children}</AntdApp>
    </ConfigProvider>
  );
}
