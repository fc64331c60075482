import { KeyOutlined, MobileOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { confirmPasskey, readFactors, removeFactor, replaceRecoveryCodes } from "@/api/account";
import { queryKeys } from "@/api/query-keys";
import type { AddedFactor, FactorInfo } from "@/api/types";
import { makePasskey, supportsPasskeys, wasCancelled } from "@/engine/factors/passkey";
import { RecoveryCodes } from "@/engine/factors/recovery-codes";
import { TotpSetup } from "@/engine/factors/totp-setup";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";

const FEW_CODES = 3;

/** The second step of signing in: apps, passkeys, and the codes for the day neither is at hand. */
export function FactorsPanel() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [adding, setAdding] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  const factors = useQuery({
    queryKey: queryKeys.factors(),
    queryFn: ({ signal }) => readFactors(signal),
  });
  const changed = () => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.factors() });
    void queryClient.invalidateQueries({ queryKey: queryKeys.sessions() });
  };
  const added = (answer: AddedFactor) => {
    setAdding(false);
    if (answer.recovery_codes) setCodes(answer.recovery_codes);
    else void message.success(t("security.factorAdded"));
    changed();
  };
  const failed = (error: unknown) => {
    if (wasCancelled(error)) void message.info(t("factors.passkeyCancelled"));
    else void message.error(errorText(error));
  };
  const passkey = useMutation({
    mutationFn: async () => confirmPasskey(await makePasskey()),
    onSuccess: added,
    onError: failed,
  });
  const replace = useMutation({
    mutationFn: replaceRecoveryCodes,
    onSuccess: (answer) => {
      setCodes(answer.recovery_codes);
      changed();
    },
    onError: failed,
  });
  if (factors.error) return <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />;
  const items = factors.data?.items ?? [];
  const left = factors.data?.recovery_codes_left ?? 0;
  return (
    <section className="gx-panel">
      <h2>
        {t("security.factorsTitle")}{" "}
        {items.length > 0 ? <ColorTag color="green">{t("security.factorsOn")}</ColorTag> : null}
      </h2>
      <p>{t(factors.data?.required ? "security.factorsRequired" : "security.factorsText")}</p>
      {items.length > 0 ? (
        <ul className="gx-sessions">
          {items.map((factor) => (
            <FactorRow key={factor.id} factor={factor} onRemoved={changed} />
          ))}
        </ul>
      ) : null}
      <div className="gx-profile-buttons">
        <Button onClick={() => setAdding(true)}>{t("security.addTotp")}</Button>
        {factors.data?.passkeys && supportsPasskeys() ? (
          <Button loading={passkey.isPending} onClick={() => passkey.mutate()}>
            {t("security.addPasskey")}
          </Button>
        ) : null}
      </div>
      {items.length > 0 ? (
        <>
          <h3>{t("factors.recoveryTitle")}</h3>
          {left <= FEW_CODES ? (
            <Alert type="warning" showIcon title={t("security.fewCodes", { n: left })} className="gx-profile-note" />
          ) : (
            <p className="gx-muted">{t("security.codesLeft", { n: left })}</p>
          )}
          <Button loading={replace.isPending} onClick={() => replace.mutate()}>
            {t("security.newCodes")}
          </Button>
        </>
      ) : null}
      {adding ? (
        <Modal open title={t("factors.totpTitle")} footer={null} onCancel={() => setAdding(false)} destroyOnHidden>
          <TotpSetup onAdded={added} />
        </Modal>
      ) : null}
      {codes ? (
        <Modal open title={t("factors.recoveryTitle")} footer={null} closable={false} keyboard={false}>
          <p className="gx-muted">{t("factors.recoveryText")}</p>
          <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
        </Modal>
      ) : null}
    </section>
  );
}

function FactorRow({ factor, onRemoved }: { factor: FactorInfo; onRemoved: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const ask = () =>
    modal.confirm({
      title: t("security.removeFactor", { name: factor.name }),
      content: t("security.removeFactorText"),
      okText: t("security.remove"),
      okButtonProps: { danger: true },
      onOk: () => removeFactor(factor.id).then(onRemoved, (error: unknown) => void message.error(errorText(error))),
    });
  return (
    <li>
      {factor.kind === "totp" ? <MobileOutlined aria-hidden /> : <KeyOutlined aria-hidden />}
      <div>
        <strong>{factor.name}</strong>
        <span className="gx-muted">
          {t("security.factorSince", { when: formats.dateTime(factor.created_at) })}
          {factor.used_at ? ` · ${t("security.factorUsed", { when: formats.relative(factor.used_at) })}` : ""}
        </span>
      </div>
      <Button size="small" danger type="text" onClick={ask}>
        {t("security.remove")}
      </Button>
    </li>
  );
}
