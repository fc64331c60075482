import { App as AntdApp, ConfigProvider } from "antd";
import { type ReactNode, useMemo, useState } from "react";
import { designLocale, useLocale } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { antdThemeConfig } from "@/ui/theme";
import { prefersStill } from "@/ui/use-media";

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
  // Asked once: another answer would build everything anew, and what is half typed with it. The style sheet follows at once.
  const [still] = useState(prefersStill);
  const compact = density === "compact";
  const theme = useMemo(() => antdThemeConfig(scheme, { compact, still }), [scheme, compact, still]);
  return (
    <ConfigProvider
      theme={theme}
      locale={designLocale(locale)}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: markRequired }}
      wave={{ disabled: still }}
      componentSize="middle"
    >
      <AntdApp message={{ maxCount: 3, top: 60 }}>{children}</AntdApp>
    </ConfigProvider>
  );
}
