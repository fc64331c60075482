import { DeleteOutlined, LinkOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Tag, Typography } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, isApiError } from "@/api/errors";
import { type FileLink, fileLinksOptions, type MadeFileLink, makeFileLink, revokeFileLink } from "@/api/files";
import { queryKeys } from "@/api/query-keys";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";

const DAY_MS = 86_400_000;

interface Wanted {
  days: number;
  password?: string;
  max_downloads?: number | null;
}

interface LinksPanelProps {
  file: string;
  /** Tells whoever closes the panel whether something would be lost. */
  onTyped: (typed: boolean) => void;
}

/** Links that open a file to whoever has them: those there are, and a new one. */
export function LinksPanel({ file, onTyped }: LinksPanelProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const links = useQuery(fileLinksOptions(file));
  const refresh = () => void queryClient.invalidateQueries({ queryKey: queryKeys.fileLinks(file) });
  const make = useMutation({
    mutationFn: ({ days, password, max_downloads }: Wanted) =>
      makeFileLink(file, {
        expires_at: new Date(Date.now() + days * DAY_MS).toISOString(),
        ...(password ? { password } : {}),
        ...(max_downloads ? { max_downloads } : {}),
      }),
    onSuccess: () => {
      onTyped(false);
      refresh();
    },
  });
  useEffect(() => () => onTyped(false), [onTyped]);
  const revoke = useMutation({ mutationFn: (link: string) => revokeFileLink(file, link), onSuccess: refresh });
  if (isApiError(links.error, "forbidden")) {
    return <EmptyState icon={<LinkOutlined />} title={t("files.mayNotLink")} text={t("files.mayNotLinkText")} />;
  }
  if (links.error) return <Alert type="error" showIcon title={errorText(links.error)} />;
  if (!links.data) return <PageSkeleton rows={4} />;
  const { allowed, most_days: most, items } = links.data;
  return (
    <div className="gx-viewer-panel">
      {revoke.error ? <Alert type="error" showIcon title={errorText(revoke.error)} role="alert" /> : null}
      {allowed ? (
        <LinkForm
          most={most}
          busy={make.isPending}
          error={make.error}
          onMake={(wanted) => make.mutate(wanted)}
          onTyped={() => onTyped(true)}
        />
      ) : (
        <Alert type="info" showIcon title={t("files.linksOff")} />
      )}
      {make.data ? <NewLink link={make.data} /> : null}
      <ul className="gx-viewer-list">
        {items.map((link) => (
          <LinkRow key={link.id} link={link} busy={revoke.isPending} onRevoke={() => revoke.mutate(link.id)} />
        ))}
      </ul>
    </div>
  );
}

interface LinkFormProps {
  most: number;
  busy: boolean;
  error: Error | null;
  onMake: (wanted: Wanted) => void;
  onTyped: () => void;
}

function LinkForm({ most, busy, error, onMake, onTyped }: LinkFormProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const problems = error instanceof ApiError ? error.fieldErrors.map((it) => it.message) : [];
  return (
    <Form<Wanted>
      layout="inline"
      className="gx-viewer-form"
      requiredMark={false}
      initialValues={{ days: Math.min(7, most) }}
      onFinish={onMake}
      onValuesChange={onTyped}
    >
      {error ? <Alert type="error" showIcon title={problems.join("；") || errorText(error)} role="alert" /> : null}
      <Form.Item name="days" label={t("files.goodFor")} rules={[{ required: true, message: t("files.daysNeeded") }]}>
        <InputNumber min={1} max={most} precision={0} suffix={t("files.days")} />
      </Form.Item>
      <Form.Item name="password" label={t("files.password")} rules={[{ min: 6, message: t("files.passwordRule") }]}>
        <Input.Password autoComplete="new-password" placeholder={t("files.optional")} maxLength={100} />
      </Form.Item>
      <Form.Item name="max_downloads" label={t("files.mostDownloads")}>
        <InputNumber min={1} max={100_000} precision={0} placeholder={t("files.optional")} />
      </Form.Item>
      <Button type="primary" htmlType="submit" icon={<LinkOutlined />} loading={busy}>
        {t("files.makeLink")}
      </Button>
    </Form>
  );
}

/** A link just made: it is told this once. */
function NewLink({ link }: { link: MadeFileLink }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const address = link.url ?? `${window.location.origin}${link.path}`;
  return (
    <Alert
      type="success"
      showIcon
      title={t("files.linkMade")}
      description={
        <Typography.Paragraph
          code
          className="gx-viewer-link"
          copyable={{ text: address, onCopy: () => void message.success(t("files.copied")) }}
        >
          {address}
        </Typography.Paragraph>
      }
    />
  );
}

function LinkRow({ link, busy, onRevoke }: { link: FileLink; busy: boolean; onRevoke: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const state = link.good ? "good" : link.revoked_at ? "revoked" : "over";
  const used = link.max_downloads
    ? t("files.usedOf", { count: link.downloads, most: link.max_downloads })
    : t("files.used", { count: link.downloads });
  return (
    <li>
      <span className="gx-viewer-what">
        <ColorTag color={link.good ? "green" : "default"}>{t(`files.link_${state}`)}</ColorTag>
        {t("files.until", { when: formats.dateTime(link.expires_at) })}{" "}
        {link.has_password ? <Tag>{t("files.withPassword")}</Tag> : null}
        <small className="gx-muted">
          {[link.created_by.label ?? t("common.notVisible"), formats.dateTime(link.created_at), used].join(" · ")}
        </small>
      </span>
      {link.good ? (
        <Button danger icon={<DeleteOutlined />} disabled={busy} onClick={onRevoke}>
          {t("files.revoke")}
        </Button>
      ) : null}
    </li>
  );
}
