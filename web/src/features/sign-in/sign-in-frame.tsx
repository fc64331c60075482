import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { activateLocale, useLocale } from "@/i18n/i18n";
import "./sign-in.css";

/** The calm page around sign-in and set-up: who we are on one side, the form on the other. */
export function SignInFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="gx-sign-in">
      <aside className="gx-sign-in-side">
        <div className="gx-sign-in-brand">
          <img src="/favicon.svg" alt="" width={36} height={36} />
          <span>关系 Guanxi</span>
        </div>
        <svg className="gx-sign-in-art" viewBox="0 0 400 300" aria-hidden="true">
          <g className="gx-art-lines">
            <path d="M70 210 150 120 240 165 330 80" />
            <path d="M150 120 190 40M240 165 215 255M240 165 345 205M70 210 40 120M330 80 375 130" />
          </g>
          <g className="gx-art-dots">
            <circle cx="70" cy="210" r="9" />
            <circle cx="150" cy="120" r="15" />
            <circle cx="240" cy="165" r="21" />
            <circle cx="330" cy="80" r="12" />
            <circle cx="190" cy="40" r="6" />
            <circle cx="215" cy="255" r="7" />
            <circle cx="345" cy="205" r="8" />
            <circle cx="40" cy="120" r="5" />
            <circle cx="375" cy="130" r="5" />
          </g>
        </svg>
        <div>
          <p className="gx-sign-in-tagline">{t("signIn.tagline")}</p>
          <p className="gx-sign-in-pitch">{t("signIn.pitch")}</p>
        </div>
      </aside>
      <main className="gx-sign-in-main">
        <div className="gx-sign-in-language">
          <Button
            type="text"
            lang={locale === "en" ? "zh-CN" : "en"}
            onClick={() => void activateLocale(locale === "en" ? "zh-CN" : "en")}
          >
            {locale === "en" ? "简体中文" : "English"}
          </Button>
        </div>
        <div className="gx-sign-in-form">{children}</div>
      </main>
    </div>
  );
}
