import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import type { WorkspaceSettings } from "@/api/types";
import { changeWorkspace, readWorkspace } from "@/api/workspace";
import { useMeta } from "@/engine/meta";
import { useLocale } from "@/i18n/i18n";
import { currencyOptions, regionOptions, timeZoneOptions } from "@/i18n/regions";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useLeaveGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "./settings-frame";

type Values = Pick<WorkspaceSettings, "name" | "currency" | "region" | "time_zone">;

/** The company: its name, and what holds where nothing else is said. */
export function SettingsWorkspacePage() {
  const { t } = useTranslation();
  const { administrator } = useMeta();
  const settings = useQuery({
    queryKey: queryKeys.workspace,
    queryFn: ({ signal }) => readWorkspace(signal),
    enabled: administrator,
  });
  return (
    <SettingsFrame title={t("shell.settingsWorkspace")} subtitle={t("settings.workspace.text")}>
      {settings.data ? (
        <WorkspaceForm settings={settings.data} />
      ) : settings.error ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <PageSkeleton rows={5} />
      )}
    </SettingsFrame>
  );
}

function WorkspaceForm({ settings }: { settings: WorkspaceSettings }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<Values>();
  const typed = Form.useWatch([], form);
  const before: Values = {
    name: settings.name,
    currency: settings.currency,
    region: settings.region,
    time_zone: settings.time_zone,
  };
  const keys = Object.keys(before) as (keyof Values)[];
  const changed = typed ? keys.filter((key) => typed[key] !== before[key]) : [];
  const dirty = changed.length > 0;
  useLeaveGuard(dirty);
  const options = useMemo(
    () => ({
      currencies: currencyOptions(locale),
      regions: regionOptions(locale, settings.region),
      zones: timeZoneOptions(locale, settings.time_zone),
    }),
    [locale, settings.region, settings.time_zone],
  );
  const save = useMutation({
    mutationFn: (values: Values) => changeWorkspace(Object.fromEntries(changed.map((key) => [key, values[key]]))),
    onSuccess: (saved) => {
      queryClient.setQueryData(queryKeys.workspace, saved);
      form.setFieldsValue(saved);
      void message.success(t("settings.workspace.saved"));
      // The name stands in the head of the page; currency and zone are in every format.
      void queryClient.invalidateQueries({ queryKey: queryKeys.me });
      void queryClient.invalidateQueries({ queryKey: queryKeys.meta });
    },
    onError: (error) => {
      const problems = error instanceof ApiError ? error.fieldErrors : [];
      const known = problems.filter((problem) => keys.includes(problem.field as keyof Values));
      form.setFields(known.map((problem) => ({ name: problem.field as keyof Values, errors: [problem.message] })));
      if (known.length === 0) void message.error(errorText(error));
    },
  });
  const search = { optionFilterProp: "label" } as const;
  return (
    <section className="gx-panel gx-settings-form">
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={before}
        onFinish={(values) => save.mutate(values)}
      >
        <Form.Item
          name="name"
          label={t("settings.workspace.name")}
          extra={t("settings.workspace.nameHelp")}
          rules={[
            {
              required: true,
              whitespace: true,
              message: t("common.required", { field: t("settings.workspace.name") }),
            },
          ]}
        >
          <Input maxLength={200} autoComplete="organization" />
        </Form.Item>
        <Form.Item
          name="currency"
          label={t("settings.workspace.currency")}
          extra={t("settings.workspace.currencyHelp")}
        >
          <Select showSearch={search} options={options.currencies} />
        </Form.Item>
        <Form.Item name="region" label={t("settings.workspace.region")} extra={t("settings.workspace.regionHelp")}>
          <Select showSearch={search} options={options.regions} />
        </Form.Item>
        <Form.Item
          name="time_zone"
          label={t("settings.workspace.timeZone")}
          extra={t("settings.workspace.timeZoneHelp")}
        >
          <Select showSearch={search} options={options.zones} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!dirty}>
          {t("common.save")}
        </Button>
      </Form>
    </section>
  );
}
