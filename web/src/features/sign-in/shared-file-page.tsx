import { DownloadOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { downloadLinkedFile, type LinkedFile, lookAtLinkedFile } from "@/api/files";
import { sizeText } from "@/fields/file/text";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SignInFrame } from "./sign-in-frame";
import { useLinkToken } from "./use-link-token";

/** Hands a content to the browser to be saved, whatever it is. */
function save(content: Blob, name: string) {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

/** Where a link to a file leads: what it is, perhaps a password, and the file. */
export function SharedFilePage() {
  const token = useLinkToken();
  const { t } = useTranslation();
  const [password, setPassword] = useState<string>();
  const link = useQuery({
    queryKey: ["linked-file", token, password ?? ""],
    queryFn: () => lookAtLinkedFile(token, password),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    placeholderData: (before) => before,
  });
  const gone = isApiError(link.error, "link_gone");
  const unknown = isApiError(link.error, "not_found");
  const wrong = isApiError(link.error, "bad_credentials") || isApiError(link.error, "too_many_attempts");
  const errorText = useErrorText();
  return (
    <SignInFrame>
      {link.isPending ? <PageSkeleton rows={4} /> : null}
      {gone ? (
        <>
          <h1>{t("files.sharedGone")}</h1>
          <p>{errorText(link.error)}</p>
        </>
      ) : null}
      {unknown ? (
        <>
          <h1>{t("files.sharedUnknown")}</h1>
          <p>{t("files.sharedUnknownText")}</p>
        </>
      ) : null}
      {wrong ? <AskPassword problem={errorText(link.error)} onGiven={setPassword} /> : null}
      {link.error && !gone && !unknown && !wrong ? (
        <ErrorState error={link.error} onRetry={() => void link.refetch()} />
      ) : null}
      {link.data && !link.error ? (
        <Shared link={link.data} token={token} password={password} onPassword={setPassword} />
      ) : null}
    </SignInFrame>
  );
}

interface SharedProps {
  link: LinkedFile;
  token: string;
  password: string | undefined;
  onPassword: (password: string) => void;
}

function Shared({ link, token, password, onPassword }: SharedProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const { file } = link;
  const download = useMutation({
    mutationFn: () => downloadLinkedFile(token, password),
    onSuccess: (content) => save(content, file?.name ?? ""),
  });
  if (!file) return <AskPassword company={link.company} onGiven={onPassword} />;
  return (
    <>
      <h1>{t("files.sharedTitle", { company: link.company })}</h1>
      <p>
        <b>{file.name}</b> <span className="gx-muted">{sizeText(file.size, formats.number)}</span>
      </p>
      <p className="gx-muted">{t("files.sharedUntil", { when: formats.dateTime(link.expires_at) })}</p>
      {download.error ? <Alert type="error" showIcon title={errorText(download.error)} role="alert" /> : null}
      <Button
        type="primary"
        size="large"
        block
        icon={<DownloadOutlined />}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        {t("files.download")}
      </Button>
    </>
  );
}

interface AskPasswordProps {
  company?: string;
  problem?: string;
  onGiven: (password: string) => void;
}

function AskPassword({ company, problem, onGiven }: AskPasswordProps) {
  const { t } = useTranslation();
  return (
    <>
      {company ? <h1>{t("files.sharedTitle", { company })}</h1> : null}
      <p>{t("files.sharedPassword")}</p>
      <Form<{ password: string }>
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(values) => onGiven(values.password)}
      >
        {problem ? <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 20 }} /> : null}
        <Form.Item
          name="password"
          label={t("files.password")}
          rules={[{ required: true, message: t("files.password") }]}
        >
          <Input.Password autoComplete="off" autoFocus />
        </Form.Item>
        <Button type="primary" htmlType="submit" block>
          {t("files.sharedOpen")}
        </Button>
      </Form>
    </>
  );
}
