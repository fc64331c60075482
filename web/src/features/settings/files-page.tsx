import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, InputNumber, Progress, Radio, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { changeFileRules, type FilePolicy, type FileRules, fileRulesOptions } from "@/api/files";
import { queryKeys } from "@/api/query-keys";
import { sizeText } from "@/fields/file/text";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "./settings-frame";

const MEGABYTE = 1_000_000;

/** Sizes are typed in megabytes. */
interface RulesForm {
  quota?: number | null;
  largest?: number | null;
  programs: FilePolicy["programs"];
  links: boolean;
  link_days: number;
}

const megabytes = (bytes: number | null | undefined) => (bytes ? bytes / MEGABYTE : null);
const bytes = (size: number | null | undefined) => (size ? Math.round(size * MEGABYTE) : null);

function toForm({ quota, largest, programs, links, link_days }: FileRules): RulesForm {
  return {
    quota: megabytes(quota),
    largest: megabytes(largest),
    programs: programs ?? "refuse",
    links: links ?? true,
    link_days: link_days ?? 30,
  };
}

/** How much room files may take, what they may be, and who outside may have them. */
export function SettingsFilesPage() {
  const { t } = useTranslation();
  const rules = useQuery(fileRulesOptions);
  return (
    <SettingsFrame title={t("files.rules.title")} subtitle={t("files.rules.text")}>
      {rules.error ? <ErrorState error={rules.error} onRetry={() => void rules.refetch()} /> : null}
      {rules.isPending ? <PageSkeleton rows={6} /> : null}
      {rules.data ? <RulesEditor rules={rules.data} /> : null}
    </SettingsFrame>
  );
}

function RulesEditor({ rules }: { rules: FileRules }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const save = useMutation({
    mutationFn: ({ quota, largest, ...rest }: RulesForm) =>
      changeFileRules({ ...rest, quota: bytes(quota), largest: bytes(largest) }),
    onSuccess: (saved) => {
      queryClient.setQueryData(queryKeys.fileRules, saved);
      void message.success(t("common.saved"));
    },
  });
  const problems = save.error instanceof ApiError ? save.error.fieldErrors.map((it) => it.message) : [];
  const serverLargest = sizeText(rules.server_largest, formats.number);
  const size = (name: "quota" | "largest") => (
    <Form.Item
      name={name}
      label={t(`files.rules.${name}`)}
      extra={t(`files.rules.${name}Help`, { size: serverLargest })}
    >
      <InputNumber min={0.001} suffix="MB" style={{ width: 200 }} />
    </Form.Item>
  );
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={toForm(rules)}
      onFinish={(values: RulesForm) => save.mutate(values)}
    >
      {save.error ? (
        <Alert type="error" showIcon title={problems.join("；") || errorText(save.error)} className="gx-drawer-note" />
      ) : null}
      <section className="gx-panel">
        <h2>{t("files.rules.space")}</h2>
        <Used used={rules.used ?? 0} quota={rules.quota ?? null} />
        {size("quota")}
        {size("largest")}
      </section>
      <section className="gx-panel">
        <h2>{t("files.rules.kinds")}</h2>
        <p>{t("files.rules.kindsText")}</p>
        <Form.Item name="programs" label={t("files.rules.programs")}>
          <Radio.Group
            options={[
              { value: "refuse", label: t("files.rules.refuse") },
              { value: "download", label: t("files.rules.downloadOnly") },
            ]}
          />
        </Form.Item>
      </section>
      <section className="gx-panel">
        <h2>{t("files.rules.linksTitle")}</h2>
        <p>{t("files.rules.linksText")}</p>
        <Form.Item name="links" label={t("files.rules.links")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item
          name="link_days"
          label={t("files.rules.linkDays")}
          rules={[{ required: true, message: t("files.daysNeeded") }]}
        >
          <InputNumber min={1} max={366} precision={0} suffix={t("files.days")} style={{ width: 200 }} />
        </Form.Item>
      </section>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("common.save")}
      </Button>
    </Form>
  );
}

function Used({ used, quota }: { used: number; quota: number | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const usedText = sizeText(used, formats.number);
  if (!quota) return <p>{t("files.rules.used", { used: usedText })}</p>;
  const part = Math.min(100, Math.round((used / quota) * 100));
  const said = t("files.rules.usedOf", { used: usedText, quota: sizeText(quota, formats.number) });
  return (
    <>
      <p>{said}</p>
      <Progress
        percent={part}
        status={part >= 95 ? "exception" : "normal"}
        style={{ maxWidth: 420 }}
        aria-label={said}
      />
    </>
  );
}
