import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, QRCode, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { confirmTotp, newTotp } from "@/api/account";
import type { AddedFactor } from "@/api/types";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { scannableColors } from "@/ui/theme";
import { CodeInput } from "./code-input";
import "./factors.css";

const QR_SIZE = 176;

/** Sets up an authenticator app: a picture to scan (drawn here, sent nowhere), and its first code. */
export function TotpSetup({ onAdded }: { onAdded: (answer: AddedFactor) => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [code, setCode] = useState("");
  // Each opening of this form takes a secret of its own.
  const [opened] = useState(() => crypto.randomUUID());
  const secret = useQuery({
    queryKey: ["new-totp", opened],
    queryFn: newTotp,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
    retry: false,
  });
  const confirm = useMutation({
    mutationFn: (typed: string) => confirmTotp(secret.data?.token ?? "", typed),
    onSuccess: onAdded,
    onError: () => setCode(""),
  });
  if (secret.error) return <ErrorState error={secret.error} onRetry={() => void secret.refetch()} />;
  if (!secret.data) return <PageSkeleton rows={4} />;
  return (
    <div className="gx-totp">
      <ol>
        <li>{t("factors.totpScan")}</li>
        <li>{t("factors.totpType")}</li>
      </ol>
      <QRCode value={secret.data.address} type="svg" size={QR_SIZE} errorLevel="M" {...scannableColors} />
      <Typography.Text copyable={{ text: secret.data.secret }} className="gx-totp-secret">
        {secret.data.secret.replace(/(.{4})(?=.)/g, "$1 ")}
      </Typography.Text>
      {confirm.error ? <Alert type="error" showIcon title={errorText(confirm.error)} role="alert" /> : null}
      <CodeInput value={code} onChange={setCode} onComplete={(typed) => confirm.mutate(typed)} />
      <Button
        type="primary"
        disabled={code.length < 6}
        loading={confirm.isPending}
        onClick={() => confirm.mutate(code)}
      >
        {t("factors.confirm")}
      </Button>
    </div>
  );
}
