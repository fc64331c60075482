import { App as AntdApp, ConfigProvider } from "antd";
import { type ReactNode, useMemo } from "react";
import { designLocale, useLocale } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { antdThemeConfig } from "@/ui/theme";

/** The star stands after the name, in all forms alike. */
const markRequired = (label: ReactNode, { required }: { required: boolean }): ReactNode => (
  <>
    {label}
    {required ? <span className="gx-required">*</span> : null}
  </>
);

/** Ant Design with our theme, in the language and density in use. */
export function DesignProvider({ children }: { children: ReactNode }) {
  const { scheme, density } = useAppearance();
  const locale = useLocale();
  const compact = density === "compact";
  const theme = useMemo(() => antdThemeConfig(scheme, compact), [scheme, compact]);
  return (
    <ConfigProvider
      theme={theme}
      locale={designLocale(locale)}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: markRequired }}
      componentSize="middle"
    >
      <AntdApp message={{ maxCount: 3, top: 60 }}>{children}</AntdApp>
    </ConfigProvider>
  );
}
