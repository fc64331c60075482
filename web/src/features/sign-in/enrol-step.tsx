import { MobileOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { confirmPasskey, readFactors } from "@/api/account";
import type { AddedFactor, Me } from "@/api/types";
import "@/engine/factors/factors.css";
import { makePasskey, supportsPasskeys, wasCancelled } from "@/engine/factors/passkey";
import { RecoveryCodes } from "@/engine/factors/recovery-codes";
import { TotpSetup } from "@/engine/factors/totp-setup";
import { useErrorText } from "@/ui/error-text";

/** The company wants a second step and this member has none: set one up, then come in. */
export function EnrolStep({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [way, setWay] = useState<"totp" | null>(null);
  const [added, setAdded] = useState<AddedFactor | null>(null);
  const factors = useQuery({
    queryKey: ["enrolment"],
    queryFn: ({ signal }) => readFactors(signal),
    gcTime: 0,
  });
  const passkey = useMutation({
    mutationFn: async () => confirmPasskey(await makePasskey()),
    onSuccess: setAdded,
  });
  if (added) {
    return (
      <>
        <h1>{t("factors.recoveryTitle")}</h1>
        <p>{t("factors.recoveryText")}</p>
        <RecoveryCodes codes={added.recovery_codes ?? []} onDone={() => onSignedIn(added as unknown as Me)} />
      </>
    );
  }
  if (way === "totp") {
    return (
      <>
        <h1>{t("factors.totpTitle")}</h1>
        <TotpSetup onAdded={setAdded} />
      </>
    );
  }
  return (
    <>
      <h1>{t("joining.enrolTitle")}</h1>
      <p>{t("joining.enrolText")}</p>
      {passkey.error ? (
        <Alert
          type="error"
          showIcon
          title={wasCancelled(passkey.error) ? t("factors.passkeyCancelled") : errorText(passkey.error)}
          style={{ marginBottom: 20 }}
          role="alert"
        />
      ) : null}
      <div className="gx-step-choices">
        <Button size="large" type="primary" icon={<MobileOutlined />} onClick={() => setWay("totp")}>
          {t("factors.addTotp")}
        </Button>
        {factors.data?.passkeys && supportsPasskeys() ? (
          <Button
            size="large"
            icon={<SafetyCertificateOutlined />}
            loading={passkey.isPending}
            onClick={() => passkey.mutate()}
          >
            {t("factors.addPasskey")}
          </Button>
        ) : null}
      </div>
    </>
  );
}
