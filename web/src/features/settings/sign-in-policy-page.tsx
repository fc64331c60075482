import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { changeSignInPolicy, readSignInPolicy } from "@/api/members";
import { queryKeys } from "@/api/query-keys";
import type { SignInPolicy } from "@/api/types";
import { findField, useObject } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { useLeaveGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "./settings-frame";

type Demand = "nobody" | "roles" | "all";

interface PolicyForm extends Omit<SignInPolicy, "second_factor_for_all" | "idle_minutes" | "session_hours"> {
  demand: Demand;
  idle_hours: number;
  session_days: number;
}

/** How members sign in: who needs a second step, how long sessions last, how short a password may be. */
export function SettingsSignInPage() {
  const { t } = useTranslation();
  const policy = useQuery({
    queryKey: queryKeys.signInPolicy,
    queryFn: ({ signal }) => readSignInPolicy(signal),
  });
  return (
    <SettingsFrame title={t("settings.signIn.title")} subtitle={t("settings.signIn.text")}>
      {policy.error ? <ErrorState error={policy.error} onRetry={() => void policy.refetch()} /> : null}
      {policy.isPending ? <PageSkeleton rows={6} /> : null}
      {policy.data ? <PolicyEditor policy={policy.data} /> : null}
    </SettingsFrame>
  );
}

function toForm(policy: SignInPolicy): PolicyForm {
  const { second_factor_for_all, idle_minutes, session_hours, ...rest } = policy;
  const demand = second_factor_for_all ? "all" : policy.second_factor_roles.length > 0 ? "roles" : "nobody";
  // Tenths of hours and days: what was set by the API to the minute is not rounded away unseen.
  return {
    ...rest,
    demand,
    idle_hours: Math.round((idle_minutes / 60) * 10) / 10,
    session_days: Math.round((session_hours / 24) * 10) / 10,
  };
}

function fromForm(form: PolicyForm): SignInPolicy {
  const { demand, idle_hours, session_days, ...rest } = form;
  return {
    ...rest,
    second_factor_for_all: demand === "all",
    second_factor_roles: demand === "roles" ? (form.second_factor_roles ?? []) : [],
    idle_minutes: Math.round(idle_hours * 60),
    session_hours: Math.round(session_days * 24),
  };
}

function PolicyEditor({ policy }: { policy: SignInPolicy }) {
  const { t } = useTranslation();
  const me = useMe();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const user = useObject("user");
  const roles = (user ? findField(user, "roles")?.options : undefined) ?? [];
  const [form] = Form.useForm<PolicyForm>();
  const stored = toForm(policy);
  const typed: PolicyForm = { ...stored, ...Form.useWatch([], form) };
  const { demand } = typed;
  useLeaveGuard(JSON.stringify(typed) !== JSON.stringify(stored));
  const save = useMutation({
    mutationFn: (values: PolicyForm) => changeSignInPolicy(fromForm(values)),
    onSuccess: (saved) => {
      queryClient.setQueryData(queryKeys.signInPolicy, saved);
      void queryClient.invalidateQueries({ queryKey: queryKeys.setup });
      void message.success(t("common.saved"));
    },
  });
  const number = (name: keyof PolicyForm, min: number, max: number, unit: string) => (
    <Form.Item
      name={name}
      label={t(`settings.signIn.${name as "idle_hours"}`)}
      extra={t(`settings.signIn.${name as "idle_hours"}Help`)}
      rules={[{ required: true, type: "number", min, max, message: t("settings.signIn.between", { min, max }) }]}
    >
      <InputNumber min={min} max={max} suffix={unit} style={{ width: 180 }} />
    </Form.Item>
  );
  const problems = save.error instanceof ApiError ? save.error.fieldErrors.map((it) => it.message) : [];
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={stored}
      onFinish={(values) => save.mutate({ ...stored, ...values })}
    >
      {save.error ? (
        <Alert
          type="error"
          showIcon
          title={problems.join(t("common.semicolon")) || errorText(save.error)}
          className="gx-drawer-note"
        />
      ) : null}
      <section className="gx-panel">
        <h2>{t("settings.signIn.factors")}</h2>
        <p>{t("settings.signIn.factorsText")}</p>
        <Form.Item name="demand" label={t("settings.signIn.demand")}>
          <Radio.Group
            options={(["nobody", "roles", "all"] as const).map((value) => ({
              value,
              label: t(`settings.signIn.demands.${value}`),
            }))}
            vertical
          />
        </Form.Item>
        {demand === "roles" ? (
          <Form.Item
            name="second_factor_roles"
            label={t("settings.signIn.roles")}
            rules={[{ required: true, type: "array", min: 1, message: t("settings.signIn.rolesNeeded") }]}
          >
            <Select
              mode="multiple"
              optionFilterProp="label"
              options={roles.map((role) => ({ value: role.value, label: role.label[me.locale] }))}
            />
          </Form.Item>
        ) : null}
        {number("proof_minutes", 1, 1440, t("settings.signIn.minutes"))}
      </section>
      <section className="gx-panel">
        <h2>{t("settings.signIn.sessions")}</h2>
        <p>{t("settings.signIn.sessionsText")}</p>
        {number("idle_hours", 0.1, 2160, t("settings.signIn.hours"))}
        {number("session_days", 0.1, 365, t("settings.signIn.days"))}
      </section>
      <section className="gx-panel">
        <h2>{t("settings.signIn.passwords")}</h2>
        <p>{t("settings.signIn.passwordsText")}</p>
        {number("password_length", 8, 64, t("settings.signIn.characters"))}
        {number("invitation_hours", 1, 720, t("settings.signIn.hours"))}
        {number("reset_minutes", 5, 1440, t("settings.signIn.minutes"))}
      </section>
      <section className="gx-panel">
        <h2>{t("settings.signIn.keys")}</h2>
        <p>{t("settings.signIn.keysText")}</p>
        {number("key_days", 0, 3650, t("settings.signIn.days"))}
      </section>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("common.save")}
      </Button>
    </Form>
  );
}
