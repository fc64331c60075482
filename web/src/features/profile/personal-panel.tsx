import { App, Button, Form, Input, Segmented, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Density, Locale, ThemeChoice } from "@/api/types";
import { useMe, useUpdateMe } from "@/engine/session";
import { timeZoneOptions } from "@/i18n/regions";
import { useErrorText } from "@/ui/error-text";

/** Name is saved by its button; the rest takes effect at once, as one expects of a switch. */
export function PersonalPanel() {
  const { t } = useTranslation();
  const me = useMe();
  const update = useUpdateMe();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const zones = useMemo(() => timeZoneOptions(me.locale, me.time_zone), [me.locale, me.time_zone]);
  const save = (change: Parameters<typeof update.mutate>[0]) =>
    update.mutate(change, {
      onSuccess: () => void message.success(t("common.saved")),
      onError: (error) => void message.error(errorText(error)),
    });
  return (
    <>
      <section className="gx-panel">
        <h2>{t("profile.personal")}</h2>
        <p>
          {me.user.email}
          {me.user.department?.label ? ` · ${me.user.department.label}` : ""}
        </p>
        <Form layout="vertical" initialValues={{ name: me.user.name }} onFinish={(values) => save(values)}>
          <Form.Item
            name="name"
            label={t("profile.name")}
            rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("profile.name") }) }]}
          >
            <Input autoComplete="name" maxLength={100} />
          </Form.Item>
          <Button htmlType="submit" loading={update.isPending}>
            {t("common.save")}
          </Button>
        </Form>
      </section>
      <section className="gx-panel">
        <h2>{t("profile.regional")}</h2>
        <p />
        <Form layout="vertical">
          <Form.Item label={t("profile.language")} htmlFor="profile-language">
            <Select<Locale>
              id="profile-language"
              value={me.locale}
              onChange={(locale) => save({ locale })}
              options={[
                { value: "zh-CN", label: "简体中文" },
                { value: "en", label: "English" },
              ]}
            />
          </Form.Item>
          <Form.Item label={t("profile.timeZone")} htmlFor="profile-zone" style={{ marginBottom: 0 }}>
            <Select<string>
              id="profile-zone"
              showSearch={{ optionFilterProp: "label" }}
              value={me.time_zone}
              onChange={(zone) => save({ time_zone: zone })}
              options={zones}
            />
          </Form.Item>
        </Form>
      </section>
      <section className="gx-panel">
        <h2>{t("profile.display")}</h2>
        <p />
        <Form layout="vertical">
          <Form.Item label={t("profile.theme")}>
            <Segmented<ThemeChoice>
              value={me.theme}
              onChange={(theme) => save({ theme })}
              options={[
                { value: "light", label: t("shell.themeLight") },
                { value: "dark", label: t("shell.themeDark") },
                { value: "system", label: t("shell.themeSystem") },
              ]}
              aria-label={t("profile.theme")}
            />
          </Form.Item>
          <Form.Item label={t("profile.density")} style={{ marginBottom: 0 }}>
            <Segmented<Density>
              value={me.density}
              onChange={(density) => save({ density })}
              options={[
                { value: "comfortable", label: t("profile.comfortable") },
                { value: "compact", label: t("profile.compact") },
              ]}
              aria-label={t("profile.density")}
            />
          </Form.Item>
        </Form>
      </section>
    </>
  );
}
